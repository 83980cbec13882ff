"""All patients of a partition as a struct of arrays: one row a patient, one array a property.

A row belongs to a *block* of :data:`BLOCK_ROWS` neighbours. Blocks are what is written to a checkpoint, and
only those that were touched. A block is plain bytes:

    4 bytes   length of the header, little-endian
    header    JSON: version, the columns (name, type, shape of a row), the patients (name, ward, bed)
    columns   the raw little-endian numbers, one column after another

A column that a block does not know is filled with its default, and one that is no longer used is passed
over, so that a newer version starts from an older one's checkpoint.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wardwatch.core.events import UNASSIGNED_WARD
from wardwatch.core.reading import IntArray

# Neighbours that are written together: some 150 kB, well below Kafka's usual limit of 1 MB a message.
BLOCK_ROWS = 128

SNAPSHOT_VERSION = 1


class SnapshotError(ValueError):
    """Bytes that are not a block which this version can read; the checkpoint cannot be used."""


@dataclass(frozen=True, slots=True)
class Column:
    """One property of a patient: a number, or a row of ``width`` numbers of the same kind."""

    name: str
    dtype: str
    default: float
    width: int | None = None

    def shape(self, rows: int) -> tuple[int, ...]:
        """The shape of its array for so many rows."""
        return (rows,) if self.width is None else (rows, self.width)


class PatientTable:
    """The rows. ``table["heart_rate"]`` is the array of a column, as long as the table's capacity.

    An array is only good until the next patient is added: the table grows by moving to larger ones.
    """

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._arrays: dict[str, npt.NDArray[Any]] = {}
        self._rows: dict[str, int] = {}
        self.patients: list[str] = []
        self.places: list[tuple[str, str]] = []
        self._free: list[int] = []
        self._touched: set[int] = set()
        self._capacity = 0
        self._grow(BLOCK_ROWS)

    def __len__(self) -> int:
        """The rows in use, gaps among them included."""
        return len(self.patients)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._arrays[name]

    def row(self, patient: str) -> int | None:
        """The row of a patient, or ``None`` for one never seen."""
        return self._rows.get(patient)

    def rows(self, patients: Sequence[str]) -> IntArray:
        """The rows of these patients; those never seen are given one."""
        try:
            return np.array([self._rows[patient] for patient in patients], dtype=np.int64)
        except KeyError:
            return np.array([self._row_or_new(patient) for patient in patients], dtype=np.int64)

    def touch(self, rows: IntArray) -> None:
        """Note that these rows have changed."""
        self._touched.update((rows // BLOCK_ROWS).tolist())

    def _row_or_new(self, patient: str) -> int:
        row = self._rows.get(patient)
        if row is None:
            row = self._free.pop() if self._free else len(self.patients)
            self._seat(row, patient, (UNASSIGNED_WARD, ""))
        return row

    def _seat(self, row: int, patient: str, place: tuple[str, str]) -> None:
        while len(self.patients) <= row:
            self._free.append(len(self.patients))
            self.patients.append("")
            self.places.append((UNASSIGNED_WARD, ""))
            self._grow(len(self.patients))
        if row in self._free:
            self._free.remove(row)
        self.patients[row] = patient
        self.places[row] = place
        self._rows[patient] = row
        self._touched.add(row // BLOCK_ROWS)

    def _grow(self, needed: int) -> None:
        if needed <= self._capacity:
            return
        capacity = max(needed, 2 * self._capacity)
        for column in self._columns:
            grown = np.full(column.shape(capacity), column.default, dtype=column.dtype)
            if self._capacity:
                grown[: self._capacity] = self._arrays[column.name]
            self._arrays[column.name] = grown
        self._capacity = capacity

    def snapshot(self, *, only_touched: bool) -> Iterator[tuple[int, bytes]]:
        """Blocks as (number, bytes); every call forgets what was touched before it."""
        blocks = range((len(self) + BLOCK_ROWS - 1) // BLOCK_ROWS)
        wanted = sorted(self._touched) if only_touched else list(blocks)
        self._touched.clear()
        for block in wanted:
            first = block * BLOCK_ROWS
            yield block, self._encode(np.arange(first, min(first + BLOCK_ROWS, len(self))))

    def state_of(self, patient: str) -> bytes:
        """All that is kept of one patient, wherever its row: equal bytes are equal states."""
        return self._encode(np.array([self._rows[patient]]))

    def _encode(self, rows: IntArray) -> bytes:
        header = {
            "v": SNAPSHOT_VERSION,
            "columns": [[column.name, column.dtype, column.width] for column in self._columns],
            "patients": [[self.patients[row], *self.places[row]] for row in rows.tolist()],
        }
        head = json.dumps(header, separators=(",", ":")).encode()
        body = b"".join(self._arrays[column.name][rows].tobytes() for column in self._columns)
        return len(head).to_bytes(4, "little") + head + body

    def load(self, blocks: Mapping[int, bytes]) -> None:
        """Fill an empty table from blocks; raises :class:`SnapshotError`."""
        for block, payload in sorted(blocks.items()):
            try:
                self._load_block(block, payload)
            except (ValueError, KeyError, TypeError, IndexError) as error:
                raise SnapshotError(f"Block {block} of the checkpoint can't be read: {error}.") from error
        # Gaps are reused from the front.
        self._free.sort(reverse=True)
        self._touched.clear()

    def _load_block(self, block: int, payload: bytes) -> None:
        head_length = int.from_bytes(payload[:4], "little")
        header = json.loads(payload[4 : 4 + head_length])
        if header["v"] != SNAPSHOT_VERSION:
            raise SnapshotError(f"its version is {header['v']}, this reads {SNAPSHOT_VERSION}")
        first = block * BLOCK_ROWS
        seated = header["patients"]
        for offset, (patient, ward, bed) in enumerate(seated):
            if patient:
                self._seat(first + offset, patient, (ward, bed))
        known = {column.name: column for column in self._columns}
        place = 4 + head_length
        for name, dtype, width in header["columns"]:
            count = len(seated) * (width or 1)
            numbers = np.frombuffer(payload, dtype=dtype, count=count, offset=place)
            place += numbers.nbytes
            column = known.get(name)
            if column is not None and column.width == width:
                last = min(first + len(seated), len(self))
                self._arrays[name][first:last] = numbers.reshape(column.shape(len(seated)))[: last - first]


def rounds(rows: IntArray) -> Iterable[IntArray]:
    """Indices into ``rows``, cut so that no round has a row twice and a row's readings keep their order.

    Working round by round on arrays gives each patient what working reading by reading would.

    >>> [index.tolist() for index in rounds(np.array([7, 8, 7, 7, 9]))]
    [[0, 1, 4], [2], [3]]
    """
    count = len(rows)
    if len(set(rows.tolist())) == count:
        return [np.arange(count)]
    order = np.argsort(rows, kind="stable")
    in_order = rows[order]
    starts = np.flatnonzero(np.r_[True, in_order[1:] != in_order[:-1]])
    sizes = np.diff(np.r_[starts, count])
    turn = np.empty(count, dtype=np.int64)
    turn[order] = np.arange(count) - np.repeat(starts, sizes)
    by_turn = np.argsort(turn, kind="stable")
    return np.split(by_turn, np.cumsum(np.bincount(turn))[:-1])
