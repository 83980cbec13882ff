"""CLIF tables (Common Longitudinal ICU data Format): a folder or archive with `vitals` as CSV.

A row of `vitals` is one value. Rows of one patient and instant become one reading; where a vital repeats at
that instant, a further reading of the same instant carries the repeat, so that the gate sees it. Rows of an
instant are ordered by the name of the measurement, which keeps the pressures of one method together.

Where the table of hospitalizations is there, it tells whose stay it is; else a stay is a patient of its own.
Where the table of moves (`adt`) is there, it gives the ward at each time; CLIF knows no beds. Tables are told
apart by their columns. Times are the recording's own, however far in the future.
"""

from __future__ import annotations

import csv
from array import array
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

import numpy as np

from wardwatch.core.events import Placement
from wardwatch.core.reading import IntArray, Reading
from wardwatch.core.vitals import VITAL_INDEX, VITAL_NAMES
from wardwatch.wire.errors import Fault
from wardwatch.wire.recordings.recording import (
    FileFault,
    Row,
    Stream,
    UnreadableFileError,
    UnreadableRow,
    instant_ms,
    place_name,
    pseudonym,
)
from wardwatch.wire.recordings.source import Member, Source

DEVICE = "icu-chart"
NO_BED = "-"

# The tables are sorted in memory, at some 50 bytes a row: this many are 1 GB. Larger ones must be split.
MAXIMUM_ROWS = 20_000_000

_VITAL_OF_CATEGORY = {
    "heart_rate": "heart_rate",
    "spo2": "oxygen_saturation",
    "respiratory_rate": "respiratory_rate",
    "temp_c": "body_temperature",
    "sbp": "systolic_pressure",
    "dbp": "diastolic_pressure",
    "map": "mean_pressure",
}
_VITALS = ("hospitalization_id", "recorded_dttm", "vital_category", "vital_value", "vital_name")
_STAYS = ("hospitalization_id", "patient_id", "admission_dttm")
_MOVES = ("hospitalization_id", "in_dttm", "location_category", "location_name")


def recognises(name: str, head: Sequence[bytes]) -> bool:  # noqa: ARG001 (one signature for all layouts)
    """Whether a file's first line is the header of the table of vitals."""
    return set(_VITALS).issubset(fields_of(head[0]))


def streams(source: Source) -> Iterator[Stream]:
    """One a patient, in order of time; before them one with what could not be read."""
    tables = _Tables()
    try:
        for member in source.members():
            tables.load(member)
    except UnreadableFileError as end:
        tables.unreadable.append(end.row)
    yield Stream(iter(tables.unreadable))
    yield from tables.streams()


def fields_of(line: bytes) -> list[str]:
    """The fields of a line; none of one whose quotes make no sense."""
    text = line.decode(errors="replace").rstrip("\r\n")
    if '"' not in text:
        return text.split(",")
    try:
        return next(csv.reader([text]))
    except csv.Error:
        return []


