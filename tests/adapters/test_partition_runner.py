"""The order in which a partition's messages, checkpoints and offsets reach the broker."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any

import pytest

from tests.support.fake_monitor import SILENT_AFTER_MS, FakeMonitor
from tests.support.fake_records import command_record, placement_record, reading_record
from tests.support.feeds import eventually
from wardwatch.adapters.partition import Partition
from wardwatch.adapters.partition_runner import Pace, PartitionRunner
from wardwatch.core.monitor import Monitor
from wardwatch.wire.receipts import decode_receipt
from wardwatch.wire.topics import ALERTS, COMMANDS, READINGS, RECEIPTS, ROSTER, STATUS

CHANGELOG = "state"
NEVER = Pace(checkpoint_interval_s=3600, status_interval_s=3600, lease_s=3600)
AT_ONCE = Pace(checkpoint_interval_s=0, status_interval_s=3600, lease_s=3600)


class FakeBroker:
    """Notes what happens in order; acknowledges a topic's messages unless it is in ``withheld``."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int, bytes | None, bytes | None]] = []
        self.happened: list[str] = []
        self.withheld: dict[str, asyncio.Future[None]] = {}
        self.committed: list[dict[str, int]] = []
        self.is_member = True
        self.rewound: list[tuple[str, int]] = []

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None
    ) -> Awaitable[Any]:
        self.sent.append((topic, partition, key, value))
        if self.happened[-1:] != [topic]:
            self.happened.append(topic)
        acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        acknowledged.set_result(None)
        return self.withheld.get(topic, acknowledged)

    async def commit(self, partition: int, positions: Mapping[str, int]) -> bool:
        assert partition == 0
        self.happened.append("commit")
        self.committed.append(dict(positions))
        return self.is_member

    async def rewind(self, topic: str, partition: int, offset: int) -> int:
        assert partition == 0
        self.rewound.append((topic, offset))
        return len(self.rewound)


def marked(number: int = 0) -> dict[bytes, bytes]:
    """The changelog of a partition that has had an owner, of whom nothing was taken in."""
    partition = Partition(number, generation=0, changelog={}, restore=FakeMonitor.restore)
    return {key: value for key, value in partition.checkpoint() if value is not None}


def runner_of(broker: FakeBroker, pace: Pace, *, readings_end: int = 0) -> PartitionRunner:
    partition = Partition(
        0, generation=1, changelog=marked(), restore=FakeMonitor.restore, readings_end=readings_end
    )
    return PartitionRunner(partition, broker, changelog=CHANGELOG, pace=pace)


def command_id(message: tuple[str, int, bytes | None, bytes | None]) -> str:
    return decode_receipt(message[3]).command


async def test_alerts_come_before_the_checkpoint_and_the_checkpoint_before_the_commit() -> None:
    broker = FakeBroker()
    await runner_of(broker, AT_ONCE).take(READINGS, [reading_record(offset) for offset in range(3)], 0)
    assert broker.happened == [ALERTS, CHANGELOG, "commit"]
    assert broker.committed == [{READINGS: 3, ROSTER: 0, COMMANDS: 0}]


@pytest.mark.parametrize(
    ("slow", "expected"), [(ALERTS, [ALERTS]), (CHANGELOG, [ALERTS, CHANGELOG])], ids=["alerts", "checkpoint"]
)
async def test_each_step_waits_until_the_one_before_is_acknowledged(slow: str, expected: list[str]) -> None:
    broker = FakeBroker()
    broker.withheld[slow] = asyncio.get_running_loop().create_future()
    taking = asyncio.create_task(
        runner_of(broker, AT_ONCE).take(READINGS, [reading_record(offset) for offset in range(3)], 0)
    )
    for _ in range(20):
        await asyncio.sleep(0)
    assert broker.happened == expected
    broker.withheld[slow].set_result(None)
    await taking
    assert broker.happened == [ALERTS, CHANGELOG, "commit"]


@pytest.mark.parametrize("failing", [ALERTS, CHANGELOG])
async def test_a_send_that_fails_is_an_error_and_nothing_is_committed(failing: str) -> None:
    broker = FakeBroker()
    broker.withheld[failing] = asyncio.get_running_loop().create_future()
    broker.withheld[failing].set_exception(TimeoutError())
    with pytest.raises(TimeoutError):
        await runner_of(broker, AT_ONCE).take(READINGS, [reading_record(offset) for offset in range(3)], 0)
    assert broker.committed == []


