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

from typing import NamedTuple

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field, Learner, OnePass, Seen, State
from wardwatch.core.detectors.recursions import LONG_AGO_S, elapsed_or_long_ago, or_zero
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
_WINDOWS_SQUARED = np.square(WINDOWS_H)[:, np.newaxis, np.newaxis]
_TINY = 1e-300


class Trend(OnePass):
    """Two weighted lines a vital, each by five numbers.

    They are the effective number of values, the age of their mean time in hours, the mean of z, and the sums
    about those means of squared times and of times by z. Of each field the first six numbers are the shorter
    window's. With a ``seen.learning`` below 1 a value counts for less.
    """

    name = "trend"
    fields = tuple(
        Field(f"trend_{part}", len(WINDOWS_H) * JUDGED)
        for part in ("weight", "age_h", "mean", "time_squares", "products")
    )

    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        """The larger |t| of the two windows; not-a-number while neither has seen enough."""
        lines, value = _lines(state), _value(seen)
        taken = _taken(lines, value, value.effective)
        missing = np.isnan(seen.z)
        scores = np.sqrt(np.fmax(*_t_squared(taken)))
        np.copyto(scores, np.nan, where=missing)

        def learn(learning: FloatArray) -> None:
            in_part = (learning != 1.0).any()
            new = _taken(lines, value, learning * value.effective) if in_part else taken
            for numbers, latest in zip(lines, new, strict=True):
                numbers[:] = latest

        return scores, learn


def slopes_per_hour(state: State) -> FloatArray:
    """The slope of each window's line in spreads an hour, (windows, judged vitals, n), as last learned.

    Not-a-number where too little was seen to tell.
    """
    lines = _lines(state)
    slopes = np.full_like(lines.products, np.nan)
    np.divide(lines.products, lines.time_squares, out=slopes, where=_enough(lines))
    return slopes


class _Lines(NamedTuple):
    """The numbers of all lines, (windows, judged vitals, n) each, in the order of the fields."""

    weight: FloatArray
    age_h: FloatArray
    mean: FloatArray
    time_squares: FloatArray
    products: FloatArray


class _Value(NamedTuple):
    """What comes to the lines; where nothing was measured no time has passed and nothing is added.

    ``left`` is (windows, judged vitals, n): what the time since the value before has left of the past.
    ``effective`` is how many independent values this one is worth.
    """

    z: FloatArray
    elapsed_h: FloatArray
    left: FloatArray
    effective: FloatArray


def _lines(state: State) -> _Lines:
    shape = (len(WINDOWS_H), JUDGED, -1)
    return _Lines(*(state[field.name].reshape(shape) for field in Trend.fields))


def _value(seen: Seen) -> _Value:
    missing = np.isnan(seen.z)
    elapsed_h = or_zero(elapsed_or_long_ago(seen.elapsed_s) / 3600.0, missing)
    left = np.empty((len(WINDOWS_H), *seen.z.shape))
    left[1] = np.exp(elapsed_h / -WINDOWS_H[1])
    left[0] = np.square(np.square(left[1]))
    correlation = np.square(np.square(left[0]))
    effective = (1.0 - correlation) / (1.0 + correlation)
    return _Value(or_zero(np.clip(seen.z, -MOST_Z, MOST_Z), missing), elapsed_h, left, effective)


def _taken(lines: _Lines, value: _Value, added: FloatArray) -> _Lines:
    """The lines with the value in them, ``added`` being its weight."""
    # Its distance in time and in z from the means as they were.
    later_h, distance = lines.age_h + value.elapsed_h, value.z - lines.mean
    gained = lines.weight * value.left
    weight = gained + added
    share = added / (weight + _TINY)
    gained *= share
    gained *= later_h
    time_squares, products = lines.time_squares * value.left, lines.products * value.left
    time_squares += gained * later_h
    products += gained * distance
    later_h -= share * later_h
    distance *= share
    return _Lines(
        weight=weight,
        age_h=np.minimum(later_h, _LONG_AGO_H, out=later_h),
        mean=np.add(lines.mean, distance, out=distance),
        time_squares=time_squares,
        products=products,
    )


def _t_squared(lines: _Lines) -> FloatArray:
    """(windows, judged vitals, n): not-a-number where too little was seen."""
    time_squares = lines.time_squares + _TINY
    # The square of products / q, by the slope's variance 1 / q / (1 + 3 v): products squared times
    # 1 / q + 3 v / q. With v, which is q / weight / window squared, at most 1.
    t_squared = np.maximum(lines.weight * _WINDOWS_SQUARED, time_squares)
    np.divide(3.0, t_squared, out=t_squared)
    t_squared += 1.0 / time_squares
    t_squared *= lines.products * lines.products
    np.copyto(t_squared, np.nan, where=~_enough(lines))
    return t_squared


def _enough(lines: _Lines) -> BoolArray:
    far_apart: BoolArray = lines.time_squares >= lines.weight * (_WINDOWS_SQUARED * LEAST_TIME_SPREAD**2)
    return far_apart & (lines.weight >= LEAST_WEIGHT)
