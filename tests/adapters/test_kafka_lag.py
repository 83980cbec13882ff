"""How far a group is behind, told by the broker to who is no member of the group."""

from __future__ import annotations

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.kafka_lag import GroupLag

TOPIC, OTHER = "readings", "roster"


async def produce(broker: EmbeddedBroker, count: int) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for number in range(count):
            await producer.send_and_wait(TOPIC, b"x", partition=number % 4)


def lag_of(broker: EmbeddedBroker, *topics: str) -> GroupLag:
    return GroupLag("watchers", topics, {"bootstrap_servers": broker.bootstrap_servers})


async def test_a_group_that_has_committed_nothing_is_behind_by_all_there_is(
    embedded_broker: EmbeddedBroker,
) -> None:
    await produce(embedded_broker, 10)
    async with lag_of(embedded_broker, TOPIC, OTHER) as lag:
        assert await lag.records_behind() == 10
        assert not await lag.is_caught_up()


async def test_what_the_group_has_committed_no_longer_counts(embedded_broker: EmbeddedBroker) -> None:
    await produce(embedded_broker, 8)
    async with lag_of(embedded_broker, TOPIC) as lag:
        async with AIOKafkaConsumer(
            TOPIC,
            group_id="watchers",
            bootstrap_servers=embedded_broker.bootstrap_servers,
            enable_auto_commit=False,
        ) as member:
            await member.commit({TopicPartition(TOPIC, 0): 2, TopicPartition(TOPIC, 1): 1})
            assert await lag.records_behind() == 5
            await member.commit({TopicPartition(TOPIC, number): 2 for number in range(4)})
            assert await lag.is_caught_up()
            # Asking has not taken the group's partitions away from its member.
            assert len(member.assignment()) == 4
        await produce(embedded_broker, 1)
        assert await lag.records_behind() == 1


async def test_topics_without_records_are_no_lag(embedded_broker: EmbeddedBroker) -> None:
    embedded_broker.create_topics(OTHER)
    async with lag_of(embedded_broker, OTHER) as lag:
        assert await lag.is_caught_up()
