"""What the console says of an alarm's reasons, from the records that the core makes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page

from tests.support import fake_reasons
from tests.support.browser import console_at
from tests.support.fake_feed import FakeFeed
from tests.support.fake_ward import fake_ward
from wardwatch.core.conditions import CONDITIONS
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.technical.conditions import IN_WORDS
from wardwatch.core.vitals import VITALS
from wardwatch.wire.alarms import alarm_fields

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

START_MS = 1_795_288_033_250
STATUS = {"usual": {"heart_rate": [71.2, 3.0]}}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(chromium: Browser) -> AsyncIterator[Page]:
    async with FakeFeed(fake_ward(1)) as feed, console_at(chromium, feed.url) as console:
        yield console.page


def events_of(**vitals: Any) -> list[dict[str, Any]]:
    """What the core tells of ten minutes of such values."""
    monitor = Monitor()
    readings = [
        Reading(patient="p-1", device="d", observed_at_ms=START_MS + 5000 * turn, **vitals)
        for turn in range(120)
    ]
    monitor.receive(Batch.of(readings, arrived_at_ms=[each.observed_at_ms for each in readings]))
    return [alarm_fields(event) | {"by": None} for event in monitor.drain().events]


async def called(page: Page, module: str, function: str, *arguments: Any) -> Any:
    """What a function of one of the page's modules gives."""
    call = "async ([module, name, values]) => (await import(module))[name](...values)"
    return await page.evaluate(call, [f"/{module}.js", function, arguments])


async def sentence(page: Page, alarm: dict[str, Any], status: Any = None) -> str:
    text = await called(page, "reasons", "sentenceOf", alarm, status, alarm["onset_ms"])
    return re.sub(r"started \d\d:\d\d", "started 14:02", text)


async def details(page: Page, alarm: dict[str, Any], status: Any = None) -> dict[str, str]:
    return dict(await called(page, "reasons", "detailsOf", alarm, status))


def with_reasons(why: dict[str, Any], text: str) -> dict[str, Any]:
    return {"text": text, "why": why, "onset_ms": START_MS}


async def test_a_limit_is_told_with_the_usual_the_start_and_what_would_not_have_alarmed(page: Page) -> None:
    event = next(each for each in events_of(heart_rate=134.0) if each["condition"] == "heart_rate.high")
    assert await sentence(page, event, STATUS) == (
        "HR 134, usual 71 ± 6; started 14:02; would not have alarmed at 130 or less."
    )
    found = await details(page, event, STATUS)
    assert found["Limit"] == "above 130 /min (standard limit)"
    assert found["Usual for this patient"] == "65 to 77 /min"
    assert found["Why not more urgent"] == "HR was not at or above 150 /min for 19 s."


async def test_what_was_usual_then_counts_more_than_what_is_usual_now(page: Page) -> None:
    why = fake_reasons.of_a_limit() | {"usual": 80.0, "usual_band": [74.0, 86.0]}
    told = await sentence(page, with_reasons(why, "HR 152 > 130"), STATUS)
    assert told.startswith("HR 152, usual 80 ± 6;")


async def test_a_low_value_would_not_have_alarmed_above_its_limit(page: Page) -> None:
    event = next(each for each in events_of(oxygen_saturation=88.0) if each["condition"].endswith(".low"))
    assert await sentence(page, event) == "SpO2 88; started 14:02; would not have alarmed at 92 or more."


async def test_news2_names_the_points_and_what_is_missing(page: Page) -> None:
    sick = {"heart_rate": 125.0, "respiratory_rate": 26.0, "oxygen_saturation": 93.0}
    event = next(each for each in events_of(**sick) if each["condition"] == "news2.high")
    told = await sentence(page, event)
    assert told.startswith("NEWS2 at least 7 (3 of 7 parameters); started 14:02; would not have alarmed with")
    assert "HR at 51 to 90" in told
    assert told.endswith("together.")
    found = await details(page, event)
    assert found["Points"] == "RR 3, SpO2 2, HR 2"
    assert "consciousness" in found["Not known"]


