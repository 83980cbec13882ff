"""Batches, rewinds and commits through Faust, against a real broker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from faust.types import TP

from tests.support.apache_kafka import ApacheKafka
from tests.support.fake_records import reading_record
from tests.support.workers import new_group, produce
from wardwatch.adapters.faust_app import GroupOptions, new_app, state_table
from wardwatch.adapters.faust_transport import Fetched, batched_topic
from wardwatch.adapters.records import Columns
from wardwatch.wire.topics import ALL, READINGS

pytestmark = pytest.mark.kafka

COUNT = 3000
HERE = TP(READINGS, 1)


@asynccontextmanager
async def reading_app(
    servers: str, *, batch_maximum_records: int = 4096, queue_limit: int = 0
) -> AsyncIterator[tuple[Any, asyncio.Queue[Fetched]]]:
    """A Faust app with one agent, and the queue into which the agent puts what it gets."""
    group = GroupOptions(name=new_group(), declare_topics=False, batch_maximum_records=batch_maximum_records)
    app: Any = new_app({"bootstrap_servers": servers}, group)
    state_table(app, group.partitions)
    got: asyncio.Queue[Fetched] = asyncio.Queue(queue_limit)

    async def agent(stream: Any) -> None:
        async for fetched in stream:
            await got.put(fetched)

    app.agent(batched_topic(app, READINGS), name="test")(agent)
    await app.start()
    try:
        yield app, got
    finally:
        await app.stop()


@pytest.fixture
def servers(apache_kafka: ApacheKafka) -> str:
    """A broker with readings in one partition."""
    apache_kafka.delete_topics(*ALL)
    apache_kafka.create_topics(*ALL)
    produce(
        apache_kafka.bootstrap_servers,
        [reading_record(offset) for offset in range(COUNT)],
        partition=HERE.partition,
    )
    return apache_kafka.bootstrap_servers


async def offsets_until(got: asyncio.Queue[Fetched], last: int) -> list[list[int]]:
    batches: list[list[int]] = []
    while not batches or batches[-1][-1] != last:
        fetched = await asyncio.wait_for(got.get(), 30)
        assert isinstance(fetched.records, Columns)
        batches.append(fetched.records.offsets)
    return batches


async def test_one_message_carries_a_whole_fetch_and_every_record_comes_once_in_order(servers: str) -> None:
    async with reading_app(servers) as (_, got):
        batches = await offsets_until(got, COUNT - 1)
    assert [offset for batch in batches for offset in batch] == list(range(COUNT))
    assert len(batches) < COUNT / 100


async def test_after_a_rewind_the_records_come_again_marked_as_fetched_after_it(servers: str) -> None:
    async with reading_app(servers) as (app, got):
        await offsets_until(got, COUNT - 1)
        rewinds = await app.consumer.rewind(HERE, COUNT - 5)
        fetched = await asyncio.wait_for(got.get(), 30)
    assert [record.offset for record in fetched.records] == list(range(COUNT - 5, COUNT))
    assert fetched.rewinds <= rewinds == 1


async def test_nothing_is_committed_but_what_is_asked_for(servers: str) -> None:
    async with reading_app(servers) as (app, got):
        await offsets_until(got, COUNT - 1)
        await app.consumer.commit()  # as Faust does by itself, every few seconds
        assert await app.consumer.committed(HERE) is None
        assert await app.consumer.commit_exactly({HERE: 17})
        assert await app.consumer.committed(HERE) == 17


async def test_an_agent_that_does_not_get_on_stops_the_fetch_and_loses_nothing(servers: str) -> None:
    async with reading_app(servers, batch_maximum_records=50, queue_limit=1) as (app, got):
        position, before = 1, 0
        while position != before:  # until nothing more is fetched
            before, position = position, await app.consumer.position(HERE)
            await asyncio.sleep(0.5)
        assert position < COUNT / 2
        batches = await offsets_until(got, COUNT - 1)
    assert [offset for batch in batches for offset in batch] == list(range(COUNT))
