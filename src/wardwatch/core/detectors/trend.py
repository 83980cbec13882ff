"""Trends: where a vital is heading, over 1 hour and over 4.

A straight line through the latest z of a vital (not through its values: the rhythm of the day is no trend),
by least squares with weights that fall exponentially with age ("discounted" least squares: R. G. Brown,
Smoothing, Forecasting and Prediction of Discrete Time Series, 1963), kept up to date value by value (weighted
means and products: T. Finch, "Incremental calculation of weighted mean and variance", 2009). The score is the
larger of the two windows' |t|: the slope by its standard error, with the value at hand in it.

How the standard error allows for neighbours that are alike
    n values with a lag-1 autocorrelation of r tell as much of a mean as n (1 - r) / (1 + r) independent ones
    (G. V. Bayley and J. M. Hammersley, "The effective number of independent observations in an
    autocorrelated time series", 1946). With a correlation that falls over :data:`CORRELATION_S`, a value
    that comes ``elapsed`` after the one before has r = exp(-elapsed / CORRELATION_S); it is given the weight
    (1 - r) / (1 + r), so that the sum of weights is the effective number of values however they come: by the
    second, or twice a day. The spread about the line is not estimated: z is in the patient's own spreads, so
    it is 1. (An estimate from the 2 to 8 effective values of a window would make t larger, and less sure.)
How it allows for weights that fade
    With q the weighted sum of squared times about their mean, a slope by even weights has the variance 1 / q.
    By weights that fall as exp(-age) it is a quarter of that, from the integral of exp(-2 age) (age - 1)^2.
    In between, while less than a window was seen, it is taken as 1 / q / (1 + 3 v), v being the times' mean
    square in windows, at most 1: 0 while all weights are even, 1 when the window is full.

Limits
    A trend needs :data:`LEAST_WEIGHT` effective values, and values as far apart in time as if they covered
    about 0.9 of the window evenly; until then the score is not a number. Vitals that come less often than
    every 2 hours have no 1-hour trend. A step looks like a slope for a while. z is cut at :data:`MOST_Z`.

>>> import numpy as np
>>> from wardwatch.core.detectors.detector import JUDGED, Seen, empty_state
>>> detector = Trend()
>>> state = empty_state(detector, patients=1)
>>> one, all_vitals = np.ones(1), np.ones((JUDGED, 1))
>>> for minute in range(240):
...     z = all_vitals * minute / 60
...     seen = Seen(at_ms=one.astype(np.int64), local_ms=one.astype(np.int64), values=z, z=z, innovation=z,
...         elapsed_s=all_vitals * 60.0, steps=one, resting=one > 0, learning=one)
...     score = detector.score(state, seen)
...     detector.learn(state, seen)
>>> slopes_per_hour(state)[:, 0].round(6), score[0].round(1)
(array([[1.],
       [1.]]), array([2.8]))
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field, Seen, State
from wardwatch.core.detectors.recursions import LONG_AGO_S, elapsed_or_long_ago
from wardwatch.core.reading import BoolArray, FloatArray

WINDOWS_H = (1.0, 4.0)
# Minute heart rates have a lag-1 autocorrelation of 0.92 to 0.96 (docs/evidence.md); of 15 min it is 0.935.
# Moreover it is a sixteenth of the longer window: all three decays follow from one by squaring.
CORRELATION_S = 900.0
# In spreads: beyond it other detectors have long spoken, and one artefact must not tilt the line.
MOST_Z = 6.0
# Wardwatch's own choices: two values are the least that make a slope, and one of them may have faded by half.
LEAST_WEIGHT = 1.5
# Of the times about their mean, in windows. Values spread evenly over the whole window have 0.29.
LEAST_TIME_SPREAD = 0.25

_LONG_AGO_H = LONG_AGO_S / 3600.0
_TINY = 1e-300


class Trend:
    """Two weighted lines a vital, each by five numbers.

    They are the effective number of values, the age of their mean time in hours, the mean of z, and the sums
    about those means of squared times and of times by z. Of each field the first six numbers are the shorter
    window's.
    """

    name = "trend"
    fields = tuple(
        Field(f"trend_{part}", len(WINDOWS_H) * JUDGED)
        for part in ("weight", "age_h", "mean", "time_squares", "products")
    )

    def score(self, state: State, seen: Seen) -> FloatArray:
        """The larger |t| of the two windows; not-a-number while neither has seen enough."""
        squared = np.full_like(seen.z, np.nan)
        for window_h, line, value in _lines_and_values(state, seen, 1.0):
            taken = _taken(line, value)
            time_squares = line.time_squares * value.left + taken.gained * taken.later_h
            products = line.products * value.left + taken.gained * taken.distance
            enough = _enough(taken.weight, time_squares, window_h)
            full = np.minimum(time_squares / (taken.weight * window_h**2 + _TINY), 1.0)
            t_squared = np.square(products) * (1.0 + 3.0 * full) / (time_squares + _TINY)
            np.fmax(squared, np.where(enough, t_squared, np.nan), out=squared)
        return np.where(np.isnan(seen.z), np.nan, np.sqrt(squared))

    def learn(self, state: State, seen: Seen) -> None:
        """Let the past fade and take this value in; with a ``seen.learning`` below 1 it counts for less."""
        for _, line, value in _lines_and_values(state, seen, seen.learning):
            taken = _taken(line, value)
            line.weight[:] = taken.weight
            line.age_h[:] = np.minimum(taken.later_h - taken.share * taken.later_h, _LONG_AGO_H)
            line.mean[:] += taken.share * taken.distance
            line.time_squares[:] = line.time_squares * value.left + taken.gained * taken.later_h
            line.products[:] = line.products * value.left + taken.gained * taken.distance


def slopes_per_hour(state: State) -> FloatArray:
    """The slope of each window's line in spreads an hour, (windows, judged vitals, n), as last learned.

    Not-a-number where too little was seen to tell.
    """
    slopes = np.full((len(WINDOWS_H), JUDGED, state["trend_mean"].shape[1]), np.nan)
    for window, (window_h, slope) in enumerate(zip(WINDOWS_H, slopes, strict=True)):
        line = _line(state, window)
        enough = _enough(line.weight, line.time_squares, window_h)
        np.divide(line.products, line.time_squares, out=slope, where=enough)
    return slopes


class _Line(NamedTuple):
    """One window's numbers, (judged vitals, n) each, in the order of the fields."""

    weight: FloatArray
    age_h: FloatArray
    mean: FloatArray
    time_squares: FloatArray
    products: FloatArray


