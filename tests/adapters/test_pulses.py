"""What a worker's partitions show of themselves, and when they show nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable
from typing import Any

import pytest

from tests.support.fake_monitor import FakeMonitor
from tests.support.fake_records import reading_record
from tests.support.feeds import eventually
from wardwatch.adapters.partition import Partition
from wardwatch.adapters.pulses import Pulses, Reach
from wardwatch.wire.pulse import Pulse, decode_pulse
from wardwatch.wire.topics import PULSE, READINGS, ROSTER


class FakeRunner:
    """A runner that can be made to hang, and to have been replaced."""

    def __init__(self, number: int) -> None:
        self.partition = Partition(number, generation=1, changelog={}, restore=FakeMonitor.restore)
        self.turn = asyncio.Event()
        self.turn.set()
        self.is_ours = True

    async def is_watching(self) -> bool:
        await self.turn.wait()
        return self.is_ours


class FakeProducer:
    def __init__(self) -> None:
        self.pulses: list[Pulse] = []
        self.failure: Exception | None = None

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None
    ) -> Awaitable[Any]:
        if self.failure is not None:
            raise self.failure
        pulse = decode_pulse(value)
        assert (topic, key) == (PULSE, str(partition).encode())
        assert pulse.partition == partition
        self.pulses.append(pulse)
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        acknowledged.set_result(None)
        return acknowledged

    def partitions(self) -> list[int]:
        return sorted(pulse.partition for pulse in self.pulses)


class Worker:
    """Two partitions, of which the broker says where they end."""

    def __init__(self) -> None:
        self.producer = FakeProducer()
        self.pulses = Pulses(self.producer, worker="host:1")
        self.runners = {number: FakeRunner(number) for number in range(2)}

    async def beat(self, end: int = 0) -> None:
        places = {
            (topic, number): (runner.partition.positions[topic], end if topic == READINGS else 0)
            for number, runner in self.runners.items()
            for topic in (READINGS, ROSTER)
        }
        self.pulses.beat(self.runners, places, time.monotonic())
        for _ in range(5):
            await asyncio.sleep(0)


async def test_each_partition_tells_how_far_it_is() -> None:
    worker = Worker()
    worker.runners[1].partition.take(READINGS, [reading_record(0, at_ms=5000), reading_record(1, at_ms=6000)])
    await worker.beat(end=2)
    behind, done = sorted(worker.producer.pulses, key=lambda pulse: pulse.partition)
    assert (behind.position[READINGS], behind.end[READINGS], behind.behind_ms) == (0, 2, None)
    assert (done.position[READINGS], done.end[READINGS], done.heard_ms) == (2, 2, 6000)
    assert done.behind_ms is not None
    assert done.behind_ms < 1000
    assert done.worker == "host:1"


async def test_a_partition_that_hangs_gives_no_pulse_and_holds_up_no_other() -> None:
    worker = Worker()
    worker.runners[0].turn.clear()
    for _ in range(3):
        await worker.beat()
    assert worker.producer.partitions() == [1, 1, 1]
    worker.runners[0].turn.set()
    await worker.beat()
    assert worker.producer.partitions() == [0, 1, 1, 1, 1], "the turns that it missed are not made up for"


async def test_a_partition_that_is_another_workers_gives_no_pulse() -> None:
    worker = Worker()
    worker.runners[0].is_ours = False
    await worker.beat()
    assert worker.producer.partitions() == [1]


async def test_a_new_owner_of_a_partition_does_not_know_how_late_it_is_until_it_has_been_at_the_end() -> None:
    worker = Worker()
    await worker.beat(end=0)
    worker.runners[0] = FakeRunner(0)
    worker.producer.pulses.clear()
    await worker.beat(end=3)
    behind = {pulse.partition: pulse.behind_ms for pulse in worker.producer.pulses}
    assert behind[0] is None
    assert behind[1] is not None


async def test_without_a_broker_that_takes_them_the_work_goes_on_and_they_come_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    worker = Worker()
    worker.producer.failure = TimeoutError("p-17")
    await worker.beat()
    assert caplog.text.count("A pulse was not published: TimeoutError") == 2
    assert "p-17" not in caplog.text
    worker.producer.failure = None
    await worker.beat()
    await eventually(lambda: worker.producer.partitions() == [0, 1], "pulses come again")


def test_a_partition_that_keeps_up_with_a_moving_end_is_behind_by_what_it_lags() -> None:
    reach = Reach()
    for second in range(100):
        reach.aim({READINGS: 100 * second - 50}, {READINGS: 100 * second}, float(second))
    assert reach.behind_s(99.5) is not None
    assert (reach.behind_s(99.5) or 0) < 3


def test_a_partition_that_stands_is_ever_more_behind() -> None:
    reach = Reach()
    reach.aim({READINGS: 5}, {READINGS: 5}, 10.0)
    assert reach.behind_s(12.0) == 2.0
    for second in range(11, 40):
        reach.aim({READINGS: 5}, {READINGS: 6 + second}, float(second))
    assert reach.behind_s(40.0) == 30.0
    reach.look({READINGS: 17})
    assert reach.behind_s(40.0) == 29.0, "it has reached the end as it was at 11 s"
