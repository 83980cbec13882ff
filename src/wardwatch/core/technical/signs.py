"""What a reading says of its device, as bits: so that one comparison of a round finds what changes anything.

The lowest bits are the vitals that it has values of. Each further one is a number of the reading held against
a threshold: two for each level, one to begin beyond and one, further in, to be back (hysteresis).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wardwatch.core.context import POOR_SIGNAL
from wardwatch.core.reading import BATTERY, SIGNAL_QUALITY, WORN, BoolArray, FloatArray, IntArray
from wardwatch.core.vitals import VITAL_COUNT

SignArray = npt.NDArray[np.uint32]

# What the thresholds are of: three of the reading's context, how late it arrived by the device's clock, and
# what its values say of the sensors (`sensed`).
WORN_SOURCE, QUALITY_SOURCE, BATTERY_SOURCE, LATE_SOURCE, STUCK_SOURCE, SKIN_SOURCE, SPIKES_SOURCE = range(7)
_CONTEXT = [WORN, SIGNAL_QUALITY, BATTERY]
SENSED = 3

# All thresholds are wardwatch's own choices: no standard names figures for them.
CLEAN_SIGNAL = 0.6
LOW_BATTERY, CHARGED_BATTERY = 20.0, 25.0
EMPTY_BATTERY, RISEN_BATTERY = 5.0, 10.0
# Readings are late for many reasons, but early only by a wrong clock.
FAST_MS, NOT_FAST_MS = 30_000, 15_000
SLOW_MS, NOT_SLOW_MS = 120_000, 60_000
# Worn skin of 26 wrists (stress_predict_e4) was below 26 Cel for 7 minutes at most, just after it was put on.
COLD_SKIN, WARM_SKIN = 26.0, 27.0

# (source, direction, threshold): said where number * direction <= threshold * direction.
_THRESHOLDS = (
    (WORN_SOURCE, +1, 0.5),
    (WORN_SOURCE, -1, 0.5),
    (QUALITY_SOURCE, +1, np.nextafter(POOR_SIGNAL, 0.0)),
    (QUALITY_SOURCE, -1, CLEAN_SIGNAL),
    (BATTERY_SOURCE, +1, LOW_BATTERY),
    (BATTERY_SOURCE, -1, CHARGED_BATTERY),
    (BATTERY_SOURCE, +1, EMPTY_BATTERY),
    (BATTERY_SOURCE, -1, RISEN_BATTERY),
    (LATE_SOURCE, +1, -float(FAST_MS)),
    (LATE_SOURCE, -1, -float(NOT_FAST_MS)),
    (LATE_SOURCE, -1, float(SLOW_MS)),
    (LATE_SOURCE, +1, float(NOT_SLOW_MS)),
    (STUCK_SOURCE, +1, 0.0),
    (STUCK_SOURCE, -1, 0.0),
    (SKIN_SOURCE, +1, np.nextafter(COLD_SKIN, 0.0)),
    (SKIN_SOURCE, -1, WARM_SKIN),
    (SPIKES_SOURCE, -1, 1.0),
    (SPIKES_SOURCE, +1, -1.0),
)
_SIGNS = [1 << (VITAL_COUNT + place) for place in range(len(_THRESHOLDS))]
OFF, ON, POOR, CLEAN, LOW, CHARGED, EMPTY, RISEN, FAST, NOT_FAST, SLOW, NOT_SLOW = _SIGNS[:12]
STUCK, CHANGED, COLD, WARM, SPIKED, LEAPT = _SIGNS[12:]

_SOURCES = np.array([source for source, _, _ in _THRESHOLDS])
_DIRECTIONS = np.array([float(direction) for _, direction, _ in _THRESHOLDS])
_LIMITS = np.array([threshold * direction for _, direction, threshold in _THRESHOLDS])
_END = VITAL_COUNT + len(_THRESHOLDS)
_BITS = 32


def numbers_of(context: FloatArray, late_ms: IntArray, sensed: FloatArray) -> FloatArray:
    """(n, sources): what the thresholds are held against; ``context`` is a round's, ``sensed`` (n, 3)."""
    numbers = np.empty((len(late_ms), len(_CONTEXT) + 1 + SENSED))
    numbers[:, : len(_CONTEXT)] = context[:, _CONTEXT]
    numbers[:, LATE_SOURCE] = late_ms
    numbers[:, STUCK_SOURCE:] = sensed
    return numbers


def signs_of(told: BoolArray, numbers: FloatArray) -> SignArray:
    """(n): what each reading says; ``told`` is (n, vitals), ``numbers`` as :func:`numbers_of` gives them."""
    said = np.zeros((len(numbers), _BITS), dtype=np.bool_)
    said[:, :VITAL_COUNT] = told
    with np.errstate(invalid="ignore"):
        np.less_equal(numbers[:, _SOURCES] * _DIRECTIONS, _LIMITS, out=said[:, VITAL_COUNT:_END])
    packed: SignArray = np.packbits(said, axis=1, bitorder="little").view("<u4")[:, 0]
    return packed
