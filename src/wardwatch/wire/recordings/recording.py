"""What a recording gives, whatever its layout: streams of readings, and of what could not be read."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TypeAlias

from wardwatch.core.events import Placement
from wardwatch.core.reading import Reading
from wardwatch.wire.errors import Fault

# One past the last instant that the wire carries: the end of the year 9999.
_END_OF_TIME_MS = 253_402_300_800_000


class RecordingError(ValueError):
    """A path that gives no recording at all: one sentence for whoever named it."""


class FileFault(StrEnum):
    """Why a file of a recording, or the rest of it, was passed over."""

    DAMAGED = "damaged_file"
    TOO_LARGE = "file_too_large"


@dataclass(frozen=True, slots=True)
class UnreadableRow:
    """A row, or the rest of a file, of which nothing could be read; never what it held.

    ``file`` is the path inside the recording, ``line`` counts from 1.
    """

    reason: Fault | FileFault
    file: str
    line: int


class UnreadableFileError(Exception):
    """Raised while reading a file that cannot be read on; becomes the last row of its stream."""

    def __init__(self, reason: FileFault, file: str, line: int = 0) -> None:
        super().__init__(reason)
        self.row = UnreadableRow(reason, file, line)


Row: TypeAlias = Reading | Placement | UnreadableRow


@dataclass(slots=True)
class Stream:
    """The rows of one patient in order of time, or those of a file of mixed patients in the file's order.

    ``held_bytes`` is what the stream keeps in memory until it ends: whoever reads many streams at once
    watches the sum.
    """

    rows: Iterator[Row]
    held_bytes: int = 0

    def until_unreadable(self) -> Iterator[Row]:
        """The rows; a file that cannot be read on ends with a row that says so."""
        try:
            yield from self.rows
        except UnreadableFileError as end:
            yield end.row


_READING_FIELDS = tuple(field.name for field in dataclasses.fields(Reading))


def observed_at(reading: Reading, at_ms: int) -> Reading:
    """``reading``, which may be a decoded record that only looks like one, at another instant."""
    fields = {name: getattr(reading, name) for name in _READING_FIELDS}
    return Reading(**fields | {"observed_at_ms": at_ms})


_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._:+@/-]")
_LONGEST_NAME = 64


def pseudonym(text: str) -> str:
    """``text`` as a pseudonym that the wire allows: itself where it is one, else made safe.

    What is made safe carries a digest of what it was, so that two wearers never become one.

    >>> pseudonym("p-17")
    'p-17'
    >>> pseudonym("ward 4, bed 12")
    'ward_4__bed_12-bf2c6461'
    """
    if text and len(text) <= _LONGEST_NAME and not _NOT_IN_NAMES.search(text):
        return text
    digest = hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=4).hexdigest()
    safe = _NOT_IN_NAMES.sub("_", text)[: _LONGEST_NAME - len(digest) - 1]
    return f"{safe}-{digest}"


def place_name(text: str) -> str:
    """``text`` as the name of a ward: the wire has no blanks or brackets in it.

    >>> place_name("Surgical Intensive Care Unit (SICU)")
    'Surgical-Intensive-Care-Unit-SICU'
    """
    return re.sub(f"(?:{_NOT_IN_NAMES.pattern})+", "-", text).strip("-")[:_LONGEST_NAME]


def instant_ms(text: str) -> int:
    """An ISO 8601 time as milliseconds since 1970; one without a zone is taken as UTC.

    Raises ValueError for what is no time, or one that the wire cannot carry.
    """
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    return carried_ms(time.timestamp() * 1000)


def carried_ms(instant: float) -> int:
    """``instant`` in whole milliseconds; raises ValueError for one that the wire cannot carry."""
    if not 0 <= instant < _END_OF_TIME_MS:
        raise ValueError("outside the years 1970 to 9999")
    return round(instant)
