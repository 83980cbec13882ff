"""Records as columns are the same records."""

from __future__ import annotations

from tests.support.fake_records import FakeRecord, reading_record
from wardwatch.adapters.records import Columns, Record

RECORDS = [reading_record(offset, f"p-{offset}", at_ms=100 + offset) for offset in (3, 4, 6)]
COLUMNS = Columns.of(RECORDS)


def copy(record: Record) -> FakeRecord:
    return FakeRecord(
        record.topic, record.offset, record.key, record.value, record.timestamp, record.partition
    )


def test_each_column_holds_one_field_in_log_order() -> None:
    assert COLUMNS.offsets == [3, 4, 6]
    assert COLUMNS.timestamps == [103, 104, 106]
    assert COLUMNS.keys == [b"p-3", b"p-4", b"p-6"]
    assert COLUMNS.values == [record.value for record in RECORDS]
    assert (COLUMNS.topic, COLUMNS.partition) == (RECORDS[0].topic, 0)


def test_they_are_a_sequence_of_the_records_that_they_were_made_of() -> None:
    assert len(COLUMNS) == 3
    assert [copy(record) for record in COLUMNS] == RECORDS
    assert copy(COLUMNS[-1]) == RECORDS[-1]


def test_a_piece_of_columns_is_columns() -> None:
    piece = COLUMNS[1:]
    assert isinstance(piece, Columns)
    assert [copy(record) for record in piece] == RECORDS[1:]


def test_what_is_columns_already_is_not_copied() -> None:
    assert Columns.of(COLUMNS) is COLUMNS
