"""The trends: least squares as by hand, an honest standard error, and no slope from too little."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.seen import seen
from wardwatch.core.detectors.detector import JUDGED, State, empty_state
from wardwatch.core.detectors.trend import (
    CORRELATION_S,
    LEAST_TIME_SPREAD,
    LEAST_WEIGHT,
    MOST_Z,
    WINDOWS_H,
    Trend,
    slopes_per_hour,
)
from wardwatch.core.reading import FloatArray

HOUR_S = 3600.0


def line_by_hand(history: list[tuple[float, float, float]], window_h: float) -> tuple[float, float]:
    """Slope and t of the weighted line through all values, from their definitions."""
    now_s = math.fsum(elapsed_s for _, elapsed_s, _ in history)
    time_s, times, values, weights = 0.0, [], [], []
    for z, elapsed_s, learning in history:
        time_s += elapsed_s
        alike = math.exp(-elapsed_s / CORRELATION_S)
        times.append((time_s - now_s) / HOUR_S)
        values.append(min(max(z, -MOST_Z), MOST_Z))
        weights.append(learning * (1 - alike) / (1 + alike) * math.exp(times[-1] / window_h))
    weight = math.fsum(weights)
    if weight < LEAST_WEIGHT:
        return math.nan, math.nan
    middle = math.fsum(w * x for w, x in zip(weights, times, strict=True)) / weight
    mean = math.fsum(w * y for w, y in zip(weights, values, strict=True)) / weight
    squares = math.fsum(w * (x - middle) ** 2 for w, x in zip(weights, times, strict=True))
    if squares < weight * (LEAST_TIME_SPREAD * window_h) ** 2:
        return math.nan, math.nan
    rows = zip(weights, times, values, strict=True)
    slope = math.fsum(w * (x - middle) * (y - mean) for w, x, y in rows) / squares
    full = min(squares / weight / window_h**2, 1.0)
    return slope, slope * math.sqrt(squares * (1 + 3 * full))


def after(history: list[tuple[float, float, float]]) -> State:
    detector = Trend()
    state = empty_state(detector, 1)
    for z, elapsed_s, learning in history:
        detector.learn(state, seen(z, elapsed_s=elapsed_s, learning=learning))
    return state


# Not at the very edge of "enough", where rounding decides.
a_reading = st.tuples(
    st.floats(-9, 9), st.sampled_from([1.0, 61.0, 307.0, 1811.0, 7207.0]), st.sampled_from([0.0, 0.3, 1.0])
)


@given(st.lists(a_reading, min_size=1, max_size=60))
def test_slopes_and_t_are_those_of_least_squares_by_hand(
    history: list[tuple[float, float, float]],
) -> None:
    by_hand = [line_by_hand(history, window_h) for window_h in WINDOWS_H]
    slopes = slopes_per_hour(after(history))[:, 0, 0]
    assert slopes.tolist() == pytest.approx([slope for slope, _ in by_hand], rel=1e-6, abs=1e-7, nan_ok=True)

    z, elapsed_s, _ = history[-1]
    score = Trend().score(after(history[:-1]), seen(z, elapsed_s=elapsed_s))[0, 0]
    in_full = [line_by_hand([*history[:-1], (z, elapsed_s, 1.0)], window_h)[1] for window_h in WINDOWS_H]
    told = [abs(t) for t in in_full if not math.isnan(t)]
    assert score == pytest.approx(max(told, default=math.nan), rel=1e-6, abs=1e-7, nan_ok=True)


@pytest.mark.parametrize("every_s", [60.0, 300.0, 1200.0])
def test_t_of_noise_has_a_spread_of_one_however_alike_neighbours_are_and_however_often_they_come(
    every_s: float,
) -> None:
    """First-order autoregressive noise, in 200 patients; without the allowance it would be 5."""
    rng = np.random.default_rng(3)
    patients, rounds = 200, int(20 * HOUR_S / every_s)
    alike = math.exp(-every_s / CORRELATION_S)
    detector = Trend()
    state = empty_state(detector, patients)
    z = rng.normal(size=(JUDGED, patients))
    for _ in range(rounds):
        detector.learn(state, seen(z, elapsed_s=every_s, patients=patients))
        z = alike * z + math.sqrt(1 - alike**2) * rng.normal(size=z.shape)
    slopes = slopes_per_hour(state)
    squares = state["trend_time_squares"].reshape(slopes.shape)
    spreads = 2.0 * np.sqrt(np.mean(slopes**2 * squares, axis=(1, 2)))
    assert spreads[1] == pytest.approx(1.0, abs=0.2)
    assert spreads[0] == pytest.approx(1.0, abs=0.3)


def test_a_steady_rise_has_its_slope_in_both_windows_and_a_high_score() -> None:
    detector = Trend()
    state = empty_state(detector, 1)
    for minute in range(8 * 60):
        reading = seen(0.01 * minute)
        score = detector.score(state, reading)
        detector.learn(state, reading)
    assert slopes_per_hour(state) == pytest.approx(0.6)
    assert (score > 4.0).all()


def test_a_fall_scores_as_a_rise_does() -> None:
    detector = Trend()
    up, down = empty_state(detector, 1), empty_state(detector, 1)
    for minute in range(300):
        detector.learn(up, seen(0.02 * minute))
        detector.learn(down, seen(-0.02 * minute))
    assert (detector.score(up, seen(6.0)) == detector.score(down, seen(-6.0))).all()
    assert (slopes_per_hour(up) == -slopes_per_hour(down)).all()


def minutes_until_it_scores(every_s: float) -> tuple[float, float]:
    """Of the 1-hour slope and the 4-hour slope."""
    found = [math.inf, math.inf]
    state = empty_state(Trend(), 1)
    for i in range(int(24 * HOUR_S / every_s)):
        Trend().learn(state, seen(0.0, elapsed_s=every_s if i else np.nan))
        for window, known in enumerate(~np.isnan(slopes_per_hour(state)[:, 0, 0])):
            if known:
                found[window] = min(found[window], i * every_s / 60)
    return found[0], found[1]


def test_a_slope_wants_most_of_its_window_first() -> None:
    short, long = minutes_until_it_scores(60.0)
    assert 30 < short < 60
    assert 90 < long < 240


def test_a_vital_that_comes_every_four_hours_has_a_long_trend_only() -> None:
    short, long = minutes_until_it_scores(4 * HOUR_S)
    assert short == math.inf
    assert long <= 12 * 60


@pytest.mark.parametrize("elapsed_s", [1.0, 60.0, 1201.0, 1e5])
def test_a_constant_signal_has_no_trend(elapsed_s: float) -> None:
    detector = Trend()
    state = empty_state(detector, 101)
    constant = seen(np.linspace(-50.0, 50.0, 101), elapsed_s=elapsed_s, patients=101)
    for _ in range(300):
        assert not (detector.score(state, constant) > 1e-9).any()
        detector.learn(state, constant)


extreme = st.tuples(
    st.sampled_from([-1e9, 1e9, np.nan]), st.sampled_from([0.0, 1.0, 3600.0, 1e12, np.nan]), st.floats(0, 1)
)


@given(st.lists(extreme, max_size=60))
def test_all_that_is_kept_and_told_has_a_bound(history: list[tuple[float, float, float]]) -> None:
    """At most 4 h / (2 x 15 min) + 1 effective values; and a t of no more than their largest z can make."""
    detector = Trend()
    state = empty_state(detector, 1)
    for z, elapsed_s, learning in history:
        reading = seen(z, elapsed_s=elapsed_s, learning=learning)
        assert not (detector.score(state, reading) > 6 * MOST_Z).any()
        detector.learn(state, reading)
    numbers = {name: np.abs(kept).max() for name, kept in state.items()}
    assert numbers["trend_weight"] <= 9.0
    assert numbers["trend_age_h"] <= 30 * 24
    assert numbers["trend_mean"] <= MOST_Z * (1 + 1e-9)
    assert np.isfinite(list(numbers.values())).all()


def test_a_missing_value_scores_nothing_and_changes_nothing() -> None:
    state = after([(0.02 * minute, 60.0, 1.0) for minute in range(300)])
    before = {name: kept.copy() for name, kept in state.items()}
    z: FloatArray = np.where(np.arange(JUDGED) == 2, np.nan, 1.0)[:, None]
    assert np.isnan(Trend().score(state, seen(z))).ravel().tolist() == [i == 2 for i in range(JUDGED)]
    Trend().learn(state, seen(np.nan, elapsed_s=1e5))
    for name, kept in state.items():
        assert (kept == before[name]).all()
