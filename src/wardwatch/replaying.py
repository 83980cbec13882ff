"""Feeds recordings to a monitor, or to Kafka, and counts what came of it."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from wardwatch.core.events import AlarmEvent, Phase, Placement
from wardwatch.core.monitor import Outcome
from wardwatch.core.reading import Batch, Reading
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.recordings.recording import Row, Stream, UnreadableRow, observed_at
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import READINGS, ROSTER

BATCH_READINGS = 4096

# Of an archive of many patients so many are read side by side: the monitor computes over patients. Beyond
# either bound the next one waits until one has ended, as for a bed.
OPEN_STREAMS = 256
HELD_BYTES = 256 * 1024 * 1024

# Time between two readings counts as watched up to this long: the interval at which NEWS2 wants a patient
# seen from the urgent-response threshold on (Royal College of Physicians 2017: "at least hourly").
LONGEST_WATCHED_GAP_MS = 3_600_000
_DAY_MS = 86_400_000

# Enough to find a systematic fault in a file.
_PLACES_KEPT = 5


class Watcher(Protocol):
    """What replay asks of a :class:`wardwatch.core.monitor.Monitor`."""

    def receive(self, batch: Batch) -> None:
        """Take readings in."""

    def admit(self, placements: Iterable[Placement]) -> None:
        """Take roster lines in."""

    def drain(self) -> Outcome:
        """What there is to tell, once."""


class Sender(Protocol):
    """What playing asks of a :class:`wardwatch.adapters.kafka_producer.ReadingProducer`."""

    async def send(self, patient: str, payload: bytes, timestamp_ms: int, topic: str = READINGS) -> None:
        """Hand a record over."""


class Pace(Protocol):
    """What playing asks of a :class:`wardwatch.adapters.pacing.Pacer`."""

    async def until(self, at_ms: int) -> None:
        """Wait until this instant of the recording is due."""


@dataclass(slots=True)
class Tally:
    """What was read and what came of it, over all recordings of a run.

    ``readings`` counts rows, unreadable ones too. ``rejected`` counts those of which nothing could be used;
    ``rejected_by_reason`` also the single values that were refused of a reading whose others were used.
    """

    patients: int = 0
    readings: int = 0
    rejected: int = 0
    rejected_by_reason: Counter[str] = field(default_factory=Counter)
    watched_ms: int = 0
    alarms: int = 0
    unreadable: list[UnreadableRow] = field(default_factory=list)

    def add_unreadable(self, row: UnreadableRow) -> None:
        """Count a row that was not read."""
        self.readings += 1
        self.rejected += 1
        self.rejected_by_reason[row.reason] += 1
        if len(self.unreadable) < _PLACES_KEPT:
            self.unreadable.append(row)

    def add_outcome(self, outcome: Outcome) -> None:
        """Count what a monitor made of readings."""
        self.readings += outcome.readings
        self.rejected += outcome.readings_refused
        self.rejected_by_reason.update(refusal.reason for refusal in outcome.refusals)
        self.alarms += sum(event.phase is Phase.START for event in outcome.events)

    def rows_summary(self) -> dict[str, Any]:
        """The figures of what was read."""
        reasons = {str(reason): number for reason, number in self.rejected_by_reason.most_common()}
        return {
            "patients": self.patients,
            "readings": self.readings,
            "rejected": self.rejected,
            "rejected_by_reason": reasons,
        }

    def summary(self) -> dict[str, Any]:
        """The figures, as `wardwatch replay --json` gives them."""
        patient_days = self.watched_ms / _DAY_MS
        return self.rows_summary() | {
            "patient_days": round(patient_days, 4),
            "alarms": self.alarms,
            "alarms_per_patient_day": round(self.alarms / patient_days, 4) if patient_days else None,
        }


class _Presence:
    """How long each patient of a recording was watched."""

    def __init__(self) -> None:
        self._latest_ms: dict[str, int] = {}
        self.watched_ms = 0

    def __len__(self) -> int:
        return len(self._latest_ms)

    def see(self, reading: Reading) -> None:
        at_ms = reading.observed_at_ms
        gap_ms = at_ms - self._latest_ms.setdefault(reading.patient, at_ms)
        if gap_ms > 0:
            self.watched_ms += min(gap_ms, LONGEST_WATCHED_GAP_MS)
            self._latest_ms[reading.patient] = at_ms


def replay(streams: Iterator[Stream], monitor: Watcher, tally: Tally) -> Iterator[list[AlarmEvent]]:
    """Feed one recording to ``monitor``; gives the events of each batch, of most none.

    Only readings make time pass: their clocks are the patients' own, and may be a century apart.
    """
    presence = _Presence()
    batch: list[Reading] = []
    for row in side_by_side(streams):
        if isinstance(row, UnreadableRow):
            tally.add_unreadable(row)
        elif isinstance(row, Placement):
            yield _received(batch, monitor, tally)
            batch = []
            monitor.admit([row])
        else:
            presence.see(row)
            batch.append(row)
            if len(batch) == BATCH_READINGS:
                yield _received(batch, monitor, tally)
                batch = []
    yield _received(batch, monitor, tally)
    tally.patients += len(presence)
    tally.watched_ms += presence.watched_ms


def _received(batch: list[Reading], monitor: Watcher, tally: Tally) -> list[AlarmEvent]:
    if not batch:
        return []
    monitor.receive(Batch.of(batch))
    outcome = monitor.drain()
    tally.add_outcome(outcome)
    return outcome.events


def side_by_side(streams: Iterator[Stream]) -> Iterator[Row]:
    """A row of each open stream in turn."""
    opened: list[Stream] = []
    while True:
        while _has_room(opened) and (entering := next(streams, None)) is not None:
            opened.append(entering)
        if not opened:
            return
        ended = set()
        for position, stream in enumerate(opened):
            row = next(stream.rows, None)
            if row is None:
                ended.add(position)
            else:
                yield row
        if ended:
            opened = [stream for position, stream in enumerate(opened) if position not in ended]


def _has_room(opened: list[Stream]) -> bool:
    return len(opened) < OPEN_STREAMS and sum(stream.held_bytes for stream in opened) < HELD_BYTES


async def play(timed_rows: Iterator[tuple[int, Row]], sender: Sender, pace: Pace, tally: Tally) -> int:
    """Send rows when they are due, stamped with their own time; returns the last instant."""
    patients = set()
    due_ms = 0
    for due_ms, row in timed_rows:
        if isinstance(row, UnreadableRow):
            tally.add_unreadable(row)
            continue
        await pace.until(due_ms)
        if isinstance(row, Placement):
            await sender.send(row.patient, encode_placement(row), due_ms, ROSTER)
        else:
            await sender.send(row.patient, encode_reading(row), row.observed_at_ms)
            tally.readings += 1
            patients.add(row.patient)
    tally.patients += len(patients)
    return due_ms


def in_time(streams: Iterator[Stream], start_ms: int) -> Iterator[tuple[int, Row]]:
    """All rows with the instant at which each is due, as if all patients had come at ``start_ms``.

    Each stream's clock is shifted so that it begins there, since patients of a recording may have lived years
    apart; when one ends, a waiting one takes its bed from that instant on.
    """
    heap: list[tuple[int, int, Row, Iterator[tuple[int, Row]], Stream]] = []
    numbers = count()

    def enter(at_ms: int) -> None:
        while _has_room([entry[-1] for entry in heap]) and (stream := next(streams, None)) is not None:
            rows = _shifted(stream.rows, at_ms)
            for due_ms, row in rows:
                heapq.heappush(heap, (due_ms, next(numbers), row, rows, stream))
                break

    enter(start_ms)
    while heap:
        due_ms, number, row, rows, stream = heap[0]
        yield due_ms, row
        following = next(rows, None)
        if following is None:
            heapq.heappop(heap)
            enter(due_ms)
        else:
            heapq.heapreplace(heap, (following[0], number, following[1], rows, stream))


def _shifted(rows: Iterator[Row], start_ms: int) -> Iterator[tuple[int, Row]]:
    """Rows with their due instants, which never fall; the first reading is of ``start_ms``."""
    shift_ms: int | None = None
    due_ms = start_ms
    for row in rows:
        if isinstance(row, UnreadableRow | Placement):
            yield due_ms, row
            continue
        if shift_ms is None:
            shift_ms = start_ms - row.observed_at_ms
        at_ms = max(row.observed_at_ms + shift_ms, 0)
        due_ms = max(due_ms, at_ms)
        yield due_ms, observed_at(row, at_ms)
