"""Can real and simulated heart rate be told apart, by hours of minutes alone?

Two classifiers look at 37 features of an hour: a logistic regression with squares, and boosted trees of depth
two, which also see what only shows in combinations. Both are judged on wearers, real and simulated, that they
have not learned from: each real wearer is left out once, with a share of the simulated ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
Scores: TypeAlias = Callable[[FloatArray], FloatArray]
Learner: TypeAlias = Callable[[FloatArray, FloatArray], Scores]

_BANDS = ((1, 2), (2, 3), (3, 5), (5, 9), (9, 16), (16, 24), (24, 31))
_RIDGE, _NEWTON_STEPS = 5.0, 12
_BINS, _ROUNDS, _RATE, _LEAST = 24, 150, 0.15, 3.0


def features(hours: FloatArray) -> FloatArray:
    """(hours, features) of (hours, 60): level, spread, shape, jumps, memory and spectrum."""
    mean = hours.mean(axis=1, keepdims=True)
    centred, jumps = hours - mean, np.diff(hours, axis=1)
    sd, jump_sd = centred.std(axis=1) + 0.3, jumps.std(axis=1) + 0.3
    power = np.abs(np.fft.rfft(centred * np.hanning(60), axis=1)) ** 2
    columns = [
        mean[:, 0], np.log(sd), centred.min(axis=1), centred.max(axis=1), np.median(centred, axis=1),
        np.percentile(centred, 10, axis=1), np.percentile(centred, 90, axis=1),
        (centred**3).mean(axis=1) / sd**3, (centred**4).mean(axis=1) / sd**4,
        np.log(jump_sd), np.abs(jumps).mean(axis=1), np.log(np.median(np.abs(jumps), axis=1) + 0.5),
        (jumps == 0).mean(axis=1), jumps.max(axis=1), jumps.min(axis=1),
        (jumps**3).mean(axis=1) / jump_sd**3, (jumps**4).mean(axis=1) / jump_sd**4,
        (jumps[:, 1:] * jumps[:, :-1] < 0).mean(axis=1),
        *(_memory(hours, lag) for lag in (1, 2, 3, 5, 10)), *(_memory(jumps, lag) for lag in (1, 2, 3)),
        np.log(hours.reshape(-1, 12, 5).mean(axis=2).std(axis=1) + 0.3),
        np.log(hours.reshape(-1, 4, 15).mean(axis=2).std(axis=1) + 0.3),
        centred @ (np.arange(60) - 29.5) / 1000,
        *(np.log(power[:, low:high].mean(axis=1) + 1) for low, high in _BANDS),
    ]  # fmt: skip
    return np.column_stack(columns)


def _memory(series: FloatArray, lag: int) -> FloatArray:
    centred = series - series.mean(axis=1, keepdims=True)
    result: FloatArray = (centred[:, lag:] * centred[:, :-lag]).sum(axis=1) / ((centred**2).sum(axis=1) + 1)
    return result


def told_apart(
    real: Sequence[FloatArray], simulated: Sequence[FloatArray], learner: Learner
) -> tuple[float, list[float]]:
    """The area under the ROC curve over all that was left out, and that of each left-out real wearer."""
    known, made = [features(hours) for hours in real], [features(hours) for hours in simulated]
    scores, labels, areas = [], [], []
    for out in range(len(known)):
        left_out = [known[out]], [x for i, x in enumerate(made) if i % len(known) == out]
        learned_from = (
            [x for i, x in enumerate(known) if i != out],
            [x for i, x in enumerate(made) if i % len(known) != out],
        )
        x, y = _stacked(*learned_from)
        centre, spread = x.mean(axis=0), x.std(axis=0) + 1e-9
        judge = learner((x - centre) / spread, y)
        test, label = _stacked(*left_out)
        score = judge((test - centre) / spread)
        scores.append(score)
        labels.append(label)
        areas.append(round(area_under_roc(score, label), 3))
    return area_under_roc(np.concatenate(scores), np.concatenate(labels)), areas


def _stacked(real: list[FloatArray], simulated: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    counts = sum(map(len, real)), sum(map(len, simulated))
    return np.vstack([*real, *simulated]), np.repeat([1.0, 0.0], counts)


def area_under_roc(scores: FloatArray, labels: FloatArray) -> float:
    """How often a real hour scores above a simulated one; ties count half."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(count) - (count - 1) / 2)[place]
    real = labels == 1
    n_real, n_made = real.sum(), (~real).sum()
    return float((rank[real].sum() - n_real * (n_real + 1) / 2) / (n_real * n_made))


