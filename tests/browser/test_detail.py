"""The opened tile: what it shows of a patient, and what comes of what a nurse does there."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.support import fake_reasons
from tests.support.browser import Console, console_at
from tests.support.fake_feed import EVERYTHING, TOKEN, FakeFeed
from tests.support.fake_ward import HISTORY_MINUTES, fake_ward

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PATIENT = "p-2"
# What a browser that is asked for an error would do; as text it does nothing.
HOSTILE = "<img src=x onerror=\"document.title='owned'\">"


def feed_of(beds: int = 3, may: list[str] | None = None) -> FakeFeed:
    feed = FakeFeed(fake_ward(beds), may=may)
    feed.names = {PATIENT: "Example Person"}
    return feed


async def open_tile(page: Page, patient: str = PATIENT) -> Locator:
    await page.locator(f".tile-open[data-patient={patient}]").click()
    return page.locator("#detail")


@asynccontextmanager
async def opened(chromium: Browser, feed: FakeFeed, **alarm: Any) -> AsyncIterator[tuple[Console, Locator]]:
    """A console at which a patient with an alarm is opened."""
    async with feed, console_at(chromium, feed.url) as console:
        await feed.step(PATIENT, **alarm)
        await console.log_in(TOKEN)
        detail = await open_tile(console.page)
        yield console, detail
        assert await console.violations() == []


async def ordered(feed: FakeFeed, verb: str) -> dict[str, Any]:
    """The command that the console has sent, without what says that it is one."""
    (order,) = [each for each in feed.asked("command") if each["verb"] == verb]
    return {key: order[key] for key in order if key not in ("type", "command", "request", "verb")}


async def test_an_alarm_is_told_in_a_sentence_with_how_it_stands_and_where_it_has_arrived(
    chromium: Browser,
) -> None:
    feed = feed_of()
    async with opened(chromium, feed, escalation=1, target="charge_nurse") as (console, detail):
        await expect(detail.get_by_role("heading", level=2)).to_have_text("Bed 2 · p-2")
        told = re.compile(
            r"^HR 152, usual 71 ± 6; started \d\d:\d\d; would not have alarmed at 130 or less\.$"
        )
        await expect(detail.locator(".sentence")).to_have_text(told)
        standing = "Nobody has acknowledged it. Nobody answered in time once; the charge nurse was called."
        await expect(detail.locator(".standing")).to_have_text(standing)
        await expect(detail.locator(".deliveries")).to_have_text("On the screen of 1 of 2 consoles.")
        await detail.get_by_text("Reasons in detail").click()
        await expect(detail.locator(".reasons")).to_contain_text("above 130 /min (standard limit)")
        assert console.errors == []


async def test_each_command_carries_what_its_verb_needs_and_ends_with_the_receipts_sentence(
    chromium: Browser,
) -> None:
    feed = feed_of()
    async with opened(chromium, feed) as (_, detail):
        alarm = feed.patients[PATIENT].open_alarms()[0]["alarm"]
        card = detail.locator(".card")
        await card.get_by_role("button", name="Note").click()
        await card.get_by_label("Note", exact=True).last.fill(f"two\nlines {HOSTILE}")
        await card.get_by_role("button", name="Keep the note").click()
        await card.get_by_role("button", name="Feedback").click()
        await card.get_by_role("button", name="Artefact").click()
        await card.get_by_role("button", name="Pause this alarm").click()
        await card.get_by_role("button", name="5 min").click()
        await card.get_by_role("button", name="Resume this alarm").click()
        await card.get_by_role("button", name="Acknowledge").click()
        await expect(detail.locator(".orders li[data-state=done]")).to_have_count(5)
        await expect(card.locator(".standing")).to_contain_text(
            "Acknowledged by Anna Berg, charge nurse, until"
        )
        await expect(card.get_by_role("button", name="Acknowledge")).to_be_hidden()
        await expect(detail.locator(".events li").first).to_contain_text("acknowledged by Anna Berg")
        patient = {"patient": PATIENT}
        assert await ordered(feed, "note") == {**patient, "alarm": alarm, "text": f"two lines {HOSTILE}"}
        assert await ordered(feed, "feedback") == {**patient, "alarm": alarm, "label": "artefact"}
        pause = {**patient, "condition": "heart_rate.high", "duration_s": 300}
        assert await ordered(feed, "pause_alarm") == pause
        assert await ordered(feed, "resume_alarm") == {**patient, "condition": "heart_rate.high"}
        assert await ordered(feed, "acknowledge") == {**patient, "alarm": alarm}
        names = {each["command"] for each in feed.asked("command")}
        assert len(names) == 5


async def test_what_reaches_far_is_done_only_once_it_is_confirmed(chromium: Browser) -> None:
    feed = feed_of()
    async with opened(chromium, feed) as (_, detail):
        for opener, confirm in (
            ("Turn this alarm off", "Turn off"),
            ("Turn all alarms off", "Turn all off"),
            ("New normal", "This is the new normal"),
        ):
            await detail.get_by_role("button", name=opener).click()
            question = detail.get_by_role("group", name=opener)
            await question.get_by_role("button", name="Cancel").click()
            await expect(detail.get_by_role("button", name=opener)).to_be_focused()
            await detail.get_by_role("button", name=opener).click()
            await expect(detail.get_by_role("button", name=confirm)).to_be_focused()
        assert feed.asked("command") == []
        await detail.page.keyboard.press("Enter")
        await expect(detail.locator(".orders li[data-state=done]")).to_have_count(1)
        assert await ordered(feed, "new_normal") == {"patient": PATIENT}


async def test_an_unanswered_command_is_asked_again_by_the_same_name_after_a_reconnect(
    chromium: Browser,
) -> None:
    feed = feed_of()
    async with opened(chromium, feed) as (_, detail):
        feed.answers = False
        await detail.get_by_role("button", name="Acknowledge").click()
        await expect(detail.locator(".orders li")).to_have_attribute("data-state", "pending")
        feed.answers = True
        await feed.cut()
        await expect(detail.locator(".orders li")).to_have_attribute("data-state", "done")
        await expect(detail.locator(".orders li")).to_have_text("Acknowledge Acknowledged. Ask again")
        orders = feed.asked("command")
        assert len(orders) == 2
        assert orders[0] == orders[1]


async def test_whoever_may_only_look_is_offered_nothing_to_do(chromium: Browser) -> None:
    feed = feed_of(may=["read", "vitals", "history"])
    async with opened(chromium, feed) as (_, detail):
        await expect(detail.locator(".chart").first).to_be_visible()
        visible = await detail.get_by_role("button").all_inner_texts()
        assert visible == ["Close", "1 h", "4 h"]
        assert {each["type"] for each in feed.received} <= {"login", "subscribe", "history"}


async def test_a_nurse_is_not_offered_what_is_for_those_who_answer_for_the_ward(chromium: Browser) -> None:
    feed = feed_of(may=[each for each in EVERYTHING if each not in ("alarm_off", "new_normal")])
    async with opened(chromium, feed) as (_, detail):
        await expect(detail.get_by_role("button", name="Pause all alarms")).to_be_visible()
        await expect(detail.get_by_role("button", name=re.compile("off$|normal$"))).to_have_count(0)


async def test_a_name_is_asked_for_only_on_request_and_can_be_hidden_again(chromium: Browser) -> None:
    feed = feed_of()
    async with opened(chromium, feed) as (_, detail):
        await expect(detail.locator(".chart").first).to_be_visible()
        assert feed.asked("name") == []
        await detail.get_by_role("button", name="Show name").click()
        await expect(detail).to_contain_text("Example Person")
        await detail.get_by_role("button", name="Hide name").click()
        await expect(detail).not_to_contain_text("Example Person")
        assert len(feed.asked("name")) == 1


async def test_the_chart_says_in_words_what_it_shows_and_joins_no_line_across_a_gap(
    chromium: Browser,
) -> None:
    feed = feed_of()
    values = feed.patients[PATIENT].vitals["heart_rate"]
    values[:] = [70.0] * HISTORY_MINUTES
    values[100:110] = [None] * 10
    values[-3:] = [140.0, 151.0, 152.0]
    async with opened(chromium, feed) as (_, detail):
        chart = detail.get_by_role("img", name=re.compile("^HR from"))
        await expect(chart.locator(".chart-line")).to_have_count(2)
        await expect(chart.locator(".chart-mark")).to_have_count(1)
        await expect(chart.locator(".chart-usual")).to_have_count(1)
        told = await chart.get_attribute("aria-label")
        assert told is not None
        assert "lowest 70, highest 152, latest 152 /min at " in told
        assert "usual 65 to 77; lower limit 41; upper limit 130; high alarm from " in told
        assert "still open: HR 152 > 130" in told


async def test_values_are_read_by_keyboard_by_pointer_and_as_a_table(chromium: Browser) -> None:
    feed = feed_of()
    values = feed.patients[PATIENT].vitals["heart_rate"]
    values[:] = [float(minute) for minute in range(HISTORY_MINUTES)]
    async with opened(chromium, feed) as (console, detail):
        slider = detail.get_by_label("Read values at")
        readout = detail.locator(".readout")
        # The tile's own hour is there at once, the others a moment later.
        await expect(slider).to_have_attribute("max", re.compile(r"^2[34]\d$"))
        await expect(readout).to_contain_text("HR 239 /min")
        latest = await readout.inner_text()
        await slider.focus()
        for _ in range(2):  # a minute may begin while the test runs
            await console.page.keyboard.press("ArrowLeft")
        await expect(readout).to_contain_text(re.compile(r"HR 23[78] /min"))
        assert latest != await readout.inner_text() == await slider.get_attribute("aria-valuetext")
        await console.page.keyboard.press("Home")
        # The oldest minute leaves the window while the test runs.
        await expect(readout).to_contain_text(re.compile(r"HR [0-3] /min"))
        chart = detail.get_by_role("img", name=re.compile("^HR from"))
        await chart.hover(position={"x": 250, "y": 40})
        await expect(chart.locator(".chart-dot")).to_be_visible()
        await detail.get_by_text("The same as a table").click()
        await expect(detail.get_by_role("columnheader")).to_have_count(6)
        await expect(detail.locator("tbody tr").first).to_contain_text("239")
        assert await detail.locator("tbody tr").count() >= HISTORY_MINUTES - 5


async def test_an_alarm_that_ends_leaves_its_history_and_gives_the_focus_back(chromium: Browser) -> None:
    feed = feed_of()
    async with opened(chromium, feed) as (console, detail):
        await detail.get_by_role("button", name="Acknowledge").focus()
        await feed.step(PATIENT, phase="end", text="HR 82, alarm over")
        await expect(detail).to_contain_text("No open alarm.")
        await expect(detail).to_be_focused()
        await expect(detail.locator(".events li").first).to_contain_text("over")
        await console.page.keyboard.press("Escape")
        await expect(detail).to_have_count(0)
        await expect(console.page.locator(f".tile-open[data-patient={PATIENT}]")).to_be_focused()


async def test_reasons_that_were_learned_name_each_vital(chromium: Browser) -> None:
    why = fake_reasons.of_unusual_vitals()
    told = {"condition": "vitals.unusual", "priority": "low", "text": "HR 104, usual 71 ± 6", "why": why}
    async with opened(chromium, feed_of(), **told) as (_, detail):
        await detail.get_by_text("Reasons in detail").click()
        reasons = detail.locator(".reasons")
        await expect(reasons).to_contain_text("94 % of the score")
        await expect(reasons).to_contain_text("a jump or drift that adds up (CUSUM)")


async def test_text_from_outside_is_shown_as_it_is_and_never_becomes_a_part_of_the_page(
    chromium: Browser,
) -> None:
    feed = feed_of()
    feed.patients[PATIENT].bed = HOSTILE
    feed.names = {PATIENT: HOSTILE}
    by = {"name": HOSTILE, "role": "nurse"}
    said = {"text": HOSTILE, "target": HOSTILE, "escalation": 1, "cause": "escalation", "by": by}
    async with opened(chromium, feed, **said) as (console, detail):
        await detail.get_by_role("button", name="Show name").click()
        await expect(detail.locator(".name-text")).to_have_text(HOSTILE)
        await expect(detail.locator("h2")).to_have_text(f"Bed {HOSTILE} · p-2")
        await expect(detail.locator(".event-what")).to_have_text(HOSTILE)
        assert await console.page.locator("img").count() == 0
        assert await console.page.title() != "owned"
        assert console.errors == []


async def test_what_is_paused_and_how_the_devices_are_is_told_in_words(chromium: Browser) -> None:
    feed = feed_of()
    async with opened(chromium, feed) as (_, detail):
        await expect(detail.get_by_label("Devices")).to_have_text(
            "e4-03: heard now, worn, signal 93 %, battery 81 %"
        )
        await feed.show(PATIENT, inhibited={"*": None}, learning={"heart_rate": 0.256}, usual={})
        await expect(detail.locator(".inhibitions")).to_have_text("All alarms off")
        await expect(detail.locator(".chart-note").first).to_have_text("usual: 25 % learned")
        await expect(detail.get_by_role("button", name="Turn all alarms off")).to_be_hidden()
        await detail.get_by_role("button", name="Resume all alarms").click()
        await expect(detail.locator(".orders li[data-state=done]")).to_have_count(1)


async def test_a_patient_who_leaves_is_not_shown_as_if_still_there(chromium: Browser) -> None:
    feed = feed_of()
    async with opened(chromium, feed) as (_, detail):
        await feed.leave(PATIENT)
        await expect(detail.locator(".detail-notice")).to_contain_text("no longer in your wards")
