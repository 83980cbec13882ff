"""The embedded broker under real clients, beside Apache Kafka where both must do the same."""

from __future__ import annotations

import socket
import uuid

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests.support.kafka_fixtures import Broker
from wardwatch.adapters.embedded_broker import (
    PARTITIONS_PER_TOPIC,
    RETAINED_BYTES_PER_PARTITION,
    EmbeddedBroker,
)

_LONG_AGO_MS = 1_000_000_000_000  # September 2001
_FAR_AHEAD_MS = 4_439_000_000_000  # September 2110, as in a recording with shifted dates


@pytest.fixture
def topic() -> str:
    """A name that no other test uses: Apache Kafka is shared by the session."""
    return f"test-{uuid.uuid4().hex}"


async def test_keys_values_and_the_producers_timestamps_come_back(broker: Broker, topic: str) -> None:
    sent = [
        (b"p-1", b"first", _LONG_AGO_MS),
        (b"p-2", b"second", _FAR_AHEAD_MS),
        (b"p-1", b"third", _LONG_AGO_MS + 1),
    ]
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for key, value, timestamp_ms in sent:
            await producer.send_and_wait(topic, value, key=key, timestamp_ms=timestamp_ms)

    async with _consumer(broker, topic) as consumer:
        received = [await consumer.getone() for _ in sent]

    assert sorted((record.key, record.value, record.timestamp) for record in received) == sorted(sent)
    partitions_of_p1 = {record.partition for record in received if record.key == b"p-1"}
    assert len(partitions_of_p1) == 1


async def test_a_group_resumes_at_its_committed_offset(broker: Broker, topic: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for value in (b"done", b"open"):
            await producer.send_and_wait(topic, value, partition=1)

    group = f"group-of-{topic}"
    async with _consumer(broker, topic, group=group) as consumer:
        record = await consumer.getone()
        assert record.value == b"done"
        await consumer.commit({TopicPartition(topic, record.partition): record.offset + 1})

    async with _consumer(broker, topic, group=group) as consumer:
        assert (await consumer.getone()).value == b"open"


async def test_a_topic_has_four_partitions_from_its_first_use(broker: Broker, topic: str) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        assert await producer.partitions_for(topic) == set(range(PARTITIONS_PER_TOPIC))


async def test_the_embedded_broker_has_topics_before_their_first_use_if_asked_to(
    embedded_broker: EmbeddedBroker, topic: str
) -> None:
    embedded_broker.create_topics(topic)
    async with _consumer(embedded_broker, topic) as consumer:
        assert consumer.partitions_for_topic(topic) == set(range(PARTITIONS_PER_TOPIC))


async def test_the_embedded_broker_drops_what_exceeds_its_memory(
    embedded_broker: EmbeddedBroker, topic: str
) -> None:
    partition = TopicPartition(topic, 0)
    batch = b"x" * (RETAINED_BYTES_PER_PARTITION // 10)
    async with AIOKafkaProducer(
        bootstrap_servers=embedded_broker.bootstrap_servers, max_request_size=len(batch) * 2
    ) as producer:
        for _ in range(15):
            await producer.send_and_wait(topic, batch, partition=0)

    async with AIOKafkaConsumer(bootstrap_servers=embedded_broker.bootstrap_servers) as consumer:
        oldest = (await consumer.beginning_offsets([partition]))[partition]
        next_offset = (await consumer.end_offsets([partition]))[partition]

    assert next_offset == 15
    assert oldest == 15 - 9  # ten batches and their headers would be more than it keeps


def test_the_embedded_broker_can_be_reached_from_this_machine_alone_and_not_after_its_end() -> None:
    with EmbeddedBroker() as broker:
        host, _, port = broker.bootstrap_servers.partition(":")
        assert host == "127.0.0.1"
        socket.create_connection((host, int(port)), timeout=5).close()

    assert broker.bootstrap_servers == ""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((host, int(port)), timeout=5)


def _consumer(broker: Broker, topic: str, *, group: str | None = None) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap_servers,
        group_id=group,
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=50,
        session_timeout_ms=4000,  # the embedded broker makes a group's second member wait for it
        heartbeat_interval_ms=1000,
    )