def logistic_regression(x: FloatArray, y: FloatArray) -> Scores:
    """On the features and their squares, with a ridge."""

    def expanded(x: FloatArray) -> FloatArray:
        return np.column_stack([np.ones(len(x)), x, x.clip(-4, 4) ** 2])

    table = expanded(x)
    ridge = np.full(table.shape[1], _RIDGE)
    ridge[0] = 1e-6
    weights = np.zeros(table.shape[1])
    for _ in range(_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-(table @ weights).clip(-30, 30)))
        slope = table.T @ (chance - y) + ridge * weights
        curve = (table * (chance * (1 - chance))[:, np.newaxis]).T @ table + np.diag(ridge)
        weights -= np.linalg.solve(curve, slope)
    return lambda x: np.asarray(expanded(x) @ weights)


def boosted_trees(x: FloatArray, y: FloatArray) -> Scores:
    """Newton boosting of trees with two levels of splits, on binned features."""
    edges = np.quantile(x, np.linspace(0, 1, _BINS + 1)[1:-1], axis=0)
    binned = _binned(x, edges)
    score = np.zeros(len(y))
    trees: list[tuple[tuple[int, int], list[tuple[int, int, float, float]]]] = []
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-score))
        pull, weight = y - chance, chance * (1 - chance)
        root = _best_split(binned, pull, weight, np.ones(len(y), dtype=np.bool_))
        leaves = []
        for side in (binned[:, root[0]] <= root[1], binned[:, root[0]] > root[1]):
            column, edge = _best_split(binned, pull, weight, side)
            values = []
            for leaf in (side & (binned[:, column] <= edge), side & (binned[:, column] > edge)):
                values.append(_RATE * pull[leaf].sum() / (weight[leaf].sum() + _LEAST))
                score[leaf] += values[-1]
            leaves.append((column, edge, *values))
        trees.append((root, leaves))

    def judge(x: FloatArray) -> FloatArray:
        binned, total = _binned(x, edges), np.zeros(len(x))
        for (column, edge), leaves in trees:
            low, high = (np.where(binned[:, c] <= e, below, above) for c, e, below, above in leaves)
            total += np.where(binned[:, column] <= edge, low, high)
        return total

    return judge


def _binned(x: FloatArray, edges: FloatArray) -> npt.NDArray[np.int64]:
    return np.stack([np.searchsorted(edges[:, j], x[:, j]) for j in range(x.shape[1])], axis=1)


def _best_split(
    binned: npt.NDArray[np.int64], pull: FloatArray, weight: FloatArray, rows: npt.NDArray[np.bool_]
) -> tuple[int, int]:
    all_pull, all_weight = pull[rows].sum(), weight[rows].sum()
    best, where = -np.inf, (0, 0)
    for column in range(binned.shape[1]):
        bins = binned[rows, column]
        below = np.cumsum(np.bincount(bins, pull[rows], _BINS))[:-1]
        seen = np.cumsum(np.bincount(bins, weight[rows], _BINS))[:-1]
        gain = below**2 / (seen + _LEAST) + (all_pull - below) ** 2 / (all_weight - seen + _LEAST)
        edge = int(gain.argmax())
        if gain[edge] > best:
            best, where = float(gain[edge]), (column, edge)
    return where
