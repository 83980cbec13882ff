"""The chart of NEWS2 as data, and laid out as flat tables that score many patients at once.

Source of all figures: NEWS2, Royal College of Physicians 2017.

A *slot* is a place in the tables. Each parameter has its slots in one piece: the first for "missing", then
one for each step of the chart's resolution, from the end of the lowest band to the beginning of the highest.
A slot holds the points that are possible there: one number, or several where something is missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate
from math import inf

import numpy as np

from wardwatch.core.reading import CONSCIOUSNESS_LEVELS, UNKNOWN
from wardwatch.core.vitals import VITAL_INDEX, VITALS

# For each band its highest value and its points, from the lowest band to the highest, whose end is open.
# Source: NEWS2, Royal College of Physicians 2017.
Bands = tuple[tuple[float, int], ...]
RESPIRATION: Bands = ((8, 3), (11, 1), (20, 0), (24, 2), (inf, 3))
SPO2_SCALE_1: Bands = ((91, 3), (93, 2), (95, 1), (inf, 0))
SPO2_SCALE_2_ON_AIR: Bands = ((83, 3), (85, 2), (87, 1), (inf, 0))
SPO2_SCALE_2_ON_OXYGEN: Bands = ((83, 3), (85, 2), (87, 1), (92, 0), (94, 1), (96, 2), (inf, 3))
SYSTOLIC_PRESSURE: Bands = ((90, 3), (100, 2), (110, 1), (219, 0), (inf, 3))
PULSE: Bands = ((40, 3), (50, 1), (90, 0), (110, 1), (130, 2), (inf, 3))
TEMPERATURE: Bands = ((35.0, 3), (36.0, 1), (38.0, 0), (39.0, 1), (inf, 2))
AIR, OXYGEN = 0, 2
CONSCIOUSNESS = {"A": 0, "C": 3, "V": 3, "P": 3, "U": 3}

# The parameters in the order of the chart, by the names of a reading's fields; they are the rows of a table.
PARAMETERS = (
    "respiratory_rate",
    "oxygen_saturation",
    "on_oxygen",
    "systolic_pressure",
    "heart_rate",
    "consciousness",
    "body_temperature",
)

_Slots = list[set[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """One parameter as slots: the points it has, and what it adds to the total."""

    points: _Slots
    addends: _Slots
    first_step: int = 0
    last_step: int
    steps_per_unit: int = 1


def _slots(points_by_step: Iterable[int]) -> _Slots:
    steps = list(points_by_step)
    return [set(steps), *({points} for points in steps)]


def _band_slots(bands: Bands, steps: range, steps_per_unit: int = 1) -> _Slots:
    values = [step / steps_per_unit for step in steps]
    return _slots(next(points for end, points in bands if value <= end) for value in values)


def _steps(bands: Bands, steps_per_unit: int = 1) -> range:
    """From the end of the lowest band to the beginning of the highest."""
    return range(round(bands[0][0] * steps_per_unit), round(bands[-2][0] * steps_per_unit) + 2)


def _vital_row(name: str, bands: Bands) -> _Row:
    steps_per_unit = round(1 / VITALS[VITAL_INDEX[name]].resolution)
    steps = _steps(bands, steps_per_unit)
    slots = _band_slots(bands, steps, steps_per_unit)
    return _Row(
        points=slots,
        addends=slots,
        first_step=steps[0],
        last_step=steps[-1],
        steps_per_unit=steps_per_unit,
    )


def _oxygen_saturation_row() -> _Row:
    """Three pieces for each scale, one behind the other: air or oxygen unknown, on air, on oxygen.

    On scale 2 the points depend on air or oxygen, so what both parameters add together stands here.
    """
    # The widest of the four columns: its first and last step are within the open bands of the others.
    steps = _steps(SPO2_SCALE_2_ON_OXYGEN)
    points: _Slots = []
    addends: _Slots = []
    for columns in (SPO2_SCALE_1, SPO2_SCALE_1), (SPO2_SCALE_2_ON_AIR, SPO2_SCALE_2_ON_OXYGEN):
        air, oxygen = (_band_slots(bands, steps) for bands in columns)
        points += _either(air, oxygen) + air + oxygen
        air, oxygen = _raised(air, AIR), _raised(oxygen, OXYGEN)
        addends += _either(air, oxygen) + air + oxygen
    return _Row(points=points, addends=addends, first_step=steps[0], last_step=steps[-1])


def _either(these: _Slots, those: _Slots) -> _Slots:
    return [this | that for this, that in zip(these, those, strict=True)]


def _raised(slots: _Slots, points: int) -> _Slots:
    return [{own + points for own in slot} for slot in slots]


def _air_or_oxygen_row() -> _Row:
    slots = _slots((AIR, OXYGEN))
    return _Row(points=slots, addends=[{0} for _ in slots], last_step=1)


def _consciousness_row() -> _Row:
    slots = _slots(CONSCIOUSNESS[level] for level in CONSCIOUSNESS_LEVELS)
    return _Row(points=slots, addends=slots, last_step=len(CONSCIOUSNESS_LEVELS) - 1)


_ROWS = (
    _vital_row("respiratory_rate", RESPIRATION),
    _oxygen_saturation_row(),
    _air_or_oxygen_row(),
    _vital_row("systolic_pressure", SYSTOLIC_PRESSURE),
    _vital_row("heart_rate", PULSE),
    _consciousness_row(),
    _vital_row("body_temperature", TEMPERATURE),
)

# For each parameter, as columns that broadcast over patients.
STEPS_PER_UNIT = np.array([[float(row.steps_per_unit)] for row in _ROWS])
FIRST_STEP = np.array([[float(row.first_step)] for row in _ROWS])
LAST_STEP = np.array([[float(row.last_step)] for row in _ROWS])
FIRST_SLOT = np.array([[begin] for begin in accumulate((len(row.points) for row in _ROWS[:-1]), initial=0)])

# The slots of one of the six pieces of the oxygen saturation.
OXYGEN_SATURATION_SLOTS = len(_ROWS[1].points) // 6

# For each slot: its points (unknown where several are possible), and the least and the most that it adds.
POINTS = np.array([min(p) if len(p) == 1 else UNKNOWN for row in _ROWS for p in row.points], dtype=np.int8)
LOWEST = np.array([min(addends) for row in _ROWS for addends in row.addends], dtype=np.int8)
HIGHEST = np.array([max(addends) for row in _ROWS for addends in row.addends], dtype=np.int8)
