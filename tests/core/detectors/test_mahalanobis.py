"""The distance of all vitals together: exact, positive definite by construction, bounded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.support.seen import seen
from wardwatch.core.detectors.detector import JUDGED, State, empty_state
from wardwatch.core.detectors.mahalanobis import (
    MOST_LEARNED,
    MOST_SCORED,
    MOST_SHARE,
    PRIOR_WEIGHT,
    TIME_CONSTANT_S,
    Mahalanobis,
    contributions,
    quadratic_in,
)
from wardwatch.core.reading import FloatArray

UPPER = np.triu_indices(JUDGED)
# One that is far from none: 0.6 between neighbours, less further away.
CORRELATION = 0.6 ** np.abs(np.subtract.outer(np.arange(JUDGED), np.arange(JUDGED))).astype(np.float64)

one_reading = hnp.arrays(np.float64, JUDGED, elements=st.one_of(st.just(np.nan), st.floats(-30, 30)))
gaps_s = hnp.arrays(np.float64, JUDGED, elements=st.floats(0, 1e6))
histories = st.lists(st.tuples(one_reading, gaps_s, st.sampled_from([0.0, 0.3, 1.0])), max_size=30)


def matrix_of(state: State, patient: int = 0) -> FloatArray:
    matrix = np.empty((JUDGED, JUDGED))
    matrix[UPPER] = state["covariance"][:, patient]
    matrix.T[UPPER] = state["covariance"][:, patient]
    return matrix


def learned(detector: Mahalanobis, history: list[tuple[FloatArray, FloatArray, float]]) -> State:
    state = empty_state(detector, 1)
    for z, elapsed_s, learning in history:
        detector.learn(state, seen(z[:, None], elapsed_s=elapsed_s[:, None], learning=learning))
    return state


@given(histories, st.floats(0.01, 1.0))
def test_the_covariance_stays_positive_definite_and_bounded(
    history: list[tuple[FloatArray, FloatArray, float]], prior_weight: float
) -> None:
    """Its smallest eigenvalue never falls below the population's share of the population's."""
    matrix = matrix_of(learned(Mahalanobis(CORRELATION, prior_weight=prior_weight), history))
    smallest = np.linalg.eigvalsh(CORRELATION)[0]
    assert np.linalg.eigvalsh(matrix)[0] >= prior_weight * smallest * (1 - 1e-9)
    assert np.abs(matrix).max() <= MOST_LEARNED**2


@given(histories, one_reading)
def test_contributions_are_those_of_the_measured_vitals_own_matrix(
    history: list[tuple[FloatArray, FloatArray, float]], z: FloatArray
) -> None:
    state = learned(Mahalanobis(CORRELATION), history)
    measured = ~np.isnan(z)
    block = matrix_of(state)[np.ix_(measured, measured)]
    expected = z[measured] * np.linalg.solve(block, z[measured])
    parts = contributions(state["covariance"], z[:, None])[:, 0]
    squared = z[measured] @ np.linalg.inv(block) @ z[measured]
    assert parts[measured] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert (parts[~measured] == 0.0).all()
    assert parts.sum() == pytest.approx(squared, rel=1e-9, abs=1e-9)


@given(histories, one_reading, hnp.arrays(np.float64, JUDGED, elements=st.floats(-20, 20)))
def test_the_distance_is_the_quadratic_that_it_is_said_to_be(
    history: list[tuple[FloatArray, FloatArray, float]], z: FloatArray, instead: FloatArray
) -> None:
    """Put another value in the place of one vital, and compute all again."""
    covariance = learned(Mahalanobis(CORRELATION), history)["covariance"]
    a, b, rest = (part[:, 0] for part in quadratic_in(covariance, z[:, None]))
    for i in range(JUDGED):
        changed = z.copy()
        if not np.isnan(z[i]):
            changed[i] = instead[i]
        told = a[i] * instead[i] ** 2 + 2 * b[i] * instead[i] + rest[i]
        squared = contributions(covariance, changed[:, None]).sum()
        assert told == pytest.approx(squared, rel=1e-9, abs=1e-8)


@given(histories)
def test_learning_is_what_plain_matrices_make_of_it(
    history: list[tuple[FloatArray, FloatArray, float]],
) -> None:
    expected = CORRELATION.copy()
    for z, elapsed_s, learning in history:
        shares = learning * np.minimum(1 - np.exp(-elapsed_s / TIME_CONSTANT_S), MOST_SHARE)
        shares[np.isnan(z)] = 0.0
        kept, taken = np.diag(np.sqrt(1 - shares)), np.sqrt(shares)
        new = taken * np.clip(np.nan_to_num(z), -MOST_LEARNED, MOST_LEARNED)
        prior = PRIOR_WEIGHT * np.outer(taken, taken) * CORRELATION
        expected = kept @ expected @ kept + (1 - PRIOR_WEIGHT) * np.outer(new, new) + prior
    matrix = matrix_of(learned(Mahalanobis(CORRELATION), history))
    assert matrix == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_it_learns_the_patients_own_correlation_and_keeps_the_populations_share() -> None:
    rng = np.random.default_rng(7)
    detector = Mahalanobis()
    state = empty_state(detector, 1)
    own = np.eye(JUDGED)
    own[0, 2] = own[2, 0] = 0.8
    draws = rng.multivariate_normal(np.zeros(JUDGED), own, 2000)
    for z in draws:
        detector.learn(state, seen(z[:, None], elapsed_s=1800.0))
    expected = (1 - PRIOR_WEIGHT) * own + PRIOR_WEIGHT * np.eye(JUDGED)
    assert np.abs(matrix_of(state) - expected).max() < 0.35
    assert matrix_of(state)[0, 2] == pytest.approx(0.64, abs=0.25)
    # Heart rate up and respiration down is stranger for this patient than both up.
    both_up = np.array([2.0, 0, 2.0, 0, 0, 0])[:, None]
    opposed = np.array([2.0, 0, -2.0, 0, 0, 0])[:, None]
    distances = [contributions(state["covariance"], z).sum() for z in (both_up, opposed)]
    assert distances[1] > 2 * distances[0]


def test_the_score_is_each_measured_vitals_part_and_bounded() -> None:
    detector = Mahalanobis(CORRELATION)
    state = empty_state(detector, 1)
    z = np.array([1e12, np.nan, -1e12, np.inf, 0.0, 1.0])[:, None]
    cut = np.array([MOST_SCORED, np.nan, -MOST_SCORED, MOST_SCORED, 0.0, 1.0])[:, None]
    scores, parts = detector.score(state, seen(z)), contributions(state["covariance"], cut)
    measured = ~np.isnan(z)
    assert (scores[measured] == parts[measured]).all()
    assert np.isnan(scores[~measured]).all()


def test_nothing_measured_or_nothing_to_be_learned_leaves_it_as_it_is() -> None:
    detector = Mahalanobis(CORRELATION)
    state = empty_state(detector, 1)
    detector.learn(state, seen(3.0))
    before = state["covariance"].copy()
    detector.learn(state, seen(np.nan))
    detector.learn(state, seen(4.0, learning=0.0))
    assert (state["covariance"] == before).all()


@pytest.mark.parametrize("elapsed_s", [60.0, 1e5])
def test_a_constant_signal_never_scores_high(elapsed_s: float) -> None:
    """Up to half a spread off for ever, six vitals together stay within a squared distance of 1.5."""
    detector = Mahalanobis()
    state = empty_state(detector, 200)
    off = np.random.default_rng(1).uniform(-0.5, 0.5, (JUDGED, 200))
    off[:, :2] = [0.5, -0.5]
    reading = seen(off, elapsed_s=elapsed_s, patients=200)
    for _ in range(200):
        assert (detector.score(state, reading).sum(axis=0) <= 1.5).all()
        detector.learn(state, reading)


def test_an_illness_of_hours_does_not_become_the_usual() -> None:
    detector = Mahalanobis()
    state = empty_state(detector, 1)
    for _ in range(180):
        detector.learn(state, seen(6.0))
    assert detector.score(state, seen(6.0)).sum() > 20


@pytest.mark.parametrize(
    "matrix", [np.eye(5), np.ones((JUDGED, JUDGED)), 2 * np.eye(JUDGED), np.triu(np.ones((JUDGED, JUDGED)))]
)
def test_what_is_no_correlation_matrix_is_refused(matrix: FloatArray) -> None:
    with pytest.raises(ValueError, match="correlation matrix"):
        Mahalanobis(matrix)


@pytest.mark.parametrize("weight", [0.0, 1.1, -0.1])
def test_without_a_share_of_the_population_nothing_is_guaranteed(weight: float) -> None:
    with pytest.raises(ValueError, match="prior's weight"):
        Mahalanobis(prior_weight=weight)
