"""What is kept of some patients: fetched, worked on, put back, and nobody else's touched."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch.core.kept import Kept, Layout
from wardwatch.core.packs import Column
from wardwatch.core.table import PatientTable

OWN = (Column("one", "f4", 1.0, 1), Column("nights", "u1", 0, 3), Column("two", "f4", 2.0, 2))
COLUMNS = (Column("seen_ms", "i8", 5), *OWN)


def filled(patients: int) -> PatientTable:
    """A table in which every number differs."""
    table = PatientTable(COLUMNS)
    table.rows([f"p-{i}" for i in range(patients)])
    table.all_of("f4")[:patients] = np.arange(3 * patients).reshape(patients, 3)
    table["nights"][:patients] = np.arange(3 * patients).reshape(patients, 3) % 256
    return table


def test_each_patient_is_a_column_and_single_precision_is_double_at_work() -> None:
    kept = Kept(filled(3), Layout(OWN), np.array([2, 0]))
    assert {name: numbers.tolist() for name, numbers in kept.items()} == {
        "one": [[6.0, 0.0]],
        "two": [[7.0, 1.0], [8.0, 2.0]],
        "nights": [[6, 0], [7, 1], [8, 2]],
    }
    assert kept["two"].dtype == np.float64
    assert len(kept) == 3


@pytest.mark.parametrize("patients", [1, 7, 1024])
def test_what_was_changed_is_put_back_and_nothing_else_changes(patients: int) -> None:
    table = filled(patients + 1)
    before = {column.name: table[column.name].copy() for column in COLUMNS}
    rows = np.random.default_rng(0).permutation(patients + 1)[:patients]
    kept = Kept(table, Layout(OWN), rows)
    kept["one"][0] += 0.25
    kept["nights"][:] += 1
    kept.put_back()
    for column in COLUMNS:
        expected = before[column.name]
        if column.name == "one":
            expected[rows] += 0.25
        elif column.name == "nights":
            expected[rows] += 1
        assert np.array_equal(table[column.name], expected), column.name


def test_without_being_put_back_nothing_changes() -> None:
    table = filled(2)
    before = table.state_of("p-1")
    kept = Kept(table, Layout(OWN), np.array([1]))
    kept["one"][:] = 9.0
    kept["nights"][:] = 9
    assert table.state_of("p-1") == before


def test_a_number_that_nobody_keeps_is_an_error() -> None:
    with pytest.raises(KeyError):
        Kept(filled(1), Layout(OWN), np.array([0]))["seen_ms"]
