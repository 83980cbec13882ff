"""Columns out of aiokafka, held against aiokafka's own lists of records."""

from __future__ import annotations

import asyncio
import gc
import struct
import weakref
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import FetchError, FetchResult, PartitionRecords
from aiokafka.consumer.subscription_state import Assignment
from aiokafka.errors import CorruptRecordException, KafkaError
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c
from hypothesis import example, given
from hypothesis import strategies as st

from wardwatch.adapters.kafka_columns import give_columns
from wardwatch.adapters.records import Columns, Record

HERE = TopicPartition("vitals.readings", 1)
UNWANTED = TopicPartition("changelog", 1)

# Where these stand in a batch of Kafka's record format, version 2.
CRC, ATTRIBUTES, LAST_OFFSET_DELTA = 17, 21, 23
GZIP, LOG_APPEND_TIME, CONTROL = 1, 8, 32

payloads = st.none() | st.binary(max_size=4)


@dataclass(frozen=True, kw_only=True)
class Written:
    """One batch in a log: records as (gap before it, timestamp, key, value); compaction makes gaps."""

    records: list[tuple[int, int, bytes | None, bytes | None]]
    gap_at_end: int = 0
    attributes: int = 0
    is_damaged: bool = False

    def at(self, base_offset: int) -> tuple[bytes, int]:
        """Its bytes, and the offset that follows it."""
        compression = self.attributes & GZIP
        builder = DefaultRecordBatchBuilder(2, compression, 0, -1, -1, -1, 1 << 20)
        delta = -1
        for gap, timestamp, key, value in self.records:
            delta += 1 + gap
            builder.append(delta, timestamp, key, value, [])
        batch = bytearray(builder.build())
        delta += self.gap_at_end
        struct.pack_into(">q", batch, 0, base_offset)
        struct.pack_into(">h", batch, ATTRIBUTES, self.attributes)
        struct.pack_into(">i", batch, LAST_OFFSET_DELTA, delta)
        struct.pack_into(">I", batch, CRC, calc_crc32c(bytes(batch[ATTRIBUTES:])) ^ self.is_damaged)
        return bytes(batch), base_offset + delta + 1


batches = st.builds(
    Written,
    records=st.lists(
        st.tuples(st.integers(0, 2), st.integers(1, 10**12), payloads, payloads), min_size=1, max_size=6
    ),
    gap_at_end=st.integers(0, 2),
    attributes=st.sampled_from([0, 0, 0, GZIP, LOG_APPEND_TIME, CONTROL]),
    is_damaged=st.integers(0, 9).map(lambda number: number == 0),
)


def bytes_of(log: list[Written], base_offset: int) -> bytes:
    pieces = []
    for batch in log:
        piece, base_offset = batch.at(base_offset)
        pieces.append(piece)
    return b"".join(pieces)


def result_of(log: bytes, position: int, *, tp: TopicPartition = HERE) -> tuple[Any, Any]:
    """A result as aiokafka's fetcher makes it, and its partition's state."""
    assignment = Assignment([tp])
    state = assignment.state_value(tp)
    state.seek(position)
    check_crcs, read_uncommitted = True, 0
    fetched = PartitionRecords(tp, MemoryRecords(log), [], position, None, None, check_crcs, read_uncommitted)
    return FetchResult(tp, assignment=assignment, partition_records=fetched, backoff=0), state


def with_columns(result: Any, tp: TopicPartition = HERE) -> Any:
    """The same after it went through a fetcher that gives columns."""
    fetcher = SimpleNamespace(_records=OrderedDict())
    give_columns(fetcher, lambda tp: tp == HERE)
    fetcher._records[tp] = result
    return fetcher._records[tp]


def rows(given: Sequence[Record]) -> list[tuple[Any, ...]]:
    return [(one.topic, one.partition, one.offset, one.timestamp, one.key, one.value) for one in given]


def story(result: Any, state: Any, sizes: list[int | None], seek_before: int | None) -> list[Any]:
    """All that one sees who takes records out of ``result``, so many at a time, until it has none."""
    seen: list[Any] = []
    for turn in range(60):
        if turn == seek_before:
            state.seek(10**6)
        try:
            seen.append(rows(result.getall(sizes[turn % len(sizes)])))
        except CorruptRecordException as error:
            seen.append(str(error))
        seen += [state.position, result.has_more()]
        if not result.has_more():
            return seen
    raise AssertionError("it has no end")


@given(
    log=st.lists(batches, min_size=1, max_size=4),
    base_offset=st.integers(0, 50),
    skipped=st.integers(0, 8),
    sizes=st.lists(st.none() | st.integers(1, 7), min_size=1, max_size=3),
    seek_before=st.none() | st.integers(0, 3),
)
@example(
    log=[Written(records=[(0, 1, b"k", b"v")] * 6)] * 2,
    base_offset=0,
    skipped=4,
    sizes=[2],
    seek_before=None,
)
def test_columns_hold_what_aiokafka_gives_as_a_list_and_leave_the_same_position(
    log: list[Written], base_offset: int, skipped: int, sizes: list[int | None], seek_before: int | None
) -> None:
    async def compare() -> None:
        data, position = bytes_of(log, base_offset), base_offset + skipped
        expected = story(*result_of(data, position), sizes, seek_before)
        result, state = result_of(data, position)
        assert story(with_columns(result), state, sizes, seek_before) == expected

    asyncio.run(compare())


async def test_batches_of_before_version_2_are_read_too() -> None:
    builder = LegacyRecordBatchBuilder(1, 0, 1 << 20)
    for offset in range(5):
        builder.append(offset, 7, b"k", b"%d" % offset)
    data = bytes(builder.build())
    expected = story(*result_of(data, 2), [2], None)
    result, state = result_of(data, 2)
    assert story(with_columns(result), state, [2], None) == expected


async def test_only_of_what_is_wanted_there_are_columns() -> None:
    data = bytes_of([Written(records=[(0, 1, b"k", b"v")])], 0)
    assert isinstance(with_columns(result_of(data, 0)[0]).getall(), Columns)
    assert isinstance(with_columns(result_of(data, 0, tp=UNWANTED)[0], UNWANTED).getall(), list)
    error = FetchError(error=KafkaError(), backoff=0)
    assert with_columns(error) is error


async def test_a_partition_that_was_taken_away_gives_nothing() -> None:
    result, state = result_of(bytes_of([Written(records=[(0, 1, b"k", b"v")])], 0), 0)
    result._assignment._unassign()
    assert len(with_columns(result).getall()) == 0
    assert state.position == 0
    assert not result.has_more()


@pytest.mark.parametrize("max_records", [1, None], ids=["in the middle", "at the end"])
async def test_what_was_fetched_is_freed_as_soon_as_it_is_dropped(max_records: int | None) -> None:
    data = bytes_of([Written(records=[(0, 1, b"k", b"v")] * 3)], 0)
    result = with_columns(result_of(data, 0)[0])
    fetched = weakref.ref(result._partition_records)
    gc.disable()
    try:
        result.getall(max_records)
        del result
        assert fetched() is None
    finally:
        gc.enable()
