"""Figures with their uncertainty: shares, rates a patient-day, spreads of delays.

>>> [round(end, 3) for end in wilson(98, 100)]
[0.93, 0.994]
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wardwatch.core.shares import Interval, wilson

__all__ = ["Bootstrap", "Interval", "quartiles", "wilson"]

_LEVEL = 0.95
_ENDS = (100 * (1 - _LEVEL) / 2, 100 * (1 + _LEVEL) / 2)
_RESAMPLES = 1000


class Bootstrap:
    """95 % intervals of rates a day, from drawing as many patients as there are again and again (Efron 1979).

    One patient alone has no interval: what differs between patients is what makes it.
    """

    def __init__(self, days: Sequence[float], seed: int) -> None:
        count = len(days)
        self._days = np.asarray(days, dtype=np.float64)
        random = np.random.default_rng(seed)
        drawn = random.multinomial(count, np.full(count, 1 / count), _RESAMPLES)
        self._times = drawn.astype(np.float64)

    def interval(self, counts: Sequence[int]) -> Interval | None:
        """Of the rate of what happened so often to each patient."""
        days = self._times @ self._days
        if len(counts) < 2 or not days.all():
            return None
        low, high = np.percentile(self._times @ np.asarray(counts) / days, _ENDS)
        return float(low), float(high)


def quartiles(values: Sequence[float]) -> tuple[float, float, float] | None:
    """The first quartile, the median and the third; ``None`` without values."""
    if not values:
        return None
    first, median, third = np.percentile(values, (25, 50, 75))
    return float(first), float(median), float(third)
