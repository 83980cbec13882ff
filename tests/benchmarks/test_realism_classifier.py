"""The classifiers must be able to tell what differs, or that they cannot would mean nothing."""

import numpy as np
import pytest

from benchmarks.realism_classifier import (
    FloatArray,
    Learner,
    area_under_roc,
    boosted_trees,
    features,
    logistic_regression,
    told_apart,
)

BOTH = pytest.mark.parametrize("learner", [logistic_regression, boosted_trees])


def wearers(count: int, seed: int, roughness: float = 1.0) -> list[FloatArray]:
    rng = np.random.default_rng(seed)
    found = []
    for level in rng.normal(75, 8, count):
        drift = np.cumsum(rng.normal(0, 0.5, (25, 60)), axis=1)
        found.append(np.round(level + drift + roughness * rng.normal(0, 1.5, (25, 60))))
    return found


@BOTH
def test_wearers_of_one_kind_are_not_told_apart(learner: Learner) -> None:
    area, by_wearer = told_apart(wearers(4, 1), wearers(8, 2), learner)
    assert 0.35 < area < 0.65
    assert len(by_wearer) == 4


@BOTH
def test_wearers_of_another_kind_are_told_apart_though_never_seen_before(learner: Learner) -> None:
    area, _ = told_apart(wearers(4, 1), wearers(8, 2, roughness=1.6), learner)
    assert area > 0.95


def test_the_level_of_those_that_were_learned_from_does_not_help_with_others() -> None:
    """Four levels are learned by heart, and the left-out one is judged by what they have in common."""
    area, _ = told_apart(wearers(4, 3), [hours + 1 for hours in wearers(8, 4)], logistic_regression)
    assert area < 0.75


def test_boosted_trees_see_what_only_shows_in_a_combination() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(2000, 2))
    y = (x[:, 0] * x[:, 1] > 0).astype(float)
    assert area_under_roc(boosted_trees(x, y)(x), y) > 0.95
    assert area_under_roc(logistic_regression(x, y)(x), y) < 0.6


def test_area_under_the_curve_is_the_chance_of_the_right_order() -> None:
    labels = np.array([1.0, 1.0, 0.0, 0.0])
    assert area_under_roc(np.array([3.0, 2.0, 1.0, 0.0]), labels) == 1.0
    assert area_under_roc(np.array([0.0, 1.0, 2.0, 3.0]), labels) == 0.0
    assert area_under_roc(np.array([1.0, 1.0, 1.0, 1.0]), labels) == 0.5
    assert area_under_roc(np.array([2.0, 0.0, 1.0, 0.0]), labels) == pytest.approx(0.625)


def test_features_are_finite_even_of_a_flat_line() -> None:
    assert np.isfinite(features(np.full((3, 60), 70.0))).all()
