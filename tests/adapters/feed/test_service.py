"""The whole feed between a real broker and real sockets."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.alerts import alarm_event, folded
from tests.support.feeds import eventually
from tests.support.kafka_fixtures import Broker
from tests.support.stations import fresh_token, station
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.feed.log import AlertLog
from wardwatch.adapters.feed.pending import FeedClosedError
from wardwatch.adapters.feed.pulses import PulseLog
from wardwatch.adapters.feed.server import FeedServer
from wardwatch.adapters.feed.service import Feed
from wardwatch.adapters.feed.watch import MonitoringWatch, WatchLimits
from wardwatch.adapters.kafka_topic import TopicReader
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.codes import NotLive
from wardwatch.wire.feed.told import Event, ServerMessage, Snapshot


def patient_pulses(hub: FeedHub, bootstrap_servers: str) -> PulseLog:
    """A log of pulses whose watch is too patient to raise anything here."""
    watch = MonitoringWatch(hub.announce, WatchLimits(silent_s=3600, behind_s=3600))
    return PulseLog(watch, lambda: TopicReader("pulse", {"bootstrap_servers": bootstrap_servers}))


@asynccontextmanager
async def running_feed(bootstrap_servers: str, topic: str) -> AsyncIterator[tuple[Feed, str]]:
    hub = FeedHub()
    log = AlertLog(hub, lambda: TopicReader(topic, {"bootstrap_servers": bootstrap_servers}))
    feed = feed_of(hub, log, patient_pulses(hub, bootstrap_servers))
    async with feed.running() as url:
        yield feed, url


def feed_of(hub: FeedHub, log: AlertLog, pulses: PulseLog) -> Feed:
    """A feed that follows alarms and pulses alone, and writes nothing."""
    services = station(hub=hub, is_open=False).services
    return Feed(services, FeedServer(services, log.heartbeat), [log.run, pulses.run, pulses.look])


def console_at(url: str, ward: str) -> ConsoleClient:
    return ConsoleClient(url, fresh_token(), [ward])


async def produce(broker: Broker, topic: str, events: Sequence[AlarmEvent | bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for event in events:
            if isinstance(event, bytes):
                await producer.send_and_wait(topic, event)
            else:
                await producer.send_and_wait(topic, encode_alarm(event), key=event.patient.encode())


async def heard(console: ConsoleClient, events: int) -> list[ServerMessage]:
    """The snapshot, and then as many events."""
    messages: list[ServerMessage] = []
    async with asyncio.timeout(20):
        async for message in console:
            messages.append(message)
            if len(messages) == events + 1:
                break
    return messages


async def test_consoles_of_two_wards_hear_every_event_of_their_own_exactly_once_and_in_order(
    broker: Broker,
) -> None:
    topic = f"alerts-{uuid.uuid4()}"
    before = [alarm_event(patient=f"p-{n}", sequence=1, ward="4B" if n % 2 else "5A") for n in range(10)]
    after = [
        alarm_event(patient=f"p-{n}", sequence=sequence, ward="4B" if n % 2 else "5A", phase=phase)
        for sequence, phase in ((2, "update"), (3, "end"))
        for n in range(10)
    ]
    await produce(broker, topic, before)
    async with (
        running_feed(broker.bootstrap_servers, topic) as (feed, url),
        console_at(url, "4B") as first,
        console_at(url, "5A") as second,
    ):
        for console, ward in ((first, "4B"), (second, "5A")):
            (snapshot,) = await heard(console, 0)
            assert folded([snapshot]) == {event.alarm: event for event in before if event.ward == ward}
        await produce(broker, topic, [*after[:10], b"garbage", *before, *after])  # as after a crash
        for console, ward in ((first, "4B"), (second, "5A")):
            events = [event async for event in events_of(console, 10)]
            assert {event.ward for event in events} == {ward}
            for patient in {event.patient for event in events}:
                phases = [event.phase for event in events if event.patient == patient]
                assert phases == [Phase.UPDATE, Phase.END]
        await eventually(lambda: feed.counters.repeats_dropped == 20, "the repeats are counted")
        assert feed.counters.unreadable_records == 1


async def events_of(console: ConsoleClient, count: int) -> AsyncIterator[AlarmEvent]:
    async with asyncio.timeout(20):
        async for message in console:
            assert isinstance(message, Event)
            yield message.event()
            count -= 1
            if count == 0:
                return


async def test_a_feed_that_starts_anew_shows_exactly_what_is_open(broker: Broker) -> None:
    topic = f"alerts-{uuid.uuid4()}"
    still_open = alarm_event(patient="p-2", sequence=2, phase="update")
    log = [alarm_event(patient="p-1", sequence=1), alarm_event(patient="p-2", sequence=1), still_open]
    await produce(broker, topic, [*log, alarm_event(patient="p-1", sequence=2, phase="end")])
    for _ in range(2):
        async with (
            running_feed(broker.bootstrap_servers, topic) as (_, url),
            console_at(url, "*") as console,
        ):
            assert folded(await heard(console, 0)) == {still_open.alarm: still_open}


def is_live(console: ConsoleClient) -> bool:
    return console.last_heartbeat is not None and console.last_heartbeat.live


async def test_a_console_learns_that_the_broker_is_gone_and_keeps_what_it_had() -> None:
    with EmbeddedBroker() as embedded:
        await produce(embedded, "alerts", [alarm_event()])
        feed = running_feed(embedded.bootstrap_servers, "alerts")
        _, url = await feed.__aenter__()
    # Here the broker is gone.
    async with console_at(url, "4B") as console:
        listening = asyncio.create_task(listen_for_ever(console))
        await eventually(
            lambda: (
                console.last_heartbeat is not None
                and console.last_heartbeat.reason is NotLive.KAFKA_UNREACHABLE
            ),
            "the heartbeat says that Kafka can't be reached",
        )
        await feed.__aexit__(None, None, None)
        with pytest.raises(FeedClosedError, match="1001"):
            await listening


async def test_after_an_outage_the_feed_goes_on_by_itself_and_consoles_get_a_fresh_snapshot() -> None:
    hub = FeedHub()
    address = ""
    log = AlertLog(hub, lambda: TopicReader("alerts", {"bootstrap_servers": address}))
    event = alarm_event(patient="p-2", sequence=1)
    with EmbeddedBroker() as first:
        address = first.bootstrap_servers
        await produce(first, "alerts", [alarm_event(patient="p-1", sequence=n) for n in range(1, 5)])
        pulses = patient_pulses(hub, first.bootstrap_servers)
        feed = feed_of(hub, log, pulses).running()
        console = console_at(await feed.__aenter__(), "4B")
        await console.__aenter__()
        (before,) = await heard(console, 0)
        assert folded([before]) is not None
    with EmbeddedBroker() as second:  # its log is another one: shorter
        address = second.bootstrap_servers
        await produce(second, "alerts", [event])
        (after,) = await heard(console, 0)
        assert folded([after]) == {event.alarm: event}
        await console.__aexit__(None, None, None)
        await feed.__aexit__(None, None, None)


async def listen_for_ever(console: ConsoleClient) -> None:
    async for _ in console:
        pass


async def test_before_the_topic_exists_a_console_waits_and_is_told_why(
    embedded_broker: EmbeddedBroker,
) -> None:
    async with (
        running_feed(embedded_broker.bootstrap_servers, "alerts") as (_, url),
        console_at(url, "4B") as console,
    ):
        first = asyncio.create_task(heard(console, 1))
        await eventually(
            lambda: console.last_heartbeat is not None and console.last_heartbeat.reason is NotLive.NO_TOPIC,
            "the heartbeat says that there is no topic",
        )
        assert not first.done()
        await produce(embedded_broker, "alerts", [alarm_event(sequence=1)])
        event = alarm_event(sequence=2, phase="update")
        await eventually(lambda: is_live(console), "the console knows that the feed is live")
        await produce(embedded_broker, "alerts", [event])
        messages = await first
        assert isinstance(messages[0], Snapshot)
        assert folded(messages) == {event.alarm: event}


async def test_a_feed_whose_log_reader_fails_for_good_does_not_go_on_serving() -> None:
    class Broken(AlertLog):
        async def run(self) -> None:  # type: ignore[override]
            raise ZeroDivisionError("a bug")

    hub = FeedHub()
    log = Broken(hub, lambda: TopicReader("alerts", {}))
    with pytest.raises(ZeroDivisionError):
        async with feed_of(hub, log, patient_pulses(hub, "")).running():
            await asyncio.sleep(10)
