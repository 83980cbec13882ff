"""The tail of |z|: a generalised Pareto distribution beyond the point that 1 value in 50 exceeds.

By the method of moments (J. Hosking and J. Wallis, "Parameter and quantile estimation for the generalized
Pareto distribution", 1987): with the mean m and the variance v of the excesses,

    shape = (1 - m^2 / v) / 2,    scale = m (1 - shape).

>>> import numpy as np
>>> exponential = -0.5 * np.log(1.0 - (np.arange(1_000_000) + 0.5) / 1_000_000)
>>> fit_tail(exponential)
Tail(threshold=1.956, shape=-0.0002, scale=0.5001, share=0.02)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.detectors.spot import MOST_Z
from wardwatch.core.reading import FloatArray

SHARE = 0.02
# A tail with an end close by, or one without a variance, is the recordings' and not the population's.
LEAST_SHAPE, MOST_SHAPE = -0.2, 0.4
# In spreads: where a tail begins, at the least and at the most.
_LEAST_THRESHOLD, _MOST_THRESHOLD = 1.0, MOST_Z / 2
# In spreads: the thinnest tail that is believed, about a tenth of the normal distribution's.
_LEAST_EXCESS = 0.03


@dataclass(frozen=True, slots=True)
class Tail:
    """One vital's numbers of a :class:`wardwatch.core.detectors.spot.TailPrior`."""

    threshold: float
    shape: float
    scale: float
    share: float


def fit_tail(unusual: FloatArray) -> Tail:
    """From values of |z|; in spreads."""
    unusual = np.minimum(unusual, MOST_Z)
    threshold = float(np.clip(np.quantile(unusual, 1.0 - SHARE), _LEAST_THRESHOLD, _MOST_THRESHOLD))
    excess = unusual[unusual > threshold] - threshold
    if len(excess) < 2:
        return Tail(threshold=threshold, shape=0.0, scale=_LEAST_EXCESS, share=SHARE)
    mean, variance = max(float(excess.mean()), _LEAST_EXCESS), float(excess.var())
    shape = (1.0 - mean * mean / variance) / 2.0 if variance > 0.0 else LEAST_SHAPE
    shape = min(max(shape, LEAST_SHAPE), MOST_SHAPE)
    share = min(max(len(excess) / len(unusual), 1e-4), 0.5)
    return Tail(*(round(number, 4) for number in (threshold, shape, mean * (1.0 - shape), share)))
