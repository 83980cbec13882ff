"""The bank looks at a reading if one of its vitals was last looked at ten seconds ago; nothing else waits."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.support.logs import START_MS
from wardwatch.core.bank import Bank, Guard, Judged
from wardwatch.core.detectors.detector import JUDGED_NAMES
from wardwatch.core.local_time import LocalTime
from wardwatch.core.looking import INTERVAL_MS
from wardwatch.core.model import shipped_model
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch, Reading, Round
from wardwatch.core.table import PatientTable

PATIENTS = ("p-1", "p-2")
# The bank does not judge the last one.
VALUES = [("heart_rate", 70.0), ("oxygen_saturation", 97.0), ("skin_temperature", 33.0)]


class WatchedBank(Bank):
    """Notes which readings it is shown, and how long after those before."""

    def __init__(self) -> None:
        super().__init__(shipped_model(), LocalTime.utc(), 0.05)
        self.shown: list[int] = []

    def judge(self, table: PatientTable, taken: Round, guard: Guard) -> Judged:
        self.shown += taken.positions.tolist()
        return super().judge(table, taken, guard)


def expected(readings: list[Reading]) -> Iterator[int]:
    """The same, spelled out for one reading after the other."""
    looked_ms: dict[str, dict[str, int]] = defaultdict(dict)
    for position, reading in enumerate(readings):
        own = looked_ms[reading.patient]
        told = [name for name in JUDGED_NAMES if getattr(reading, name) is not None]
        if any(reading.observed_at_ms - own.get(name, 0) >= INTERVAL_MS for name in told):
            own.update(dict.fromkeys(told, reading.observed_at_ms))
            yield position


@st.composite
def logs(draw: st.DrawFn) -> list[Reading]:
    rng = random.Random(draw(st.integers(0, 2**32)))
    at_ms = dict.fromkeys(PATIENTS, START_MS)
    readings = []
    for _ in range(draw(st.integers(1, 120))):
        patient = rng.choice(PATIENTS)
        at_ms[patient] += rng.choice((1, 700, 1_000, 3_000, 9_999, 10_000, 60_000, 90_000_000))
        quiet = Reading(patient=patient, device="e4", observed_at_ms=at_ms[patient], battery=80.0)
        told: dict[str, Any] = dict(rng.sample(VALUES, rng.randint(0, 2)))
        readings.append(replace(quiet, **told))
    return readings


@given(logs(), st.integers(1, 40))
def test_the_bank_is_shown_what_it_is_due_and_nothing_else(log: list[Reading], size: int) -> None:
    bank = WatchedBank()
    monitor = Monitor(bank=bank)
    for first in range(0, len(log), size):
        some = log[first : first + size]
        monitor.receive(Batch.of(some, positions=range(first, first + len(some))))
    assert sorted(bank.shown) == list(expected(log))


def test_time_is_learned_by_looks_and_not_by_readings() -> None:
    """A minute is a minute of knowledge, however many values it has."""
    learned_s = []
    for step_ms in (1_000, 10_000):
        bank = WatchedBank()
        monitor = Monitor(bank=bank)
        monitor.receive(Batch.of([reading(at_ms, 70.0) for at_ms in range(0, 3_600_001, step_ms)]))
        [status] = monitor.statuses(["p-1"])
        learned_s.append(status.learning["heart_rate"])
    assert learned_s[0] == learned_s[1] > 0.0


def test_hard_limits_see_every_reading() -> None:
    """Between two looks the heart is usual for one second, and an alarm begins anew."""
    bank = WatchedBank()
    monitor = Monitor(bank=bank)
    monitor.receive(
        Batch.of([reading(second * 1_000, 70.0 if second == 5 else 190.0) for second in range(60)])
    )
    assert bank.shown == [0, 10, 20, 30, 40, 50]
    [event] = monitor.drain().events
    assert (event.condition, event.onset_ms) == ("heart_rate.high", START_MS + 6_000)


def reading(after_ms: int, heart_rate: float) -> Reading:
    return Reading(patient="p-1", device="e4", observed_at_ms=START_MS + after_ms, heart_rate=heart_rate)
