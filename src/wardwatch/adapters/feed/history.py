"""The latest records of the log, for consoles that come back: what has happened since they were told last."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from itertools import islice
from operator import attrgetter
from typing import NamedTuple

from wardwatch.adapters.feed.positions import NOTHING, Position, digest_of, written
from wardwatch.adapters.feed.subscription import Step


class Reach(Enum):
    """How a position lies to a history."""

    KNOWN = "all that came after it is here"
    AHEAD = "it has seen more of the log than this feed"
    LOST = "it is too old, or of another log"


@dataclass(frozen=True, slots=True)
class Entry:
    """One record. ``step`` is ``None`` if it told nobody anything: a repeat, or not to be read."""

    number: int
    partition: int
    offset: int
    digest: int
    step: Step | None


class Happened(NamedTuple):
    """An event, and the check and offsets of the position of who has been told of it."""

    step: Step
    check: int
    offsets: str


@dataclass(slots=True)
class _Lane:
    """One partition: its entries, and where its part of the history begins and ends."""

    begins_at: int
    digest_before: int
    next_offset: int
    digest: int = NOTHING
    entries: deque[Entry] = field(default_factory=deque)

    def place_of(self, offset: int) -> int | None:
        """How many entries lie before it; ``None`` if no position of this log can be there."""
        place = bisect_left(self.entries, offset, key=attrgetter("offset"))
        if place == 0:
            return 0 if offset == self.begins_at else None
        return place if self.entries[place - 1].offset + 1 == offset else None

    def digest_at(self, place: int) -> int:
        return self.entries[place - 1].digest if place else self.digest_before


class History:
    """At most ``limit`` records, in the order in which they were taken, of which the numbers tell."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._entries: deque[Entry] = deque()
        self._lanes: dict[int, _Lane] = {}
        self._of_patient: defaultdict[str, deque[Entry]] = defaultdict(deque)
        self._number = 0
        self._check = NOTHING
        self._offsets: list[str] = []
        self._index: dict[int, int] = {}

    @property
    def number(self) -> int:
        """That of the newest record; the first one has 1."""
        return self._number

    def position(self, subscription_digest: int = NOTHING) -> str:
        """The position after the newest record, as a console of a subscription is told it."""
        return written(self._check ^ subscription_digest, ".".join(self._offsets))

    def begin(self, offsets: Mapping[int, int]) -> None:
        """These are the log's partitions, and where reading begins in those that are not known yet."""
        for partition, offset in offsets.items():
            if partition not in self._lanes:
                self._lanes[partition] = _Lane(offset, NOTHING, offset)
        self._index = {partition: place for place, partition in enumerate(sorted(self._lanes))}
        self._offsets = [str(self._lanes[partition].next_offset) for partition in self._index]

    def forget(self) -> None:
        """It was another log. Numbers go on all the same."""
        self._entries.clear()
        self._lanes.clear()
        self._of_patient.clear()
        self._check = NOTHING
        self.begin({})

    def append(self, partition: int, offset: int, record: bytes, step: Step | None) -> None:
        """The next record of a partition."""
        lane = self._lanes.get(partition)
        if lane is None:
            self.begin({partition: offset})
            lane = self._lanes[partition]
        digest = digest_of(partition, offset, record)
        self._check ^= lane.digest ^ digest
        self._number += 1
        entry = Entry(self._number, partition, offset, digest, step)
        lane.digest, lane.next_offset = digest, offset + 1
        lane.entries.append(entry)
        self._offsets[self._index[partition]] = str(offset + 1)
        self._entries.append(entry)
        if step is not None:
            self._of_patient[step.now.patient].append(entry)
        if len(self._entries) > self._limit:
            self._drop_oldest()

    def latest(self, step: Step) -> Happened:
        """The event that was in the newest record."""
        return Happened(step, self._check, ".".join(self._offsets))

    def _drop_oldest(self) -> None:
        entry = self._entries.popleft()
        lane = self._lanes[entry.partition]
        lane.entries.popleft()
        lane.begins_at, lane.digest_before = entry.offset + 1, entry.digest
        if entry.step is not None:
            patient = entry.step.now.patient
            self._of_patient[patient].popleft()
            if not self._of_patient[patient]:
                del self._of_patient[patient]

    def of_patient(self, patient: str) -> list[Step]:
        """What has happened to a patient, the oldest first."""
        return [entry.step for entry in self._of_patient.get(patient, ()) if entry.step is not None]

    def reach(self, position: Position) -> Reach:
        """Whether what came after ``position``, whose check is without a subscription, is known."""
        if len(position.offsets) != len(self._lanes):
            return Reach.LOST
        pairs = list(zip(self._lanes_in_order(), position.offsets, strict=True))
        if any(offset < lane.begins_at for lane, offset in pairs):
            return Reach.LOST
        if any(offset > lane.next_offset for lane, offset in pairs):
            return Reach.AHEAD
        check = NOTHING
        for lane, offset in pairs:
            place = lane.place_of(offset)
            if place is None:
                return Reach.LOST
            check ^= lane.digest_at(place)
        return Reach.KNOWN if check == position.check else Reach.LOST

    def since(self, position: Position) -> Iterator[Happened]:
        """All that came after a position that is known, in order.

        Feeds may have read the partitions in different orders: so the positions on the way are reckoned
        anew, from the one that the console has.
        """
        check = position.check
        digests: list[int] = []
        first = self._number + 1
        for lane, offset in zip(self._lanes_in_order(), position.offsets, strict=True):
            place = lane.place_of(offset) or 0
            digests.append(lane.digest_at(place))
            if place < len(lane.entries):
                first = min(first, lane.entries[place].number)
        offsets = list(map(str, position.offsets))
        begins_at = self._number - len(self._entries) + 1
        for entry in islice(self._entries, first - begins_at, None):
            place = self._index[entry.partition]
            if entry.offset < position.offsets[place]:
                continue
            check ^= digests[place] ^ entry.digest
            digests[place], offsets[place] = entry.digest, str(entry.offset + 1)
            if entry.step is not None:
                yield Happened(entry.step, check, ".".join(offsets))

    def _lanes_in_order(self) -> list[_Lane]:
        return [self._lanes[partition] for partition in self._index]
