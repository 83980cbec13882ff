"""Shares with their uncertainty.

>>> [round(end, 3) for end in wilson(98, 100)]
[0.93, 0.994]
"""

from __future__ import annotations

from statistics import NormalDist

_LEVEL = 0.95
_Z = NormalDist().inv_cdf((1 + _LEVEL) / 2)

Interval = tuple[float, float]


def wilson(hits: int, trials: int) -> Interval | None:
    """The 95 % interval of a share (Wilson 1927), trials taken as independent; ``None`` without any."""
    if not trials:
        return None
    share, square = hits / trials, _Z * _Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    variance = share * (1 - share) / trials + square / (4 * trials * trials)
    reach = _Z * variance**0.5 / (1 + square / trials)
    return max(middle - reach, 0.0), min(middle + reach, 1.0)
