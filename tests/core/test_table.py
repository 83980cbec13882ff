"""The table of patients: rows, and the blocks in which they are written down."""

from __future__ import annotations

import json

import numpy as np
import pytest

from wardwatch.core.blocks import FORMER_ROWS, Block, SnapshotError, encode
from wardwatch.core.packs import Column
from wardwatch.core.table import BLOCK_ROWS, PatientTable

COLUMNS = (Column("number", "f8", np.nan), Column("many", "i8", -1, 3))


def filled(count: int) -> PatientTable:
    table = PatientTable(COLUMNS)
    rows = table.rows([f"p-{i}" for i in range(count)])
    table["number"][rows] = np.arange(count) / 3
    table["many"][rows] = np.arange(3 * count).reshape(count, 3)
    for row in rows.tolist():
        table.places[row] = ("4B", str(row))
    return table


@pytest.mark.parametrize("count", [1, BLOCK_ROWS, 2 * BLOCK_ROWS + 5])
def test_a_table_restored_from_its_blocks_is_the_same_for_every_patient(count: int) -> None:
    table = filled(count)
    restored = PatientTable(COLUMNS)
    restored.load(dict(table.snapshot(only_touched=False)))
    for patient in table.patients:
        assert restored.state_of(patient) == table.state_of(patient)


def test_only_touched_blocks_are_written_again() -> None:
    table = filled(3 * BLOCK_ROWS)
    assert [block for block, _ in table.snapshot(only_touched=True)] == [0, 1, 2]
    assert list(table.snapshot(only_touched=True)) == []
    table.touch(np.array([BLOCK_ROWS, BLOCK_ROWS + 1]))
    assert [block for block, _ in table.snapshot(only_touched=True)] == [1]


def test_rows_between_restored_blocks_are_given_to_new_patients() -> None:
    blocks = dict(filled(2 * BLOCK_ROWS).snapshot(only_touched=False))
    table = PatientTable(COLUMNS)
    table.load({1: blocks[1]})
    assert table.row("p-0") is None
    rows = table.rows([f"new-{i}" for i in range(BLOCK_ROWS + 1)])
    assert rows.tolist() == [*range(BLOCK_ROWS), 2 * BLOCK_ROWS]
    assert np.isnan(table["number"][rows[0]])


def test_a_new_patients_numbers_are_the_columns_defaults_one_for_all_or_one_for_each() -> None:
    table = PatientTable((Column("each", "f4", (1.0, 2.0, 3.0), 3), Column("all", "f4", 7.0, 2)))
    rows = table.rows([f"p-{i}" for i in range(BLOCK_ROWS + 1)])
    assert table["each"][rows[-1]].tolist() == [1.0, 2.0, 3.0]
    assert table["all"][rows[-1]].tolist() == [7.0, 7.0]


def test_columns_of_a_number_type_lie_side_by_side_in_their_order() -> None:
    columns = (Column("one", "f4", 1.0), Column("time", "i8", 2), Column("two", "f4", 3.0, 2))
    table = PatientTable(columns)
    [row] = table.rows(["p-1"])
    assert table.all_of("f4")[row].tolist() == [1.0, 3.0, 3.0]
    table.all_of("f4")[row] = 4.0, 5.0, 6.0
    assert (table["one"][row], table["two"][row].tolist()) == (4.0, [5.0, 6.0])
    assert table.bytes_a_patient() == 3 * 4 + 8
    restored = PatientTable(columns)
    restored.load(dict(table.snapshot(only_touched=False)))
    assert restored.all_of("f4")[0].tolist() == [4.0, 5.0, 6.0]


def test_a_column_that_the_block_does_not_know_gets_its_default() -> None:
    blocks = dict(filled(2).snapshot(only_touched=False))
    table = PatientTable((*COLUMNS, Column("added", "i8", 7)))
    table.load(blocks)
    assert table["added"][:2].tolist() == [7, 7]
    assert table["many"][1].tolist() == [3, 4, 5]


