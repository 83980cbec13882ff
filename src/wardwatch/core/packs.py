"""Columns of numbers, those of one number type side by side.

So all of a row is in one place for each type: with a million patients it is fetching a row from memory that
takes the time.

>>> columns = Column("rate", "f4", 60.0), Column("time", "i8", 0), Column("pair", "f4", (1.0, 2.0), 2)
>>> pack = Pack(columns, "f4")
>>> pack.grow(2)
>>> pack.matrix
array([[60.,  1.,  2.],
       [60.,  1.,  2.]], dtype=float32)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Column:
    """One property of a patient: a number, or a row of ``width`` numbers of the same kind.

    ``default`` is one number for all of them, or one for each. With ``is_appended_to`` a newer version may
    have more numbers after those of an older one.
    """

    name: str
    dtype: str
    default: float | tuple[float, ...]
    width: int | None = None
    is_appended_to: bool = False


class Pack:
    """Those of ``columns`` that are of one number type, as one ``matrix`` with a line for each row."""

    def __init__(self, columns: Sequence[Column], dtype: str) -> None:
        self.columns = [column for column in columns if column.dtype == dtype]
        self._place: dict[str, int] = {}
        defaults: list[float] = []
        for column in self.columns:
            self._place[column.name] = len(defaults)
            defaults += np.broadcast_to(column.default, column.width or 1).tolist()
        self.defaults = np.array(defaults, dtype=dtype)
        self.matrix = np.empty((0, len(defaults)), dtype=dtype)

    def grow(self, capacity: int) -> None:
        """Make room for so many rows; the new ones have the defaults."""
        grown = np.empty((capacity, len(self.defaults)), dtype=self.defaults.dtype)
        grown[: len(self.matrix)] = self.matrix
        grown[len(self.matrix) :] = self.defaults
        self.matrix = grown

    def view(self, column: Column) -> npt.NDArray[Any]:
        """The part of the matrix that is this column."""
        first = self._place[column.name]
        if column.width is None:
            return self.matrix[:, first]
        return self.matrix[:, first : first + column.width]
