"""A worker as a process, and the topics as one who looks on sees them."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Literal

from confluent_kafka import Message, Producer

from tests.support.fake_records import FakeRecord
from tests.support.takeover import read_topic

_DEADLINE_S = 30


def new_group() -> str:
    """The name of a consumer group that no test had before."""
    return f"group-{uuid.uuid4().hex}"


@asynccontextmanager
async def worker(
    servers: str, group: str, *, monitor: Literal["real", "fake"]
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A worker as a process, which is stopped in order at the end."""
    touch(servers, [f"{group}-patients-changelog"])
    module = "tests.support.quick_worker"
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", module, servers, group, monitor)
    try:
        yield process
        if process.returncode is None:
            process.terminate()
        await asyncio.wait_for(process.wait(), _DEADLINE_S)
    finally:
        if process.returncode is None:
            process.kill()


@contextmanager
def process_of(*command: str, log: Path, environment: Mapping[str, str] | None = None) -> Iterator[int]:
    """The id of a process, which is killed at the end if the test has not done so."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**os.environ, **(environment or {})},
            stdout=output,
            stderr=output,
        )
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def touch(servers: str, topics: Iterable[str]) -> None:
    """Let the broker create topics, as it does on first use, and wait until they are there."""
    producer = Producer({"bootstrap.servers": servers})
    deadline_s = time.monotonic() + _DEADLINE_S
    for topic in topics:
        while producer.list_topics(topic, _DEADLINE_S).topics[topic].error is not None:
            assert time.monotonic() < deadline_s
            time.sleep(0.05)


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
