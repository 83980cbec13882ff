"""Digital twins: a wearer's parameters, fitted to a recording of minutes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import numpy as np

from wardwatch_simulators.living import activity
from wardwatch_simulators.living.people import TRAITS
from wardwatch_simulators.living.randomness import Float32s, Float64s, Ints
from wardwatch_simulators.living.rhythm import MINUTES_A_DAY
from wardwatch_simulators.living.slow import DIASTOLIC_A_SYSTOLIC, USUAL_SYSTOLIC

# What is taken as it is: the level of these is their median while awake.
_LEVELS = (
    "oxygen_saturation",
    "respiratory_rate",
    "body_temperature",
    "systolic_pressure",
    "diastolic_pressure",
    "skin_temperature",
)
_LEAST_MINUTES = MINUTES_A_DAY
_SLEEP_GRID_MIN = 15
# Rest is no steps within so many minutes (wardwatch's own rule for rest, DETECTION: context).
_REST_MIN = 12
# That somebody walks tells as much of being awake as so many /min; own choice.
_WALKING_COUNTS = 4
# Mean difference of two minutes at rest, /min, of a simulated wearer whose restlessness is 1: measured on 64.
_USUAL_DIFFERENCE = 2.15
# What stirring and walks before still add to the heart rate at rest, /min: measured on 24 simulated wearers.
_MORE_AT_REST = 1.5
# A day with as many minutes of as many steps is one with exercise; own choice.
_EXERCISE = (18, 110)

_Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]


def fitted(vitals: Mapping[str, Float32s], first_minute: int = 0) -> dict[str, float]:
    """Parameters for `Population.make_twin`, of as many of ``vitals`` as are there.

    ``vitals`` holds ``heart_rate`` and ``steps``, and others if there are, (minutes,) each with not-a-number
    where nothing was measured; ``first_minute`` is that of the first, from a local midnight. Raises
    ValueError where less than a day of heart rate is given. What a recording cannot tell, such as the age, is
    not in the result, and stays as it was drawn.
    """
    heart = np.asarray(vitals["heart_rate"], dtype=np.float64)
    steps = np.nan_to_num(np.asarray(vitals["steps"], dtype=np.float64))
    if np.isfinite(heart).sum() < _LEAST_MINUTES:
        raise ValueError("a twin needs at least a day of heart rate, minute by minute")
    clock = (np.arange(len(heart)) + first_minute) % MINUTES_A_DAY
    at_rest = _trailing_sum(steps) == 0
    bedtime, length = _sleep(heart, clock, steps > 0)
    asleep = (clock - bedtime) % MINUTES_A_DAY < length
    found = {"bedtime": float(bedtime), "sleep_length": float(length)}
    found |= _heart(heart, steps, asleep, at_rest)
    found |= _habits(steps, ~asleep)
    for name in _LEVELS:
        if name in vitals and np.isfinite(vitals[name][at_rest & ~asleep]).any():
            found[name] = float(np.nanmedian(vitals[name][at_rest & ~asleep]))
    if "systolic_pressure" in found and "diastolic_pressure" in found:
        above_usual = found["systolic_pressure"] - float(USUAL_SYSTOLIC)
        found["diastolic_pressure"] -= float(DIASTOLIC_A_SYSTOLIC) * above_usual
    return {name: _within(name, value) for name, value in found.items()}


def _trailing_sum(steps: Float64s) -> Float64s:
    total = np.concatenate([np.zeros(_REST_MIN), np.cumsum(steps)])
    result: Float64s = total[_REST_MIN:] - total[:-_REST_MIN]
    return result


def _sleep(heart: Float64s, clock: Ints, walks: _Bools) -> tuple[int, int]:
    """Bedtime and length: the span of the day in which the heart is most clearly slower and steps are few."""
    known = np.isfinite(heart)
    wakefulness = heart + _WALKING_COUNTS * walks
    count = np.bincount(clock[known], minlength=MINUTES_A_DAY)
    total = np.bincount(clock[known], wakefulness[known], minlength=MINUTES_A_DAY)
    nights, lengths = TRAITS["bedtime"], TRAITS["sleep_length"]
    spans = product(
        range(int(nights.lowest), int(nights.highest) + 1, _SLEEP_GRID_MIN),
        range(int(lengths.lowest), int(lengths.highest) + 1, _SLEEP_GRID_MIN),
    )

    def contrast(span: tuple[int, int]) -> float:
        inside = (np.arange(MINUTES_A_DAY) - span[0]) % MINUTES_A_DAY < span[1]
        n_inside, n_outside = count[inside].sum(), count[~inside].sum()
        if not n_inside or not n_outside:
            return -np.inf
        lower = total[~inside].sum() / n_outside - total[inside].sum() / n_inside
        return float(lower * abs(lower) * n_inside * n_outside)

    return max(spans, key=contrast)


def _heart(heart: Float64s, steps: Float64s, asleep: _Bools, at_rest: _Bools) -> dict[str, float]:
    found = {}
    awake_rest, asleep_rest = heart[at_rest & ~asleep], heart[at_rest & asleep]
    level = float(np.nanmedian(awake_rest if np.isfinite(awake_rest).any() else heart))
    found["heart_rate"] = level - _MORE_AT_REST
    if np.isfinite(asleep_rest).any():
        found["sleep_dip"] = level - _MORE_AT_REST - float(np.nanmedian(asleep_rest))
    padded = np.concatenate([np.zeros(activity.HISTORY_MIN), steps]).astype(np.float32)
    # A mark lies on either side of a minute.
    marks = activity.exertion(np.concatenate([padded, [np.float32(0)]])[np.newaxis])[0].astype(np.float64)
    effort = (marks[:-1] + marks[1:]) / 2
    used = ~asleep & np.isfinite(heart) & (effort > 0.02)
    if used.sum() > 60:
        answer = effort[used] * (heart[used] - level)
        found["exertion_gain"] = float(answer.sum() / (effort[used] ** 2).sum())
    differences = np.abs(np.diff(heart))[at_rest[1:] & at_rest[:-1] & ~asleep[1:]]
    if np.isfinite(differences).any():
        found["restlessness"] = float(np.nanmean(differences)) / _USUAL_DIFFERENCE
    return found


def _habits(steps: Float64s, awake: _Bools) -> dict[str, float]:
    least, quick = _EXERCISE
    days = max(1, len(steps) // MINUTES_A_DAY)
    quickly = (steps >= quick)[: days * MINUTES_A_DAY].reshape(days, -1).sum(axis=1)
    return {"activity": float((steps[awake] > 0).mean()), "exercise": float((quickly >= least).mean())}


def _within(name: str, value: float) -> float:
    trait = TRAITS.get(name)
    return value if trait is None else min(max(value, trait.lowest), trait.highest)
