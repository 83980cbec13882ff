"""All patients of a partition as a struct of arrays: one row a patient, one array a property.

A row belongs to a *block* of :data:`BLOCK_ROWS` neighbours. Blocks are what is written to a checkpoint, and
only those that were touched. A block is plain bytes:

    4 bytes   length of the header, little-endian
    header    JSON: version, the columns (name, type, shape of a row), the patients (name, ward, bed), who was
              dropped from here (the same), and what is attached to patients (base64)
    columns   the raw little-endian numbers, one column after another

A column that a block does not know is filled with its default, and one that is no longer used is passed
over, so that a newer version starts from an older one's checkpoint.

In memory the columns of one number type lie side by side, so that all of a patient is in one place: with a
million patients, it is fetching a row from memory that takes the time.

A patient who is *dropped* gives the row back. Only the place remains known, in the block where the row was.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

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
    """One property of a patient: a number, or a row of ``width`` numbers of the same kind.

    ``default`` is one number for all of them, or one for each.
    """

    name: str
    dtype: str
    default: float | tuple[float, ...]
    width: int | None = None

    def shape(self, rows: int) -> tuple[int, ...]:
        """The shape of its array for so many rows."""
        return (rows,) if self.width is None else (rows, self.width)


class Attachment(Protocol):
    """What is kept of patients that is no number, as bytes."""

    def __contains__(self, patient: object) -> bool:
        """Whether anything is kept of a patient."""

    def state_of(self, patient: str) -> bytes:
        """All that is kept of a patient of whom something is."""

    def restore(self, patient: str, state: bytes) -> None:
        """Take back what :meth:`state_of` gave."""

    def forget(self, patient: str) -> None:
        """Drop what is kept of a patient."""


class PatientTable:
    """The rows. ``table["heart_rate"]`` is the array of a column, as long as the table's capacity.

    An array is only good until the next patient is added: the table grows by moving to larger ones.
    ``age_column`` names the one that tells which of two states of a patient is the later one.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        age_column: str | None = None,
        attachment: Attachment | None = None,
    ) -> None:
        self._columns = tuple(columns)
        self._age_column = age_column
        self._attachment = attachment
        self._packs = {dtype: _Pack(columns, dtype) for dtype in {column.dtype for column in columns}}
        self._arrays: dict[str, npt.NDArray[Any]] = {}
        self._rows: dict[str, int] = {}
        self.patients: list[str] = []
        self.places: list[tuple[str, str]] = []
        # Who was dropped: the block, and the place.
        self._away: dict[str, tuple[int, tuple[str, str]]] = {}
        self._free: list[int] = []
        self._touched: set[int] = set()
        self._capacity = 0
        self._grow(BLOCK_ROWS)

    def __len__(self) -> int:
        """The rows in use, gaps among them included."""
        return len(self.patients)

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        return self._arrays[name]

    def all_of(self, dtype: str) -> npt.NDArray[Any]:
        """All columns of a number type side by side: (capacity, numbers), in the columns' order."""
        return self._packs[dtype].matrix

    def bytes_a_patient(self) -> int:
        """What a row takes in memory."""
        return sum(pack.matrix.itemsize * pack.matrix.shape[1] for pack in self._packs.values())

    def row(self, patient: str) -> int | None:
        """The row of a patient, or ``None`` for one never seen or dropped."""
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

    def forget(self, rows: IntArray) -> None:
        """Begin anew with these patients, in the same rows and places."""
        for pack in self._packs.values():
            pack.matrix[rows] = pack.defaults
        if self._attachment is not None:
            for row in rows.tolist():
                self._attachment.forget(self.patients[row])
        self.touch(rows)

    def drop(self, rows: IntArray) -> None:
        """Give these patients' rows back. When one comes again, only the place is still known."""
        self.forget(rows)
        for row in rows.tolist():
            patient = self.patients[row]
            self._away[patient] = (row // BLOCK_ROWS, self.places[row])
            del self._rows[patient]
            self._vacate(row)
            self._free.append(row)

    def _vacate(self, row: int) -> None:
        self.patients[row], self.places[row] = "", (UNASSIGNED_WARD, "")

    def _row_or_new(self, patient: str) -> int:
        row = self._rows.get(patient)
        if row is None:
            row = self._free.pop() if self._free else len(self.patients)
            block, place = self._away.pop(patient, (row // BLOCK_ROWS, (UNASSIGNED_WARD, "")))
            self._touched.add(block)
            self._seat(row, patient, place)
        return row

    def _seat(self, row: int, patient: str, place: tuple[str, str]) -> None:
        while len(self.patients) <= row:
            self.patients.append("")
            self.places.append((UNASSIGNED_WARD, ""))
            self._grow(len(self.patients))
        self.patients[row] = patient
        self.places[row] = place
        self._rows[patient] = row
        self._touched.add(row // BLOCK_ROWS)

    def _grow(self, needed: int) -> None:
        if needed <= self._capacity:
            return
        self._capacity = max(needed, 2 * self._capacity)
        for pack in self._packs.values():
            pack.grow(self._capacity)
            for column in pack.columns:
                self._arrays[column.name] = pack.view(column)

    def snapshot(self, *, only_touched: bool) -> Iterator[tuple[int, bytes]]:
        """Blocks as (number, bytes); every call forgets what was touched before it."""
        blocks = range((len(self) + BLOCK_ROWS - 1) // BLOCK_ROWS)
        wanted = sorted(self._touched) if only_touched else list(blocks)
        self._touched.clear()
        away: defaultdict[int, list[list[str]]] = defaultdict(list)
        for patient, (block, place) in self._away.items():
            away[block].append([patient, *place])
        for block in wanted:
            first = block * BLOCK_ROWS
            rows = np.arange(first, min(first + BLOCK_ROWS, len(self)))
            yield block, self._encode(rows, away.get(block, []))

    def state_of(self, patient: str) -> bytes:
        """All that is kept of one patient, wherever its row: equal bytes are equal states."""
        return self._encode(np.array([self._rows[patient]]), [])

    def _encode(self, rows: IntArray, away: list[list[str]]) -> bytes:
        header = {
            "v": SNAPSHOT_VERSION,
            "columns": [[column.name, column.dtype, column.width] for column in self._columns],
            "patients": [[self.patients[row], *self.places[row]] for row in rows.tolist()],
            "away": away,
            "attached": self._attached(rows),
        }
        head = json.dumps(header, separators=(",", ":")).encode()
        body = b"".join(self._arrays[column.name][rows].tobytes() for column in self._columns)
        return len(head).to_bytes(4, "little") + head + body

    def _attached(self, rows: IntArray) -> dict[str, str]:
        if self._attachment is None:
            return {}
        patients = [self.patients[row] for row in rows.tolist()]
        known = [patient for patient in patients if patient in self._attachment]
        return {patient: b64encode(self._attachment.state_of(patient)).decode() for patient in known}

    def load(self, blocks: Mapping[int, bytes]) -> None:
        """Fill an empty table from blocks; raises :class:`SnapshotError`."""
        for block, payload in sorted(blocks.items()):
            try:
                self._load_block(block, payload)
            except (ValueError, KeyError, TypeError, IndexError) as error:
                raise SnapshotError(f"Block {block} of the checkpoint can't be read: {error}.") from error
        self._away = {name: entry for name, entry in self._away.items() if name not in self._rows}
        # Gaps are reused from the front.
        self._free = [row for row in range(len(self) - 1, -1, -1) if not self.patients[row]]
        self._touched.clear()

    def _load_block(self, block: int, payload: bytes) -> None:
        head_length = int.from_bytes(payload[:4], "little")
        header = json.loads(payload[4 : 4 + head_length])
        if header["v"] != SNAPSHOT_VERSION:
            raise SnapshotError(f"its version is {header['v']}, this reads {SNAPSHOT_VERSION}")
        first = block * BLOCK_ROWS
        seated = header["patients"]
        columns = _columns_of(header, payload[4 + head_length :])
        ages = columns.get(self._age_column or "", (None, np.zeros(len(seated))))[1]
        kept = [i for i, (patient, *_) in enumerate(seated) if patient and self._is_later(patient, ages[i])]
        for i in kept:
            patient, ward, bed = seated[i]
            self._seat(first + i, patient, (ward, bed))
        for column in self._columns:
            width, numbers = columns.get(column.name, (None, None))
            if numbers is not None and column.width == width:
                self._arrays[column.name][first + np.array(kept, dtype=np.int64)] = numbers[kept]
        for patient, ward, bed in header.get("away", []):
            self._away[patient] = (block, (ward, bed))
        if self._attachment is not None:
            for patient, state in header.get("attached", {}).items():
                if self._rows.get(patient, -1) // BLOCK_ROWS == block:
                    self._attachment.restore(patient, b64decode(state))

    def _is_later(self, patient: str, age: float) -> bool:
        """Whether this is the state to keep, of a patient who may be in another block as well.

        That is so after a checkpoint which was cut off between the block that a patient left and the one
        where the patient came back.
        """
        row = self._rows.get(patient)
        if row is None:
            return True
        if self._age_column is None or age <= self._arrays[self._age_column][row]:
            return False
        for pack in self._packs.values():
            pack.matrix[row] = pack.defaults
        self._vacate(row)
        return True


class _Pack:
    """The columns of one number type, side by side."""

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
        grown = np.empty((capacity, len(self.defaults)), dtype=self.defaults.dtype)
        grown[: len(self.matrix)] = self.matrix
        grown[len(self.matrix) :] = self.defaults
        self.matrix = grown

    def view(self, column: Column) -> npt.NDArray[Any]:
        first = self._place[column.name]
        if column.width is None:
            return self.matrix[:, first]
        return self.matrix[:, first : first + column.width]


def _columns_of(header: Mapping[str, Any], body: bytes) -> dict[str, tuple[int | None, npt.NDArray[Any]]]:
    """A block's columns by name, each with its width and (patients, ...) numbers."""
    count = len(header["patients"])
    found = {}
    place = 0
    for name, dtype, width in header["columns"]:
        numbers = np.frombuffer(body, dtype=dtype, count=count * (width or 1), offset=place)
        place += numbers.nbytes
        found[name] = (width, numbers if width is None else numbers.reshape(count, width))
    return found


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
