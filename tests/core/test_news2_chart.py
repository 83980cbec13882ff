"""The chart as tables; that their figures are the chart's is shown by ``test_news2.py``."""

from __future__ import annotations

from math import inf

import pytest

from wardwatch.core import news2_chart as chart

ENDS = [*chart.FIRST_SLOT[:, 0].tolist(), len(chart.POINTS)]


@pytest.mark.parametrize(
    "bands",
    [
        chart.RESPIRATION,
        chart.SPO2_SCALE_1,
        chart.SPO2_SCALE_2_ON_AIR,
        chart.SPO2_SCALE_2_ON_OXYGEN,
        chart.SYSTOLIC_PRESSURE,
        chart.PULSE,
        chart.TEMPERATURE,
    ],
)
def test_bands_rise_without_a_gap_to_an_open_end(bands: chart.Bands) -> None:
    ends = [end for end, _ in bands]
    assert ends == sorted(set(ends))
    assert ends[-1] == inf


def test_the_tables_have_the_same_slots() -> None:
    assert len(chart.POINTS) == len(chart.LOWEST) == len(chart.HIGHEST)
    assert len(chart.PARAMETERS) == len(chart.FIRST_SLOT) == len(chart.FIRST_STEP) == len(chart.LAST_STEP)


@pytest.mark.parametrize("row", range(len(chart.PARAMETERS)), ids=chart.PARAMETERS)
def test_each_parameter_has_a_slot_for_missing_and_one_for_each_step(row: int) -> None:
    steps = int(chart.LAST_STEP[row, 0] - chart.FIRST_STEP[row, 0]) + 1
    pieces = 6 if chart.PARAMETERS[row] == "oxygen_saturation" else 1
    assert ENDS[row + 1] - ENDS[row] == pieces * (1 + steps)


@pytest.mark.parametrize("row", range(len(chart.PARAMETERS)), ids=chart.PARAMETERS)
def test_what_is_missing_may_be_anything_that_the_parameter_can_be(row: int) -> None:
    piece = chart.OXYGEN_SATURATION_SLOTS if chart.PARAMETERS[row] == "oxygen_saturation" else ENDS[row + 1]
    for first in range(ENDS[row], ENDS[row + 1], piece):
        known = slice(first + 1, min(first + piece, ENDS[row + 1]))
        assert chart.POINTS[first] == -1
        assert chart.LOWEST[first] == chart.LOWEST[known].min()
        assert chart.HIGHEST[first] == chart.HIGHEST[known].max()
