"""What a reading says of its device: each threshold, on both sides."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch.core.reading import BATTERY, CONTEXT_NAMES, SIGNAL_QUALITY, WORN
from wardwatch.core.technical import signs
from wardwatch.core.vitals import VITAL_COUNT


def said(number: float, late_ms: int = 0, *, source: int | None = None) -> int:
    context = np.full((1, len(CONTEXT_NAMES)), np.nan)
    if source is not None:
        context[0, source] = number
    nothing = np.full((1, signs.SENSED), np.nan)
    numbers = signs.numbers_of(context, np.array([late_ms]), nothing)
    return int(signs.signs_of(np.zeros((1, VITAL_COUNT), dtype=np.bool_), numbers)[0])


ON_TIME = signs.NOT_FAST | signs.NOT_SLOW


@pytest.mark.parametrize(
    ("source", "number", "expected"),
    [
        (WORN, 0.0, signs.OFF),
        (WORN, 1.0, signs.ON),
        (SIGNAL_QUALITY, 0.49, signs.POOR),
        (SIGNAL_QUALITY, 0.5, 0),
        (SIGNAL_QUALITY, 0.59, 0),
        (SIGNAL_QUALITY, 0.6, signs.CLEAN),
        (BATTERY, 5.0, signs.LOW | signs.EMPTY),
        (BATTERY, 6.0, signs.LOW),
        (BATTERY, 10.0, signs.LOW | signs.RISEN),
        (BATTERY, 20.0, signs.LOW | signs.RISEN),
        (BATTERY, 21.0, signs.RISEN),
        (BATTERY, 25.0, signs.RISEN | signs.CHARGED),
        (None, 0.0, 0),
    ],
)
def test_thresholds_of_what_a_device_says(source: int | None, number: float, expected: int) -> None:
    assert said(number, source=source) == expected | ON_TIME


@pytest.mark.parametrize(
    ("late_ms", "expected"),
    [
        (-30_000, signs.FAST | signs.NOT_SLOW),
        (-29_999, signs.NOT_SLOW),
        (-15_000, ON_TIME),
        (0, ON_TIME),
        (60_000, ON_TIME),
        (60_001, signs.NOT_FAST),
        (119_999, signs.NOT_FAST),
        (120_000, signs.NOT_FAST | signs.SLOW),
    ],
)
def test_thresholds_of_its_clock(late_ms: int, expected: int) -> None:
    assert said(0.0, late_ms) == expected


@pytest.mark.parametrize(
    ("sensed", "expected"),
    [
        ((-72.0, np.nan, 0.0), signs.STUCK),
        ((72.0, np.nan, 0.0), signs.CHANGED),
        ((np.nan, 25.99, 0.0), signs.COLD),
        ((np.nan, 26.0, 0.0), 0),
        ((np.nan, 26.99, 0.0), 0),
        ((np.nan, 27.0, 0.0), signs.WARM),
        ((np.nan, np.nan, 1.0), signs.SPIKED),
        ((np.nan, np.nan, 129.0), signs.SPIKED),
        ((np.nan, np.nan, -1.0), signs.LEAPT),
    ],
)
def test_thresholds_of_its_sensors(sensed: tuple[float, float, float], expected: int) -> None:
    context = np.full((1, len(CONTEXT_NAMES)), np.nan)
    numbers = signs.numbers_of(context, np.array([0]), np.array([sensed]))
    [found] = signs.signs_of(np.zeros((1, VITAL_COUNT), dtype=np.bool_), numbers).tolist()
    assert found == expected | ON_TIME


def test_each_vital_has_a_bit_of_its_own() -> None:
    told = np.eye(VITAL_COUNT, dtype=np.bool_)
    numbers = np.full((VITAL_COUNT, 4 + signs.SENSED), np.nan)
    assert signs.signs_of(told, numbers).tolist() == [1 << vital for vital in range(VITAL_COUNT)]