async def test_between_checkpoints_nothing_is_committed() -> None:
    broker = FakeBroker()
    await runner_of(broker, NEVER).take(READINGS, [reading_record(offset) for offset in range(3)], 0)
    assert broker.happened == [ALERTS]


async def test_events_that_no_log_gives_again_are_published_after_the_commit() -> None:
    broker = FakeBroker()
    await runner_of(broker, NEVER).take(ROSTER, [placement_record(0)], 0)
    assert broker.happened == [CHANGELOG, "commit", ALERTS]


async def test_a_replaced_worker_publishes_no_outbox_and_takes_nothing_in_any_more() -> None:
    broker = FakeBroker()
    broker.is_member = False
    runner = runner_of(broker, NEVER)
    await runner.take(ROSTER, [placement_record(0)], 0)
    await runner.take(READINGS, [reading_record(offset) for offset in range(3)], 0)
    await runner.idle(caught_up=True)
    await runner.settle()
    assert broker.happened == [CHANGELOG, "commit"]


async def test_after_a_long_sleep_a_worker_asks_before_it_goes_on() -> None:
    """The group may have given its partitions away."""
    broker = FakeBroker()
    broker.is_member = False
    runner = runner_of(broker, Pace(checkpoint_interval_s=3600, status_interval_s=3600, lease_s=-1))
    await runner.take(READINGS, [reading_record(offset) for offset in range(3)], 0)
    assert broker.happened == ["commit"]
    assert broker.committed == [{READINGS: 0, ROSTER: 0, COMMANDS: 0}]


async def test_settling_checkpoints_what_changed_and_only_then() -> None:
    broker = FakeBroker()
    runner = runner_of(broker, NEVER)
    await runner.settle()
    assert broker.happened == []
    await runner.take(READINGS, [reading_record(0)], 0)
    await runner.settle()
    await runner.settle()
    assert broker.happened == [CHANGELOG, "commit"]


@pytest.mark.parametrize(("caught_up", "expected"), [(True, [STATUS]), (False, [])])
async def test_statuses_wait_for_their_interval_and_longer_while_there_is_a_lag(
    *, caught_up: bool, expected: list[str]
) -> None:
    broker = FakeBroker()
    partition = Partition(0, generation=1, changelog=marked(), restore=Monitor.restore)
    runner = PartitionRunner(partition, broker, changelog=CHANGELOG, pace=NEVER)
    for offset in range(2):
        await runner.take(READINGS, [reading_record(offset)], 0)
        await runner.idle(caught_up=caught_up)
    assert [topic for topic, *_ in broker.sent] == expected


async def test_everything_goes_to_the_partition_it_came_from() -> None:
    broker = FakeBroker()
    partition = Partition(2, generation=1, changelog=marked(2), restore=FakeMonitor.restore)
    runner = PartitionRunner(partition, broker, changelog=CHANGELOG, pace=NEVER)
    await runner.take(READINGS, [reading_record(offset) for offset in range(3)], 0)
    assert [(topic, number) for topic, number, *_ in broker.sent] == [(ALERTS, 2)]


async def test_a_gap_is_fetched_again_and_nothing_is_taken_in_meanwhile() -> None:
    broker = FakeBroker()
    runner = runner_of(broker, NEVER)
    await runner.take(READINGS, [reading_record(5)], 0)
    assert broker.rewound == [(READINGS, 0)]
    assert runner.partition.positions[READINGS] == 0
    await runner.take(READINGS, [reading_record(6)], 0)  # fetched before the rewind
    assert runner.partition.positions[READINGS] == 0
    await runner.take(READINGS, [reading_record(offset) for offset in range(6)], 1)
    assert runner.partition.positions[READINGS] == 6
    assert broker.rewound == [(READINGS, 0)]


async def test_a_gap_that_is_still_there_is_believed() -> None:
    """The broker has dropped the records."""
    broker = FakeBroker()
    runner = runner_of(broker, NEVER)
    await runner.take(READINGS, [reading_record(5)], 0)
    await runner.take(READINGS, [reading_record(5)], 1)
    assert runner.partition.positions[READINGS] == 6


async def test_before_anything_is_ever_told_of_a_partition_there_is_a_checkpoint() -> None:
    """So that whoever comes next knows that more may have been told than a checkpoint holds."""
    broker = FakeBroker()
    partition = Partition(0, generation=1, changelog={}, restore=FakeMonitor.restore)
    runner = PartitionRunner(partition, broker, changelog=CHANGELOG, pace=NEVER)
    await runner.take(READINGS, [reading_record(offset) for offset in range(3)], 0)
    await runner.take(READINGS, [reading_record(offset) for offset in range(3, 6)], 0)
    assert broker.happened == [CHANGELOG, "commit", ALERTS]


