"""What aiokafka has fetched, as columns: it makes an object a record, which is half of the cost of a fetch.

This reaches into aiokafka, so it is kept to one method: the one that takes records out of a fetched piece of
a partition. What is fetched when, and which pieces are still wanted, stays aiokafka's.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterator
from itertools import chain, dropwhile, islice
from typing import Any

from aiokafka.consumer.fetcher import FetchResult
from aiokafka.errors import CorruptRecordException

from wardwatch.adapters.records import Columns


def give_columns(fetcher: Any, is_wanted: Callable[[Any], bool]) -> None:
    """Make aiokafka's ``fetcher`` give columns instead of lists, of the partitions that are wanted so.

    What it has fetched before is still given as lists. Only for the isolation level "read uncommitted".
    """
    fetcher._records = _Results(is_wanted)  # noqa: SLF001 (see above)


class _Results(OrderedDict[Any, Any]):
    """The fetcher's results by partition."""

    def __init__(self, is_wanted: Callable[[Any], bool]) -> None:
        super().__init__()
        self._is_wanted = is_wanted

    def __setitem__(self, tp: Any, result: Any) -> None:
        if isinstance(result, FetchResult) and self._is_wanted(tp):
            result.getall = _Columns(tp, result, result._partition_records).getall  # noqa: SLF001
        super().__setitem__(tp, result)


class _Columns:
    """Takes columns out of a result, as :class:`FetchResult` and ``PartitionRecords`` take lists.

    There are no cycles of references here: they would keep each fetch's megabyte until the garbage collector
    runs, which is seldom.
    """

    def __init__(self, tp: Any, result: Any, fetched: Any) -> None:
        self._tp = tp
        self._result: Any = weakref.proxy(result)
        self._fetched = fetched
        fetched._records_iterator = None  # noqa: SLF001 (a cycle of aiokafka's)
        # A fetch brings whole batches of a producer; the first may begin before what was asked for.
        records = chain.from_iterable(_batches(tp, fetched))
        self._records = dropwhile(lambda record: record.offset < fetched.next_fetch_offset, records)

    def getall(self, max_records: int | None = None) -> Columns:
        """At most so many records, and note how far this partition has been read."""
        columns = Columns(self._tp.topic, self._tp.partition)
        result = self._result
        if not result.check_assignment(self._tp) or not result.has_more():
            return columns
        offsets, timestamps, keys, values = columns.offsets, columns.timestamps, columns.keys, columns.values
        for record in islice(self._records, max_records):
            offsets.append(record.offset)
            timestamps.append(record.timestamp)
            keys.append(record.key)
            values.append(record.value)
        if len(offsets) == max_records:
            self._fetched.next_fetch_offset = offsets[-1] + 1
            result._update_position()  # noqa: SLF001
        else:
            result._update_position()  # noqa: SLF001
            result._partition_records = None  # noqa: SLF001
        return columns


def _batches(tp: Any, fetched: Any) -> Iterator[Any]:
    while fetched._records.has_next():  # noqa: SLF001
        batch = fetched._records.next_batch()  # noqa: SLF001
        if fetched._check_crcs and not batch.validate_crc():  # noqa: SLF001
            raise CorruptRecordException(f"Invalid CRC - {tp}")
        if not batch.is_control_batch:
            yield batch
        # Past what compaction has taken from the batch's end, too.
        fetched.next_fetch_offset = batch.next_offset
