"""The console for the demo and tests: what it yields and asks, and that it comes back or says why not."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.support.alerts import alarm_event
from tests.support.feeds import eventually, live
from tests.support.stations import fresh_token, serving, station
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.limits import Limits
from wardwatch.adapters.feed.pending import FeedClosedError, RefusedError
from wardwatch.adapters.feed.positions import parsed
from wardwatch.adapters.feed.server import Address
from wardwatch.core.alarming.commands import Verb, Verdict
from wardwatch.wire.feed.asked import Order, Subscribe
from wardwatch.wire.feed.codes import ErrorCode
from wardwatch.wire.feed.told import Event, Snapshot, Status, Subscribed


async def test_it_yields_the_snapshot_and_the_events_and_keeps_the_rest() -> None:
    async with serving() as (behind, server), ConsoleClient(server.url, fresh_token(), ["4B"]) as console:
        stream = aiter(console)
        snapshot = await anext(stream)
        assert isinstance(snapshot, Snapshot)
        assert console.position == snapshot.position
        behind.hub.heartbeat(live())
        behind.happen(alarm_event())
        event = await anext(stream)
        assert isinstance(event, Event)
        assert console.position == event.position != snapshot.position
        assert console.hello is not None
        assert console.hello.protocol == "wardwatch.v1"
        assert console.welcome is not None
        assert console.welcome.name == "Anna Berg"
        assert console.last_heartbeat is not None
        assert console.last_heartbeat.position == snapshot.position


async def test_a_snapshot_of_many_megabytes_arrives() -> None:
    async with serving() as (behind, server):
        behind.happen(*(alarm_event(patient=f"p-{number}", text="x" * 60_000) for number in range(100)))
        async with ConsoleClient(server.url, fresh_token(), ["4B"]) as console:
            snapshot = await anext(aiter(console))
            assert isinstance(snapshot, Snapshot)
            assert len(snapshot.alarms) == 100


def free_url() -> str:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        return f"ws://127.0.0.1:{closed.getsockname()[1]}/"


async def test_where_no_feed_is_it_says_so() -> None:
    with pytest.raises(FeedClosedError, match="can't be reached"):
        await ConsoleClient(free_url(), fresh_token(), ["4B"]).__aenter__()


@pytest.mark.parametrize("resumes", [False, True])
async def test_what_the_feed_refuses_raises_with_the_feeds_own_words(resumes: bool) -> None:  # noqa: FBT001
    async with serving() as (_, server):
        console = ConsoleClient(server.url, fresh_token("nurse", "4B"), ["no such \n name"], resumes=resumes)
        async with console:
            with pytest.raises(RefusedError, match="1 to 64 letters") as refused:
                await anext(aiter(console))
            assert refused.value.code is ErrorCode.BAD_REQUEST
            with pytest.raises(RefusedError):  # and again, for whoever asks again
                await anext(aiter(console))


async def test_a_console_that_resumes_does_not_try_again_with_a_bad_token() -> None:
    async with serving() as (_, server):
        async with ConsoleClient(server.url, "nonsense", ["4B"], resumes=True) as console:
            with pytest.raises(RefusedError) as refused:
                await anext(aiter(console))
        assert refused.value.code is ErrorCode.BAD_TOKEN


async def test_it_goes_on_where_it_was_when_the_connection_breaks() -> None:
    async with (
        serving() as (behind, server),
        ConsoleClient(server.url, fresh_token(), ["4B"], resumes=True) as console,
    ):
        stream = aiter(console)
        assert isinstance(await anext(stream), Snapshot)
        for sequence in range(1, 30):
            if sequence % 10 == 0:
                await console.drop()
                behind.happen(alarm_event(sequence=sequence, phase="update"))
                subscribed = await anext(stream)
                assert isinstance(subscribed, Subscribed)
                assert subscribed.recovered
            else:
                behind.happen(alarm_event(sequence=sequence, phase="update"))
            event = await anext(stream)
            assert isinstance(event, Event)
            assert event.event().sequence == sequence
        assert console.reconnections == 2
        assert behind.hub.counters.consoles_resumed == 2


async def test_it_waits_for_a_feed_that_is_not_there_yet_and_finds_one_that_comes_back() -> None:
    url = free_url()
    port = int(url.rstrip("/").rpartition(":")[2])
    behind = station()
    async with ConsoleClient(url, fresh_token(), ["4B"], resumes=True) as console:
        stream = aiter(console)
        async with serving(behind, address=Address(port=port)):
            assert isinstance(await anext(stream), Snapshot)
            behind.happen(alarm_event(sequence=1))
            assert isinstance(await anext(stream), Event)
        behind.happen(alarm_event(sequence=2, phase="update"))
        async with serving(behind, address=Address(port=port)):
            assert isinstance(await anext(stream), Subscribed)
            event = await anext(stream)
            assert isinstance(event, Event)
            assert event.event().sequence == 2
            assert console.reconnections >= 2


async def test_a_position_from_elsewhere_can_be_brought_along() -> None:
    async with serving() as (behind, server):
        async with ConsoleClient(server.url, fresh_token(), ["4B"]) as first:
            assert isinstance(await anext(aiter(first)), Snapshot)
        behind.happen(alarm_event())
        wish = Subscribe(wards=["4B"], position=first.position)
        async with ConsoleClient(server.url, fresh_token(), wish) as second:
            stream = aiter(second)
            assert isinstance(await anext(stream), Subscribed)
            assert isinstance(await anext(stream), Event)
        assert parsed(first.position or "") != parsed(second.position or "")


async def test_it_asks_while_somebody_iterates_and_while_nobody_does() -> None:
    async with serving() as (behind, server), ConsoleClient(server.url, fresh_token(), ["4B"]) as console:
        behind.lie("p-1", "4B")
        behind.lie("p-2", "4B")
        order = Order(command="c-1", patient="p-1", verb=Verb.PAUSE_AUDIO)
        receipt = await console.command(order)
        assert (receipt.command, receipt.verdict) == ("c-1", Verdict.DONE)
        assert order.request is None  # it is the caller's, and may be given again
        stream = aiter(console)
        assert isinstance(await anext(stream), Snapshot)
        waiting = asyncio.ensure_future(anext(stream))
        histories = await console.history(["p-2", "p-1"], minutes=3)
        assert [history.patient for history in histories] == ["p-2", "p-1"]
        assert await console.name_of("p-1") is None
        assert (await console.renew(fresh_token())).name == "Anna Berg"
        behind.happen(alarm_event())
        event = await waiting
        assert isinstance(event, Event)
        alarm = event.event().alarm
        await console.shown([alarm])
        await eventually(lambda: "shown" in behind.written.kinds(), "the report has come")
        assert [each.name for each in (await console.deliveries(alarm)).consoles] == ["Anna Berg"]


async def test_an_error_answers_the_question_and_nothing_else() -> None:
    async with serving() as (behind, server), ConsoleClient(server.url, fresh_token(), ["4B"]) as console:
        with pytest.raises(RefusedError) as refused:
            await console.name_of("nobody")
        assert refused.value.code is ErrorCode.UNKNOWN_PATIENT
        with pytest.raises(RefusedError, match="no such patient"):
            await console.history(["nobody"])
        stream = aiter(console)
        assert isinstance(await anext(stream), Snapshot)
        await console.subscribe(Subscribe(wards=["5A"], vitals=True))
        assert isinstance(await anext(stream), Snapshot)
        behind.lie("p-1", "5A")
        assert isinstance(await anext(stream), Status)


async def test_a_question_whose_answer_is_lost_with_the_connection_says_so() -> None:
    limits = Limits(messages_at_once=3, messages_a_second=0.001)
    async with (
        serving(limits=limits) as (_, server),
        ConsoleClient(server.url, fresh_token(), ["4B"], resumes=True) as console,
    ):
        assert isinstance(await anext(aiter(console)), Snapshot)
        with pytest.raises(RefusedError):
            await console.name_of("p-1")
        with pytest.raises(FeedClosedError, match="too many messages"):
            await console.name_of("p-1")
        with pytest.raises(FeedClosedError, match="too many messages"):  # for good: it would not go better
            async for _ in console:
                pass
