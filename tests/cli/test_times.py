"""Moments as command-line options."""

from __future__ import annotations

from datetime import UTC
from zoneinfo import ZoneInfo

import click
import pytest

from wardwatch.cli.times import MOMENT

BERLIN = ZoneInfo("Europe/Berlin")
NOW_MS = 1_795_288_033_250  # 2026-11-21 19:07:13.250 UTC


@pytest.mark.parametrize(
    ("told", "at_ms"),
    [
        ("90s", NOW_MS - 90_000),
        ("7d", NOW_MS - 7 * 86_400_000),
        ("2026-11-21T20:00", NOW_MS - 433_250),  # Berlin's
        ("2026-11-21T19:00Z", NOW_MS - 433_250),
        ("2026-11-21T14:00-05:00", NOW_MS - 433_250),
        ("2026-11-21", NOW_MS - 72_433_250),
    ],
)
def test_a_moment_is_a_span_before_now_or_an_instant_on_the_wards_clock(told: str, at_ms: int) -> None:
    assert MOMENT.convert(told, None, None).ms(NOW_MS, BERLIN) == at_ms


@pytest.mark.parametrize("told", ["0d", "24", "yesterday", "2026-13-01", "0001-01-01", "9999-12-31", ""])
def test_anything_else_is_refused(told: str) -> None:
    with pytest.raises(click.BadParameter, match="write it as 24h, 7d or 2026-01-31T14:30"):
        MOMENT.convert(told, None, None)


@pytest.mark.parametrize("told", ["1970-01-01", "9998-12-31T23:59", "99999999d"])
def test_the_first_and_the_last_can_be_told_everywhere(told: str) -> None:
    for zone in (UTC, BERLIN, ZoneInfo("Pacific/Kiritimati")):
        assert isinstance(MOMENT.convert(told, None, None).ms(NOW_MS, zone), int)
