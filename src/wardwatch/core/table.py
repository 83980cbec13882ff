"""All patients of a partition as a struct of arrays: one row a patient, one array a property.

A row belongs to a *block* of :data:`BLOCK_ROWS` neighbours. Blocks are what is written to a checkpoint, as
plain bytes (`blocks`), and only those that were touched. A column that a block does not know is filled with
its default, and one that is no longer used is passed over, so that a newer version starts from an older one's
checkpoint.

A patient who is *dropped* gives the row back. Only place and note remain known, in the block where the row
was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from wardwatch.core.blocks import Block, SnapshotError, decode, encode
from wardwatch.core.events import UNASSIGNED_WARD
from wardwatch.core.packs import Column, Pack
from wardwatch.core.reading import IntArray

# Neighbours that are written together: some 150 kB, and below Kafka's usual limit of 1 MB a message even if
# all of them have many alarms, with their reasons, and a river detector each.
BLOCK_ROWS = 64

_NOWHERE = (UNASSIGNED_WARD, "")


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
    ``age_column`` names the one that tells which of two states of a patient is the later one;
    ``attachments``, by kind, keep what is no number.
    """

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        age_column: str | None = None,
        attachments: Mapping[str, Attachment] | None = None,
    ) -> None:
        self._columns = tuple(columns)
        self._age_column = age_column
        self._attachments = attachments or {}
        self._packs = {dtype: Pack(columns, dtype) for dtype in {column.dtype for column in columns}}
        self._arrays: dict[str, npt.NDArray[Any]] = {}
        self._rows: dict[str, int] = {}
        self.patients: list[str] = []
        self.places: list[tuple[str, str]] = []
        # What the roster says of some patients beside the place, as JSON has it; kept as long as that.
        self.notes: dict[str, dict[str, Any]] = {}
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
        self._clear(rows)
        self.touch(rows)

    def drop(self, rows: IntArray) -> None:
        """Give these patients' rows back. When one comes again, only place and note are still known."""
        self.forget(rows)
        for row in rows.tolist():
            patient = self.patients[row]
            if self.places[row] != _NOWHERE or patient in self.notes:
                self._away[patient] = (row // BLOCK_ROWS, self.places[row])
            del self._rows[patient]
            self._vacate(row)
            self._free.append(row)

    def _clear(self, rows: IntArray) -> None:
        for pack in self._packs.values():
            pack.matrix[rows] = pack.defaults
        for attachment in self._attachments.values():
            for row in rows.tolist():
                attachment.forget(self.patients[row])

    def _vacate(self, row: int) -> None:
        self.patients[row], self.places[row] = "", _NOWHERE

    def _row_or_new(self, patient: str) -> int:
        row = self._rows.get(patient)
        if row is None:
            row = self._free.pop() if self._free else len(self.patients)
            block, place = self._away.pop(patient, (row // BLOCK_ROWS, _NOWHERE))
            self._touched.add(block)
            self._seat(row, patient, place)
        return row

    def _seat(self, row: int, patient: str, place: tuple[str, str]) -> None:
        while len(self.patients) <= row:
            self.patients.append("")
            self.places.append(_NOWHERE)
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
        named = [*(self.patients[row] for row in rows.tolist()), *(name for name, *_ in away)]
        block = Block(
            patients=[[self.patients[row], *self.places[row]] for row in rows.tolist()],
            away=away,
            notes={name: self.notes[name] for name in named if name in self.notes},
            attached=self._attached(rows),
            columns={column.name: self._arrays[column.name][rows] for column in self._columns},
            rows=BLOCK_ROWS,
        )
        return encode(block)

    def _attached(self, rows: IntArray) -> dict[str, dict[str, bytes]]:
        patients = [self.patients[row] for row in rows.tolist()]
        attached = {
            kind: {name: attachment.state_of(name) for name in patients if name in attachment}
            for kind, attachment in self._attachments.items()
        }
        return {kind: of_kind for kind, of_kind in attached.items() if of_kind}

    def load(self, blocks: Mapping[int, bytes]) -> None:
        """Fill an empty table from blocks; raises :class:`wardwatch.core.blocks.SnapshotError`."""
        self._grow((max(blocks, default=-1) + 1) * BLOCK_ROWS)
        for number in sorted(blocks):
            try:
                self._load(number, decode(blocks[number]))
            except (ValueError, KeyError, TypeError, IndexError) as error:
                raise SnapshotError(f"Block {number} of the checkpoint can't be read: {error}.") from error
        self._away = {name: entry for name, entry in self._away.items() if name not in self._rows}
        # Gaps are reused from the front.
        self._free = [row for row in range(len(self) - 1, -1, -1) if not self.patients[row]]
        self._touched.clear()

    def _load(self, number: int, block: Block) -> None:
        first = number * block.rows
        ages = block.columns.get(self._age_column or "", np.zeros(len(block.patients)))
        kept = [i for i, (name, *_) in enumerate(block.patients) if name and self._is_later(name, ages[i])]
        for i in kept:
            name, ward, bed = block.patients[i]
            if (earlier := self._rows.get(name)) is not None:
                self._clear(np.array([earlier]))
                self._vacate(earlier)
            self._seat(first + i, name, (ward, bed))
            self._take_note(name, block)
        seated = {block.patients[i][0] for i in kept}
        rows = first + np.array(kept, dtype=np.int64)
        for column in self._columns:
            if (numbers := block.columns.get(column.name)) is not None:
                self._fill(column, rows, numbers[kept])
        for name, ward, bed in block.away:
            self._away[name] = (first // BLOCK_ROWS, (ward, bed))
            if name not in self._rows:
                self._take_note(name, block)
        for kind in self._attachments.keys() & block.attached.keys():
            for name, state in block.attached[kind].items():
                if name in seated:
                    self._attachments[kind].restore(name, state)

    def _fill(self, column: Column, rows: IntArray, numbers: npt.NDArray[Any]) -> None:
        array = self._arrays[column.name]
        if column.is_appended_to:
            array = array[:, : numbers.shape[1]]
        if numbers.shape[1:] == array.shape[1:]:
            array[rows] = numbers

    def _take_note(self, patient: str, block: Block) -> None:
        self.notes.pop(patient, None)
        if patient in block.notes:
            self.notes[patient] = block.notes[patient]

    def _is_later(self, patient: str, age: float) -> bool:
        """Whether this is the state to keep, of a patient who may be in a block before as well.

        That is so after a checkpoint which was cut off between the block that a patient left and the one
        where the patient came back.
        """
        row = self._rows.get(patient)
        return row is None or (
            self._age_column is not None and bool(age > self._arrays[self._age_column][row])
        )
