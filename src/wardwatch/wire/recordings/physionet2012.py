"""Intensive-care stays of the PhysioNet/Computing in Cardiology Challenge 2012: one `.txt` file a stay.

Silva et al. 2012, "Predicting In-Hospital Mortality of ICU Patients". A line is a time since admission and
one value: `HH:MM,Parameter,Value`. Lines of one minute become one reading. Where a vital repeats within the
minute, a further reading carries the repeat, so that the gate sees it; so does one with a cuff's pressures
beside those of an arterial line. The files tell no date: their hours are counted from the beginning of 2012,
by our own choice.

Oxygen saturation is that of the blood gas (SaO2): the monitor's was not recorded. A fraction of inspired
oxygen above that of air is "on oxygen". Left out, knowingly: the Glasgow Coma Scale, which is no ACVPU;
laboratory values; and the person's data, which `physionet2012_outcomes` reads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from wardwatch.core.reading import Reading
from wardwatch.wire.errors import Fault
from wardwatch.wire.recordings.recording import (
    Row,
    Stream,
    UnreadableFileError,
    UnreadableRow,
    carried_ms,
    pseudonym,
)
from wardwatch.wire.recordings.source import Member, Source

DEVICE = "icu-chart"
EPOCH_MS = round(datetime(2012, 1, 1, tzinfo=UTC).timestamp()) * 1000
_MINUTE_MS = 60_000
_HEADER = [b"Time", b"Parameter", b"Value"]

_VITAL_OF_PARAMETER = {
    b"HR": "heart_rate",
    b"SaO2": "oxygen_saturation",
    b"RespRate": "respiratory_rate",
    b"Temp": "body_temperature",
    b"SysABP": "systolic_pressure",
    b"DiasABP": "diastolic_pressure",
    b"MAP": "mean_pressure",
}
_CUFF = {b"NISysABP": "systolic_pressure", b"NIDiasABP": "diastolic_pressure", b"NIMAP": "mean_pressure"}
_PRESSURES = frozenset(_CUFF.values())
_INSPIRED_OXYGEN = b"FiO2"
# Air, as a fraction [K].
_AIR = 0.21

_Measured: TypeAlias = tuple[int, bytes, float]


def recognises(name: str, head: Sequence[bytes]) -> bool:  # noqa: ARG001 (one signature for all layouts)
    """Whether a file's first line is a stay's header."""
    return fields_of(head[0]) == _HEADER


def streams(source: Source) -> Iterator[Stream]:
    """One a stay; the patient is the file's name. Files with another header are no part of the recording."""
    for member in source.members():
        yield Stream(_rows(member, member.lines()), member.held_bytes)


def fields_of(line: bytes) -> list[bytes]:
    """The fields of a line."""
    return line.strip().split(b",")


def _rows(member: Member, lines: Iterator[bytes]) -> Iterator[Row]:
    if fields_of(next(lines, b"")) != _HEADER:
        return
    patient = pseudonym(member.stem)
    for at_ms, group in groupby(_measured(member, lines), key=itemgetter(0)):
        measured: list[_Measured] = []
        for _, row in group:
            if isinstance(row, UnreadableRow):
                yield row
            else:
                measured.append(row)
        for values in _without_repeats(measured):
            yield Reading(patient=patient, device=DEVICE, observed_at_ms=at_ms, **values)  # type: ignore[arg-type]


def _measured(member: Member, lines: Iterator[bytes]) -> Iterator[tuple[int, _Measured | UnreadableRow]]:
    """What was measured, by its instant; rows that cannot be read stand where the one before them does."""
    at_ms = EPOCH_MS
    try:
        for number, line in enumerate(lines, 2):
            fields = fields_of(line)
            if len(fields) != len(_HEADER):
                yield at_ms, UnreadableRow(Fault.MISSING_FIELD, member.name, number)
                continue
            time, parameter, value = fields
            if not (parameter in _VITAL_OF_PARAMETER or parameter in _CUFF or parameter == _INSPIRED_OXYGEN):
                continue
            try:
                row = (_instant_ms(time), parameter, float(value))
            except ValueError:
                yield at_ms, UnreadableRow(Fault.WRONG_TYPE, member.name, number)
                continue
            at_ms = row[0]
            yield at_ms, row
    except UnreadableFileError as end:
        yield at_ms, end.row


def _instant_ms(time: bytes) -> int:
    """Of hours and minutes since admission, however many; raises ValueError."""
    hours, minutes = time.split(b":")
    if not (hours.isdigit() and minutes.isdigit()):
        raise ValueError("no hours and minutes")
    return carried_ms(EPOCH_MS + (60 * int(hours) + int(minutes)) * _MINUTE_MS)


def _without_repeats(measured: Sequence[_Measured]) -> list[dict[str, float | bool]]:
    """The values of one minute in parts: in none a vital comes twice, or arterial pressures with a cuff's."""
    parts: list[dict[str, float | bool]] = []
    cuffs: list[dict[str, float | bool]] = []
    for _, parameter, value in measured:
        among = cuffs if parameter in _CUFF else parts
        name = _CUFF.get(parameter) or _VITAL_OF_PARAMETER.get(parameter, "on_oxygen")
        part = next((part for part in among if name not in part), None)
        if part is None:
            part = {}
            among.append(part)
        part[name] = value > _AIR if parameter == _INSPIRED_OXYGEN else value
    if parts and cuffs and _PRESSURES.isdisjoint(parts[0]):
        # Without an arterial line the cuff's pressures go with the rest.
        parts[0] |= cuffs.pop(0)
    return parts + cuffs
