"""Alarms counted from signals are those that the monitor raises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.support.rhythmic_wearers import HEART_RATE, instants, track
from wardwatch.core.bank import Bank
from wardwatch.core.conditions import DETERIORATING, DETERIORATION_SIGNAL
from wardwatch.core.deterioration import Deterioration
from wardwatch.core.events import Phase
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import shipped_model
from wardwatch.core.monitor import Monitor
from wardwatch.core.vitals import VITAL_INDEX
from wardwatch.evaluating.tracks import Track, batch_of
from wardwatch.fitting.counting import count_alarms
from wardwatch.fitting.replays import rules_of, signals_of

UTC = LocalTime.utc()


def stay(number: int) -> Track:
    """Hourly rounds of somebody who gets worse and better again."""
    at_ms = instants(6.0, 3600.0)
    random = np.random.default_rng(number)
    course = np.cumsum(random.standard_normal(len(at_ms)))
    worse = np.maximum(course - course.min(), 0.0) / 4.0
    values = {
        HEART_RATE: np.round(80.0 + 6.0 * worse),
        VITAL_INDEX["respiratory_rate"]: np.round(16.0 + 1.5 * worse),
        VITAL_INDEX["systolic_pressure"]: np.round(125.0 - 4.0 * worse),
    }
    return track(f"s{number}", values, at_ms)


def raised(tracks: list[Track], limit: float) -> int:
    """By a monitor with this very limit."""
    model = shipped_model()
    bank = Bank(model, UTC, 1.0)
    bank.deterioration = Deterioration(model.deterioration, 1.0)
    bank.deterioration.limit = limit
    monitor = Monitor(rules_of(model, UTC), bank=bank)
    for number, one in enumerate(tracks):
        monitor.receive(batch_of([(str(number), one)]))
    events = monitor.drain().events
    return sum(e.condition == "vitals.deteriorating" and e.phase is Phase.START for e in events)


@pytest.mark.parametrize("limit", [2.0, 8.0, 20.0])
def test_as_many_as_the_monitor_raises(limit: float) -> None:
    tracks = [stay(number) for number in range(6)]
    rules = rules_of(shipped_model(), UTC)
    played = signals_of(DETERIORATION_SIGNAL, tracks, rules, lambda _: None)
    own = Deterioration(shipped_model().deterioration, rules.false_alarms_a_patient_day).limit
    at_ms, scores = [at for at, _ in played], [signals + own for _, signals in played]
    [count] = count_alarms(DETERIORATING, at_ms, scores, [limit])
    assert count == raised(tracks, limit)
    assert [len(at) for at in at_ms] == [len(one) for one in tracks]


def test_of_nobody_there_is_none() -> None:
    assert count_alarms(DETERIORATING, [], [], [1.0, 2.0]) == [0, 0]
    silent = replace(stay(0), values=stay(0).values[:0])
    assert count_alarms(DETERIORATING, [silent.observed_at_ms], [np.full(len(silent), np.nan)], [1.0]) == [0]
