"""Drives one partition: what it says is published, checkpointed and committed, always in the safe order.

1. All that was published is acknowledged by the broker.
2. The checkpoint is written, and acknowledged.
3. The source offsets that it covers are committed. A worker that the group has replaced is told so here.
4. The outbox is published.

If a checkpoint came before an alert that it covers was safe, a crash between the two would lose the alert.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from wardwatch.adapters.checkpoint import Message
from wardwatch.adapters.partition import Partition
from wardwatch.adapters.records import Record

logger = logging.getLogger(__name__)

# Under load every patient's state changes between two checkpoints, so a checkpoint writes nearly all of it.
# At most this share of the time goes into that, whatever interval was asked for.
_LARGEST_SHARE_FOR_CHECKPOINTS = 0.1

# A worker that lags has better things to do than to say how patients were a while ago.
_STATUS_PATIENCE = 4


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
        self._unacknowledged: list[Awaitable[Any]] = []
        self._rewound: dict[str, tuple[int, int]] = {}
        self._next_checkpoint_s = time.monotonic() + pace.checkpoint_interval_s
        self._next_status_s = time.monotonic()
        self._lease_ends_s = time.monotonic() + pace.lease_s

    async def take(self, topic: str, records: Sequence[Record], rewinds: int) -> None:
        """Take in what was fetched from one topic, after so many rewinds."""
        async with self._lock:
            if await self._may_go_on() and await self._is_next(topic, records[0].offset, rewinds):
                await self._publish(self.partition.take(topic, records))
                await self._checkpoint_if_due()

    async def idle(self, *, caught_up: bool) -> None:
        """What is due by time; ``caught_up`` is whether all of the log has been taken in."""
        async with self._lock:
            if not await self._may_go_on():
                return
            if caught_up:
                self.partition.tick()
            await self._checkpoint_if_due()
            late_s = time.monotonic() - self._next_status_s
            if late_s >= (0 if caught_up else _STATUS_PATIENCE * self._pace.status_interval_s):
                self._next_status_s = time.monotonic() + self._pace.status_interval_s
                await self._publish(self.partition.statuses())

    async def settle(self) -> None:
        """Checkpoint now: the partition is about to be another worker's."""
        async with self._lock:
            if self.partition.has_changed and await self._may_go_on():
                await self._checkpoint()

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
        since = await self._broker.rewind(topic, self.partition.number, position)
        self._rewound[topic] = (position, since)
        return False

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
