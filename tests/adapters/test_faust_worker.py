"""A worker against a real broker: what comes out, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition

from tests.support.apache_kafka import ApacheKafka
from tests.support.fake_monitor import POISONOUS_HEART_RATE, SILENT_AFTER_MS
from tests.support.fake_records import FakeRecord, placement_record, reading_record
from tests.support.feeds import eventually
from tests.support.kafka_fixtures import Broker
from tests.support.takeover import value_of
from tests.support.workers import heard, new_group, process_of, produce, touch, worker
from wardwatch.adapters.isolation import MAXIMUM_ISOLATED_RECORDS
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.rejections import decode_rejection
from wardwatch.wire.status import decode_status
from wardwatch.wire.topics import ALERTS, ALL, READINGS, REJECTED, STATUS, TRENDS

BROKEN = {
    "not_json": b"{",
    "wrong_type": b'{"v": 1, "patient": "p-1", "device": "d", "observed_at_ms": "now"}',
    "unknown_version": b'{"v": 2}',
    "missing_field": b'{"v": 1, "device": "d", "observed_at_ms": 1}',
    "not_utf8": b"\xff\xfe{}",
    "too_large": b" " * 900_000,
    "no_payload": None,
}


@pytest.fixture
def servers(broker: Broker) -> str:
    """A broker of either kind, with empty topics."""
    if isinstance(broker, ApacheKafka):
        broker.delete_topics(*ALL)
        broker.create_topics(*ALL)
    else:
        touch(broker.bootstrap_servers, ALL)
    return broker.bootstrap_servers


@pytest.fixture
def apache_servers(apache_kafka: ApacheKafka) -> str:
    """Apache Kafka with empty topics."""
    apache_kafka.delete_topics(*ALL)
    apache_kafka.create_topics(*ALL)
    return apache_kafka.bootstrap_servers


def fast_heart(seconds: Iterable[int]) -> list[FakeRecord]:
    return [
        reading_record(second, heart_rate=152, at_ms=1_700_000_000_000 + 1000 * second) for second in seconds
    ]


def committed(servers: str, group: str) -> int:
    consumer = Consumer({"bootstrap.servers": servers, "group.id": group})
    try:
        (place,) = consumer.committed([TopicPartition(READINGS, 0)], timeout=10)
    finally:
        consumer.close()
    return max(0, place.offset)


async def test_alarms_rejections_and_statuses_come_out_where_the_readings_went_in(servers: str) -> None:
    broken = [FakeRecord(READINGS, 0, b"p-1", payload, 1_700_000_000_000) for payload in BROKEN.values()]
    produce(servers, [placement_record(0)], partition=2)
    produce(servers, [*fast_heart(range(90)), *broken, *fast_heart(range(90, 200))], partition=2)
    async with worker(servers, new_group(), monitor="real"):
        alerts = await heard(servers, ALERTS, lambda messages: len(messages) >= 1)
        rejected = await heard(servers, REJECTED, lambda messages: len(messages) == len(BROKEN))
        statuses = await heard(servers, STATUS, lambda messages: len(messages) > 0)
        trends = await heard(servers, TRENDS, lambda messages: len(messages) > 0)
    # Later ones may come of time: nobody acknowledges it.
    alert = alerts[0]
    event = decode_alarm(value_of(alert))
    assert (event.patient, event.condition, event.phase) == ("p-1", "heart_rate.high", "start")
    assert (alert.key(), alert.partition()) == (b"p-1", 2)
    rejections = [decode_rejection(value_of(message)) for message in rejected]
    places = [(found.reason, found.partition, found.offset) for found in rejections]
    assert places == [(reason, 2, 90 + index) for index, reason in enumerate(BROKEN)]
    assert decode_status(value_of(statuses[-1])).open_alarms == (event.condition,)
    assert (value_of(trends[0]), trends[0].partition()) == (value_of(statuses[0]), 2)


@pytest.mark.kafka
async def test_a_worker_goes_on_where_the_one_before_it_stopped(apache_servers: str) -> None:
    group = new_group()
    produce(apache_servers, [reading_record(offset) for offset in range(4)])
    async with worker(apache_servers, group, monitor="fake"):
        await heard(apache_servers, ALERTS, lambda messages: len(messages) == 1)
    assert committed(apache_servers, group) == 4
    produce(apache_servers, [reading_record(offset) for offset in range(4, 6)])
    async with worker(apache_servers, group, monitor="fake"):
        messages = await heard(apache_servers, ALERTS, lambda messages: len(messages) == 2)
    assert [decode_alarm(value_of(message)).sequence for message in messages] == [1, 2]


@pytest.mark.kafka
async def test_what_was_lost_on_its_way_is_fetched_again_though_nothing_comes_after_it(
    apache_servers: str, tmp_path: Path
) -> None:
    losing, group = tmp_path / "lost-0", new_group()
    losing.touch()
    produce(apache_servers, fast_heart(range(60)))
    with process_of("tests.support.stuck_worker", apache_servers, group, str(tmp_path), log=tmp_path / "log"):
        again = "Records of vitals.readings, partition 0, did not come; fetching them again."
        await eventually(lambda: again in (tmp_path / "log").read_text(), "they are missed", deadline_s=60)
        losing.unlink()
        await heard(apache_servers, STATUS, lambda messages: len(messages) > 0)


async def test_what_time_alone_tells_is_told(servers: str) -> None:
    """The log's clock goes on when the last record is read: the second patient's tells of the first."""
    produce(servers, [reading_record(0, "p-1", at_ms=1), reading_record(1, "p-2", at_ms=2 + SILENT_AFTER_MS)])
    async with worker(servers, new_group(), monitor="fake"):
        messages = await heard(servers, ALERTS, lambda messages: len(messages) > 0)
    event = decode_alarm(value_of(messages[0]))
    assert (event.patient, event.condition) == ("p-1", "silent")


@pytest.mark.kafka
async def test_a_monitor_that_fails_on_many_readings_ends_the_worker_and_nothing_is_committed(
    apache_servers: str,
) -> None:
    group = new_group()
    poison = [
        reading_record(offset, heart_rate=POISONOUS_HEART_RATE)
        for offset in range(MAXIMUM_ISOLATED_RECORDS + 1)
    ]
    produce(apache_servers, poison)
    async with worker(apache_servers, group, monitor="fake") as process:
        assert await asyncio.wait_for(process.wait(), 30) == 1
    assert committed(apache_servers, group) == 0


@pytest.mark.kafka
async def test_topics_with_other_partitions_end_the_worker(apache_kafka: ApacheKafka) -> None:
    """Or else a patient's readings and placement would go to different workers."""
    apache_kafka.delete_topics(*ALL)
    apache_kafka.create_topics(READINGS, partitions=2)
    async with worker(apache_kafka.bootstrap_servers, new_group(), monitor="real") as process:
        assert await asyncio.wait_for(process.wait(), 30) == 1
    apache_kafka.delete_topics(*ALL)
