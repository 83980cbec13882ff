"""Intensive-care stays of the PhysioNet/Computing in Cardiology Challenge 2019: one `.psv` file a stay.

Reyna et al. 2020, "Early Prediction of Sepsis From Clinical Data". A row is an hour; the laboratory columns,
the person's data and the label are not vitals and are left out. The files tell no date, only the hours since
admission to intensive care (ICULOS): they are counted from the beginning of 2019, by our own choice. An hour
in which none of the vitals was measured gives no reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from wardwatch.core.reading import Reading
from wardwatch.wire.errors import Fault
from wardwatch.wire.recordings.recording import Row, Stream, UnreadableRow, carried_ms, pseudonym
from wardwatch.wire.recordings.source import Member, Source

DEVICE = "icu-chart"
EPOCH_MS = round(datetime(2019, 1, 1, tzinfo=UTC).timestamp()) * 1000
_HOUR_MS = 3_600_000

_VITAL_OF_COLUMN = {
    b"HR": "heart_rate",
    b"O2Sat": "oxygen_saturation",
    b"Temp": "body_temperature",
    b"SBP": "systolic_pressure",
    b"MAP": "mean_pressure",
    b"DBP": "diastolic_pressure",
    b"Resp": "respiratory_rate",
}
_HOUR_COLUMN = b"ICULOS"
_NOT_MEASURED = b"NaN"


def recognises(name: str, head: Sequence[bytes]) -> bool:  # noqa: ARG001 (one signature for all layouts)
    """Whether a file's first line names the challenge's columns."""
    return _is_header(_columns(head[0]))


def streams(source: Source) -> Iterator[Stream]:
    """One a stay; the patient is the file's name. Files with another header are no part of the recording."""
    for member in source.members():
        yield Stream(_rows(member, member.lines()), member.held_bytes)


def _columns(header: bytes) -> list[bytes]:
    return header.strip().split(b"|")


def _is_header(columns: list[bytes]) -> bool:
    return _HOUR_COLUMN in columns and columns[0] in _VITAL_OF_COLUMN


def _rows(member: Member, lines: Iterator[bytes]) -> Iterator[Row]:
    columns = _columns(next(lines, b""))
    if not _is_header(columns):
        return
    hour_at = columns.index(_HOUR_COLUMN)
    vitals_at = [(vital, columns.index(name)) for name, vital in _VITAL_OF_COLUMN.items() if name in columns]
    patient = pseudonym(member.stem)
    for number, line in enumerate(lines, 2):
        fields = line.strip().split(b"|")
        if len(fields) != len(columns):
            yield UnreadableRow(Fault.MISSING_FIELD, member.name, number)
            continue
        try:
            measured = {
                vital: float(field) for vital, at in vitals_at if (field := fields[at]) != _NOT_MEASURED
            }
            observed_at_ms = carried_ms(EPOCH_MS + float(fields[hour_at]) * _HOUR_MS)
        except ValueError:
            yield UnreadableRow(Fault.WRONG_TYPE, member.name, number)
            continue
        if measured:
            yield Reading(patient=patient, device=DEVICE, observed_at_ms=observed_at_ms, **measured)  # type: ignore[arg-type]
