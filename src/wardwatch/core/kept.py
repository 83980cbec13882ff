"""What is kept of some patients, fetched from the table to be worked on, and put back.

In the table a row is a patient; at work a column is, and all that is kept in single precision is double. That
is most of it, and fetched at once; a column of another type only when somebody asks for it. All that was
fetched is put back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from wardwatch.core.packs import Column
from wardwatch.core.reading import IntArray
from wardwatch.core.table import PatientTable

_SINGLE = "f4"
# At work a row of 1,024 patients takes 8 kB and a little more: rows a power of 2 apart would push each other
# out of the processor's cache, which made putting back five times slower.
_APART = 16
# So many patients at once are small enough to stay in the cache from table to work.
_AT_ONCE = 256


class Layout:
    """Which ``columns`` of a table are kept: all of its single precision, and some of other types."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.places: dict[str, slice] = {}
        self.others = frozenset(column.name for column in columns if column.dtype != _SINGLE)
        first = 0
        for column in columns:
            if column.dtype == _SINGLE:
                self.places[column.name] = slice(first, first + (column.width or 1))
                first += column.width or 1


class Kept(Mapping[str, npt.NDArray[Any]]):
    """The numbers of the patients in ``rows``, each patient once: by column an array of (width, patients).

    What is written to these arrays is in the table after :meth:`put_back`.
    """

    def __init__(self, table: PatientTable, layout: Layout, rows: IntArray) -> None:
        self._table, self._layout, self._rows = table, layout, rows
        single = table.all_of(_SINGLE)
        self._double = np.empty((single.shape[1], len(rows) + _APART))[:, : len(rows)]
        for first in range(0, len(rows), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            self._double[:, some] = single.take(rows[some], axis=0).T
        self._others: dict[str, npt.NDArray[Any]] = {}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self._layout.others:
            return self._double[self._layout.places[name]]
        if name not in self._others:
            self._others[name] = self._table[name][self._rows].T
        return self._others[name]

    def __iter__(self) -> Iterator[str]:
        yield from self._layout.places
        yield from self._layout.others

    def __len__(self) -> int:
        return len(self._layout.places) + len(self._layout.others)

    def put_back(self) -> None:
        """Write into the table what was fetched from it."""
        single = self._table.all_of(_SINGLE)
        for first in range(0, len(self._rows), _AT_ONCE):
            some = slice(first, first + _AT_ONCE)
            single[self._rows[some]] = self._double[:, some].T
        for name, numbers in self._others.items():
            self._table[name][self._rows] = numbers.T
