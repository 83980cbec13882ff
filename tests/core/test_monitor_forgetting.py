"""Whom the monitor forgets, what remains, and what a nurse's "new normal" does."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.support.logs import START_MS, at_1_hz, every, run
from tests.support.people import new_normal
from wardwatch.core.alarming.commands import Verdict
from wardwatch.core.detectors.detector import JUDGED_NAMES
from wardwatch.core.events import Phase, Placement
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.table import BLOCK_ROWS

IDLE = Rules(idle_s=2 * 3600.0)
LATER_MS = START_MS + 4 * 3_600_000


def calm(at_ms: int, patient: str = "p-1", heart_rate: float = 72.0) -> Reading:
    return Reading(patient=patient, device="e4", observed_at_ms=at_ms, heart_rate=heart_rate)


def test_whoever_was_idle_is_dropped_and_only_the_place_is_still_known() -> None:
    monitor = Monitor(IDLE)
    monitor.admit([Placement(patient="p-1", ward="4B", bed="12")])
    run([calm(START_MS)], monitor)
    monitor.tick(LATER_MS)
    assert monitor.statuses(["p-1"]) == []
    run([calm(LATER_MS)], monitor)
    [status] = monitor.statuses(["p-1"])
    assert (status.ward, status.bed) == ("4B", "12")
    assert status.vitals == {"heart_rate": (72.0, LATER_MS)}


def test_whoever_was_idle_begins_anew_whether_dropped_or_not() -> None:
    states = []
    for ticks in [], [LATER_MS]:
        monitor = Monitor(IDLE)
        run(every(60, [72.0] * 30), monitor)
        for tick in ticks:
            monitor.tick(tick)
        run([calm(LATER_MS)], monitor)
        states.append(monitor.state_of("p-1"))
    fresh = Monitor(IDLE)
    run([calm(LATER_MS)], fresh)
    assert states == [fresh.state_of("p-1")] * 2


def test_a_patient_with_an_open_alarm_is_not_dropped() -> None:
    monitor = Monitor(IDLE)
    run(at_1_hz([160.0] * 400), monitor)
    assert monitor.statuses(["p-1"])[0].open_alarms
    monitor.tick(LATER_MS)
    assert monitor.statuses(["p-1"])[0].open_alarms


def test_nobody_is_dropped_whose_late_reading_could_still_come_in_time() -> None:
    monitor = Monitor(IDLE)
    run([calm(START_MS)], monitor)
    monitor.tick(START_MS + 3 * 3_600_000)
    assert monitor.statuses(["p-1"])
    monitor.tick(START_MS + 3 * 3_600_000 + 1)
    assert not monitor.statuses(["p-1"])


def test_whoever_is_only_on_the_roster_stays() -> None:
    monitor = Monitor(IDLE)
    monitor.admit([Placement(patient="p-1", ward="4B", bed="12")])
    monitor.tick(LATER_MS)
    assert monitor.statuses(["p-1"])


def test_the_place_of_a_dropped_patient_survives_a_restart() -> None:
    monitor = Monitor(IDLE)
    monitor.admit([Placement(patient="p-1", ward="4B", bed="12")])
    run([calm(START_MS)], monitor)
    monitor.tick(LATER_MS)
    restored = Monitor.restore(dict(monitor.snapshot(only_changed=False)), IDLE)
    run([calm(LATER_MS)], restored)
    assert restored.statuses(["p-1"])[0].bed == "12"


def test_rows_of_dropped_patients_are_used_again() -> None:
    monitor = Monitor(IDLE)
    run([calm(START_MS, f"p-{i}") for i in range(300)], monitor)
    monitor.tick(LATER_MS)
    run([calm(LATER_MS, f"new-{i}") for i in range(300)], monitor)
    blocks = [number for number, _ in monitor.snapshot(only_changed=False)]
    assert blocks == list(range(-(-300 // BLOCK_ROWS)))


@cache
def _trained() -> tuple[dict[int, bytes], int]:
    monitor = Monitor()
    usual = every(60, np.random.default_rng(7).normal(70, 3, 2 * 1440).round().tolist())
    monitor.receive(Batch.of(usual))
    return dict(monitor.snapshot(only_changed=False)), usual[-1].observed_at_ms + 60_000


def trained() -> tuple[Monitor, int]:
    """A monitor that knows a patient's usual heart rate, about 70, and the instant after it."""
    blocks, now_ms = _trained()
    return Monitor.restore(blocks), now_ms


def risen(from_ms: int, minutes: int) -> list[Reading]:
    return [calm(from_ms + i * 60_000, heart_rate=100.0 + i % 3) for i in range(minutes)]


def test_a_new_normal_ends_the_learned_alarm_and_none_starts_again() -> None:
    monitor, now_ms = trained()
    [start] = run(risen(now_ms, 120), monitor)[:1]
    assert (start.condition, start.phase) == ("vitals.unusual", Phase.START)
    new_normal(monitor, "p-1", now_ms + 120 * 60_000)
    after = run(risen(now_ms + 120 * 60_000, 240), monitor)
    assert [(event.condition, event.phase) for event in after] == [("vitals.unusual", Phase.END)]


def test_a_new_normal_of_somebody_unknown_changes_nothing() -> None:
    monitor, now_ms = trained()
    before = monitor.state_of("p-1")
    new_normal(monitor, "p-2", now_ms)
    [receipt] = monitor.drain().receipts
    assert receipt.verdict is Verdict.REFUSED
    assert monitor.state_of("p-1") == before


@pytest.mark.parametrize("released", [False, True])
def test_what_is_unusual_is_learned_only_after_the_release(*, released: bool) -> None:
    monitor, now_ms = trained()
    table = monitor._table
    before = float(table["usual"][0, JUDGED_NAMES.index("heart_rate")])
    minutes = 24 * 60 if released else 11 * 60
    run(risen(now_ms, minutes), monitor)
    level = float(table["usual"][0, JUDGED_NAMES.index("heart_rate")])
    # As a distance from the population's level.
    assert (level > before + 2) == released


def test_the_status_says_what_is_still_being_learned() -> None:
    monitor = Monitor()
    run(every(60, [70.0] * 720), monitor)
    share = monitor.statuses(["p-1"])[0].learning["heart_rate"]
    assert 0.4 < share < 0.55
    trained_monitor, _ = trained()
    assert trained_monitor.statuses(["p-1"])[0].learning == {}