class _Value(NamedTuple):
    """What comes to a line; where nothing was measured no time has passed and nothing is added."""

    z: FloatArray
    elapsed_h: FloatArray
    left: FloatArray
    added: FloatArray


class _Taken(NamedTuple):
    """A line's weight with the value in it, the value's share, its distance in time and in z, and their gain.

    The distances are from the line's means as they were.
    """

    weight: FloatArray
    share: FloatArray
    later_h: FloatArray
    distance: FloatArray
    gained: FloatArray


def _line(state: State, window: int) -> _Line:
    rows = slice(window * JUDGED, (window + 1) * JUDGED)
    return _Line(*(state[field.name][rows] for field in Trend.fields))


def _lines_and_values(
    state: State, seen: Seen, learning: FloatArray | float
) -> Iterator[tuple[float, _Line, _Value]]:
    """Each window in hours, its line, and the value as it comes to it."""
    missing = np.isnan(seen.z)
    elapsed_s = np.where(missing, 0.0, elapsed_or_long_ago(seen.elapsed_s))
    z = np.where(missing, 0.0, np.clip(seen.z, -MOST_Z, MOST_Z))
    left_of_long = np.exp(elapsed_s / (WINDOWS_H[1] * -3600.0))
    left_of_short = np.square(np.square(left_of_long))
    correlation = np.square(np.square(left_of_short))
    added = learning * (1.0 - correlation) / (1.0 + correlation)
    elapsed_h = elapsed_s / 3600.0
    for window, left in enumerate((left_of_short, left_of_long)):
        yield WINDOWS_H[window], _line(state, window), _Value(z, elapsed_h, left, added)


def _taken(line: _Line, value: _Value) -> _Taken:
    later_h = line.age_h + value.elapsed_h
    distance = value.z - line.mean
    weight_left = line.weight * value.left
    weight = weight_left + value.added
    share = value.added / (weight + _TINY)
    return _Taken(weight, share, later_h, distance, weight_left * share * later_h)


def _enough(weight: FloatArray, time_squares: FloatArray, window_h: float) -> BoolArray:
    far_apart: BoolArray = time_squares >= weight * (LEAST_TIME_SPREAD * window_h) ** 2
    return far_apart & (weight >= LEAST_WEIGHT)