@pytest.mark.parametrize(("is_appended_to", "expected"), [(True, [3, 4, 5, -1]), (False, [-1] * 4)])
def test_a_column_that_has_become_wider_keeps_what_it_had_only_where_more_was_appended(
    *, is_appended_to: bool, expected: list[int]
) -> None:
    table = PatientTable((Column("many", "i8", -1, 4, is_appended_to=is_appended_to),))
    table.load(dict(filled(2).snapshot(only_touched=False)))
    assert table["many"][1].tolist() == expected


def test_a_column_that_is_no_longer_used_is_passed_over() -> None:
    blocks = dict(filled(2).snapshot(only_touched=False))
    table = PatientTable(COLUMNS[1:])
    table.load(blocks)
    assert table["many"][1].tolist() == [3, 4, 5]


@pytest.mark.parametrize("damage", ["cut", "empty", "other version", "not JSON"])
def test_a_block_that_is_not_one_is_refused_with_its_number(damage: str) -> None:
    [(_, good)] = filled(2).snapshot(only_touched=False)
    head = {"v": 99, "columns": [], "patients": []}
    text = json.dumps(head).encode()
    bad = {
        "cut": good[:-8],
        "empty": b"",
        "other version": len(text).to_bytes(4, "little") + text,
        "not JSON": b"\x05\0\0\0hello",
    }[damage]
    with pytest.raises(SnapshotError, match="Block 0"):
        PatientTable(COLUMNS).load({0: bad})


class Notes(dict[str, bytes]):
    """An attachment that keeps bytes."""

    def state_of(self, patient: str) -> bytes:
        return self[patient]

    def restore(self, patient: str, state: bytes) -> None:
        self[patient] = state

    def forget(self, patient: str) -> None:
        self.pop(patient, None)


@pytest.mark.parametrize("later", [0, 1])
def test_of_two_states_of_a_patient_the_later_one_is_kept_whole(later: int) -> None:
    """A checkpoint may be cut off between the block that a patient left and the one of the return."""

    def block(age: int, notes: dict[str, bytes]) -> bytes:
        columns = {"age": np.array([age]), "number": np.array([age / 2])}
        place = ["p", "4B", str(age)]
        return encode(
            Block(patients=[place], away=[], attached={"notes": notes}, columns=columns, rows=BLOCK_ROWS)
        )

    notes = Notes()
    columns = (Column("age", "i8", -1), Column("number", "f8", np.nan))
    table = PatientTable(columns, age_column="age", attachments={"notes": notes})
    table.load({later: block(9, {}), 1 - later: block(5, {"p": b"old"})})
    row = table.row("p")
    assert row == later * BLOCK_ROWS
    assert (table["number"][row], table.places[row], notes) == (4.5, ("4B", "9"), {})
    [other] = table.rows(["somebody else"]).tolist()
    assert np.isnan(table["number"][other])


def test_blocks_of_another_size_are_read_and_written_again_in_ours() -> None:
    names = [f"p-{number}" for number in range(FORMER_ROWS)]
    former = [
        encode(
            Block(
                patients=[[f"{name}-{block}", "4B", ""] for name in names],
                away=[[f"away-{block}", "5A", "7"]],
                attached={},
                columns={"number": np.arange(FORMER_ROWS) + 1000.0 * block},
                rows=FORMER_ROWS,
            )
        )
        for block in range(2)
    ]
    table = PatientTable((Column("number", "f8", np.nan),))
    table.load(dict(enumerate(former)))
    again = PatientTable((Column("number", "f8", np.nan),))
    again.load(dict(table.snapshot(only_touched=False)))
    for block in range(2):
        for number, name in enumerate(names):
            row = again.row(f"{name}-{block}")
            assert row is not None
            assert again["number"][row] == number + 1000.0 * block
        [row] = again.rows([f"away-{block}"]).tolist()
        assert again.places[row] == ("5A", "7")
