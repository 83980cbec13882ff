"""What the demo counts as refused."""

from __future__ import annotations

import asyncio

from aiokafka import AIOKafkaProducer

from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.kafka_topic import TopicReader
from wardwatch.demo.watching import RejectedWatch, until
from wardwatch.wire.rejections import Rejection, encode_rejection
from wardwatch.wire.topics import READINGS, REJECTED, ROSTER


def rejection(offset: int, *, topic: str = READINGS, vital: str | None = None) -> bytes:
    return encode_rejection(
        Rejection(reason="r", detail="d", topic=topic, partition=0, offset=offset, vital=vital)
    )


async def refused_readings(broker: EmbeddedBroker, *records: bytes) -> int:
    """How many readings the watch counts, once it has read all of these records."""
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for record in records:
            await producer.send_and_wait(REJECTED, record)
    async with TopicReader(REJECTED, {"bootstrap_servers": broker.bootstrap_servers}) as reader:
        watch = RejectedWatch(reader)
        await watch.start()
        reading = asyncio.create_task(watch.run())
        async with asyncio.timeout(20):
            await until(watch.has_read_all)
        reading.cancel()
        return len(watch.readings)


async def test_readings_refused_whole_are_counted(embedded_broker: EmbeddedBroker) -> None:
    assert await refused_readings(embedded_broker, rejection(1), rejection(2)) == 2


async def test_a_reading_refused_twice_after_a_crash_is_one(embedded_broker: EmbeddedBroker) -> None:
    assert await refused_readings(embedded_broker, rejection(1), rejection(1)) == 1


async def test_a_single_bad_value_is_no_refused_reading(embedded_broker: EmbeddedBroker) -> None:
    assert await refused_readings(embedded_broker, rejection(1, vital="heart_rate")) == 0


async def test_neither_a_bad_roster_line_nor_garbage_is_a_refused_reading(
    embedded_broker: EmbeddedBroker,
) -> None:
    assert await refused_readings(embedded_broker, rejection(1, topic=ROSTER), b"garbage") == 0
