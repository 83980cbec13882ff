"""Reads one Kafka topic whole, in no consumer group: every reader sees every record."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from operator import attrgetter
from typing import Any, NamedTuple, Self

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError

from wardwatch.adapters.kafka_errors import reason_of

# A broker that has not answered within this time is taken for unreachable.
ANSWER_TIMEOUT_S = 5.0

# How long a fetch may wait at the broker when there is nothing: the embedded broker waits it out even if
# something comes in meanwhile, so this is latency there.
_FETCH_WAIT_MS = 50


class LogUnavailableError(Exception):
    """The topic can't be read now."""


class BrokerUnreachableError(LogUnavailableError):
    """No broker answers."""


class TopicMissingError(LogUnavailableError):
    """The broker answers, and does not have the topic yet."""


class LogRecord(NamedTuple):
    """One record and where it stands."""

    partition: int
    offset: int
    timestamp_ms: int
    value: bytes | None
    key: bytes | None = None


class Extent(NamedTuple):
    """What a partition holds: its first offset, and the one that its next record will get."""

    first: int
    end: int


class TopicReader:
    """All partitions of one topic, in offset order each.

    :meth:`start` first, then :meth:`read_from`, then :meth:`read` again and again. After any
    :class:`LogUnavailableError` a reader is done for: close it, and open another one.
    """

    def __init__(self, topic: str, client_options: Mapping[str, Any]) -> None:
        """``client_options`` are aiokafka's: where the broker is, and how to log in."""
        self._topic = topic
        self._client_options = {"request_timeout_ms": int(ANSWER_TIMEOUT_S * 1000)} | dict(client_options)
        self._consumer: AIOKafkaConsumer | None = None
        self._partitions: list[TopicPartition] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._consumer is None:
            return
        # Without a broker, aiokafka 0.14 stumbles over the fetches that it cancels itself, and does not get
        # as far as closing its client.
        client = self._consumer._client  # noqa: SLF001
        for close in (self._consumer.stop, client.close):
            with suppress(LogUnavailableError), _errors_named():
                async with asyncio.timeout(ANSWER_TIMEOUT_S):
                    await close()

    async def start(self) -> None:
        """Connect and find the partitions."""
        self._consumer = consumer = AIOKafkaConsumer(
            group_id=None,
            auto_offset_reset="none",
            fetch_max_wait_ms=_FETCH_WAIT_MS,
            **self._client_options,
        )
        with _errors_named():
            await consumer.start()
            # Ask for all topics first: to ask for one by name may create it, with the broker's defaults.
            if self._topic not in await consumer.topics():
                raise TopicMissingError(f"the topic {self._topic} does not exist yet")
            consumer.subscribe([self._topic])
            self._partitions = await self._find_partitions(consumer)
            # By hand from here on: aiokafka's own assignment forgets positions when partitions are added.
            consumer.unsubscribe()
            consumer.assign(self._partitions)

    async def _find_partitions(self, consumer: AIOKafkaConsumer) -> list[TopicPartition]:
        async with asyncio.timeout(ANSWER_TIMEOUT_S):
            while not (numbers := consumer.partitions_for_topic(self._topic)):  # noqa: ASYNC110
                await asyncio.sleep(0.01)  # aiokafka fetches them in the background, and tells nobody
        return [TopicPartition(self._topic, number) for number in sorted(numbers)]

    async def extents(self) -> dict[int, Extent]:
        """What each partition holds now."""
        with _errors_named():
            firsts = await self._started.beginning_offsets(self._partitions)
        ends = await self.ends()
        return {part.partition: Extent(firsts[part], ends[part.partition]) for part in self._partitions}

    async def ends(self) -> dict[int, int]:
        """The offset that the next record of each partition will get."""
        with _errors_named():
            ends = await self._started.end_offsets(self._partitions)
            known = self._started.partitions_for_topic(self._topic)
        if known != {part.partition for part in self._partitions}:
            raise LogUnavailableError("the topic's partitions have changed")
        return {part.partition: end for part, end in ends.items()}

    async def offsets_at(self, timestamp_ms: int) -> dict[int, int | None]:
        """For each partition, the offset of its first record that is not older than an instant.

        ``None`` where there is none, or where the broker can't tell: the embedded one can't.
        """
        with _errors_named():
            found = await self._started.offsets_for_times(dict.fromkeys(self._partitions, timestamp_ms))
        return {part.partition: None if at is None else at.offset for part, at in found.items()}

    def read_from(self, offsets: Mapping[int, int]) -> None:
        """Go on reading at these offsets, one for each partition."""
        for part in self._partitions:
            self._started.seek(part, offsets[part.partition])

    async def read(self, *, wait_s: float) -> list[LogRecord]:
        """What has come in; waits up to ``wait_s`` if there is nothing.

        Partitions are merged by timestamp, as far as they have come in together.
        """
        with _errors_named():
            batches = await self._started.getmany(timeout_ms=int(wait_s * 1000))
        return [
            LogRecord(record.partition, record.offset, record.timestamp, record.value, record.key)
            for record in heapq.merge(*batches.values(), key=attrgetter("timestamp"))
        ]

    async def positions(self) -> dict[int, int]:
        """For each partition, the offset up to which it has been read."""
        with _errors_named():
            return {part.partition: await self._started.position(part) for part in self._partitions}

    @property
    def _started(self) -> AIOKafkaConsumer:
        if self._consumer is None:
            raise RuntimeError("start() comes first")
        return self._consumer


@contextmanager
def _errors_named() -> Iterator[None]:
    try:
        yield
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        # Nobody has cancelled us: it comes from a task of aiokafka's own.
        raise BrokerUnreachableError("the reading broke off") from None
    except (KafkaError, OSError, TimeoutError) as error:
        raise BrokerUnreachableError(reason_of(error)) from error
