"""Patients drawn again and again: what a figure would have been, had others come (bootstrap, Efron 1979)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.reading import BoolArray, FloatArray
from wardwatch.evaluating.figures import Interval

_ENDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval; ``None`` where it is not defined."""

    value: float | None
    interval: Interval | None


NOTHING = Estimate(None, None)


@dataclass(frozen=True, slots=True)
class Draws:
    """``weights`` (1 + draws, patients): how often each counts. The first are those who really came."""

    weights: FloatArray

    @classmethod
    def of(cls, patients: int, draws: int, seed: int) -> Draws:
        """As many patients as there are, drawn so many times with replacement."""
        weights = np.ones((1 + draws, patients))
        if patients > 1:
            random = np.random.default_rng(seed)
            weights[1:] = random.multinomial(patients, np.full(patients, 1 / patients), draws)
        return cls(weights)

    def among(self, patients: BoolArray) -> Draws:
        """The same draws, of which only some patients count."""
        return Draws(self.weights * patients)


def estimated(figures: FloatArray) -> Estimate:
    """From (1 + draws) figures, the first of which is the real one; not-a-number is not defined.

    There is no interval where draws leave no doubt for having nobody else to draw: of one patient.
    """
    value = float(figures[0])
    if np.isnan(value):
        return NOTHING
    defined = figures[1:][~np.isnan(figures[1:])]
    if not len(defined):
        return Estimate(value, None)
    low, high = np.percentile(defined, _ENDS)
    return Estimate(value, (float(low), float(high)))


def share(some: FloatArray, whole: FloatArray) -> FloatArray:
    """Element by element; not-a-number of nothing."""
    some, whole = np.broadcast_arrays(some, whole)
    shares: FloatArray = np.divide(some, whole, out=np.full(some.shape, np.nan), where=whole > 0)
    return shares
