"""Drives one partition: what it says is published, checkpointed and committed, always in the safe order.

1. All that was published is acknowledged by the broker.
2. The checkpoint is written, and acknowledged.
3. The source offsets that it covers are committed. A worker that the group has replaced is told so here.
4. The outbox is published.

If a checkpoint came before an alert that it covers was safe, a crash between the two would lose the alert.

What the roster and commands bring about depends on which readings came before them, and no log tells that. So
they are taken in between two checkpoints, which hold on to it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wardwatch.adapters.checkpoint import Message
from wardwatch.adapters.partition import Partition
from wardwatch.adapters.records import Record
from wardwatch.wire.topics import READINGS

logger = logging.getLogger(__name__)

# Under load every patient's state changes between two checkpoints, so a checkpoint writes nearly all of it.
# At most this share of the time goes into that, whatever interval was asked for.
_LARGEST_SHARE_FOR_CHECKPOINTS = 0.1

# A worker that lags has better things to do than to say how patients were a while ago.
_STATUS_PATIENCE = 4

# What falls due within this time of a deadline is brought about together.
_TOGETHER_S = 0.05
# Nobody tells when the log has been read, so where something is due before that, we look again.
_LOOK_AGAIN_S = 0.25
# What has no deadline, such as forgetting who has not been heard of for a week, can wait as long as this.
_LONGEST_WAIT_S = 3600.0


class Broker(Protocol):
    """What a runner needs of the broker's clients."""

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None
    ) -> Awaitable[Any]:
        """Hand a message to the producer; the result is there when the broker has it."""

    async def commit(self, partition: int, positions: Mapping[str, int]) -> bool:
        """Commit offsets by topic; false where the group has replaced this worker."""

    async def rewind(self, topic: str, partition: int, offset: int) -> int:
        """Fetch from ``offset`` on; returns the number that what is fetched from then on carries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often a partition is checkpointed, and how often a patient's status is published.

    ``lease_s`` is for how long after a commit the group can't have given the partition to another worker.
    """

    checkpoint_interval_s: float = 1.0
    status_interval_s: float = 5.0
    lease_s: float = 6.0


