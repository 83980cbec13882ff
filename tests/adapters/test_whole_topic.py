"""Reading a topic up to the end that it has now, on a real broker."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.kafka_fixtures import Broker
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.kafka_topic import (
    Extent,
    LogRecord,
    LogUnavailableError,
    TopicMissingError,
    TopicReader,
)
from wardwatch.adapters.whole_topic import read_whole


async def produce(broker: Broker, topic: str, values: list[bytes]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for number, value in enumerate(values):
            await producer.send_and_wait(topic, value, key=f"p-{number % 7}".encode())


async def read(broker: Broker, topic: str, take: Callable[[LogRecord], None]) -> tuple[bool, list[float]]:
    shares: list[float] = []
    async with asyncio.timeout(20):
        reader = TopicReader(topic, {"bootstrap_servers": broker.bootstrap_servers})
        return await read_whole(reader, take, shares.append), shares


async def test_all_records_are_read_each_once_and_then_it_stops(broker: Broker) -> None:
    topic = f"topic-{uuid.uuid4()}"
    values = [b"%d" % number for number in range(500)]
    await produce(broker, topic, values)
    taken: list[LogRecord] = []
    is_whole, shares = await read(broker, topic, taken.append)
    assert sorted(record.value or b"" for record in taken) == sorted(values)
    assert is_whole
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


async def test_what_comes_in_meanwhile_is_left_out(embedded_broker: EmbeddedBroker) -> None:
    await produce(embedded_broker, "topic", [b"before"])
    taken: list[bytes | None] = []
    reader = TopicReader("topic", {"bootstrap_servers": embedded_broker.bootstrap_servers})
    read_from = reader.read_from

    def read_from_later(offsets: dict[int, int]) -> None:
        """The end is known: what is written from now on is later."""
        done.append(asyncio.create_task(produce(embedded_broker, "topic", [b"after"] * 20)))
        read_from(offsets)

    done: list[asyncio.Task[None]] = []
    reader.read_from = read_from_later  # type: ignore[method-assign, assignment]
    await read_whole(reader, lambda record: taken.append(record.value), lambda _: None)
    await done[0]
    assert taken == [b"before"]


async def test_a_topic_that_does_not_exist_is_told(embedded_broker: EmbeddedBroker) -> None:
    with pytest.raises(TopicMissingError):
        await read(embedded_broker, "missing", lambda _: None)


async def test_a_topic_of_which_the_beginning_is_gone_is_not_whole(
    embedded_broker: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    await produce(embedded_broker, "topic", [b"%d" % number for number in range(40)])
    whole_extents = TopicReader.extents

    async def extents(self: TopicReader) -> dict[int, Extent]:
        """As a broker tells them that has deleted the first records."""
        return {number: Extent(min(2, of.end), of.end) for number, of in (await whole_extents(self)).items()}

    monkeypatch.setattr(TopicReader, "extents", extents)
    taken: list[LogRecord] = []
    is_whole, _ = await read(embedded_broker, "topic", taken.append)
    assert not is_whole
    assert all(record.offset >= 2 for record in taken)
    assert taken


async def test_a_broker_that_goes_away_is_no_end_of_the_topic() -> None:
    with EmbeddedBroker() as broker:
        await produce(broker, "topic", [b"one"])
        reader = TopicReader("topic", {"bootstrap_servers": broker.bootstrap_servers})
        extents = reader.extents

        async def more_than_there_is() -> dict[int, Extent]:
            found = {number: Extent(of.first, of.end + 1) for number, of in (await extents()).items()}
            broker.__exit__(None, None, None)
            return found

        reader.extents = more_than_there_is  # type: ignore[method-assign]
        with pytest.raises(LogUnavailableError):
            async with asyncio.timeout(30):
                await read_whole(reader, lambda _: None, lambda _: None)
