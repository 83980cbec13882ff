"""The vectorised statistics against river's own, on random streams, wherever both define them.

Each example runs several streams at once, as columns, and river stream by stream.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from river import anomaly, drift, preprocessing, stats

from wardwatch.core.detectors import recursions
from wardwatch.core.reading import FloatArray

# Most of river's methods have no types.
GaussianScorer: Any = anomaly.GaussianScorer
PageHinkley: Any = drift.PageHinkley
StandardScaler: Any = preprocessing.StandardScaler

# As wide as vitals and their z are. (values, streams)
streams = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 30), st.integers(1, 4)),
    elements=st.floats(-300, 300, allow_subnormal=False),
)
shares = st.floats(0.01, 1.0)

Step = Callable[[FloatArray], FloatArray]
OneByOne = Callable[[], Callable[[float], float]]


def agree(values: FloatArray, ours: Step, rivers: OneByOne, *, least: float = 1e-9) -> None:
    """After each value, ours of all streams at once are river's of each stream, to 1e-9."""
    found = np.array([ours(row) for row in values])
    for stream in range(values.shape[1]):
        river = rivers()
        expected = [river(value) for value in values[:, stream].tolist()]
        assert found[:, stream] == pytest.approx(expected, rel=1e-9, abs=least)


def univariate(make: Callable[[], Any]) -> OneByOne:
    def start() -> Callable[[float], float]:
        statistic = make()

        def step(value: float) -> float:
            statistic.update(value)
            return float(statistic.get())

        return step

    return start


class Running:
    """Mean and variance of all values so far, of each stream."""

    def __init__(self, streams: int, freedom: int = 0) -> None:
        self._freedom = freedom
        self.weight, self.mean, self.squares = np.zeros((3, streams))

    def learn(self, row: FloatArray) -> None:
        self.weight, self.mean, self.squares = recursions.running_mean_squares(
            self.weight, self.mean, self.squares, row
        )

    @property
    def variance(self) -> FloatArray:
        # River says 0 where a single value has no variance yet.
        return self.squares / np.maximum(self.weight - self._freedom, 1.0)


class Fading:
    """Exponentially weighted mean and variance of each stream, beginning at its first value, as river's."""

    def __init__(self, share: float) -> None:
        self._share = share
        self.state: tuple[FloatArray, FloatArray] | None = None

    def learn(self, row: FloatArray) -> tuple[FloatArray, FloatArray]:
        if self.state is None:
            self.state = row, np.zeros_like(row)
        else:
            self.state = recursions.ew_mean_variance(*self.state, row, self._share)
        return self.state


@given(streams)
def test_mean(values: FloatArray) -> None:
    running = Running(values.shape[1])

    def ours(row: FloatArray) -> FloatArray:
        running.learn(row)
        return running.mean

    agree(values, ours, univariate(stats.Mean))


@given(streams, st.sampled_from([0, 1]))
def test_variance_of_the_values_and_of_the_population_they_are_drawn_from(
    values: FloatArray, freedom: int
) -> None:
    running = Running(values.shape[1], freedom)

    def ours(row: FloatArray) -> FloatArray:
        running.learn(row)
        return running.variance

    agree(values, ours, univariate(lambda: stats.Var(ddof=freedom)))


@given(streams, shares)
def test_exponentially_weighted_mean(values: FloatArray, share: float) -> None:
    fading = Fading(share)
    agree(values, lambda row: fading.learn(row)[0], univariate(lambda: stats.EWMean(share)))


@given(streams, shares)
def test_the_mean_alone_is_the_mean_with_a_variance(values: FloatArray, share: float) -> None:
    fading = Fading(share)
    alone = values[0]
    for row in values:
        alone = recursions.ew_mean(alone, row, share)
        assert (alone == fading.learn(row)[0]).all()


@given(streams, shares)
def test_exponentially_weighted_variance(values: FloatArray, share: float) -> None:
    """River's is a difference of squares, and errs (down to below 0) by their size: hence the allowance."""
    fading = Fading(share)
    allowance = 1e-9 + 64 * np.finfo(np.float64).eps * float(np.abs(values).max()) ** 2
    agree(values, lambda row: fading.learn(row)[1], univariate(lambda: stats.EWVar(share)), least=allowance)


