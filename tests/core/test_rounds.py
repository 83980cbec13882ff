"""Rounds: at most one reading of each row, in the order of the batch."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.rounds import rounds


@given(st.lists(st.integers(0, 5), min_size=1))
def test_rounds_name_each_row_once_and_keep_every_rows_order(rows: list[int]) -> None:
    array = np.array(rows)
    cut = list(rounds(array))
    for index in cut:
        assert len(set(array[index].tolist())) == len(index)
    for row in set(rows):
        assert [i for index in cut for i in index.tolist() if rows[i] == row] == [
            i for i, other in enumerate(rows) if other == row
        ]
    assert sorted(i for index in cut for i in index.tolist()) == list(range(len(rows)))