@dataclass(slots=True)
class _Tables:
    """The rows of all tables, compact; text is kept once and numbered."""

    stay_number: dict[str, int] = field(default_factory=dict)
    method_number: dict[str, int] = field(default_factory=dict)
    stays: array[int] = field(default_factory=lambda: array("i"))
    methods: array[int] = field(default_factory=lambda: array("i"))
    instants_ms: array[int] = field(default_factory=lambda: array("q"))
    vitals: array[int] = field(default_factory=lambda: array("b"))
    values: array[float] = field(default_factory=lambda: array("d"))
    patient_of_stay: dict[str, str] = field(default_factory=dict)
    moves: list[tuple[str, int, str]] = field(default_factory=list)
    unreadable: list[UnreadableRow] = field(default_factory=list)

    def load(self, member: Member) -> None:
        """Take in a table that is one of ours; its unreadable rows are kept apart."""
        try:
            lines = member.lines()
            header = fields_of(next(lines, b""))
            for columns, add in (
                (_VITALS, self._add_vital),
                (_STAYS, self._add_stay),
                (_MOVES, self._add_move),
            ):
                if set(columns).issubset(header):
                    self._load_rows(member, lines, [header.index(column) for column in columns], add)
                    return
        except UnreadableFileError as end:
            self.unreadable.append(end.row)

    def _load_rows(
        self, member: Member, lines: Iterator[bytes], positions: Sequence[int], add: Callable[..., None]
    ) -> None:
        for number, line in enumerate(lines, 2):
            fields = fields_of(line)
            try:
                add(*[fields[position] for position in positions])
            except IndexError:
                self.unreadable.append(UnreadableRow(Fault.MISSING_FIELD, member.name, number))
            except ValueError:
                self.unreadable.append(UnreadableRow(Fault.WRONG_TYPE, member.name, number))
            if len(self.values) + len(self.unreadable) > MAXIMUM_ROWS:
                raise UnreadableFileError(FileFault.TOO_LARGE, member.name, number)

    def _add_vital(self, stay: str, time: str, category: str, value: str, method: str) -> None:
        vital = _VITAL_OF_CATEGORY.get(category)
        if vital is None or not value:
            return  # height, weight and the like are no vitals of ours
        instant, number = instant_ms(time), float(value)
        self.stays.append(self.stay_number.setdefault(stay, len(self.stay_number)))
        self.methods.append(self.method_number.setdefault(method, len(self.method_number)))
        self.instants_ms.append(instant)
        self.vitals.append(VITAL_INDEX[vital])
        self.values.append(number)

    def _add_stay(self, stay: str, patient: str, _admission: str) -> None:
        self.patient_of_stay[stay] = patient

    def _add_move(self, stay: str, time: str, category: str, location: str) -> None:
        ward = place_name(location) or place_name(category)
        if ward:
            self.moves.append((stay, instant_ms(time), ward))

    def streams(self) -> Iterator[Stream]:
        """One a patient: readings, and moves before the readings that follow them."""
        names = [self.patient_of_stay.get(stay, stay) for stay in self.stay_number]
        patients, patient_of_stay = np.unique(np.array(names, dtype=object), return_inverse=True)
        rank_of_method = np.argsort(np.argsort(np.array([*self.method_number], dtype=object)))
        patient_of_row = patient_of_stay[np.array(self.stays)]
        rank_of_row = rank_of_method[np.array(self.methods)]
        order = np.lexsort((rank_of_row, np.array(self.instants_ms), patient_of_row))
        ends = np.searchsorted(patient_of_row[order], np.arange(len(patients)), side="right").tolist()
        moves: dict[str, list[tuple[int, str]]] = {}
        for stay, at_ms, ward in self.moves:
            moves.setdefault(self.patient_of_stay.get(stay, stay), []).append((at_ms, ward))
        for patient, start, end in zip(patients, [0, *ends], ends, strict=False):
            rows = order[start:end]
            yield Stream(self._rows(pseudonym(patient), rows, sorted(moves.get(patient, []))))

    def _rows(self, patient: str, rows: IntArray, moves: list[tuple[int, str]]) -> Iterator[Row]:
        coming = deque(moves)
        for at_ms, group in groupby(rows.tolist(), key=self.instants_ms.__getitem__):
            while coming and coming[0][0] <= at_ms:
                yield Placement(patient=patient, ward=coming.popleft()[1], bed=NO_BED)
            for values in self._without_repeats(group):
                yield Reading(patient=patient, device=DEVICE, observed_at_ms=at_ms, **values)  # type: ignore[arg-type]

    def _without_repeats(self, rows: Iterable[int]) -> list[dict[str, float]]:
        """The values of one instant, in as many parts as the most repeated vital needs."""
        parts: list[dict[str, float]] = []
        for row in rows:
            vital = VITAL_NAMES[self.vitals[row]]
            part = next((part for part in parts if vital not in part), None)
            if part is None:
                part = {}
                parts.append(part)
            part[vital] = self.values[row]
        return parts
