"""The personal baseline: scores before it learns, robust, by elapsed time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core import baseline
from wardwatch.core.reading import FloatArray

FLOOR = np.array([1.5])
State = tuple[FloatArray, FloatArray, FloatArray]
NEW: State = (np.array([np.nan]), np.array([np.nan]), np.array([0.0]))


def learned(values: FloatArray, every_s: float, state: State = NEW) -> State:
    for value in values:
        state = baseline.learn(np.array([value]), np.array([every_s]), state, FLOOR)
    return state


def day_of(mean: float, spread: float, every_s: float = 60.0, days: float = 2.0) -> State:
    rng = np.random.default_rng(7)
    return learned(rng.normal(mean, spread, int(days * 86400 / every_s)), every_s)


def test_it_finds_mean_and_spread() -> None:
    mean, variance, _ = day_of(71.0, 6.0)
    assert mean[0] == pytest.approx(71.0, abs=0.5)
    # Huber's weights make the spread of a normal distribution some 10 % narrower.
    assert np.sqrt(variance[0]) == pytest.approx(6.0, rel=0.2)


def test_the_least_spreads_are_what_sensors_resolve() -> None:
    """The figures are those of docs/evidence.md."""
    assert baseline.SPREAD_FLOORS == {
        "heart_rate": 1.5,
        "oxygen_saturation": 0.7,
        "respiratory_rate": 1.0,
        "body_temperature": 0.15,
    }


def test_at_first_it_is_the_plain_average_in_which_the_first_value_counts_for_a_minute() -> None:
    """However long nothing was known before it."""
    first = baseline.learn(np.array([70.0]), np.array([3600.0]), NEW, FLOOR)
    assert [part[0] for part in first] == [70.0, FLOOR[0] ** 2, 60.0]
    mean, _, learned_s = baseline.learn(np.array([71.0]), np.array([60.0]), first, FLOOR)
    assert (mean[0], learned_s[0]) == (pytest.approx(70.5, abs=1e-6), 120.0)


def test_nobody_is_judged_before_a_whole_day_was_seen() -> None:
    almost = learned(np.full(1439, 70.0), 60.0)
    assert np.isnan(baseline.score(np.array([200.0]), *almost, FLOOR))
    after = learned(np.full(2, 70.0), 60.0, almost)
    assert baseline.score(np.array([200.0]), *after, FLOOR) > 50


def test_a_constant_value_leaves_the_floor_as_spread() -> None:
    mean, variance, _ = learned(np.full(2000, 70.0), 60.0)
    assert mean[0] == 70.0
    assert baseline.spread(variance, FLOOR)[0] == 1.5


def test_one_artefact_hardly_moves_it() -> None:
    before = day_of(70.0, 5.0)
    after = learned(np.array([250.0]), 60.0, before)
    assert abs(after[0][0] - before[0][0]) < 0.02


def test_a_new_normal_is_learned_in_the_end() -> None:
    state = learned(np.full(8 * 1440, 100.0), 60.0, day_of(70.0, 5.0))
    assert abs(baseline.score(np.array([100.0]), *state, FLOOR)[0]) < 1.0


def test_a_missing_value_changes_nothing() -> None:
    before = day_of(70.0, 5.0)
    after = learned(np.array([np.nan] * 10), 60.0, before)
    assert [a[0] for a in after] == [b[0] for b in before]


@given(
    st.floats(-1e6, 1e6), st.floats(0, 3600), st.floats(1.0, 500), st.floats(0.0, 1e4), st.floats(0.0, 1e7)
)
def test_it_never_becomes_impossible(
    value: float, elapsed_s: float, mean: float, variance: float, learned_s: float
) -> None:
    state = (np.array([mean]), np.array([variance]), np.array([learned_s]))
    after = baseline.learn(np.array([value]), np.array([elapsed_s]), state, FLOOR)
    assert np.isfinite(after).all()
    assert after[1][0] >= 0
    assert min(mean, value) - 1e-6 <= after[0][0] <= max(mean, value) + 1e-6


def test_weights_follow_time_and_not_the_number_of_readings() -> None:
    """A minute at 1 Hz moves the mean as one reading that stood for the minute does."""
    start = day_of(70.0, 5.0)
    often = learned(np.full(60, 73.0), 1.0, start)
    once = learned(np.full(1, 73.0), 60.0, start)
    assert often[0][0] == pytest.approx(once[0][0], rel=1e-6)
