"""A Faust transport that hands over whole fetched batches instead of single records.

Faust moves each record through tasks, queues and ack sets of its own, which limits it to some thousands of
records a second. Here one Faust message carries all the records that one fetch brought for one partition;
agents, tables, the assignor and rebalancing stay Faust's. Changelog topics keep Faust's path, one message a
record, because table recovery counts offsets.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, cast

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from wardwatch.adapters.kafka_columns import give_columns
from wardwatch.adapters.records import Record

# Faust would give subclasses a logger of their module's name, and so put its chatter among our own lines.
FAUST_LOGGER = logging.getLogger("faust.batching")

# aiokafka has one fetch request at a time under way to a broker. One that asks only for partitions without
# news (the roster's, say) stays there for this long, and meanwhile no readings are fetched. Faust's own 1.5 s
# cost half of the throughput.
_FETCH_MAXIMUM_WAIT_MS = 50


class _ConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's thread around aiokafka's consumer, with a setting that Faust does not offer, and columns."""

    logger = FAUST_LOGGER
    consumer: BatchingConsumer

    async def on_start(self) -> None:
        """Start the consumer; it has no partitions before the topics are known, so it has fetched nothing."""
        await super().on_start()
        give_columns(self._ensure_consumer()._fetcher, self.consumer.is_batched)  # noqa: SLF001

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = _FETCH_MAXIMUM_WAIT_MS  # noqa: SLF001 (it has not started yet)
        return consumer

    async def _fetch_records(
        self, consumer: Any, active_partitions: set[TP], *arguments: Any, **options: Any
    ) -> Any:
        """As Faust does it, but without losing what is fetched while the group rebalances.

        Faust changes the set of active partitions while a fetch waits, and aiokafka takes an empty set for
        all; then Faust throws away what it did not want, or what comes while it recovers its tables, and
        nobody fetches it again. Of a changelog, that would be lost state. So the set is frozen, and what
        can't be given on is put back, which is safe here: nothing else runs between the fetch and the seek.
        """
        wanted = frozenset(active_partitions)
        records = await super()._fetch_records(consumer, wanted, *arguments, **options)  # type: ignore[arg-type]
        if self.consumer.flow_active:
            return records
        for tp, batch in records.items():
            if tp in consumer.assignment():
                consumer.seek(tp, batch[0].offset)
        return {}

    async def committed(self, tp: TP) -> int | None:
        """The group's offset of ``tp``."""
        offset: int | None = await self.call_thread(self._ensure_consumer().committed, tp)
        return offset


class Fetched(NamedTuple):
    """The value of a batch's message; ``rewinds`` is how many there had been when its fetch began."""

    records: Sequence[Record]
    rewinds: int


class _ReadOffsets(defaultdict[TP, int | None]):
    """Faust drops in silence what is below the offset that it has read last. Of batches, it shall have none.

    A batch that waits for room while the group rebalances is noted as read when it is thrown away.
    """

    def __init__(self, is_batched: Callable[[TP], bool]) -> None:
        super().__init__(lambda: None)
        self._is_batched = is_batched

    def __getitem__(self, tp: TP) -> int | None:
        return None if self._is_batched(tp) else super().__getitem__(tp)


class BatchingConsumer(driver.Consumer):
    """Yields one message per partition and fetch; its value is the list of aiokafka's records.

    The topics that are read in batches have acks off (:func:`batched_topic`): Faust then keeps no offsets of
    its own for them and commits nothing by itself. :meth:`commit_exactly` is the only way in which they are
    committed.
    """

    logger = FAUST_LOGGER

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._rewinds = 0
        self._read_offset = _ReadOffsets(self.is_batched)

    def _new_consumer_thread(self) -> _ConsumerThread:
        return _ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109
        """Fetch from the broker; as in Faust, a batch of an older generation of the group is not given on."""
        rewinds = self._rewinds
        records, active_partitions = await self._wait_next_records(timeout)
        generation_id = self.app.consumer_generation_id
        if not records or self.should_stop:
            return
        if not self.flow_active:
            # The group is rebalancing: what was fetched may be another worker's by now. Read it again.
            await self.perform_seek()
            return
        for tp, batch in records.items():
            if not self.flow_active or self.app.consumer_generation_id != generation_id:
                break
            if active_partitions is not None and tp not in active_partitions:
                continue
            if self.is_batched(tp):
                yield tp, self._batch_message(tp, Fetched(batch, rewinds))
            else:
                for record in batch:
                    yield tp, self._to_message(tp, record)

    def _batch_message(self, tp: TP, fetched: Fetched) -> ConsumerMessage:
        first = fetched.records[0]
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            first.offset,
            timestamp=first.timestamp / 1000,
            timestamp_type=0,
            headers=[],
            key=None,
            value=cast("bytes", fetched),  # our schema knows that these are no bytes
            checksum=None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    def is_batched(self, tp: TP) -> bool:
        """Whether a fetch of ``tp`` is handed over as one message."""
        return tp.topic not in self.app.tables.changelog_topics

    def on_buffer_full(self, tp: TP) -> None:
        """Do nothing: the fetch loop waits for room in the agent's queue, and that is all the back-pressure.

        Faust also takes the partition out of the fetch and puts it back by a callback, which a rebalance can
        lose: then the partition is never fetched again.
        """

    def on_buffer_drop(self, tp: TP) -> None:
        """Do nothing; see :meth:`on_buffer_full`."""

    async def committed(self, tp: TP) -> int | None:
        """The group's offset of ``tp``."""
        return await cast("_ConsumerThread", self._thread).committed(tp)

    async def rewind(self, tp: TP, offset: int) -> int:
        """Fetch ``tp`` from ``offset`` on; returns the :attr:`Fetched.rewinds` of what is fetched then."""
        await self.seek_wait({tp: offset})
        self._rewinds += 1
        return self._rewinds

    async def commit_exactly(self, offsets: Mapping[TP, int]) -> bool:
        """Commit these offsets; false where this worker has been replaced in the group meanwhile."""
        return await self._commit_offsets(offsets)


class BatchingTransport(driver.Transport):
    """aiokafka's transport with the batching consumer."""

    Consumer: ClassVar[type[BatchingConsumer]] = BatchingConsumer


class _Untouched(faust.Schema[Any, Any]):
    """Decodes nothing: the value of a message is :class:`Fetched` already."""

    def loads_key(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002 (Faust's signature)
        return message.key

    def loads_value(self, app: Any, message: Any, **_: Any) -> Any:  # noqa: ARG002
        return message.value


def batched_topic(app: faust.App, *names: str) -> Any:
    """A Faust topic over ``names`` whose messages are batches, for an app with :class:`BatchingTransport`."""
    return app.topic(*names, schema=_Untouched(), acks=False)
