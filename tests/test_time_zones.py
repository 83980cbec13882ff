"""Wall clocks of real zones: the same as the time zone database says, through every change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.local_time import LocalTime
from wardwatch.time_zones import local_time_of

# Whole, half and quarter hours; half an hour of daylight saving; daylight saving below zero; a day left out;
# two changes in one week; changes by the month of Ramadan; no change for long.
ZONES = [
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/St_Johns",
    "America/Boa_Vista",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
]
clock_of = cache(local_time_of)
BEGIN, END = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp() * 1000) for year in (1970, 2101))


def by_zoneinfo(zone: str, at_ms: int) -> int:
    wall = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms)).astimezone(ZoneInfo(zone))
    return (wall.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@given(st.sampled_from(ZONES), st.lists(st.integers(BEGIN, END - 1), max_size=20))
def test_any_instant_is_as_the_database_says(zone: str, at_ms: list[int]) -> None:
    expected = [by_zoneinfo(zone, at) for at in at_ms]
    assert clock_of(zone).of(np.array(at_ms, dtype=np.int64)).tolist() == expected


@pytest.mark.parametrize("zone", ZONES)
def test_each_change_is_at_its_millisecond(zone: str) -> None:
    changes_ms = clock_of(zone).from_ms[1:]
    around_ms = np.concatenate([changes_ms - 1, changes_ms, changes_ms + 1])
    assert clock_of(zone).of(around_ms).tolist() == [by_zoneinfo(zone, at) for at in around_ms.tolist()]


def test_the_clocks_of_berlin_change_twice_a_year_at_one_o_clock_utc() -> None:
    wall = local_time_of("Europe/Berlin", 2025, 2026)
    begins = [datetime.fromtimestamp(at_ms / 1000, UTC) for at_ms in wall.from_ms.tolist()]
    assert begins == [
        datetime(2025, 1, 1, tzinfo=UTC),
        datetime(2025, 3, 30, 1, tzinfo=UTC),
        datetime(2025, 10, 26, 1, tzinfo=UTC),
        datetime(2026, 3, 29, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 1, tzinfo=UTC),
    ]
    assert (wall.offset_ms // 3_600_000).tolist() == [1, 2, 1, 2, 1]


def test_utc_is_the_same_as_without_a_database() -> None:
    at_ms = np.array([0, BEGIN, END])
    assert np.array_equal(clock_of("UTC").of(at_ms), LocalTime.utc().of(at_ms))
    assert clock_of("UTC") == LocalTime.utc()


@pytest.mark.parametrize(
    "zone",
    ["Europe/Berlon", "Mars/Olympus", "Europe", "", "../etc/passwd", "/etc/localtime", "zone.tab", "\0"],
)
def test_an_unknown_zone_is_told_in_one_sentence_with_a_way_out(zone: str) -> None:
    with pytest.raises(
        ValueError, match=r"No time zone .* is known: name one such as Europe/Berlin"
    ) as refusal:
        local_time_of(zone)
    assert str(refusal.value).count(".") - zone.count(".") == 1
    assert refusal.value.__suppress_context__
