"""The feed's ear for statuses and trends, against a real broker."""

from __future__ import annotations

import asyncio
import contextlib
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.apache_kafka import ApacheKafka
from tests.support.censuses import MINUTE_MS, Shown, status_of
from tests.support.feeds import eventually
from tests.support.kafka_fixtures import Broker
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.feed.census import Census
from wardwatch.adapters.feed.log import LogFollower
from wardwatch.adapters.feed.status_log import StatusLog, TrendLog
from wardwatch.adapters.kafka_topic import TopicReader
from wardwatch.core.events import PatientStatus
from wardwatch.wire.feed.codes import NotLive
from wardwatch.wire.status import encode_status

HOURS = 4


def now_ms() -> int:
    return time.time_ns() // 1_000_000


async def produce(broker: Broker, topic: str, *records: PatientStatus | tuple[bytes, bytes | None]) -> None:
    """Statuses, or keys and values as they are."""
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for record in records:
            if isinstance(record, PatientStatus):
                key, value, at_ms = record.patient.encode(), encode_status(record), record.observed_at_ms
                await producer.send_and_wait(topic, value, key=key, partition=0, timestamp_ms=at_ms)
            else:
                await producer.send_and_wait(topic, record[1], key=record[0], partition=0)


@asynccontextmanager
async def running(log: LogFollower) -> AsyncIterator[None]:
    task = asyncio.create_task(log.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def parts(broker: Broker, topic: str) -> tuple[Shown, Census, StatusLog, TrendLog]:
    hub = Shown()
    census = Census(hub, trend_hours=HOURS)

    def reader() -> TopicReader:
        return TopicReader(topic, {"bootstrap_servers": broker.bootstrap_servers})

    statuses = StatusLog(census, reader, flush=hub.flush)
    return hub, census, statuses, TrendLog(census, reader, trend_hours=HOURS)


async def test_the_latest_status_of_each_patient_is_shown_and_told_at_once_with_its_fetch(
    broker: Broker,
) -> None:
    topic = f"status-{uuid.uuid4()}"
    hub, census, log, _ = parts(broker, topic)
    await produce(broker, topic, status_of("p-1", ward="4B"), status_of("p-2"), status_of("p-1", ward="5A"))
    async with running(log):
        await eventually(lambda: log.obstacle() is None, "the statuses are read")
        assert (census.ward_of("p-1"), census.ward_of("p-2")) == ("5A", "4B")
        assert hub.told[-1] == "flush"
        await produce(broker, topic, (b"p-2", None))
        await eventually(lambda: hub.told[-2:] == ["remove p-2", "flush"], "p-2 is gone")


async def test_what_is_no_status_is_counted_and_changes_nothing(broker: Broker) -> None:
    topic = f"status-{uuid.uuid4()}"
    _, census, log, _ = parts(broker, topic)
    await produce(broker, topic, (b"p-1", b"garbage"), (b"\xff", None), status_of("p-1"))
    async with running(log):
        await eventually(lambda: len(census) == 1, "the status is read")
    assert log.unreadable_records == 2


async def test_a_topic_that_is_not_there_yet_is_waited_for(broker: Broker) -> None:
    topic = f"status-{uuid.uuid4()}"
    _, census, log, _ = parts(broker, topic)
    async with running(log):
        await eventually(lambda: log.obstacle() is NotLive.NO_TOPIC, "it is missed")
        await produce(broker, topic, status_of("p-1"))
        await eventually(lambda: census.ward_of("p-1") == "4B", "it is read")


async def test_after_another_log_has_taken_its_place_only_what_is_in_that_is_shown() -> None:
    with EmbeddedBroker() as second:
        with EmbeddedBroker() as first:
            servers = [first.bootstrap_servers]
            hub = Shown()
            census = Census(hub, trend_hours=HOURS)
            log = StatusLog(
                census, lambda: TopicReader("status", {"bootstrap_servers": servers[-1]}), flush=hub.flush
            )
            await produce(first, "status", *[status_of(f"p-{number}") for number in range(3)])
            await produce(second, "status", status_of("p-1", at_ms=1, ward="5A"))
            following = asyncio.create_task(log.run())
            await eventually(lambda: len(census) == 3, "the statuses are read")
            servers.append(second.bootstrap_servers)
        await eventually(lambda: set(hub.now) == {"p-1"}, "who is not in it is gone", deadline_s=30)
        assert (census.ward_of("p-1"), hub.told[-1]) == ("5A", "flush")
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def test_the_last_hours_are_read_and_go_on(broker: Broker) -> None:
    topic, now = f"trends-{uuid.uuid4()}", now_ms()
    _, census, _, log = parts(broker, topic)
    ages_min = [60 * HOURS + 30, 60 * HOURS - 2, 10, 1]
    await produce(
        broker, topic, *[status_of(at_ms=now - age * MINUTE_MS, heart_rate=float(age)) for age in ages_min]
    )
    async with running(log):
        await eventually(lambda: log.obstacle() is None, "the trends are read")
        _, vitals = census.history("p-1", 60 * HOURS, now)
        assert [value for value in vitals["heart_rate"] if value is not None] == [238.0, 10.0, 1.0]
        await produce(broker, topic, status_of(at_ms=now, heart_rate=0.5), (b"p-1", None))
        await eventually(
            lambda: census.history("p-1", 1, now)[1].get("heart_rate") == [0.5], "the next minute is read"
        )


class Asked(Census):
    """Writes down which trends it is told."""

    def __init__(self) -> None:
        super().__init__(Shown(), trend_hours=HOURS)
        self.instants: list[int] = []

    def take_trend(self, status: PatientStatus) -> None:
        self.instants.append(status.observed_at_ms)


@pytest.mark.kafka
async def test_what_is_older_than_the_hours_is_not_even_fetched(apache_kafka: ApacheKafka) -> None:
    topic, now, census = f"trends-{uuid.uuid4()}", now_ms(), Asked()
    log = TrendLog(
        census,
        lambda: TopicReader(topic, {"bootstrap_servers": apache_kafka.bootstrap_servers}),
        trend_hours=HOURS,
    )
    old = [status_of(at_ms=now - (60 * HOURS + age) * MINUTE_MS, heart_rate=1.0) for age in range(60, 1, -1)]
    await produce(apache_kafka, topic, *old, status_of(at_ms=now, heart_rate=70.0))
    async with running(log):
        await eventually(lambda: log.obstacle() is None, "the trends are read")
    assert census.instants == [now]
