"""One past, many futures: what the monitor would have said, had the readings gone on in another way.

A recording is played to the monitor once. On the way each patient's state is taken down wherever one of the
other futures begins. Then all futures are played side by side, each as a patient of its own, to monitors that
are restored from these states, as a worker restores a partition. So a future shares its past with the
recording to the last bit, no future touches another, and each costs no more than its own readings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from wardwatch.core.blocks import decode, encode
from wardwatch.core.events import AlarmEvent
from wardwatch.core.monitor import Outcome
from wardwatch.core.reading import Batch
from wardwatch.evaluating.tracks import Track, batch_of

# A batch of about so many readings; so many futures side by side: wide enough to be quick, and no more
# blocks of state at once than fit into memory with ease.
_BATCH_READINGS = 4096
_SIDE_BY_SIDE = 128


class Watching(Protocol):
    """What is asked of a :class:`wardwatch.core.monitor.Monitor`."""

    def receive(self, batch: Batch) -> None:
        """Take readings in."""

    def drain(self) -> Outcome:
        """What there is to tell, once."""

    def state_of(self, patient: str) -> bytes:
        """All that is kept of one patient; ``KeyError`` for one never seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitors:
    """How monitors are made: a new one, and one from blocks of state."""

    new: Callable[[], Watching]
    restored: Callable[[Mapping[int, bytes]], Watching]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What came of the recordings as they are.

    ``events`` has a list for each track; ``states`` the state of a (track, row) before that row was read.
    """

    events: list[list[AlarmEvent]]
    states: Mapping[tuple[int, int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """How the readings go on after a state; ``None`` is that of a patient never seen."""

    state: bytes | None
    readings: Track


def play(
    monitors: Monitors,
    tracks: Sequence[Track],
    wanted: Sequence[tuple[int, int]],
    advance: Callable[[int], None],
) -> Past:
    """Play whole tracks to one monitor; ``wanted`` are the (track, row) whose states are needed.

    ``advance`` is told how many readings were played since it was told before.
    """
    monitor = monitors.new()
    events: list[list[AlarmEvent]] = [[] for _ in tracks]
    states: dict[tuple[int, int], bytes] = {}
    at_row = defaultdict(set)
    for track, row in wanted:
        at_row[row].add(track)
    longest = max(map(len, tracks), default=0)
    for first, last in _cuts(longest, max(_BATCH_READINGS // max(len(tracks), 1), 1), at_row):
        for number in at_row.get(first, ()):
            states[number, first] = monitor.state_of(str(number))
        advance(_receive(monitor, tracks, first, last, events))
    return Past(events=events, states=states)


def play_on(
    monitors: Monitors, futures: Sequence[Future], advance: Callable[[int], None]
) -> list[list[AlarmEvent]]:
    """The events of each future; ``advance`` as in :func:`play`."""
    told: list[list[AlarmEvent]] = [[] for _ in futures]
    # Those of like length go together: the more are still going on, the less a round costs each.
    by_length = sorted(range(len(futures)), key=lambda number: len(futures[number].readings))
    for first in range(0, len(futures), _SIDE_BY_SIDE):
        group = by_length[first : first + _SIDE_BY_SIDE]
        states = {place: futures[number].state for place, number in enumerate(group)}
        monitor = monitors.restored(
            {place: renamed(state, str(place)) for place, state in states.items() if state is not None}
        )
        tracks = [futures[number].readings for number in group]
        events: list[list[AlarmEvent]] = [[] for _ in group]
        for start, end in _cuts(max(map(len, tracks)), _BATCH_READINGS // len(group), {}):
            advance(_receive(monitor, tracks, start, end, events))
        for number, its in zip(group, events, strict=True):
            told[number] = its
    return told


def renamed(state: bytes, name: str) -> bytes:
    """The state of one patient as that of another."""
    block = decode(state)
    [[former, *place]] = block.patients
    attached = {
        kind: {name if patient == former else patient: kept for patient, kept in of_kind.items()}
        for kind, of_kind in block.attached.items()
    }
    return encode(replace(block, patients=[[name, *place]], attached=attached))


def shares(
    total: int, advance: Callable[[float], None], first: float = 0.0, last: float = 1.0
) -> Callable[[int], None]:
    """Turns numbers of readings played, ``total`` in all, into shares of a work: ``first`` to ``last``."""
    done = 0

    def add(readings: int) -> None:
        nonlocal done
        done += readings
        advance(first + (last - first) * done / max(total, 1))

    return add


def _cuts(length: int, step: int, at: Mapping[int, object]) -> Iterator[tuple[int, int]]:
    """Neighbouring ranges that make up ``length``, at most ``step`` long; one begins at each ``at``."""
    begins = sorted({*range(0, length, step), *(row for row in at if row < length)})
    return zip(begins, [*begins[1:], length], strict=True)


def _receive(
    monitor: Watching, tracks: Sequence[Track], first: int, last: int, events: list[list[AlarmEvent]]
) -> int:
    """Hand over the readings ``first`` to ``last`` of tracks, named by number; how many there were."""
    pieces = [
        (str(number), track.piece(first, last)) for number, track in enumerate(tracks) if len(track) > first
    ]
    batch = batch_of(pieces)
    monitor.receive(batch)
    for event in monitor.drain().events:
        events[int(event.patient)].append(event)
    return len(batch)
