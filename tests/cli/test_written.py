"""Instants, durations and tables as people read them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.cli.written import columns, span, wall_time


@pytest.mark.parametrize(
    ("at_ms", "written"),
    [
        (1_792_888_200_000, "2026-10-25 02:30:00 CEST"),
        (1_792_891_800_000, "2026-10-25 02:30:00 CET"),  # the same time once more, an hour later
        (-1_000, "1970-01-01 00:59:59 CET"),
        (10**18, "1000000000000000000 ms"),
    ],
)
def test_an_instant_is_told_with_its_zone(at_ms: int, written: str) -> None:
    assert wall_time(at_ms, ZoneInfo("Europe/Berlin")) == written


@given(at_ms=st.integers(-(2**70), 2**70))
def test_any_instant_can_be_written(at_ms: int) -> None:
    assert wall_time(at_ms, ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("duration_s", "written"),
    [(-5, "0 s"), (60, "1 min"), (599, "9 min 59 s"), (601, "10 min"), (3600, "1 h"), (90_061, "1 d 1 h")],
)
def test_a_duration_has_its_two_largest_units(duration_s: float, written: str) -> None:
    assert span(duration_s) == written


def test_a_table_without_rows_has_no_lines() -> None:
    assert list(columns([])) == []
