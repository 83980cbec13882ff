"""Annotated arrhythmias of VitalDB: one `.csv` file of beats a patient.

A row is a beat: `time_second` is its instant on the clock of the operation (R peak of the ECG), `beat_type`
and `rhythm_label` say what annotators made of it, and `bad_signal_quality` where the ECG could not be relied
on. Columns stand in any order. The files tell no date: seconds are counted from the beginning of 2020, by our
own choice.

Of each beat but the first there is a reading: the interval since the beat before, and the heart rate that it
comes to. Where the signal is marked as bad its quality is 0, else 1. An interval of nothing has no rate, and
it is left to the gate to refuse it. The labels are read by `vitaldb_rhythms`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from wardwatch.core.reading import Reading
from wardwatch.wire.errors import Fault
from wardwatch.wire.recordings.recording import Row, Stream, UnreadableRow, carried_ms, pseudonym
from wardwatch.wire.recordings.source import Member, Source

DEVICE = "ecg"
EPOCH_MS = round(datetime(2020, 1, 1, tzinfo=UTC).timestamp()) * 1000

_TIME, _RHYTHM, _QUALITY = b"time_second", b"rhythm_label", b"bad_signal_quality"
_BEAT = b"beat_type"
_QUALITY_OF = {b"FALSE": 1.0, b"TRUE": 0.0}
_NO_LABEL = (b"", b"nan")


@dataclass(frozen=True, slots=True)
class Beat:
    """One row; ``rhythm`` is empty where the annotators named none."""

    at_ms: int
    rhythm: str
    quality: float


def recognises(name: str, head: Sequence[bytes]) -> bool:  # noqa: ARG001 (one signature for all layouts)
    """Whether a file's first line names the columns of annotated beats."""
    return _is_header(_fields(head[0]))


def streams(source: Source) -> Iterator[Stream]:
    """One a patient, who is called by the file's name; files without beats are no part of the recording."""
    for member in source.members():
        yield Stream(_readings(member), member.held_bytes)


def beats(member: Member) -> Iterator[Beat | UnreadableRow]:
    """The beats of a file, as they stand; nothing of a file that has none."""
    lines = member.lines()
    columns = _fields(next(lines, b""))
    if not _is_header(columns):
        return
    time_at, rhythm_at, quality_at = (columns.index(name) for name in (_TIME, _RHYTHM, _QUALITY))
    for number, line in enumerate(lines, 2):
        fields = _fields(line)
        if len(fields) != len(columns):
            yield UnreadableRow(Fault.MISSING_FIELD, member.name, number)
            continue
        try:
            at_ms = carried_ms(EPOCH_MS + float(fields[time_at]) * 1000)
            quality = _QUALITY_OF[fields[quality_at].upper()]
        except (ValueError, KeyError):
            yield UnreadableRow(Fault.WRONG_TYPE, member.name, number)
            continue
        label = fields[rhythm_at]
        rhythm = "" if label.lower() in _NO_LABEL else label.decode(errors="replace")
        yield Beat(at_ms, rhythm, quality)


def patient_of(member: Member) -> str:
    """The patient whose beats a file holds."""
    return pseudonym(member.stem)


def _fields(line: bytes) -> list[bytes]:
    return [field.strip() for field in line.strip(b"\r\n").split(b",")]


def _is_header(columns: Sequence[bytes]) -> bool:
    return {_TIME, _BEAT, _RHYTHM, _QUALITY} <= set(columns)


def _readings(member: Member) -> Iterator[Row]:
    before_ms: int | None = None
    patient = patient_of(member)
    for beat in beats(member):
        if isinstance(beat, UnreadableRow):
            yield beat
            continue
        if before_ms is not None:
            interval_ms = beat.at_ms - before_ms
            yield Reading(
                patient=patient,
                device=DEVICE,
                observed_at_ms=beat.at_ms,
                heart_rate=60_000 / interval_ms if interval_ms > 0 else None,
                rr_interval_ms=float(interval_ms),
                signal_quality=beat.quality,
            )
        before_ms = beat.at_ms