class PartitionRunner:
    """One partition between its assignment and its revocation; its methods never overlap."""

    def __init__(self, partition: Partition, broker: Broker, *, changelog: str, pace: Pace) -> None:
        self.partition = partition
        self._is_replaced = False
        self._broker = broker
        self._changelog = changelog
        self._pace = pace
        self._lock = asyncio.Lock()
        self._moved = asyncio.Event()
        self._is_settled = False
        self._unacknowledged: list[Awaitable[Any]] = []
        self._rewound: dict[str, tuple[int, int]] = {}
        self._put_off: set[str] = set()
        self._next_checkpoint_s = time.monotonic() + pace.checkpoint_interval_s
        self._next_status_s = time.monotonic()
        self._lease_ends_s = time.monotonic() + pace.lease_s

    async def take(self, topic: str, records: Sequence[Record], rewinds: int) -> None:
        """Take in what was fetched from one topic, after so many rewinds."""
        async with self._lock:
            may_go_on = await self._may_go_on() and topic not in self._put_off
            if may_go_on and await self._is_next(topic, records[0].offset, rewinds):
                await self._take_in_order(topic, records)
        self._moved.set()

    async def keep_time(self, is_caught_up: Callable[[], bool]) -> None:
        """Let time pass in the partition whenever something falls due, until it is settled.

        The next deadline drives one timer, which every record that is taken in sets anew. Time only passes
        where ``is_caught_up`` says that all of the log has been taken in.
        """
        while not self._is_settled:
            due_in_s = self.partition.due_in_s()
            wait_s = _LONGEST_WAIT_S if due_in_s is None else min(due_in_s, _LONGEST_WAIT_S)
            if wait_s > 0 and await self._moves_within(wait_s):
                continue
            time_passes = await self._let_time_pass(is_caught_up)
            await asyncio.sleep(_TOGETHER_S if time_passes else _LOOK_AGAIN_S)

    async def idle(self, *, caught_up: bool) -> None:
        """What is to be written by now; ``caught_up`` is whether all of the log has been taken in."""
        async with self._lock:
            if not await self._may_go_on():
                return
            await self._checkpoint_if_due()
            late_s = time.monotonic() - self._next_status_s
            if late_s >= (0 if caught_up else _STATUS_PATIENCE * self._pace.status_interval_s):
                self._next_status_s = time.monotonic() + self._pace.status_interval_s
                await self._publish(self.partition.statuses())

    async def is_watching(self) -> bool:
        """Wait for our turn, which does not come where something hangs; whether we may vouch for it then."""
        async with self._lock:
            return not self._is_settled and await self._may_go_on()

    async def fetch_again(self, topic: str) -> None:
        """Fetch a topic from our position on: there are records that never came."""
        async with self._lock:
            if not self._is_settled and self.partition.is_ready_for(topic):
                await self._rewind(topic)

    async def settle(self) -> None:
        """Checkpoint now: the partition is about to be another worker's."""
        self._is_settled = True
        async with self._lock:
            if self.partition.has_changed and await self._may_go_on():
                await self._checkpoint()

    async def _take_in_order(self, topic: str, records: Sequence[Record]) -> None:
        if not self.partition.is_ready_for(topic):
            self._put_off.add(topic)
            return
        if self.partition.is_unmarked or (topic != READINGS and self.partition.has_changed):
            await self._checkpoint()
        if self._is_replaced:
            return
        await self._publish(self.partition.take(topic, records))
        if topic == READINGS:
            await self._checkpoint_if_due()
            await self._fetch_what_was_put_off()
        elif self.partition.has_changed:
            await self._checkpoint()

    async def _fetch_what_was_put_off(self) -> None:
        for topic in [topic for topic in self._put_off if self.partition.is_ready_for(topic)]:
            self._put_off.remove(topic)
            await self._rewind(topic)

    async def _moves_within(self, wait_s: float) -> bool:
        self._moved.clear()
        try:
            await asyncio.wait_for(self._moved.wait(), wait_s)
        except TimeoutError:
            return False
        return True

    async def _let_time_pass(self, is_caught_up: Callable[[], bool]) -> bool:
        """Whether it could."""
        async with self._lock:
            if self._is_settled or not is_caught_up() or not await self._may_go_on():
                return False
            self.partition.tick()
            await self._checkpoint_if_due()
            return True

    async def _checkpoint_if_due(self) -> None:
        due = time.monotonic() >= self._next_checkpoint_s
        if self.partition.outbox or (due and self.partition.has_changed):
            await self._checkpoint()

    async def _checkpoint(self) -> None:
        began_s = time.monotonic()
        await self._all_acknowledged()
        for key, value in self.partition.checkpoint():
            await self._send(self._changelog, key, value)
        await self._all_acknowledged()
        if await self._commit():
            await self._publish(self.partition.take_outbox())
        now_s = time.monotonic()
        pause_s = max(self._pace.checkpoint_interval_s, (now_s - began_s) / _LARGEST_SHARE_FOR_CHECKPOINTS)
        self._next_checkpoint_s = now_s + pause_s

    async def _is_next(self, topic: str, offset: int, rewinds: int) -> bool:
        """Whether a batch that starts at ``offset`` is the next one.

        Around a rebalance a batch can be lost between the fetch and here. A gap is believed only where it was
        fetched from its beginning: then the broker has dropped the records, of old age or by compaction.
        """
        position = self.partition.positions[topic]
        if offset <= position:
            return True
        gap_at, since = self._rewound.get(topic, (-1, 0))
        if gap_at == position:
            return rewinds >= since
        logger.warning("%d records are missing; fetching them again.", offset - position)
        await self._rewind(topic)
        return False

    async def _rewind(self, topic: str) -> None:
        position = self.partition.positions[topic]
        since = await self._broker.rewind(topic, self.partition.number, position)
        self._rewound[topic] = (position, since)

    async def _may_go_on(self) -> bool:
        """False in a worker that slept while the group gave its partitions away, and has just woken up."""
        if not self._is_replaced and time.monotonic() > self._lease_ends_s:
            await self._commit()
        return not self._is_replaced

    async def _commit(self) -> bool:
        asked_s = time.monotonic()
        self._is_replaced = not await self._broker.commit(
            self.partition.number, self.partition.saved_positions
        )
        self._lease_ends_s = asked_s + self._pace.lease_s
        return not self._is_replaced

    async def _publish(self, messages: Sequence[Message]) -> None:
        for message in messages:
            await self._send(message.topic, message.key, message.value)

    async def _send(self, topic: str, key: bytes | None, value: bytes | None) -> None:
        sent = await self._broker.send(topic, self.partition.number, key, value)
        self._unacknowledged.append(sent)

    async def _all_acknowledged(self) -> None:
        waiting, self._unacknowledged = self._unacknowledged, []
        await asyncio.gather(*waiting)
