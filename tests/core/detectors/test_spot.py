"""The tail: exact probabilities from the prior, a patient's own tail in time, bounds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.seen import seen
from wardwatch.core.detectors.detector import JUDGED, empty_state
from wardwatch.core.detectors.spot import (
    MOST_SCORE,
    MOST_SHARE,
    MOST_Z,
    PRIOR_WEIGHT,
    TIME_CONSTANT_S,
    Spot,
    TailPrior,
)
from wardwatch.core.reading import FloatArray

PRIOR = TailPrior.of(threshold=2.0, shape=0.2, scale=0.5, share=0.03)


def quantile(prior: TailPrior, probability: float) -> float:
    """What |z| exceeds with that probability: the quantile of Siffer et al. 2017."""
    threshold, shape, scale, share = (
        prior.threshold[0],
        prior.shape[0],
        prior.scale[0],
        prior.share[0],
    )
    if shape == 0.0:
        return threshold - scale * math.log(probability / share)
    return threshold + scale / shape * (math.pow(probability / share, -shape) - 1.0)


@given(st.sampled_from([-0.3, -0.05, 0.0, 0.05, 0.3, 0.6]), st.floats(0.2, 1.0), st.floats(1e-6, 0.0299))
def test_what_one_value_in_so_many_exceeds_scores_their_logarithm(
    shape: float, scale: float, probability: float
) -> None:
    prior = TailPrior.of(threshold=2.0, shape=shape, scale=scale, share=0.03)
    z = quantile(prior, probability)
    if z < MOST_Z:
        detector = Spot(prior)
        score = detector.score(empty_state(detector, 1), seen(-z))[0, 0]
        assert score == pytest.approx(-math.log10(probability), rel=1e-6)


def test_beyond_the_end_of_a_short_tail_the_score_is_the_most() -> None:
    detector = Spot(TailPrior.of(threshold=2.0, shape=-0.5, scale=1.0, share=0.03))
    assert (detector.score(empty_state(detector, 1), seen(4.1)) == MOST_SCORE).all()


@given(st.floats(-2.0, 2.0))
def test_up_to_the_threshold_the_score_is_zero(z: float) -> None:
    detector = Spot(PRIOR)
    assert (detector.score(empty_state(detector, 1), seen(z)) == 0.0).all()


a_reading = st.tuples(
    st.one_of(st.just(np.nan), st.floats(-30, 30)), st.floats(0, 1e6), st.sampled_from([0.0, 0.3, 1.0])
)


@given(st.lists(a_reading, max_size=40), st.floats(2.01, 30.0))
def test_it_is_what_plain_python_makes_of_it(history: list[tuple[float, float, float]], z: float) -> None:
    detector = Spot(PRIOR)
    state = empty_state(detector, 1)
    prior_share, prior_excess = 0.03, 0.03 * 0.5 / 0.8
    share, excess = prior_share, prior_excess
    for value, elapsed_s, learning in history:
        detector.learn(state, seen(value, elapsed_s=elapsed_s, learning=learning))
        if not math.isnan(value):
            part = learning * min(1 - math.exp(-elapsed_s / TIME_CONSTANT_S), MOST_SHARE)
            beyond = max(min(abs(value), MOST_Z) - 2.0, 0.0)
            share += part * ((beyond > 0) - share)
            excess += part * (beyond - excess)
    share = (1 - PRIOR_WEIGHT) * share + PRIOR_WEIGHT * prior_share
    scale = ((1 - PRIOR_WEIGHT) * excess + PRIOR_WEIGHT * prior_excess) / share * 0.8
    tail = share * (1 + 0.2 * (min(z, MOST_Z) - 2.0) / scale) ** (-1 / 0.2)
    assert detector.score(state, seen(z))[0, 0] == pytest.approx(min(-math.log10(tail), MOST_SCORE))


def test_a_patient_of_many_extremes_is_judged_by_the_own_tail_in_time() -> None:
    """And one of few more strictly."""
    rng = np.random.default_rng(5)
    detector = Spot(PRIOR)
    wide, narrow = empty_state(detector, 1), empty_state(detector, 1)
    for value in rng.normal(0.0, 2.0, 2000):
        detector.learn(wide, seen(value, elapsed_s=600.0))
        detector.learn(narrow, seen(value / 4, elapsed_s=600.0))
    at_first, of_wide, of_narrow = (
        detector.score(state, seen(3.5))[0, 0] for state in (empty_state(detector, 1), wide, narrow)
    )
    assert of_wide < at_first - 1 < at_first < of_narrow


@pytest.mark.parametrize("elapsed_s", [1.0, 60.0, 1e5])
def test_a_constant_signal_within_two_spreads_never_scores(elapsed_s: float) -> None:
    detector = Spot()
    state = empty_state(detector, 81)
    constant = seen(np.linspace(-2.0, 2.0, 81), elapsed_s=elapsed_s, patients=81)
    for _ in range(100):
        assert (detector.score(state, constant) == 0.0).all()
        detector.learn(state, constant)


extremes = st.lists(st.sampled_from([-np.inf, -1e9, -2.0, 0.0, 2.0, 2.1, 1e9, np.inf]), max_size=60)


@given(extremes, st.sampled_from([1.0, 1e4, 1e12, np.nan]))
def test_all_that_is_kept_and_told_has_a_bound(values: list[float], elapsed_s: float) -> None:
    detector = Spot(PRIOR)
    state = empty_state(detector, 1)
    for value in values:
        scores = detector.score(state, seen(value, elapsed_s=elapsed_s))
        assert ((scores >= 0.0) & (scores <= MOST_SCORE)).all()
        detector.learn(state, seen(value, elapsed_s=elapsed_s))
        assert ((state["tail_share"] > 0.0) & (state["tail_share"] < 1.0)).all()
        assert ((state["tail_excess"] > 0.0) & (state["tail_excess"] < MOST_Z)).all()


def test_a_missing_value_scores_nothing_and_changes_nothing() -> None:
    detector = Spot(PRIOR)
    state = empty_state(detector, 1)
    before = {name: kept.copy() for name, kept in state.items()}
    z: FloatArray = np.where(np.arange(JUDGED) == 2, np.nan, 5.0)[:, None]
    scores = detector.score(state, seen(z))
    assert np.isnan(scores).ravel().tolist() == [i == 2 for i in range(JUDGED)]
    detector.learn(state, seen(np.nan, elapsed_s=1e5))
    for name, kept in state.items():
        assert (kept == before[name]).all()


def test_each_vital_has_its_own_tail() -> None:
    thresholds = (2.0, 2.5, 3.0, 3.5, 4.0, 4.5)
    detector = Spot(TailPrior(thresholds, (0.1,) * JUDGED, (1.0,) * JUDGED, (0.02,) * JUDGED))
    scores = detector.score(empty_state(detector, 1), seen(3.2))[:, 0]
    assert (scores > 0.0).tolist() == [True, True, True, False, False, False]
    assert scores[0] > scores[1] > scores[2]


@pytest.mark.parametrize(
    "wrong", [{"threshold": 0.0}, {"shape": 1.0}, {"shape": -0.6}, {"scale": 0.0}, {"share": 1.0}]
)
def test_what_is_no_tail_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="No tail"):
        TailPrior.of(**{"threshold": 2.0, "shape": 0.1, "scale": 1.0, "share": 0.02} | wrong)


def test_a_tail_of_too_few_vitals_is_refused() -> None:
    with pytest.raises(ValueError, match="6 vitals"):
        TailPrior((2.0,), (0.1,), (1.0,), (0.02,))