async def test_unusual_vitals_tell_each_part_of_the_score_and_who_confirmed_it(page: Page) -> None:
    alarm = with_reasons(fake_reasons.of_unusual_vitals(), "HR 104, usual 71 ± 6")
    assert await sentence(page, alarm) == (
        "HR 104, usual 71 ± 6; started 14:02; would not have alarmed with HR at 84 or less."
    )
    found = await details(page, alarm)
    assert found["HR"] == (
        "104 /min, usual 65 to 77; 94 % of the score; +12.3 an hour over 1 h; outside for 11 min"
    )
    assert found["Confirmed by"].endswith("which raised the score to 2.5 times")
    assert await called(page, "reasons", "vitalsOf", alarm) == ["heart_rate", "respiratory_rate"]


async def test_deterioration_tells_what_each_vital_says_now_and_what_has_added_up(page: Page) -> None:
    told = "Deterioration 20.0 > 16.5: SBP 98, HR 104"
    alarm = with_reasons(fake_reasons.of_deterioration(), told)
    assert await sentence(page, alarm) == (
        f"{told}; started 14:02; would not have alarmed with SBP at 112 or more or HR at 91 or less."
    )
    found = await details(page, alarm)
    assert found["SBP"] == "98 mmHg; of most 123; 75 % of the score, 60 % by what has added up"
    assert found["Score"] == "20; it alarms above 16.5"
    assert await called(page, "reasons", "vitalsOf", alarm) == ["systolic_pressure", "heart_rate"]


async def test_a_fall_tells_its_impact_and_what_would_have_been_too_light(page: Page) -> None:
    alarm = with_reasons(fake_reasons.of_a_fall(START_MS), "Possible fall: impact 0.9 g, then still")
    assert await sentence(page, alarm) == (
        "Possible fall: impact 0.9 g, then still; started 14:02; "
        "would not have alarmed with an impact of 0.5 g or less."
    )
    found = await details(page, alarm)
    assert re.fullmatch(r"0\.9 g at \d\d:\d\d:\d\d; it alarms above 0\.5 g", found["Impact"])
    assert found["Lasted"] == "30 s when this was judged"


async def test_an_irregular_pulse_tells_how_irregular_and_which_intervals_would_not_have_alarmed(
    page: Page,
) -> None:
    told = "Irregular pulse: 91 % of intervals differ, 75 /min"
    alarm = with_reasons(fake_reasons.of_an_irregular_pulse(), told)
    assert await sentence(page, alarm) == (
        f"{told}; started 14:02; would not have alarmed with intervals of 782 to 819 ms."
    )
    found = await details(page, alarm)
    assert found["Measured"] == "90.7 %; it alarms above 80 %"
    assert found["Intervals"] == "the latest 16 were 540 to 1120 ms long"


async def test_a_silent_device_tells_which_vital_and_for_how_long(page: Page) -> None:
    found = await details(page, with_reasons(fake_reasons.of_silence(), "No data from e4-03 for 6 min: HR"))
    assert found["HR"] == "nothing for 6 min 40 s; expected within 5 min 30 s"


@pytest.mark.parametrize("why", [{}, {"rule": "pulse", "limit_s": 6}, {"rule": "new", "vitals": None}])
async def test_what_is_not_known_of_a_rule_is_left_out(page: Page, why: dict[str, Any]) -> None:
    alarm = with_reasons(why, "Monitoring stalled")
    assert await sentence(page, alarm) == "Monitoring stalled; started 14:02."
    assert await called(page, "reasons", "vitalsOf", alarm) == []


async def test_every_condition_and_every_vital_has_words_of_its_own(page: Page) -> None:
    conditions = [each.name for each in CONDITIONS] + [each.condition for each in IN_WORDS]
    words = [await called(page, "words", "conditionInWords", name) for name in conditions]
    assert not [each for each in words if "." in each or "_" in each]
    for vital in VITALS:
        known = await called(page, "words", "vitalOf", vital.name)
        assert (known["label"], known["digits"]) == (vital.label, 1 if vital.resolution < 1 else 0)


@pytest.mark.parametrize("values", [[120.5, 35.05, 95.0 * 5 / 9 - 160 / 9, 36.94999, 0.0]])
async def test_numbers_are_written_as_the_core_writes_them(page: Page, values: Sequence[float]) -> None:
    for vital in VITALS:
        for value in values:
            assert await called(page, "words", "numberOf", vital.name, value) == vital.written(value)
