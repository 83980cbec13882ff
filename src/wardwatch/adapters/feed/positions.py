"""Where in the log of alarms a console stands, as a text that any feed server understands.

It has the offset of the next record of each partition, in their order, and a check: the digests of the last
record before each of them, and of what the console has subscribed to, folded into one. So the position of
another log, or of another subscription, is not taken for one of this; it leads to a snapshot instead.

>>> position = Position(check=0xBEEF, offsets=(41, 0, 7))
>>> str(position)
'000000000000beef:41.0.7'
>>> parsed("000000000000beef:41.0.7") == position
True
>>> parsed("somewhere") is None
True
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import NamedTuple

_TEXT = re.compile(r"([0-9a-f]{16}):([0-9]{1,19}(?:\.[0-9]{1,19})*)", re.ASCII)

# The digest of a partition of which nothing has been read.
NOTHING = 0

# Of a console that has been told nothing yet: nothing goes on from here.
NOWHERE = ""


class Position(NamedTuple):
    """``offsets`` are of the next record, in the order of the partitions."""

    check: int
    offsets: tuple[int, ...]

    def __str__(self) -> str:
        return written(self.check, ".".join(map(str, self.offsets)))


def written(check: int, offsets: str) -> str:
    """A position as a text; ``offsets`` are joined already."""
    return f"{check:016x}:{offsets}"


def parsed(text: str) -> Position | None:
    """The position that a console has sent, or ``None`` if it is none."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    return Position(int(found[1], 16), tuple(map(int, found[2].split("."))))


def digest_of(partition: int, offset: int, record: bytes) -> int:
    """What a record in its place is known by."""
    place = b"%d.%d." % (partition, offset)
    return int.from_bytes(blake2b(place + record, digest_size=8).digest())
