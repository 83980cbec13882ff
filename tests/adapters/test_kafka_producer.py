import asyncio
import time

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord
from aiokafka.partitioner import DefaultPartitioner

from tests.support.apache_kafka import ApacheKafka
from tests.support.kafka_fixtures import Broker
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.kafka_producer import NotDeliveredError, ReadingProducer
from wardwatch.wire.topics import READINGS, ROSTER

COUNT = 2000
TOO_LARGE = b"x" * (2 * 1024 * 1024)


async def read(broker: Broker, topic: str, count: int) -> list[ConsumerRecord]:
    records: list[ConsumerRecord] = []
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=broker.bootstrap_servers, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        async with asyncio.timeout(30):
            while len(records) < count:
                batches = await consumer.getmany(timeout_ms=200)
                records += [record for batch in batches.values() for record in batch]
    finally:
        await consumer.stop()
    return records


async def test_records_arrive_with_their_key_their_own_time_and_in_order_for_each_patient(
    broker: Broker,
) -> None:
    async with ReadingProducer({"bootstrap_servers": broker.bootstrap_servers}) as producer:
        for number in range(COUNT):
            await producer.send(f"p-{number % 7}", b"%d" % number, 1_000_000 + number)
        await producer.flush()
    records = await read(broker, READINGS, COUNT)
    assert sorted(int(record.value) for record in records) == list(range(COUNT))
    for patient in range(7):
        numbers = [int(record.value) for record in records if record.key == b"p-%d" % patient]
        assert numbers == list(range(patient, COUNT, 7))
    assert all(record.timestamp == 1_000_000 + int(record.value) for record in records)


async def test_a_patient_lies_in_the_partition_that_every_other_producer_chooses(broker: Broker) -> None:
    async with ReadingProducer({"bootstrap_servers": broker.bootstrap_servers}) as producer:
        for number in range(50):
            await producer.send(f"p-{number}", b"{}", 1000, ROSTER)
        await producer.flush()
    records = await read(broker, ROSTER, 50)
    partitions = list(range(4))
    chosen = DefaultPartitioner()
    assert all(record.partition == chosen(record.key, partitions, partitions) for record in records)
    assert len({record.partition for record in records}) > 1


async def test_it_knows_which_topics_there_are_and_makes_none(embedded_broker: EmbeddedBroker) -> None:
    embedded_broker.create_topics(ROSTER)
    async with ReadingProducer({"bootstrap_servers": embedded_broker.bootstrap_servers}) as producer:
        for _ in range(2):
            assert await producer.topics() == {ROSTER}


async def test_no_broker_is_an_error_of_ours() -> None:
    with pytest.raises(NotDeliveredError, match="no broker answers"):
        async with ReadingProducer({"bootstrap_servers": "127.0.0.1:1"}):
            pass


async def test_a_record_that_kafka_does_not_take_is_an_error_without_the_record(broker: Broker) -> None:
    async with ReadingProducer({"bootstrap_servers": broker.bootstrap_servers}) as producer:
        with pytest.raises(NotDeliveredError) as raised:
            await producer.send("p-17", TOO_LARGE, 1000)
    assert "p-17" not in str(raised.value)
    assert "xxx" not in str(raised.value)


@pytest.mark.kafka
async def test_a_timestamp_that_kafka_does_not_take_is_said_with_the_setting_that_decides_it(
    apache_kafka: ApacheKafka,
) -> None:
    topic = "wardwatch.test.timestamps"
    apache_kafka.create_topics(topic, config={"message.timestamp.after.max.ms": "3600000"})
    tomorrow_ms = time.time_ns() // 1_000_000 + 86_400_000
    async with ReadingProducer({"bootstrap_servers": apache_kafka.bootstrap_servers}) as producer:
        await producer.send("p-17", b"{}", tomorrow_ms, topic)
        with pytest.raises(NotDeliveredError, match=r"message\.timestamp\.after\.max\.ms"):
            await producer.flush()
    apache_kafka.delete_topics(topic)


async def test_a_broker_that_goes_away_is_an_error_and_not_a_wait_for_ever() -> None:
    async with asyncio.timeout(30):
        with EmbeddedBroker() as broker:
            options = {"bootstrap_servers": broker.bootstrap_servers}
            async with ReadingProducer(options, answer_timeout_s=0.5) as producer:
                await producer.send("p-17", b"{}", 1000)
                await producer.flush()
                broker.__exit__(None, None, None)
                await producer.send("p-17", b"{}", 2000)
                with pytest.raises(NotDeliveredError, match=r"no answer within 0\.5 s"):
                    await producer.flush()
