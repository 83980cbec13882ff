"""Both monitors on the same readings: what each tells, and for how long patients were watched by ward."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from wardwatch.core.events import UNASSIGNED_WARD, Placement
from wardwatch.core.monitor import Outcome
from wardwatch.core.reading import Batch
from wardwatch.core.roster import entry_of
from wardwatch.replaying import LONGEST_WATCHED_GAP_MS, Watcher
from wardwatch.whatif.alarms import Alarms


class TimedWatcher(Watcher, Protocol):
    """A watcher that can be told that time has passed."""

    def tick(self, now_ms: int) -> None:
        """Let time pass where no reading tells it."""


@dataclass(slots=True)
class Watched:
    """For how long patients were watched, by ward; time between two readings counts as in replay."""

    ms_in_ward: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    readings: int = 0
    _ward: dict[str, str] = field(default_factory=dict)
    _latest_ms: dict[str, int] = field(default_factory=dict)

    @property
    def patients(self) -> int:
        """How many of whom a reading came."""
        return len(self._latest_ms)

    def see(self, batch: Batch) -> None:
        """Take readings in."""
        latest_ms, ward = self._latest_ms, self._ward
        self.readings += len(batch)
        for patient, at_ms in zip(batch.patients, batch.observed_at_ms.tolist(), strict=True):
            gap_ms = at_ms - latest_ms.setdefault(patient, at_ms)
            if gap_ms > 0:
                self.ms_in_ward[ward.get(patient, UNASSIGNED_WARD)] += min(gap_ms, LONGEST_WATCHED_GAP_MS)
                latest_ms[patient] = at_ms

    def place(self, placement: Placement) -> None:
        """Take in where a patient lies from now on."""
        is_gone = entry_of(placement).discharged
        self._ward[placement.patient] = UNASSIGNED_WARD if is_gone else placement.ward


class Comparison:
    """A watcher that hands everything to the monitor of today's rules and to that of the new ones."""

    def __init__(self, today: TimedWatcher, new: TimedWatcher) -> None:
        self._today, self._new = today, new
        self.today, self.new = Alarms(), Alarms()
        self.watched = Watched()

    def receive(self, batch: Batch) -> None:
        """Take readings in."""
        self.watched.see(batch)
        self._today.receive(batch)
        self._new.receive(batch)

    def admit(self, placements: Iterable[Placement]) -> None:
        """Take roster lines in."""
        lines = [*placements]
        for line in lines:
            self.watched.place(line)
        self._today.admit(lines)
        self._new.admit(lines)

    def tick(self, now_ms: int) -> None:
        """Let time pass where no reading tells it."""
        self._today.tick(now_ms)
        self._new.tick(now_ms)

    def drain(self) -> Outcome:
        """What today's rules have to tell, once; what both have told is kept."""
        outcome = self._today.drain()
        self.today.take(outcome.events)
        self.new.take(self._new.drain().events)
        return outcome
