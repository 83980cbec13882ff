"""A patient's own usual, looked back upon: level and rhythm of one vital, and what is left around them.

The rhythm is a day's and half a day's cosine and sine (F. Halberg's cosinor, 1967), as in
`wardwatch.core.baseline`, by least squares over the whole stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.baseline import waves_of_day
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.tracks import DAY_MS
from wardwatch.fitting.series import Series

HARMONICS = 4
# Fewer days are weather, not a rhythm. Wardwatch's own choice, as is the next one.
_RHYTHM_DAYS = 3.0
_HOUR_MS = 3_600_000
# Further out a value counts as if it were here, as where the baseline learns its variance.
_MOST_SPREADS = 3.0
_ROUNDS = 20


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Usual:
    """``residual`` (n) is what the values are above level and rhythm; ``variance`` theirs, extremes cut."""

    series: Series
    level: float
    residual: FloatArray
    variance: float

    @property
    def z(self) -> FloatArray:
        """The residual in spreads; 0 for a vital that never changed."""
        spread = self.variance**0.5
        return self.residual / spread if spread > 0 else np.zeros_like(self.residual)


def rhythm_of(series: Series) -> FloatArray | None:
    """The four harmonics; ``None`` unless some days, and all hours of the day, are covered densely."""
    if not series.is_dense or series.covered_days < _RHYTHM_DAYS:
        return None
    if len(np.unique(series.local_ms % DAY_MS // _HOUR_MS)) < DAY_MS // _HOUR_MS:
        return None
    terms = np.vstack([np.ones(len(series)), waves_of_day(series.local_ms)])
    fitted = np.linalg.lstsq(terms.T, series.values, rcond=None)[0]
    harmonics: FloatArray = fitted[1:].astype(np.float64)
    return harmonics


def usual_of(series: Series, harmonics: FloatArray) -> Usual:
    """The own usual of a patient with this rhythm."""
    without_rhythm = series.values - (harmonics[:, None] * waves_of_day(series.local_ms)).sum(axis=0)
    level = float(np.median(without_rhythm))
    residual = without_rhythm - level
    return Usual(series=series, level=level, residual=residual, variance=variance_of(residual))


def variance_of(residual: FloatArray) -> float:
    """The mean square, with no value further out than 3 spreads; of a normal distribution 99 %."""
    squared = residual * residual
    variance = float(squared.mean())
    for _ in range(_ROUNDS):
        variance = float(np.minimum(squared, _MOST_SPREADS**2 * variance).mean())
    return variance
