"""Readings through the gate to the watch of the devices, and random logs of devices in trouble."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tests.support.logs import START_MS
from tests.support.wards import Sent
from wardwatch.core.alarming.changes import Change
from wardwatch.core.gate import GateRules, judge
from wardwatch.core.packs import Column
from wardwatch.core.reading import PART_COUNT, Batch, Reading, Round
from wardwatch.core.rounds import rounds
from wardwatch.core.table import PatientTable
from wardwatch.core.technical.devices import COLUMNS, Devices
from wardwatch.core.technical.watch import DeviceWatch

_NEVER_MS = -(2**60)
_SEEN = Column("seen_ms", "i8", _NEVER_MS, PART_COUNT)


class Watched:
    """Some patients' devices, watched as a monitor does it."""

    def __init__(self) -> None:
        self.devices = Devices()
        self.table = PatientTable((_SEEN, *COLUMNS), attachments={"devices": self.devices})
        self.watch = DeviceWatch(self.table, self.devices)

    def receive(self, log: Sequence[Sent], size: int = 4096) -> list[Change]:
        """Take a log in, in batches of a size; changes in the order of the log."""
        changes: list[Change] = []
        for first in range(0, len(log), size):
            changes += self._receive(log[first : first + size], first)
        return changes

    def _receive(self, log: Sequence[Sent], first: int) -> list[Change]:
        arrived_at_ms = [sent.arrived_at_ms for sent in log]
        positions = range(first, first + len(log))
        batch = Batch.of([each.reading for each in log], arrived_at_ms=arrived_at_ms, positions=positions)
        rows = self.table.rows(batch.patients)
        told: list[tuple[int, Change]] = []
        for index in rounds(rows):
            sent = Round.of(batch, rows[index], index)
            seen_ms = self.table["seen_ms"][sent.rows]
            taken, refused = judge(GateRules(), sent, self.table.patients, seen_ms)
            told += [(int(taken.index[at]), each) for at, each in self.watch.take(taken, batch.devices)]
            refusals = self.watch.refuse(sent, taken, refused, batch.devices)
            told += [(int(sent.index[at]), each) for at, each in refusals]
            seen_ms = self.table["seen_ms"][taken.rows]
            at_ms = taken.observed_at_ms[:, np.newaxis]
            self.table["seen_ms"][taken.rows] = np.where(taken.told, at_ms, seen_ms)
            self.table.touch(taken.rows)
        told.sort(key=lambda each: each[0])
        return [change for _, change in told]

    def tick(self, now_ms: int) -> list[Change]:
        """Let time pass for all patients."""
        rows = np.arange(len(self.table))
        return self.watch.due(rows, np.full(len(rows), now_ms))

    def restarted(self) -> Watched:
        """The same, from what a checkpoint holds."""
        again = Watched()
        again.table.load(dict(self.table.snapshot(only_touched=False)))
        return again

    def state_of(self, patient: str) -> bytes | None:
        """All that is kept of a patient."""
        return None if self.table.row(patient) is None else self.table.state_of(patient)


def sent(
    at_s: float, *, late_s: float = 0.0, patient: str = "p-1", device: str = "e4-03", **said: Any
) -> Sent:
    """A reading that arrives so long after the start; it was observed ``late_s`` before, by its device."""
    arrived_at_ms = START_MS + round(at_s * 1000)
    observed_at_ms = arrived_at_ms - round(late_s * 1000)
    reading = Reading(patient=patient, device=device, observed_at_ms=observed_at_ms, **said)
    return Sent(reading, arrived_at_ms)


def every(step_s: float, until_s: float, *, since_s: float = 0.0, **said: Any) -> list[Sent]:
    """Readings of one device, one each so many seconds, of a heart that beats."""
    times = np.arange(since_s, until_s, step_s).tolist()
    return [sent(at_s, **{"heart_rate": 70.0 + turn % 2} | said) for turn, at_s in enumerate(times)]


def merged(*logs: Iterable[Sent]) -> list[Sent]:
    """One log of several, in the order of arrival."""
    return sorted((each for log in logs for each in log), key=lambda each: each.arrived_at_ms)


def watched_changes(log: Sequence[Sent], until_s: float | None = None) -> list[Change]:
    """What is told of the devices of a log, and then until so long after the start."""
    watched = Watched()
    changes = watched.receive(log)
    return changes if until_s is None else changes + watched.tick(START_MS + round(until_s * 1000))


def told(changes: Iterable[Change]) -> list[tuple[float, str, str, str]]:
    """The gist of changes: seconds after the start, condition, phase and priority."""
    return [
        (
            (change.at_ms - START_MS) / 1000,
            change.condition,
            change.phase.value,
            change.priority.name.lower(),
        )
        for change in changes
    ]


PATIENTS = ("p-1", "p-2")
_DEVICES = ("e4-03", "patch", "cuff", "oximeter", "obs", "ring")
_GOOD: dict[str, Any] = {"signal_quality": 0.9, "worn": True, "battery": 80.0}
_STATES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"worn": False},
    {"signal_quality": 0.3},
    {"signal_quality": 0.55},
    {"battery": 15.0},
    {"battery": 4.0},
    {"heart_rate": 0.0},
    {"heart_rate": None},
    {"skin_temperature": 22.0},
)
_LATE_S = (0, 0, 0, 0, -40, -400, 150, 600, 5000)
_STEPS_S = (1, 10, 30, 60, 60, 120, 299, 301)
_GAPS_S = (0, 0, 0, 0, 200, 400, 3700, 9000, 50_000)


def troubled_log(seed: int, stretches: int = 8) -> list[Sent]:
    """Stretches of readings of several devices each, with all that may be wrong with one."""
    rng = random.Random(seed)
    log: list[Sent] = []
    for patient in PATIENTS:
        for device in rng.sample(_DEVICES, rng.choice((1, 1, 2, 5))):
            clock_s = rng.uniform(0, 600)
            for _ in range(rng.randint(1, stretches)):
                state, late_s = rng.choice(_STATES), rng.choice(_LATE_S)
                step_s, more = rng.choice(_STEPS_S), rng.random() < 0.5
                copied = rng.choice((0.03, 0.03, 0.03, 0.9))
                said = _GOOD | {"heart_rate": 70.0} | ({"oxygen_saturation": 97.0} if more else {}) | state
                for _ in range(rng.randint(1, 20)):
                    clock_s += step_s
                    reading = sent(clock_s, late_s=late_s, patient=patient, device=device, **said)
                    log += [reading] * (1 + (rng.random() < copied))
                clock_s += rng.choice(_GAPS_S)
    return merged(log)
