"""What `benchmarks.bank` holds the bank against: a z score and no more, in NumPy and by river."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.bank_patients import Readings
from wardwatch.core.reading import Batch, FloatArray, IntArray
from wardwatch.core.rounds import rounds

_VITALS = 6
_SHARE = 1.0 / 60.0
# For river one reading is like another: some patients are enough.
_RIVER_PATIENTS = 100


class NumpyScores:
    """For each vital of a patient an exponentially weighted mean and variance, which score, then learn.

    As one would write it for speed: rows of a patient side by side, no elapsed time, nothing missing.
    """

    def __init__(self, patients: int) -> None:
        self._mean = np.full((patients, _VITALS), 70.0)
        self._variance = np.full((patients, _VITALS), 25.0)
        self.scores: FloatArray = np.empty((0, _VITALS))

    def judge(self, batch: Batch, rows: IntArray) -> float:
        """Score and learn; the seconds that it took."""
        taken_s = 0.0
        for index in rounds(rows):
            values, at = batch.values[index, :_VITALS], rows[index]
            started_s = time.perf_counter()
            mean, variance = self._mean[at], self._variance[at]
            distance = values - mean
            self.scores = distance / np.sqrt(variance)
            moved = _SHARE * distance
            self._mean[at] = mean + moved
            self._variance[at] = (1.0 - _SHARE) * (variance + moved * distance)
            taken_s += time.perf_counter() - started_s
        return taken_s


def river_us(seconds: float) -> float:
    """Microseconds a reading of six vitals by river's GaussianScorer, with its defaults: the median."""
    from river import anomaly  # noqa: PLC0415 - it takes seconds to import

    new: Callable[[], Any] = anomaly.GaussianScorer
    scorers = [[new() for _ in range(_VITALS)] for _ in range(_RIVER_PATIENTS)]
    sent = Readings(_RIVER_PATIENTS)
    # Before so many values a scorer does nothing but count them.
    for _ in range(scorers[0][0].grace_period):
        _by_river(scorers, *sent.next(_RIVER_PATIENTS))
    taken_s: list[float] = []
    deadline_s = time.perf_counter() + seconds
    while len(taken_s) < 5 or time.perf_counter() < deadline_s:
        taken_s.append(_by_river(scorers, *sent.next(_RIVER_PATIENTS)))
    return statistics.median(taken_s) / _RIVER_PATIENTS * 1e6


def _by_river(scorers: list[list[Any]], batch: Batch, patients: IntArray) -> float:
    """Score and learn, reading by reading; the seconds that it took."""
    readings = list(zip(patients.tolist(), batch.values[:, :_VITALS].tolist(), strict=True))
    started_s = time.perf_counter()
    for patient, values in readings:
        for scorer, value in zip(scorers[patient], values, strict=True):
            scorer.score_one(None, value)
            scorer.learn_one(None, value)
    return time.perf_counter() - started_s
