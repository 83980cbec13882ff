"""Tiles: what small ones keep, what is said of them, how they flash, and what a logout leaves of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.support.browser import console_at
from tests.support.fake_feed import TOKEN, FakeFeed
from tests.support.fake_ward import FakePatient, fake_ward, now_ms

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

MANY = 40  # enough for small tiles
MINUTE_MS = 60_000
# Two layers flash on each of the two tiles.
_ALL_IN_STEP = (
    "() => document.getAnimations().filter(({startTime}) => startTime === 0).length === 4"
    " && document.getAnimations().length === 4"
)
_COUNT_CHANGES = """(node) => {
  window.changes = 0;
  const counter = new MutationObserver(() => (window.changes += 1));
  counter.observe(node, {childList: true, subtree: true, characterData: true});
}"""
_ENDS_AT = re.compile(r"^The login ends at \d\d:\d\d\. Renew it under “Anna Berg”\.$")
_A_LINE = re.compile(r"^M.*L")
_THE_ALARM_AND_99 = re.compile(r"high alarm, HR 152 > 130.*Heart rate 99")


def aged(patient: FakePatient, ages_ms: dict[str, int]) -> dict[str, Any]:
    """The patient's vitals, of which some were measured so long ago."""
    vitals: dict[str, Any] = patient.status()["vitals"]
    for vital, age_ms in ages_ms.items():
        vitals[vital]["observed_at_ms"] = now_ms() - age_ms
    return vitals


async def animations(page: Page, patient: str) -> list[dict[str, Any]]:
    """How a tile flashes."""
    script = """(patient) => document.getAnimations()
        .filter(({effect}) => effect.target.closest(`.tile[data-patient="${patient}"]`))
        .map((each) => ({start: each.startTime, ...each.effect.getTiming()}))"""
    found: list[dict[str, Any]] = await page.evaluate(script, patient)
    return found


async def test_a_small_tile_keeps_trends_and_ages_and_how_complete_news2_is(chromium: Browser) -> None:
    ward = fake_ward(MANY)
    ages_ms = {"heart_rate": 6 * MINUTE_MS, "body_temperature": 40 * MINUTE_MS}
    ward[0].changes = {"vitals": aged(ward[0], ages_ms)}
    async with FakeFeed(ward) as feed, console_at(chromium, feed.url) as console:
        await console.log_in(TOKEN)
        tile = console.page.locator(".compact #quiet .tile[data-patient=p-1]")
        cell = {vital: tile.locator(f"[data-vital={vital}]") for vital in (*ages_ms, "respiratory_rate")}
        for each in cell.values():
            await expect(each.locator(".spark")).to_be_visible()
            await expect(each.locator(".spark-line")).to_have_attribute("d", _A_LINE)
        await expect(cell["heart_rate"].locator(".cell-age")).to_have_text("6 min")
        await expect(cell["heart_rate"].locator(".cell-age")).to_be_visible()
        await expect(cell["heart_rate"].locator(".cell-value")).to_have_css(
            "text-decoration-line", "line-through"
        )
        await expect(cell["body_temperature"].locator(".cell-age")).to_be_visible()
        await expect(cell["respiratory_rate"].locator(".cell-age")).to_be_hidden()
        clock = "(age) => getComputedStyle(age, '::before').content"
        assert await cell["body_temperature"].locator(".cell-age").evaluate(clock) == '""'
        assert await cell["respiratory_rate"].locator(".cell-age").evaluate(clock) == "none"
        await expect(tile.locator(".news2-known")).to_have_text("5 of 7")
        await expect(tile.locator(".news2-known")).to_be_visible()
        await console.picture("tiles-small")


async def test_a_name_is_masked_until_asked_for_also_on_a_small_tile(chromium: Browser) -> None:
    async with FakeFeed(fake_ward(MANY)) as feed, console_at(chromium, feed.url) as console:
        feed.names = {"p-1": "Example Person"}
        await console.log_in(TOKEN)
        name = console.page.locator(".tile[data-patient=p-1] .tile-name")
        await expect(name).to_have_accessible_name("Show the name of p-1")
        assert feed.asked("name") == []
        assert "Example" not in await console.page.content()
        await name.click()
        await expect(name.get_by_text("Example Person")).to_be_visible()
        await name.click()
        await expect(name.locator(".tile-name-text")).to_be_hidden()
        assert "Example" not in await console.page.content()


async def test_the_bed_with_the_focus_is_read_out_anew_for_alarms_only(chromium: Browser) -> None:
    async with FakeFeed(fake_ward(2)) as feed, console_at(chromium, feed.url) as console:
        await console.log_in(TOKEN)
        bed = console.page.locator(".tile-open[data-patient=p-1]")
        await bed.focus()
        before = await bed.get_attribute("aria-label")
        feed.patients["p-1"].vitals["heart_rate"][-1] = 99.0
        await feed.show("p-1")
        await expect(console.page.locator(".tile[data-patient=p-1] .cell-value").first).to_have_text("99")
        assert await bed.get_attribute("aria-label") == before
        await feed.step("p-1")
        await expect(bed).to_have_attribute("aria-label", _THE_ALARM_AND_99)


