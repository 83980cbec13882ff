"""The small console: what it yields, and that it never ends in silence."""

from __future__ import annotations

import socket
from dataclasses import replace

import msgspec
import pytest

from tests.support.alerts import alarm_event
from tests.support.feeds import live
from wardwatch.adapters.feed.client import ConsoleClient, FeedClosedError, OpenAlarms
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.feed.server import FeedServer
from wardwatch.core.events import Phase
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed import Event, Gone, Snapshot, decode_server_message


async def test_it_yields_the_snapshot_and_the_events_and_keeps_the_greeting_and_the_heartbeat() -> None:
    hub = FeedHub(queue_limit=10)
    hub.open_doors()
    async with FeedServer(hub, live) as server, ConsoleClient(server.url, ["4B"]) as console:
        stream = aiter(console)
        assert isinstance(await anext(stream), Snapshot)
        hub.take(alarm_event())
        assert isinstance(await anext(stream), Event)
        assert console.hello is not None
        assert console.hello.protocol == "wardwatch.v1"
        assert console.last_heartbeat == live()


async def test_a_snapshot_of_many_megabytes_arrives() -> None:
    hub = FeedHub(queue_limit=10)
    hub.open_doors()
    for number in range(100):
        hub.take(alarm_event(patient=f"p-{number}", text="x" * 60_000))
    async with FeedServer(hub, live) as server, ConsoleClient(server.url, ["4B"]) as console:
        snapshot = await anext(aiter(console))
        assert isinstance(snapshot, Snapshot)
        assert len(snapshot.alarms) == 100


async def test_where_no_feed_is_it_says_so() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"ws://127.0.0.1:{closed.getsockname()[1]}/"
    with pytest.raises(FeedClosedError, match="can't be reached"):
        await ConsoleClient(url, ["4B"]).__aenter__()


async def test_wards_that_the_feed_refuses_raise_with_the_feeds_own_words() -> None:
    async with (
        FeedServer(FeedHub(queue_limit=10), live) as server,
        ConsoleClient(server.url, ["no such \n name"]) as console,
    ):
        with pytest.raises(FeedClosedError, match="1 to 64 letters"):
            await anext(aiter(console))


def test_technical_alarms_are_shown_apart_and_the_most_urgent_first() -> None:
    hub = FeedHub(queue_limit=10)
    console = hub.join()
    hub.subscribe(console, ["*"])
    hub.open_doors()
    low, high = alarm_event(patient="p-1", priority="low"), alarm_event(patient="p-2", priority="high")
    own = replace(alarm_event(patient="-", ward="-", condition="monitoring.stalled"), kind="technical")
    hub.take(low)
    hub.take(high)
    hub.announce(own)
    shown = OpenAlarms()
    while (frame := console.outbox.take()) is not None:
        message = decode_server_message(frame.payload)
        assert isinstance(message, Snapshot | Event)
        shown.take(message)
    assert shown.of_patients() == [high, low]
    assert shown.technical() == [own]
    shown.take(Gone(alarm=low.alarm))
    over = replace(own, phase=Phase.END, sequence=2)
    shown.take(Event(alarm=msgspec.Raw(encode_alarm(over))))
    assert shown.of_patients() == [high]
    assert shown.technical() == []