async def test_a_command_stands_between_checkpoints_and_is_answered_after_the_second() -> None:
    broker = FakeBroker()
    runner = runner_of(broker, NEVER)
    await runner.take(READINGS, [reading_record(offset) for offset in range(3)], 0)
    await runner.take(COMMANDS, [command_record(0)], 0)
    assert broker.happened == [ALERTS, CHANGELOG, "commit", CHANGELOG, "commit", ALERTS, RECEIPTS]
    assert [positions[COMMANDS] for positions in broker.committed] == [0, 1]


async def test_commands_wait_until_all_is_told_again_that_an_earlier_owner_may_have_told() -> None:
    broker = FakeBroker()
    runner = runner_of(broker, NEVER, readings_end=6)
    await runner.take(COMMANDS, [command_record(0)], 0)
    await runner.take(COMMANDS, [command_record(1)], 0)
    await runner.take(READINGS, [reading_record(offset) for offset in range(5)], 0)
    assert broker.happened == [ALERTS]
    assert runner.partition.positions[COMMANDS] == 0
    await runner.take(READINGS, [reading_record(5)], 0)
    assert broker.rewound == [(COMMANDS, 0)]
    await runner.take(COMMANDS, [command_record(1)], 0)  # fetched before the rewind
    assert runner.partition.positions[COMMANDS] == 0
    await runner.take(COMMANDS, [command_record(0), command_record(1)], 1)
    receipts = [message for message in broker.sent if message[0] == RECEIPTS]
    assert [command_id(message) for message in receipts] == ["c-0", "c-1"]
    assert broker.rewound == [(COMMANDS, 0)]


class Clock:
    """Turns a partition's clock by hand, and lets a runner keep time by it."""

    def __init__(self, runner: PartitionRunner, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_ms: int | None = None
        self.waits_s: list[float] = []
        self._moves_within = runner._moves_within
        monkeypatch.setattr(runner.partition.clock, "now_ms", lambda: self.now_ms)
        monkeypatch.setattr(runner, "_moves_within", self._note)

    async def _note(self, wait_s: float) -> bool:
        self.waits_s.append(wait_s)
        return await self._moves_within(wait_s)


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_the_next_deadline_drives_one_timer_which_each_record_sets_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker = FakeBroker()
    runner = runner_of(broker, NEVER)
    clock = Clock(runner, monkeypatch)
    timer = asyncio.create_task(runner.keep_time(lambda: True))
    await turns()
    clock.now_ms = 1_000
    await runner.take(READINGS, [reading_record(0, at_ms=1_000)], 0)
    await turns()
    clock.now_ms = 3_000
    await runner.take(READINGS, [reading_record(1, at_ms=3_000)], 0)
    await turns()
    assert clock.waits_s == [3600.0, (SILENT_AFTER_MS + 1) / 1000, (SILENT_AFTER_MS + 1) / 1000]
    assert broker.happened == []
    clock.now_ms = 3_001 + SILENT_AFTER_MS
    await runner.take(READINGS, [reading_record(1, at_ms=3_000)], 0)  # known already
    await turns()
    assert broker.happened == [CHANGELOG, "commit", ALERTS]
    timer.cancel()


async def test_time_does_not_pass_while_there_is_something_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = FakeBroker()
    runner = runner_of(broker, NEVER)
    clock = Clock(runner, monkeypatch)
    clock.now_ms = 2_000 + SILENT_AFTER_MS
    await runner.take(READINGS, [reading_record(0, at_ms=1_000)], 0)
    looked = asyncio.Event()
    caught_up = False

    def is_caught_up() -> bool:
        looked.set()
        return caught_up

    timer = asyncio.create_task(runner.keep_time(is_caught_up))
    await looked.wait()
    await turns()
    assert broker.happened == []
    caught_up = True
    await eventually(lambda: broker.happened == [CHANGELOG, "commit", ALERTS], "the silence is told")
    timer.cancel()


async def test_a_settled_partition_keeps_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = FakeBroker()
    runner = runner_of(broker, NEVER)
    clock = Clock(runner, monkeypatch)
    clock.now_ms = 2_000 + SILENT_AFTER_MS
    await runner.take(READINGS, [reading_record(0, at_ms=1_000)], 0)
    await runner.settle()
    await runner.keep_time(lambda: True)
    assert broker.happened == [CHANGELOG, "commit"]
