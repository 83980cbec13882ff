"""A shift at two consoles of a real feed, worker and broker: the feed is killed, the network is cut."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, WebSocket, expect

from tests.support.apache_kafka import free_ports
from tests.support.browser import Console, console_at
from tests.support.cuttable import CuttableNetwork
from tests.support.feeds import eventually
from tests.support.shift import (
    Keys,
    KillableFeed,
    Wearers,
    events_in_topic,
    going_on,
    names_of_each_partition,
)
from tests.support.workers import new_group, worker
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.wire.topics import ALL

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

WARD = "4B"
CUT_S = 10.0
# On a busy machine; usually all of it takes a second or two.
PATIENCE_MS = 30_000


@dataclass
class Heard:
    """What a page was told over its websockets, whichever connection it was."""

    events: list[dict[str, Any]] = field(default_factory=list)
    recovered: list[bool] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("websocket", self._open)

    def _open(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._take)

    def _take(self, frame: str | bytes) -> None:
        message = json.loads(frame)
        if message["type"] == "event" and message["position"] is not None:
            self.events.append(message["alarm"])
        elif message["type"] == "subscribed":
            self.recovered.append(message["recovered"])

    def names(self) -> list[str]:
        return [event["event"] for event in self.events]


@dataclass
class Station:
    console: Console
    network: CuttableNetwork
    heard: Heard

    @property
    def page(self) -> Page:
        return self.console.page

    def tile(self, patient: str) -> Any:
        return self.page.locator(f".tile[data-patient={patient}]")

    async def sees(self, patient: str, text: str) -> None:
        alarm = self.tile(patient).locator(".tile-alarm")
        await expect(alarm).to_contain_text(text, timeout=PATIENCE_MS)

    async def is_out_of_date(self) -> None:
        await expect(self.page.locator("#stale")).to_be_visible(timeout=PATIENCE_MS)

    async def is_live(self) -> None:
        await expect(self.page.locator("#stale")).to_be_hidden(timeout=PATIENCE_MS)


@dataclass
class Shift:
    servers: str
    feed: KillableFeed
    wearers: Wearers
    anna: Station
    ben: Station


@asynccontextmanager
async def shift(chromium: Browser, folder: Path) -> AsyncIterator[Shift]:
    """Anna, a nurse, and Ben, a charge nurse, have logged in; nobody has an alarm."""
    async with AsyncExitStack() as stack:
        broker = stack.enter_context(EmbeddedBroker())
        broker.create_topics(*ALL)
        servers = broker.bootstrap_servers
        keys, (port,) = Keys(folder), free_ports(1)
        environment = {
            "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": servers,
            "WARDWATCH_FEED_KEYS": str(keys.file),
            "WARDWATCH_DECLARE_TOPICS": "false",
        }
        feed = KillableFeed(port, environment, folder / "feed.log")
        starting = asyncio.create_task(feed.start())
        stack.push_async_callback(feed.kill)
        await stack.enter_async_context(worker(servers, new_group(), monitor="real"))
        wearers = Wearers(servers)
        await starting
        await stack.enter_async_context(going_on(wearers))
        stations = []
        for name, role in (("Anna Berg", "nurse"), ("Ben Roth", "charge_nurse")):
            network = await stack.enter_async_context(CuttableNetwork(port))
            console = await stack.enter_async_context(console_at(chromium, network.url))
            heard = Heard()
            heard.listen(console.page)
            await console.log_in(keys.token(name, role, WARD), name=f"station-{name[:3]}")
            stations.append(Station(console, network, heard))
        yield Shift(servers, feed, wearers, *stations)


async def test_through_a_shift_nothing_is_lost_and_nothing_comes_twice(
    chromium: Browser, tmp_path: Path
) -> None:
    first, second, third, elsewhere = names_of_each_partition()
    async with shift(chromium, tmp_path) as now:
        for bed, patient in enumerate((first, second, third), start=12):
            now.wearers.lie_down(patient, WARD, str(bed))
        now.wearers.lie_down(elsewhere, "5A", "1")
        now.wearers.begin(elsewhere, 155.0)
        await an_alarm_arrives_is_understood_and_acknowledged(now, first)
        await the_feed_is_killed_and_comes_back(now, second)
        await the_network_is_cut(now, third)
        await both_were_told_all_of_it_once(now, (first, second, third), elsewhere)


async def an_alarm_arrives_is_understood_and_acknowledged(now: Shift, patient: str) -> None:
    anna, ben = now.anna.page, now.ben.page
    await anna.get_by_role("button", name="Sound is off").click()
    await expect(anna.get_by_role("button", name="Sound is on")).to_have_attribute("aria-pressed", "true")
    now.wearers.begin(patient, 152.0)
    await now.anna.sees(patient, "HR 152 > 130")
    await now.ben.sees(patient, "HR 152 > 130")
    await expect(anna).to_have_title(re.compile(r"^\(1\) HIGH . wardwatch$"))
    await expect(now.anna.tile(patient)).to_have_attribute("data-priority", "high")
    await expect(anna.get_by_role("button", name="1 high")).to_be_visible()
    # A burst of high priority has ten pulses; at the other console nobody has switched the sound on.
    await anna.wait_for_function("window.watched.pulses >= 10")
    assert await ben.evaluate("window.watched.pulses") == 0
    await now.anna.console.picture("shift-1-alarm")

    await now.anna.tile(patient).locator(".tile-open").click()
    detail = anna.locator("#detail")
    told = re.compile(r"^HR 152; started \d\d:\d\d; would not have alarmed at 130 or less\.$")
    await expect(detail.locator(".sentence")).to_have_text(told)
    await detail.get_by_role("button", name="Acknowledge").click()
    await expect(detail.locator(".orders")).to_contain_text("Acknowledged.", timeout=PATIENCE_MS)
    await expect(detail.locator(".standing")).to_contain_text("Acknowledged by Anna Berg, nurse, until")
    await expect(detail.locator(".deliveries")).to_contain_text("acted on at station-Ann by Anna Berg")
    await now.ben.sees(patient, "acknowledged by Anna Berg")
    await expect(ben).to_have_title("wardwatch")
    await now.anna.console.picture("shift-2-acknowledged")
    await now.ben.console.picture("shift-3-on-the-other-console")
    await detail.get_by_role("button", name="Close").click()


async def the_feed_is_killed_and_comes_back(now: Shift, patient: str) -> None:
    await now.feed.kill()
    for station in (now.anna, now.ben):
        await station.is_out_of_date()
    await expect(now.anna.page).to_have_title(re.compile("^NOT UP TO DATE"))
    await now.anna.console.picture("shift-4-feed-is-dead")
    now.wearers.begin(patient, 153.0)
    await now.feed.start()
    for station in (now.anna, now.ben):
        await station.is_live()
        await station.sees(patient, "HR 153 > 130")


async def the_network_is_cut(now: Shift, patient: str) -> None:
    mended_at_s = asyncio.get_running_loop().time() + CUT_S
    now.anna.network.cut()
    now.wearers.begin(patient, 154.0)
    await now.ben.sees(patient, "HR 154 > 130")
    await now.ben.tile(patient).locator(".tile-open").click()
    acknowledge = now.ben.page.locator("#detail").get_by_role("button", name="Acknowledge")
    await acknowledge.click()
    await now.ben.sees(patient, "acknowledged by Ben Roth")
    await now.anna.is_out_of_date()
    await expect(now.anna.tile(patient).locator(".tile-alarm")).to_be_hidden()
    await now.anna.console.picture("shift-5-network-is-cut")
    await asyncio.sleep(mended_at_s - asyncio.get_running_loop().time())  # so long it is cut, and no longer
    now.anna.network.mend()
    await now.anna.is_live()
    await now.anna.sees(patient, "acknowledged by Ben Roth")
    await now.anna.console.picture("shift-6-network-is-back")


async def both_were_told_all_of_it_once(now: Shift, patients: tuple[str, ...], elsewhere: str) -> None:
    written = await events_in_topic(now.servers, WARD)
    in_topic = defaultdict(list)
    for event in written:
        in_topic[event.patient].append(event.event)
    assert set(in_topic) == set(patients)
    for station in (now.anna, now.ben):
        heard = station.heard
        await eventually(lambda: {each.event for each in written} <= set(heard.names()), "all has come")  # noqa: B023
        assert len(set(heard.names())) == len(heard.names())
        for patient in patients:
            told = [each["event"] for each in heard.events if each["patient"] == patient]
            assert told[: len(in_topic[patient])] == in_topic[patient]
        assert {each["patient"] for each in heard.events} == set(patients)
        assert heard.recovered[0] is False
        assert set(heard.recovered[1:]) == {True}
        await expect(station.tile(elsewhere)).to_have_count(0)
        await shows_each_once(station, patients[-1], in_topic[patients[-1]])
        assert await station.console.violations() == []
        # What fails while there is no feed says the browser itself.
        assert [each for each in station.console.errors if "WebSocket" not in each] == []


async def shows_each_once(station: Station, patient: str, events: list[str]) -> None:
    """The history in the opened tile; the alarm is acknowledged, so that nothing more comes of it now."""
    await station.tile(patient).locator(".tile-open").click()
    detail = station.page.locator("#detail")
    await expect(detail.locator(".events li")).to_have_count(len(events), timeout=PATIENCE_MS)
    await expect(detail.locator(".card")).to_have_count(1)
