"""When a partition's runner vouches that the partition is watched."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

import pytest

from tests.support.fake_monitor import FakeMonitor
from tests.support.fake_records import reading_record
from wardwatch.adapters.partition import Partition
from wardwatch.adapters.partition_runner import Pace, PartitionRunner
from wardwatch.wire.topics import READINGS


class Broker:
    """Answers when it is let, and knows whose the partition is."""

    def __init__(self) -> None:
        self.answers = asyncio.Event()
        self.answers.set()
        self.is_member = True

    async def send(self, *_: object) -> Awaitable[Any]:
        return asyncio.create_task(self.answers.wait())

    async def commit(self, partition: int, positions: Mapping[str, int]) -> bool:  # noqa: ARG002
        await self.answers.wait()
        return self.is_member

    async def rewind(self, *_: object) -> int:
        raise NotImplementedError


def runner_of(broker: Broker, *, lease_s: float = 3600) -> PartitionRunner:
    partition = Partition(0, generation=1, changelog={}, restore=FakeMonitor.restore)
    pace = Pace(checkpoint_interval_s=0, status_interval_s=3600, lease_s=lease_s)
    return PartitionRunner(partition, broker, changelog="state", pace=pace)


async def test_a_runner_with_nothing_to_do_vouches_for_its_partition() -> None:
    assert await runner_of(Broker()).is_watching()


async def test_it_does_not_vouch_before_it_is_through_with_what_it_has_begun() -> None:
    broker = Broker()
    broker.answers.clear()
    runner = runner_of(broker)
    taking = asyncio.create_task(runner.take(READINGS, [reading_record(0)], 0))
    await asyncio.sleep(0)
    vouching = asyncio.create_task(runner.is_watching())
    done, _ = await asyncio.wait({vouching}, timeout=0.1)
    assert not done, "the broker has not answered yet"
    broker.answers.set()
    await taking
    assert await vouching


@pytest.mark.parametrize("is_member", [True, False])
async def test_after_a_long_sleep_it_asks_the_group_whose_the_partition_is(*, is_member: bool) -> None:
    broker = Broker()
    broker.is_member = is_member
    assert await runner_of(broker, lease_s=-1).is_watching() is is_member


async def test_once_settled_the_partition_is_another_workers() -> None:
    runner = runner_of(Broker())
    await runner.settle()
    assert not await runner.is_watching()
