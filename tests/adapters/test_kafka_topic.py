"""Reading a topic whole, on a real broker."""

from __future__ import annotations

import asyncio
import socket
import time
import uuid

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.apache_kafka import ApacheKafka
from tests.support.feeds import eventually
from tests.support.kafka_fixtures import Broker
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.kafka_topic import (
    BrokerUnreachableError,
    LogRecord,
    LogUnavailableError,
    TopicMissingError,
    TopicReader,
)


def reader_of(topic: str, bootstrap_servers: str) -> TopicReader:
    return TopicReader(topic, {"bootstrap_servers": bootstrap_servers})


async def produce(bootstrap_servers: str, topic: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=bootstrap_servers) as producer:
        for number, value in enumerate(values):
            await producer.send_and_wait(topic, value, key=f"p-{number % 7}".encode())


async def read_until(reader: TopicReader, count: int) -> list[LogRecord]:
    records: list[LogRecord] = []
    async with asyncio.timeout(20):
        while len(records) < count:
            records += await reader.read(wait_s=0.2)
    return records


async def test_every_reader_gets_every_record_of_every_partition_in_offset_order(broker: Broker) -> None:
    topic = f"topic-{uuid.uuid4()}"
    values = [b"%d" % number for number in range(50)]
    await produce(broker.bootstrap_servers, topic, values)
    for _ in range(2):
        async with reader_of(topic, broker.bootstrap_servers) as reader:
            await reader.start()
            extents = await reader.extents()
            assert sum(extent.end - extent.first for extent in extents.values()) == 50
            reader.read_from({partition: extent.first for partition, extent in extents.items()})
            records = await read_until(reader, 50)
            assert sorted(record.value or b"" for record in records) == sorted(values)
            for partition in extents:
                offsets = [record.offset for record in records if record.partition == partition]
                assert offsets == list(range(len(offsets)))
            assert {record.key for record in records} == {f"p-{number}".encode() for number in range(7)}
            assert await reader.positions() == await reader.ends()


async def test_reading_goes_on_where_it_was_left(broker: Broker) -> None:
    topic = f"topic-{uuid.uuid4()}"
    await produce(broker.bootstrap_servers, topic, [b"old"] * 20)
    async with reader_of(topic, broker.bootstrap_servers) as reader:
        await reader.start()
        left_at = await reader.ends()
    await produce(broker.bootstrap_servers, topic, [b"new"])
    async with reader_of(topic, broker.bootstrap_servers) as reader:
        await reader.start()
        reader.read_from(left_at)
        assert [record.value for record in await read_until(reader, 1)] == [b"new"]


@pytest.mark.kafka
async def test_a_place_in_the_log_is_found_by_time(apache_kafka: ApacheKafka) -> None:
    topic, start_ms = f"topic-{uuid.uuid4()}", 1_795_288_000_000
    async with AIOKafkaProducer(bootstrap_servers=apache_kafka.bootstrap_servers) as producer:
        for number in range(10):
            await producer.send_and_wait(topic, b"x", partition=0, timestamp_ms=start_ms + 1000 * number)
    async with reader_of(topic, apache_kafka.bootstrap_servers) as reader:
        await reader.start()
        others = dict.fromkeys(range(1, 4))
        for after_ms, offset in ((-5, 0), (0, 0), (2500, 3), (9000, 9), (9001, None)):
            assert await reader.offsets_at(start_ms + after_ms) == {0: offset} | others


async def test_a_broker_that_can_not_find_places_by_time_is_no_error(
    embedded_broker: EmbeddedBroker,
) -> None:
    await produce(embedded_broker.bootstrap_servers, "topic", [b"x"])
    async with reader_of("topic", embedded_broker.bootstrap_servers) as reader:
        await reader.start()
        assert set((await reader.offsets_at(0)).values()) == {None}


async def test_a_place_outside_the_log_is_an_error_and_not_a_jump() -> None:
    with EmbeddedBroker() as broker:
        await produce(broker.bootstrap_servers, "topic", [b"x"])
        async with reader_of("topic", broker.bootstrap_servers) as reader:
            await reader.start()
            reader.read_from(dict.fromkeys(await reader.ends(), 1000))
            with pytest.raises(LogUnavailableError):
                await read_until(reader, 1)


async def test_a_topic_that_does_not_exist_is_named_and_not_created_by_looking(broker: Broker) -> None:
    topic = f"missing-{uuid.uuid4()}"
    for _ in range(2):
        async with reader_of(topic, broker.bootstrap_servers) as reader:
            with pytest.raises(TopicMissingError):
                await reader.start()


async def test_a_refused_connection_is_named_at_once() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
    started = time.monotonic()
    async with reader_of("topic", f"127.0.0.1:{port}") as reader:
        with pytest.raises(BrokerUnreachableError):
            await reader.start()
    assert time.monotonic() - started < 3


async def test_a_broker_that_accepts_and_never_answers_is_given_up_within_seconds() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    started = time.monotonic()
    async with reader_of("topic", f"127.0.0.1:{port}") as reader:
        with pytest.raises(BrokerUnreachableError):
            await reader.start()
    assert time.monotonic() - started < 12
    server.close()


async def test_a_broker_that_dies_is_noticed_within_seconds_and_leaves_no_task_behind() -> None:
    before = asyncio.all_tasks()
    with EmbeddedBroker() as broker:
        await produce(broker.bootstrap_servers, "topic", [b"x"])
        reader = reader_of("topic", broker.bootstrap_servers)
        await reader.start()
        reader.read_from(dict.fromkeys(await reader.ends(), 0))
        await read_until(reader, 1)
    died = time.monotonic()
    with pytest.raises(BrokerUnreachableError):
        await reader.ends()
    await reader.__aexit__(None, None, None)
    assert time.monotonic() - died < 12
    await eventually(lambda: asyncio.all_tasks() <= before, "aiokafka's tasks have ended")
