"""What is usual for this patient: an exponentially weighted, robust mean and spread of each vital.

A value is scored against the baseline before the baseline learns from it. Weights decay with elapsed time,
not with the number of readings, because readings are irregular. An unusual value pulls with a force that
does not grow with its distance (Huber 1964), so an illness moves the baseline slowly and one artefact hardly
at all; and because it is slowed and not stopped, a new normal is learned in the end.

Its limits: no time of day, no correlation between neighbouring readings, one vital at a time.

>>> import numpy as np
>>> mean, variance, learned_s = np.array([70.0]), np.array([36.0]), np.array([90000.0])
>>> score(np.array([100.0]), mean, variance, learned_s, np.array([1.5])).round(2)
array([5.])
"""

from __future__ import annotations

import numpy as np

from wardwatch.core.reading import FloatArray
from wardwatch.core.vitals import VITAL_INDEX

# Which vitals have a baseline, and the least spread that each is believed to have: sensor resolution, as in
# docs/evidence.md (HR 1.5 /min, SpO2 0.7 %, respiration 1 /min, temperature 0.15 Cel).
SPREAD_FLOORS: dict[str, float] = {
    "heart_rate": 1.5,
    "oxygen_saturation": 0.7,
    "respiratory_rate": 1.0,
    "body_temperature": 0.15,
}
VITAL_COLUMNS = np.array([VITAL_INDEX[name] for name in SPREAD_FLOORS])
FLOORS = np.array(list(SPREAD_FLOORS.values()))
COUNT = len(SPREAD_FLOORS)

# A day, so that night and day weigh alike; and nobody's usual is known before a whole day was seen.
# Wardwatch's own choices.
TIME_CONSTANT_S = 24 * 3600.0
LEARNING_S = 24 * 3600.0
# The first value counts as if it had stood for a minute, so that the second doesn't replace it.
_FIRST_VALUE_S = 60.0
# 95 % efficiency at the normal distribution: Huber, Robust Estimation of a Location Parameter, 1964.
_HUBER = 1.345


def spread(variance: FloatArray, floor: FloatArray) -> FloatArray:
    """The standard deviation, never below what the sensor resolves."""
    return np.sqrt(np.maximum(variance, floor * floor))


def score(
    values: FloatArray, mean: FloatArray, variance: FloatArray, learned_s: FloatArray, floor: FloatArray
) -> FloatArray:
    """How many spreads each value lies from its patient's usual; not-a-number while still learning."""
    z = (values - mean) / spread(variance, floor)
    return np.where(learned_s >= LEARNING_S, z, np.nan)


def learn(
    values: FloatArray,
    elapsed_s: FloatArray,
    state: tuple[FloatArray, FloatArray, FloatArray],
    floor: FloatArray,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """The (mean, variance, learned_s) after ``values``, ``elapsed_s`` after the ones before.

    All arrays have one shape, or broadcast to it. Where a value is not a number nothing changes; where the
    ``mean`` is not one, the baseline starts at the value.
    """
    mean, variance, learned_s = state
    present = ~np.isnan(values)
    first = present & np.isnan(mean)
    # Until a time constant has passed this is the plain time-weighted average.
    share = np.maximum(-np.expm1(-elapsed_s / TIME_CONSTANT_S), elapsed_s / (learned_s + elapsed_s + 1e-9))
    distance = values - mean
    unusual = np.abs(distance) / (_HUBER * spread(variance, floor))
    share = share / np.maximum(unusual, 1.0)
    moved = mean + share * distance
    widened = (1.0 - share) * (variance + share * distance * distance)
    learned = learned_s + elapsed_s
    return (
        np.where(first, values, np.where(present, moved, mean)),
        np.where(first, floor * floor, np.where(present, widened, variance)),
        np.where(first, _FIRST_VALUE_S, np.where(present, learned, learned_s)),
    )
