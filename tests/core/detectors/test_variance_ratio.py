"""The variance ratio: what it is by hand, an honest standard error, and its bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.seen import seen
from wardwatch.core.detectors.detector import JUDGED, State, empty_state
from wardwatch.core.detectors.variance_ratio import (
    FAST_S,
    LEAST_READINGS,
    LEAST_VARIANCE,
    MOST_SCORE,
    MOST_SHARE,
    MOST_VALUE,
    VarianceRatio,
)
from wardwatch.core.reading import FloatArray

DETECTOR = VarianceRatio()


def after(innovations: FloatArray, every_s: float, state: State | None = None) -> State:
    """``innovations`` (readings, patients), for all vitals alike."""
    state = empty_state(DETECTOR, innovations.shape[1]) if state is None else state
    for row in innovations:
        reading = seen(innovation=row, z=0.0, elapsed_s=every_s, patients=len(row))
        DETECTOR.learn(state, reading)
    return state


a_reading = st.tuples(
    st.one_of(st.just(np.nan), st.floats(-9, 9)), st.floats(0, 1e5), st.sampled_from([0.0, 0.3, 1.0])
)


@given(st.lists(a_reading, max_size=40), st.floats(-9, 9), st.floats(0, 1e5))
def test_it_is_what_plain_python_makes_of_it(
    history: list[tuple[float, float, float]], innovation: float, elapsed_s: float
) -> None:
    # As after a day of minute readings, so that there is a score.
    state = empty_state(DETECTOR, 1)
    state["variance_weights"][:] = 1e-3
    fast, slow, weights = 1.0, 1.0, 1e-3

    def taken_in(value: float, elapsed_s: float, learning: float) -> tuple[float, float, float]:
        squared = min(abs(value), MOST_VALUE) ** 2
        by_time = min(1 - math.exp(-elapsed_s / FAST_S), MOST_SHARE)
        alike = weights / (1 + weights)
        of_fast = learning * max(by_time, alike)
        of_slow = learning * max(by_time / 24, alike)
        return (
            fast + of_fast * (squared - fast),
            slow + of_slow * (squared - slow),
            (1 - of_slow) ** 2 * weights + of_slow**2,
        )

    for value, gap_s, learning in history:
        DETECTOR.learn(state, seen(innovation=value, elapsed_s=gap_s, learning=learning))
        if not math.isnan(value):
            fast, slow, weights = taken_in(value, gap_s, learning)
    score = DETECTOR.score(state, seen(innovation=innovation, elapsed_s=elapsed_s))[0, 0]
    fast, slow, weights = taken_in(innovation, elapsed_s, 1.0)
    ratio = max(fast, LEAST_VARIANCE) / max(slow, LEAST_VARIANCE)
    error = math.sqrt(2 * (1 + 24 - 4 * 24 / 25) * weights)
    assert score == pytest.approx(min(abs(math.log(ratio)) / error, MOST_SCORE), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("every_s", [60.0, 300.0])
def test_the_score_of_white_noise_is_in_standard_errors(every_s: float) -> None:
    """After three days it is as a standard normal's |z|: its mean square is 1."""
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(int(3 * 86400 / every_s), 300))
    state = after(noise, every_s)
    scores = DETECTOR.score(state, seen(innovation=noise[-1], elapsed_s=every_s, patients=300))
    assert np.sqrt(np.mean(scores[0] ** 2)) == pytest.approx(1.0, abs=0.2)


def test_while_still_learning_the_error_is_taken_for_larger_and_not_smaller() -> None:
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(300, 300))
    state = after(noise, 60.0)
    scores = DETECTOR.score(state, seen(innovation=noise[-1], patients=300))
    assert np.sqrt(np.mean(scores[0] ** 2)) < 1.0


@pytest.mark.parametrize("factor", [0.4, 2.5])
def test_an_hour_of_other_variability_scores_high_both_ways(factor: float) -> None:
    rng = np.random.default_rng(4)
    state = after(rng.normal(size=(2 * 1440, 1)), 60.0)
    changed = factor * rng.normal(size=(60, 1))
    assert (DETECTOR.score(state, seen(innovation=0.5)) < 3).all()
    assert (DETECTOR.score(after(changed, 60.0, state), seen(innovation=factor)) > 4).all()


def test_it_does_not_score_before_enough_was_seen() -> None:
    """The prior counts as one, and the one at hand too."""
    state = after(np.ones((LEAST_READINGS - 3, 1)), 60.0)
    assert np.isnan(DETECTOR.score(state, seen(innovation=1.0))).all()
    state = after(np.ones((2, 1)), 60.0, state)
    assert not np.isnan(DETECTOR.score(state, seen(innovation=1.0))).any()


@pytest.mark.parametrize("every_s", [1.0, 60.0, 626.0, 3600.0])
def test_a_constant_signal_never_scores_high(every_s: float) -> None:
    constant = seen(innovation=np.linspace(-3.0, 3.0, 61), elapsed_s=every_s, patients=61)
    state = empty_state(DETECTOR, 61)
    highest = []
    for _ in range(2000):
        highest.append(np.nan_to_num(DETECTOR.score(state, constant)).max())
        DETECTOR.learn(state, constant)
    assert max(highest) < 1.0
    assert not np.isnan(DETECTOR.score(state, constant)).any()


extreme = st.tuples(
    st.sampled_from([-np.inf, -1e9, 0.0, 1e9]), st.sampled_from([0.0, 1.0, 3600.0, 1e12, np.nan])
)


@given(st.lists(extreme, max_size=60))
def test_all_that_is_kept_and_told_has_a_bound(history: list[tuple[float, float]]) -> None:
    state = empty_state(DETECTOR, 1)
    for innovation, elapsed_s in history:
        reading = seen(innovation=innovation, elapsed_s=elapsed_s)
        assert not (DETECTOR.score(state, reading) > MOST_SCORE).any()
        DETECTOR.learn(state, reading)
    for name, bound in ("variance_fast", 16.0), ("variance_slow", 16.0), ("variance_weights", 1.0):
        assert ((state[name] >= 0.0) & (state[name] <= bound)).all()


def test_a_missing_value_scores_nothing_and_changes_nothing() -> None:
    state = after(np.ones((300, 1)), 60.0)
    before = {name: kept.copy() for name, kept in state.items()}
    innovation = np.where(np.arange(JUDGED) == 2, np.nan, 1.0)[:, None]
    scores = DETECTOR.score(state, seen(innovation=innovation))
    assert np.isnan(scores).ravel().tolist() == [i == 2 for i in range(JUDGED)]
    DETECTOR.learn(state, seen(innovation=np.nan, elapsed_s=1e5))
    for name, kept in state.items():
        assert (kept == before[name]).all()
