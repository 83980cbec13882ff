"""A worker inside the test's own event loop, and the topics as one who looks on sees them."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from confluent_kafka import Message, Producer

from tests.support.fake_records import FakeRecord
from tests.support.takeover import read_topic
from wardwatch.adapters.faust_app import GroupOptions
from wardwatch.adapters.faust_worker import FaustWorker
from wardwatch.adapters.isolation import Restore
from wardwatch.adapters.partition_runner import Pace
from wardwatch.core.monitor import Monitor

_DEADLINE_S = 30


def new_group() -> GroupOptions:
    """A consumer group that no test had before. Brokers create the topics on first use, with 4 partitions."""
    return GroupOptions(name=f"group-{uuid.uuid4().hex}", declare_topics=False)


@asynccontextmanager
async def worker(
    servers: str, group: GroupOptions, *, restore: Restore = Monitor.restore
) -> AsyncIterator[asyncio.Task[int]]:
    """A worker's `run`, which gives its exit status; stopped in order at the end."""
    pace = Pace(checkpoint_interval_s=0.2, status_interval_s=0.2)
    options = {"bootstrap_servers": servers, "security_protocol": "PLAINTEXT"}
    faust_worker = FaustWorker(options, group=group, pace=pace, restore=restore)
    running = asyncio.create_task(faust_worker.run())
    try:
        yield running
    finally:
        faust_worker.stop()
        await running


def touch(servers: str, topics: Iterable[str]) -> None:
    """Make the embedded broker create topics."""
    producer = Producer({"bootstrap.servers": servers})
    for topic in topics:
        producer.list_topics(topic, _DEADLINE_S)


def produce(servers: str, records: Iterable[FakeRecord], *, partition: int = 0) -> None:
    """Append records to one partition of their topics; the broker chooses their offsets."""
    producer = Producer({"bootstrap.servers": servers, "message.max.bytes": 11_000_000})
    for record in records:
        producer.produce(
            record.topic, record.value, record.key, partition=partition, timestamp=record.timestamp
        )
    assert producer.flush(_DEADLINE_S) == 0


async def heard(servers: str, topic: str, enough: Callable[[list[Message]], bool]) -> list[Message]:
    """All messages of the topic, as soon as they are enough."""
    deadline_s = time.monotonic() + _DEADLINE_S
    while True:
        messages = await asyncio.to_thread(lambda: list(read_topic(servers, topic)))
        if enough(messages):
            return messages
        assert time.monotonic() < deadline_s, f"{topic} has {len(messages)} messages"
        await asyncio.sleep(0.05)
