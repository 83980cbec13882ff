"""NightSignal (Alavi et al. 2022) a second time: its description read as a person reads it, a wearer at once.

It shares nothing with ``wardwatch.core.detectors.nightsignal``, so each can be held against the other.
"""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from fractions import Fraction

# The ward's time, the heart rate and the steps since the reading before.
Row = tuple[datetime, float | None, float | None]

ONE_NIGHT = timedelta(days=1)


def colours(rows: Iterable[Row]) -> dict[date, int]:
    """0 green, 1 yellow or 2 red of each night with a reading; imputed nights are not among them."""
    measured = nightly_means(rows)
    means = measured | imputed(measured)
    return {night: colour(night, means) for night in measured}


def nightly_means(rows: Iterable[Row]) -> dict[date, int]:
    """The floored mean heart rate of each night, from its readings without a step."""
    values = defaultdict(list)
    for time, heart_rate, steps in rows:
        if time.hour < 7 and steps == 0 and heart_rate is not None:
            # As it is written: 60.1 is 601/10, and not the binary fraction next to it.
            values[time.date()].append(Fraction(str(heart_rate)))
    return {night: math.floor(statistics.mean(values[night])) for night in sorted(values)}


def imputed(means: dict[date, int]) -> dict[date, int]:
    """The nights that are missing alone between two, each with the floored mean of both."""
    missing = {}
    for night, mean in means.items():
        gap, end = night + ONE_NIGHT, night + 2 * ONE_NIGHT
        if gap not in means and end in means:
            missing[gap] = math.floor(statistics.mean([mean, means[end]]))
    return missing


def colour(night: date, means: dict[date, int]) -> int:
    """The colour of a night, from all nights up to it."""
    two_nights = [night - ONE_NIGHT, night]
    if two_nights[0] not in means:
        return 0
    above = [means[each] - baseline(each, means) for each in two_nights]
    if all(by >= 4 for by in above):
        return 2
    return 1 if all(by >= 3 for by in above) else 0


def baseline(night: date, means: dict[date, int]) -> int:
    """The floored median of the nights up to and including this one."""
    return math.floor(statistics.median([mean for each, mean in means.items() if each <= night]))
