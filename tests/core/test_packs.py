"""Packs: the columns of one number type side by side, which grow together."""

from __future__ import annotations

from wardwatch.core.packs import Column, Pack

COLUMNS = (Column("one", "f4", 1.0), Column("time", "i8", 2), Column("two", "f4", (3.0, 4.0), 2))


def test_it_has_the_columns_of_its_type_in_their_order_and_new_rows_have_the_defaults() -> None:
    pack = Pack(COLUMNS, "f4")
    pack.grow(2)
    assert [column.name for column in pack.columns] == ["one", "two"]
    assert pack.matrix.tolist() == [[1.0, 3.0, 4.0]] * 2


def test_what_is_written_to_a_column_is_in_the_matrix_and_still_there_when_it_has_grown() -> None:
    pack = Pack(COLUMNS, "f4")
    pack.grow(1)
    pack.view(COLUMNS[0])[0] = 7.0
    pack.view(COLUMNS[2])[0] = 8.0, 9.0
    pack.grow(2)
    assert pack.matrix.tolist() == [[7.0, 8.0, 9.0], [1.0, 3.0, 4.0]]