@given(streams, st.floats(0.0, 5.0))
def test_cumulative_sums_are_the_page_hinkley_test(values: FloatArray, slack: float) -> None:
    """River's sums, less their least (or greatest) so far, are the tabular ones.

    That is so without forgetting (alpha 1) and with delta as the slack, of what is left of a value after the
    mean of all values including itself. River tells only whether they pass a threshold, so its sums are read.
    """
    running = Running(values.shape[1])
    sums: FloatArray = np.zeros((2, values.shape[1]))

    def ours(row: FloatArray) -> FloatArray:
        running.learn(row)
        sums[:] = recursions.cusum_step(sums[0], sums[1], row - running.mean, slack)
        larger: FloatArray = sums.max(axis=0)
        return larger

    def rivers() -> Callable[[float], float]:
        test = PageHinkley(delta=slack, alpha=1.0, threshold=math.inf)

        def step(value: float) -> float:
            test.update(value)
            up = test._sum_increase - test._min_increase
            down = test._max_decrease - test._sum_decrease
            return float(max(up, down))

        return step

    agree(values, ours, rivers)


def test_an_alarm_by_the_cumulative_sums_is_page_hinkleys_alarm() -> None:
    """By what river publishes: the value at which it sees the drift, and after which it starts anew."""
    rng = np.random.default_rng(11)
    values = rng.normal(0.0, 1.0, 900) + np.repeat([0.0, 3.0, -3.0], 300)
    river = PageHinkley(delta=0.5, alpha=1.0, threshold=25.0, min_instances=1)
    expected, found = [], []
    running, up, down = Running(1), np.zeros(1), np.zeros(1)
    for i, value in enumerate(values.tolist()):
        river.update(value)
        if river.drift_detected:
            expected.append(i)
        row = np.array([value])
        running.learn(row)
        up, down = recursions.cusum_step(up, down, row - running.mean, 0.5)
        if max(up[0], down[0]) > 25.0:
            found.append(i)
            running, up, down = Running(1), np.zeros(1), np.zeros(1)
    assert found == expected
    assert len(found) >= 2


@given(streams)
def test_the_z_score_is_the_standard_scalers(values: FloatArray) -> None:
    """Wherever the spread is no rounding error of the values: river has no floor to rule it out."""
    running = Running(values.shape[1])
    scalers = [StandardScaler() for _ in range(values.shape[1])]
    for row in values:
        running.learn(row)
        z = recursions.z_score(row, running.mean, running.variance, 1e-3)
        for stream, scaler in enumerate(scalers):
            one = {"value": float(row[stream])}
            scaler.learn_one(one)
            if running.variance[stream] > 1e-6:
                assert z[stream] == pytest.approx(scaler.transform_one(one)["value"], rel=1e-9, abs=1e-9)


@given(streams)
def test_the_z_score_is_the_gaussian_scorers(values: FloatArray) -> None:
    """River scores 2 |cdf - 0.5|, which is the normal probability of a smaller |z|, before it learns."""
    running = Running(values.shape[1], freedom=1)
    scorers = [GaussianScorer(grace_period=2) for _ in range(values.shape[1])]
    for row in values:
        z = recursions.z_score(row, running.mean, running.variance, 1e-3)
        for stream, scorer in enumerate(scorers):
            value = float(row[stream])
            if running.weight[stream] >= 2 and running.variance[stream] > 1e-6:
                within = math.erf(abs(z[stream]) / math.sqrt(2))
                assert within == pytest.approx(scorer.score_one(None, value), abs=1e-9)
            scorer.learn_one(None, value)
        running.learn(row)


def test_where_they_part_rivers_is_of_no_use_to_a_flat_signal() -> None:
    """Its spread of a constant is 0, and the constant itself scores 1.0, the most there is; ours scores 0."""
    scorer = GaussianScorer(grace_period=2)
    running = Running(1, freedom=1)
    for _ in range(10):
        scorer.learn_one(None, 36.6)
        running.learn(np.array([36.6]))
    assert scorer.score_one(None, 36.6) == 1.0
    assert recursions.z_score(np.array([36.6]), running.mean, running.variance, 0.15) == pytest.approx(0.0)
