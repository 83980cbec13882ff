"""A drift is found where the spread of a population changes, and none where it stays."""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
import pytest

from wardwatch.core.calibration_watch import DAY_MS, CalibrationWatch, Drift
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch, FloatArray, Reading

_WARDS_PATIENTS = 60
_CHANGE_DAY, _DAYS = 10, 22
_HOUR_MS = 3_600_000
_ABOVE_0 = 0.08


class Population:
    """Patients whose scores are normal and last for hours, around own levels; a fifth leaves a day."""

    def __init__(self, seed: int, patients: int = _WARDS_PATIENTS) -> None:
        self._random = np.random.default_rng(seed)
        self._level = self._random.normal(size=patients)
        self._state = self._random.normal(size=patients)

    def p_values(self, spread: float) -> FloatArray:
        """Six hours later, where scores are so many times as wide as the model expects."""
        leaves = self._random.random(len(self._level)) < 0.05
        self._level[leaves] = self._random.normal(size=leaves.sum())
        self._state = 0.5 * self._state + sqrt(0.75) * self._random.normal(size=len(self._state))
        score = spread * np.abs(sqrt(0.3) * self._level + sqrt(0.7) * self._state)
        p_values = np.array([erfc(value / sqrt(2)) for value in score.tolist()])
        # As with the shipped model, whose scores are mostly 0.
        return np.where(p_values < _ABOVE_0, p_values, 1.0)


def drifts(seed: int, *spreads: float, patients: int = _WARDS_PATIENTS) -> list[Drift | None]:
    """What is found on each day, where the spread of the day is this."""
    watch, population = CalibrationWatch(10.0), Population(seed, patients)
    found = []
    for day, spread in enumerate(spreads):
        for _ in range(4):
            watch.give(population.p_values(spread))
        watch.end_day((day + 1) * DAY_MS)
        found.append(watch.drift)
    return found


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("patients", [3, _WARDS_PATIENTS])
def test_a_population_that_stays_as_it_is_has_no_drift(seed: int, patients: int) -> None:
    assert drifts(seed, *[1.0] * _DAYS, patients=patients) == [None] * _DAYS


@pytest.mark.parametrize(("spread", "direction"), [(1.5, "more"), (0.67, "fewer")])
@pytest.mark.parametrize("seed", range(3))
def test_a_population_whose_spread_changes_drifts_in_that_direction(
    seed: int, spread: float, direction: str
) -> None:
    found = drifts(seed, *[1.0] * _CHANGE_DAY, *[spread] * (_DAYS - _CHANGE_DAY))
    assert found[:_CHANGE_DAY] == [None] * _CHANGE_DAY
    first = next(drift for drift in found if drift is not None)
    assert first.direction == direction
    assert 0 <= first.since_ms / DAY_MS - _CHANGE_DAY <= 3
    last = found[-1]
    assert last is not None
    assert (last.direction, last.since_ms) == (direction, first.since_ms)
    assert (last.mean_p < last.was) is (direction == "more")


def test_a_drift_ends_when_scores_are_as_they_were() -> None:
    found = drifts(1, *[1.0] * 10, *[1.6] * 10, *[1.0] * 12)
    assert found[18] is not None
    assert found[-1] is None


def test_too_few_values_to_know_tell_nothing() -> None:
    watch = CalibrationWatch(10.0)
    watch.end_day(DAY_MS)
    assert (watch.mean_p, watch.drift, watch.values) == (None, None, 0)


def test_a_patient_gives_a_value_in_six_hours_and_what_listens_changes_nothing() -> None:
    watch = CalibrationWatch(10.0, settling_ms=0)
    listened, alone = Monitor.restore({}, listener=watch.listen), Monitor.restore({})
    random = np.random.default_rng(7)
    for hour in range(30):
        rates = 70 + random.normal(size=12).round(1)
        readings = [
            Reading(
                patient=f"p-{number}",
                device="e4",
                observed_at_ms=hour * _HOUR_MS + 5 * minute * 60_000,
                heart_rate=float(rate),
            )
            for number in range(3)
            for minute, rate in enumerate(rates)
        ]
        readings.sort(key=lambda reading: reading.observed_at_ms)
        for monitor in (listened, alone):
            monitor.receive(Batch.of(readings))
        watch.look()
    # Three patients, each at most once in each six of thirty hours; at first they are still learned.
    assert 3 <= watch.values <= 15
    assert watch.mean_p is not None
    assert 0.0 < watch.mean_p <= 1.0
    assert [listened.state_of(f"p-{number}") for number in range(3)] == [
        alone.state_of(f"p-{number}") for number in range(3)
    ]
