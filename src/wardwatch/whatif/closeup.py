"""One difference in full: the log is played again, to both monitors, of this patient alone.

No patient's alarms depend on another's readings, so they are the same alarms as before. What is taken down on
the way is what each side told of its alarm and why, the readings around it, and by how much the condition was
beyond its limit on either side: that tells why a side said nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from wardwatch.core import limits
from wardwatch.core.conditions import CONDITIONS, DIRECTION, NAMES
from wardwatch.core.events import AlarmEvent, Placement
from wardwatch.core.judges import Listener
from wardwatch.core.monitor import Monitor, Outcome, Rules
from wardwatch.core.reading import Batch, FloatArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITAL_NAMES, VITALS
from wardwatch.whatif.alarms import Alarm
from wardwatch.whatif.matching import Pair

# What is shown around an alarm, and in how many rows at most. Wardwatch's own choices: enough to see what led
# to it, and no more than a screen.
BEFORE_MS = AFTER_MS = 1_800_000
MOST_MOMENTS = 40


@dataclass(slots=True)
class Moment:
    """What was measured in a stretch of time: of each vital the latest, on our clock.

    ``today_beyond`` and ``new_beyond`` are by how much the condition's signal was beyond the limit of either
    side, in the condition's unit; below 0 within it, ``None`` where there was none.
    """

    at_ms: int
    vitals: dict[str, float] = field(default_factory=dict)
    today_beyond: float | None = None
    new_beyond: float | None = None


@dataclass(slots=True)
class Side:
    """What one set of rules had to say.

    ``limit`` is that of the condition when the first of both sides' alarms began, ``None`` where the patient
    was not known yet, and ``open_alarms`` are the conditions that alarmed already.
    """

    events: list[AlarmEvent] = field(default_factory=list)
    limit: float | None = None
    open_alarms: tuple[str, ...] = ()


class CloseUp:
    """A watcher that takes down one difference; to be played the log that showed it."""

    def __init__(self, pair: Pair, today: Rules, new: Rules) -> None:
        subject = pair.subject
        self.today, self.new = Side(), Side()
        self._patient, self._which = subject.patient, NAMES.index(subject.condition)
        starts_ms = [alarm.start_ms for alarm in (pair.today, pair.new) if alarm is not None]
        self._start_ms = min(starts_ms)
        self._from_ms, self._to_ms = self._start_ms - BEFORE_MS, max(starts_ms) + AFTER_MS
        self._moments: dict[int, Moment] = {}
        self._is_looked_at = False
        self._sides = (
            _Watched(self.today, pair.today, Monitor(today, listener=self._listener("today_beyond"))),
            _Watched(self.new, pair.new, Monitor(new, listener=self._listener("new_beyond"))),
        )

    @property
    def moments(self) -> list[Moment]:
        """What was measured around the alarms, in the order of time."""
        return [self._moments[place] for place in sorted(self._moments)]

    def receive(self, batch: Batch) -> None:
        """Take readings in."""
        rows = [row for row, patient in enumerate(batch.patients) if patient == self._patient]
        if not rows:
            return
        its = _those(batch, rows)
        later = np.flatnonzero(its.arrived_at_ms > self._start_ms)
        first_later = int(later[0]) if len(later) and not self._is_looked_at else len(its)
        self._play(_those(its, range(first_later)))
        if first_later < len(its):
            self._look()
            self._play(_those(its, range(first_later, len(its))))

    def admit(self, placements: Iterable[Placement]) -> None:
        """Take roster lines in."""
        lines = [line for line in placements if line.patient == self._patient]
        for side in self._sides:
            side.monitor.admit(lines)

    def tick(self, now_ms: int) -> None:
        """Let time pass where no reading tells it."""
        for side in self._sides:
            side.monitor.tick(now_ms)

    def finish(self) -> None:
        """The log has ended."""
        self.drain()
        if not self._is_looked_at:
            self._look()

    def drain(self) -> Outcome:
        """Nothing is told on: all is kept here."""
        for side in self._sides:
            side.take_down()
        return Outcome()

    def _play(self, batch: Batch) -> None:
        if not len(batch):
            return
        for row in np.flatnonzero(self._is_near(batch.arrived_at_ms)).tolist():
            moment = self._moment(int(batch.arrived_at_ms[row]))
            for name, value in zip(VITAL_NAMES, batch.values[row].tolist(), strict=True):
                if np.isfinite(value):
                    moment.vitals[name] = value
        for side in self._sides:
            side.monitor.receive(batch)
            side.take_down()

    def _look(self) -> None:
        """The first alarm is about to begin."""
        self._is_looked_at = True
        for side in self._sides:
            side.look(self._patient)

    def _is_near(self, at_ms: np.ndarray) -> np.ndarray:
        near: np.ndarray = (at_ms >= self._from_ms) & (at_ms <= self._to_ms)
        return near

    def _moment(self, at_ms: int) -> Moment:
        place = (at_ms - self._from_ms) * MOST_MOMENTS // (self._to_ms - self._from_ms + 1)
        moment = self._moments.setdefault(place, Moment(at_ms))
        moment.at_ms = max(moment.at_ms, at_ms)
        return moment

    def _listener(self, side: str) -> Listener:
        which, seen = self._which, self.today if side == "today_beyond" else self.new
        condition = CONDITIONS[which]
        unit = VITALS[condition.signal].resolution if condition.rule == "limit" else 1.0

        def listen(table: PatientTable, taken: Round, signals: FloatArray) -> None:
            if not self._is_looked_at:
                seen.limit = limits.limit_of(table, int(taken.rows[0]), which)[0]
            at_ms = int(taken.arrived_at_ms[0])
            if not self._from_ms <= at_ms <= self._to_ms:
                return
            limit = limits.held_against(table, taken.rows)[0, which]
            beyond = float((signals[0, condition.signal] - limit) * DIRECTION[which] * unit)
            if np.isfinite(beyond):
                setattr(self._moment(at_ms), side, round(beyond, 6))

        return listen


@dataclass(slots=True)
class _Watched:
    """One side's monitor, and the alarm of it that is taken down, if it has one."""

    seen: Side
    alarm: Alarm | None
    monitor: Monitor

    def take_down(self) -> None:
        name = None if self.alarm is None else self.alarm.alarm
        self.seen.events += [event for event in self.monitor.drain().events if event.alarm == name]

    def look(self, patient: str) -> None:
        self.seen.open_alarms = tuple(
            condition for status in self.monitor.statuses([patient]) for condition in status.open_alarms
        )


def _those(batch: Batch, rows: Iterable[int]) -> Batch:
    """Some of a batch's readings."""
    index = [*rows]
    return Batch(
        patients=[batch.patients[row] for row in index],
        devices=[batch.devices[row] for row in index],
        observed_at_ms=batch.observed_at_ms[index],
        arrived_at_ms=batch.arrived_at_ms[index],
        positions=batch.positions[index],
        values=batch.values[index],
        context=batch.context[index],
        consciousness=batch.consciousness[index],
    )