async def test_high_alarms_flash_twice_a_second_and_medium_ones_slower_all_in_step(chromium: Browser) -> None:
    async with FakeFeed(fake_ward(3)) as feed, console_at(chromium, feed.url) as console:
        await console.log_in(TOKEN)
        for patient, priority in (("p-1", "high"), ("p-2", "medium"), ("p-3", "low")):
            await feed.step(patient, priority=priority)
        await expect(console.page.locator("#alarming .tile")).to_have_count(3)
        await console.page.wait_for_function(_ALL_IN_STEP)
        high, medium, low = [await animations(console.page, f"p-{number}") for number in (1, 2, 3)]
        # STANDARDS: 1.4-2.8 Hz and 0.4-0.8 Hz; low is steady.
        assert {each["duration"] for each in high} == {500}
        assert {each["duration"] for each in medium} == {1667}
        assert low == []


async def test_where_nothing_flashes_the_focus_is_still_seen(chromium: Browser) -> None:
    async with (
        FakeFeed(fake_ward(2)) as feed,
        console_at(chromium, feed.url, reduced_motion="reduce") as console,
    ):
        await feed.step("p-1")
        await console.log_in(TOKEN)
        tile = console.page.locator(".tile[data-patient=p-1][data-presence=on]")
        await expect(tile).to_have_css("outline-style", "double")
        assert await animations(console.page, "p-1") == []
        await console.page.keyboard.press("a")
        await expect(tile).to_have_css("outline-style", "solid")


async def test_colours_that_people_have_forced_leave_alarms_and_their_vitals_marked(
    chromium: Browser,
) -> None:
    async with (
        FakeFeed(fake_ward(2)) as feed,
        console_at(chromium, feed.url, forced_colors="active") as console,
    ):
        await feed.step("p-1")
        await console.log_in(TOKEN)
        tile = console.page.locator(".tile[data-patient=p-1]")
        await expect(tile.locator("[data-vital=heart_rate]")).to_have_css("outline-style", "solid")
        await expect(tile.locator("[data-vital=respiratory_rate]")).to_have_css("outline-style", "none")
        await expect(tile.locator(".tile-alarm")).to_have_css("background-color", "rgb(93, 17, 20)")
        await console.picture("tiles-forced-colours")


async def test_an_alarm_of_nobody_known_has_a_tile_and_moves_with_the_patient(chromium: Browser) -> None:
    async with FakeFeed(fake_ward(2)) as feed, console_at(chromium, feed.url) as console:
        page = console.page
        await console.log_in(TOKEN)
        feed.patients["p-9"] = FakePatient("p-9", "4B", "9", seed=9)
        await feed.step("p-9", condition="device.no_data", text="No data")
        await feed.step("p-9")
        tile = page.locator("#alarming .tile[data-patient=p-9]")
        await expect(tile.locator(".alarm-text")).to_have_text("HR 152 > 130")
        await expect(tile.locator(".bed")).to_have_text("9")
        feed.patients["p-9"].ward, feed.patients["p-9"].bed = "5A", "3"
        await feed.show("p-9")
        await expect(tile.locator(".ward")).to_have_text("5A")
        await expect(tile.locator(".bed")).to_have_text("3")
        await expect(page.locator("#technical .technical-where")).to_have_text("5A Bed 3")


async def test_at_the_end_of_a_login_nothing_of_anybody_stays_in_the_page(chromium: Browser) -> None:
    async with FakeFeed(fake_ward(3)) as feed, console_at(chromium, feed.url) as console:
        page = console.page
        await console.log_in(TOKEN)
        await feed.step("p-2")
        await feed.step("p-3", condition="device.no_data", text="No data from e4-03")
        await expect(page.locator("#assertive")).to_contain_text("HR 152 > 130")
        await expect(page.locator("#technical li")).to_have_count(1)
        await feed.cut(4003)
        await expect(page.locator("#login-reason")).to_have_text("Your login has been withdrawn.")
        await expect(page.locator(".tile")).to_have_count(0)
        text = await page.evaluate("document.documentElement.textContent + document.title")
        assert not [said for said in ("HR 152", "No data from", "p-2", "p-3") if said in text]
        assert await page.title() == "wardwatch"


async def test_an_alarm_that_waits_for_its_place_can_be_read_at_every_instant(chromium: Browser) -> None:
    async with (
        FakeFeed(fake_ward(MANY)) as feed,
        console_at(chromium, feed.url, scheme="light") as console,
    ):
        page = console.page
        await console.log_in(TOKEN)
        await page.locator(".tile[data-patient=p-2]").hover()
        await page.mouse.down()  # somebody is about to open it: the order waits
        await feed.step("p-9")
        alarm = page.locator("#quiet .tile[data-patient=p-9] .tile-alarm")
        await expect(alarm.locator(".alarm-text")).to_have_text("HR 152 > 130")
        await expect(alarm).to_have_css("background-color", "rgb(126, 15, 19)")  # between two flashes
        await expect(alarm).to_have_css("color", "rgb(255, 255, 255)")
        await console.picture("tiles-waiting")
        await page.mouse.up()
        await page.get_by_role("button", name="New order of the beds").click()
        await expect(page.locator("#alarming .tile[data-patient=p-9]")).to_be_visible()


async def test_a_login_that_is_about_to_end_says_when_and_is_not_read_out_each_minute(
    chromium: Browser,
) -> None:
    async with FakeFeed(fake_ward(1)) as feed, console_at(chromium, feed.url) as console:
        feed.login_lasts_ms = 14 * MINUTE_MS
        await console.log_in(TOKEN)
        renewal = console.page.locator("#renewal")
        await expect(renewal).to_have_text(_ENDS_AT)
        said = await renewal.text_content()
        await renewal.evaluate(_COUNT_CHANGES)
        before = await console.page.locator("#clock").text_content()
        await expect(console.page.locator("#clock")).not_to_have_text(before or "")  # time has passed
        assert await renewal.text_content() == said
        assert await console.page.evaluate("window.changes") == 0
