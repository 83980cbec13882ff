"""How vitals go together: the correlation of what each is above its own usual, hour by hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.reading import FloatArray, IntArray
from wardwatch.fitting.usual import Usual

# Wardwatch's own choices: hours in which both vitals were measured, how far out a value counts, and how much
# independence is mixed in (shrinkage to a fixed target: O. Ledoit and M. Wolf, 2004).
_FEWEST_HOURS = 12
_MOST_SPREADS = 4.0
_SHRINKAGE = 0.1
# What a model writes. From there on the smallest eigenvalue must be above this.
_DIGITS = 4
_LEAST_EIGENVALUE = 0.05
_HOUR_MS = 3_600_000


def fit_correlation(patients: Sequence[Mapping[int, Usual]], fewest_patients: int) -> FloatArray:
    """(judged vitals, judged vitals), positive definite; 0 for what fewer patients than this have together.

    ``patients`` have their usuals by vital. Each patient weighs alike.
    """
    found = [_correlations({vital: _hours(usual) for vital, usual in own.items()}) for own in patients]
    sums, counts = np.zeros((JUDGED, JUDGED)), np.zeros((JUDGED, JUDGED))
    for correlations in found:
        known = ~np.isnan(correlations)
        sums += np.where(known, correlations, 0.0)
        counts += known
    pooled = np.where(counts >= max(fewest_patients, 1), sums / np.maximum(counts, 1), 0.0)
    pooled += pooled.T
    np.fill_diagonal(pooled, 1.0)
    return shrunk(pooled)


def shrunk(matrix: FloatArray) -> FloatArray:
    """A symmetric matrix with ones on its diagonal, made positive definite by mixing in independence.

    >>> shrunk(np.array([[1.0, 0.5], [0.5, 1.0]]))
    array([[1.  , 0.45],
           [0.45, 1.  ]])
    """
    own = 1.0 - _SHRINKAGE
    independent = np.eye(len(matrix))
    while True:
        mixed: FloatArray = (own * matrix + (1.0 - own) * independent).round(_DIGITS)
        if np.linalg.eigvalsh(mixed)[0] >= _LEAST_EIGENVALUE:
            return mixed
        own *= 0.9


def _hours(usual: Usual) -> tuple[IntArray, FloatArray]:
    """The mean z of each hour with values."""
    hours, place = np.unique(usual.series.local_ms // _HOUR_MS, return_inverse=True)
    z = np.clip(usual.z, -_MOST_SPREADS, _MOST_SPREADS)
    return hours, np.bincount(place, weights=z) / np.bincount(place)


def _correlations(hourly: Mapping[int, tuple[IntArray, FloatArray]]) -> FloatArray:
    """One patient's, above the diagonal; not-a-number where too little is known."""
    found = np.full((JUDGED, JUDGED), np.nan)
    for one in hourly:
        for other in hourly:
            if one < other:
                found[one, other] = _correlation(hourly[one], hourly[other])
    return found


def _correlation(one: tuple[IntArray, FloatArray], other: tuple[IntArray, FloatArray]) -> float:
    _, in_one, in_other = np.intersect1d(one[0], other[0], assume_unique=True, return_indices=True)
    a, b = one[1][in_one], other[1][in_other]
    if len(a) < _FEWEST_HOURS or a.std() == 0.0 or b.std() == 0.0:
        return float("nan")
    return float(((a - a.mean()) * (b - b.mean())).mean() / (a.std() * b.std()))
