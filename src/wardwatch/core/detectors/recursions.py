"""The elementary statistics of which detectors are made, each as one step from the numbers before.

Pure functions of arrays, element by element: all arguments of a call broadcast against each other. A *share*
is the weight of the value at hand in what is known with it, 0 to 1; with a share of 0 nothing changes.

Sources: T. Finch, "Incremental calculation of weighted mean and variance", 2009 (means and variances);
D. H. D. West, "Updating mean and variance estimates: an improved method", 1979 (the same, of all values
alike); E. S. Page, "Continuous inspection schemes", 1954 (cumulative sums). River's own statistics are held
against them in the tests.

>>> import numpy as np
>>> mean, variance = np.array([5.0]), np.array([0.0])
>>> for value in 7.0, 3.0:
...     mean, variance = ew_mean_variance(mean, variance, np.array([value]), 0.5)
>>> mean, variance
(array([4.5]), array([2.75]))
"""

from __future__ import annotations

import numpy as np

from wardwatch.core.reading import BoolArray, FloatArray

# What nobody knows lies so far back that all is forgotten, yet not so far that its square is infinite.
LONG_AGO_S = 30 * 86400.0


def elapsed_or_long_ago(elapsed_s: FloatArray) -> FloatArray:
    """``elapsed_s``, 0 or more; :data:`LONG_AGO_S` where it is longer, or not a number (no value before)."""
    return np.fmin(elapsed_s, LONG_AGO_S)


def or_zero(numbers: FloatArray, missing: BoolArray) -> FloatArray:
    """A copy with 0 where they are ``missing``: three times as fast as `np.where`, where few are."""
    filled = numbers.copy()
    np.copyto(filled, 0.0, where=missing)
    return filled


def fade(elapsed_s: FloatArray, time_constant_s: float) -> FloatArray:
    """What is left, 0 to 1, of what was known ``elapsed_s`` ago: exp(-elapsed / time constant)."""
    return np.exp(elapsed_or_long_ago(elapsed_s) / -time_constant_s)


def share(elapsed_s: FloatArray, time_constant_s: float, most: float) -> FloatArray:
    """The share of a value that stands for ``elapsed_s``: 1 - exp(-elapsed / constant), at most ``most``.

    So weights follow time and not the number of values, and no single value after a gap replaces what was
    known.
    """
    return np.minimum(1.0 - fade(elapsed_s, time_constant_s), most)


def ew_mean(mean: FloatArray, value: FloatArray, share: FloatArray | float) -> FloatArray:
    """The exponentially weighted mean, with ``value`` in it."""
    return mean + share * (value - mean)


def ew_mean_variance(
    mean: FloatArray, variance: FloatArray, value: FloatArray, share: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """The exponentially weighted mean and variance, with ``value`` in them.

    As a sum of squares, and never as a difference of two large numbers: the variance cannot become negative.
    """
    distance = value - mean
    moved = share * distance
    return mean + moved, (1.0 - share) * (variance + moved * distance)


def running_mean_squares(
    weight: FloatArray,
    mean: FloatArray,
    squares: FloatArray,
    value: FloatArray,
    added: FloatArray | float = 1.0,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The weight, the mean and the sum of squared distances from it of all values alike, with ``value`` in.

    ``added`` is the weight of ``value``, above 0. The variance is squares / weight, or squares / (weight - 1)
    for that of the population of which the values are a sample.
    """
    weight = weight + added
    distance = value - mean
    moved = distance * (added / weight)
    return weight, mean + moved, squares + added * distance * (distance - moved)


def z_score(
    value: FloatArray, mean: FloatArray, variance: FloatArray, floor: FloatArray | float
) -> FloatArray:
    """How many standard deviations ``value`` lies from ``mean``; the least that one can be is ``floor``."""
    return (value - mean) / np.maximum(np.sqrt(variance), floor)


def cusum_step(
    up: FloatArray, down: FloatArray, value: FloatArray, slack: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """The cumulative sums, upwards and downwards, of what exceeds ``slack``, with ``value`` in them.

    Both are 0 or more, and start at 0.
    """
    return np.maximum(up + (value - slack), 0.0), np.maximum(down - (value + slack), 0.0)
