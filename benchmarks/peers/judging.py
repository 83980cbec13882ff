"""What a reading is judged by, in plain Python: the job of the peers that keep state for each patient.

Every vital is held against hard limits, and against what is usual for its patient: an exponentially weighted
mean and variance, which score a value before they learn from it. That is less than what wardwatch does, and
what one would write first: no gate, no elapsed time, no duration, no alarm that stays open.

>>> usual, alarms = judge(NOTHING_SEEN, Reading(heart_rate=75, oxygen_saturation=85))
>>> alarms
1
"""

from __future__ import annotations

import msgspec

# For each vital, in the order of `job.VITALS`, the lowest and the highest value that is no alarm. Which ones
# does not matter for the speed: these are bands of the NEWS2 chart, and a guess where it has none.
LIMITS = ((41, 130), (92, 100), (9, 24), (35.1, 39.0), (91, 219), (40, 130))

# How many readings are remembered: a minute at 1 Hz. Before as many were seen, all of them weigh alike.
MEMORY = 60
# So many standard deviations from the usual is an alarm, once a whole memory of values was seen.
FAR_OUT = 5.0

_WEIGHT = 1 / MEMORY
_FAR_OUT_SQUARED = FAR_OUT * FAR_OUT  # is compared with the square of z, which needs no root

# For each vital how many values were seen, their mean and their variance.
Usual = tuple[tuple[int, float, float], ...]

NOTHING_SEEN: Usual = ((0, 0.0, 0.0),) * len(LIMITS)


class Reading(msgspec.Struct, gc=False):
    """The fields that are judged. msgspec passes over all others, which is quicker than to build them."""

    heart_rate: float | None = None
    oxygen_saturation: float | None = None
    respiratory_rate: float | None = None
    body_temperature: float | None = None
    systolic_pressure: float | None = None
    diastolic_pressure: float | None = None


def judge(usual: Usual, reading: Reading) -> tuple[Usual, int]:
    """What is usual after ``reading``, and how many of its vitals give an alarm."""
    values = (
        reading.heart_rate,
        reading.oxygen_saturation,
        reading.respiratory_rate,
        reading.body_temperature,
        reading.systolic_pressure,
        reading.diastolic_pressure,
    )
    learned = []
    alarms = 0
    for value, vital, (low, high) in zip(values, usual, LIMITS, strict=True):
        if value is None:
            learned.append(vital)
            continue
        seen, mean, variance = vital
        away = value - mean
        if not low <= value <= high or (seen >= MEMORY and away * away > _FAR_OUT_SQUARED * variance):
            alarms += 1
        weight = _WEIGHT if seen >= MEMORY else 1 / (seen + 1)
        # Finch, Incremental calculation of weighted mean and variance, 2009, section 9.
        spread = (1 - weight) * (variance + weight * away * away)
        learned.append((seen + 1, mean + weight * away, spread))
    return tuple(learned), alarms
