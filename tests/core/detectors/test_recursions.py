"""The elementary statistics against plain sums over all values; `test_against_river` has river's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.detectors import recursions
from wardwatch.core.reading import FloatArray

VALUES = st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=40)


def column(value: float) -> FloatArray:
    return np.array([value])


@given(VALUES, st.floats(0.01, 0.99))
def test_exponentially_weighted_statistics_are_weighted_sums(values: list[float], share: float) -> None:
    mean, variance, alone = column(values[0]), column(0.0), column(values[0])
    for value in values[1:]:
        mean, variance = recursions.ew_mean_variance(mean, variance, column(value), share)
        alone = recursions.ew_mean(alone, column(value), share)
    last = len(values) - 1
    weights = [(share if i else 1.0) * (1.0 - share) ** (last - i) for i in range(len(values))]
    expected = math.fsum(w * x for w, x in zip(weights, values, strict=True))
    spread = math.fsum(w * (x - expected) ** 2 for w, x in zip(weights, values, strict=True))
    assert mean[0] == alone[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert variance[0] == pytest.approx(spread, rel=1e-9, abs=1e-9)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(0.1, 10.0)), min_size=1, max_size=40))
def test_running_statistics_are_weighted_sums(weighted: list[tuple[float, float]]) -> None:
    weight, mean, squares = column(0.0), column(0.0), column(0.0)
    for value, added in weighted:
        weight, mean, squares = recursions.running_mean_squares(weight, mean, squares, column(value), added)
    total = math.fsum(w for _, w in weighted)
    expected = math.fsum(w * x for x, w in weighted) / total
    around = math.fsum(w * (x - expected) ** 2 for x, w in weighted)
    assert weight[0] == pytest.approx(total)
    assert mean[0] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert squares[0] == pytest.approx(around, rel=1e-9, abs=1e-7)


@given(VALUES, st.floats(0.0, 2.0))
def test_cumulative_sums_are_the_largest_sums_of_what_came_last(values: list[float], slack: float) -> None:
    """A one-sided sum is the largest one over any number of last values, none included."""
    up, down = column(0.0), column(0.0)
    for value in values:
        up, down = recursions.cusum_step(up, down, column(value), slack)
    ends = range(len(values) + 1)
    assert up[0] == pytest.approx(max(math.fsum(x - slack for x in values[i:]) for i in ends), abs=1e-9)
    assert down[0] == pytest.approx(max(math.fsum(-x - slack for x in values[i:]) for i in ends), abs=1e-9)


@given(st.floats(1.0, 1e4), st.floats(1.0, 1e4))
def test_two_gaps_fade_as_one_of_their_sum(first_s: float, second_s: float) -> None:
    both = recursions.fade(column(first_s), 3600.0) * recursions.fade(column(second_s), 3600.0)
    assert both[0] == pytest.approx(recursions.fade(column(first_s + second_s), 3600.0)[0])


@pytest.mark.parametrize("elapsed_s", [np.nan, np.inf, 1e300])
def test_all_is_forgotten_of_what_lies_who_knows_how_far_back(elapsed_s: float) -> None:
    assert recursions.fade(column(elapsed_s), 86400.0)[0] < 1e-12
    assert recursions.share(column(elapsed_s), 86400.0, 0.25)[0] == 0.25


def test_nothing_fades_while_no_time_passes() -> None:
    assert recursions.fade(column(0.0), 3600.0)[0] == 1.0
    assert recursions.share(column(0.0), 3600.0, 1.0)[0] == 0.0


def test_a_minute_in_sixty_parts_has_the_share_of_a_minute() -> None:
    often = 1.0 - (1.0 - recursions.share(column(1.0), 3600.0, 1.0)) ** 60
    assert often[0] == pytest.approx(recursions.share(column(60.0), 3600.0, 1.0)[0])


def test_no_spread_is_taken_for_less_than_the_floor() -> None:
    values, variances = np.array([76.0, 76.0]), np.array([9.0, 0.0])
    assert recursions.z_score(values, np.array([70.0, 70.0]), variances, 1.5).tolist() == [2.0, 4.0]


def test_numbers_that_are_missing_become_zero_in_a_copy() -> None:
    numbers = np.array([[1.0, np.nan], [np.nan, 4.0]])
    filled = recursions.or_zero(numbers, np.isnan(numbers))
    assert filled.tolist() == [[1.0, 0.0], [0.0, 4.0]]
    assert np.isnan(numbers[0, 1])
