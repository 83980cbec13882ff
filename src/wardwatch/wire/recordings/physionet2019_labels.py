"""Which hours of the stays of the PhysioNet Challenge 2019 are labelled as septic, and who the patient was.

The label (`SepsisLabel`) is 1 from six hours before the onset of sepsis on (Reyna et al. 2020). Unlike the
readings, all hours are told, those too in which no vital was measured. Rows that cannot be read tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from wardwatch.wire.recordings.physionet2019 import EPOCH_MS, recognises
from wardwatch.wire.recordings.recording import UnreadableFileError, carried_ms, pseudonym
from wardwatch.wire.recordings.source import Member, Source

_HOUR_MS = 3_600_000
_HOUR, _LABEL, _AGE, _SEX = b"ICULOS", b"SepsisLabel", b"Age", b"Gender"
_FEMALE_OR_MALE = {b"0": "female", b"1": "male"}


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledStay:
    """One stay: its hours in order of time, and whether each is septic; of the person what is known."""

    patient: str
    at_ms: tuple[int, ...]
    septic: tuple[bool, ...]
    sex: str | None = None
    age_years: float | None = None


def labelled_stays(source: Source) -> Iterator[LabelledStay]:
    """Those with labels; files with another header, or without labels, are no part of it."""
    try:
        for member in source.members():
            if stay := _stay(member):
                yield stay
    except UnreadableFileError:
        pass  # what came before the damage counts; whoever reads the readings is told of it


def _stay(member: Member) -> LabelledStay | None:
    lines = member.lines()
    hours: dict[int, bool] = {}
    person: dict[bytes, bytes] = {}
    try:
        header = next(lines, b"")
        columns = header.strip().split(b"|")
        if not recognises(member.name, [header]) or _LABEL not in columns:
            return None
        for line in lines:
            row = dict(zip(columns, line.strip().split(b"|"), strict=False))
            if len(row) == len(columns) and (at_ms := _instant_ms(row[_HOUR])) is not None:
                person = row
                hours[at_ms] = row[_LABEL] == b"1"
    except UnreadableFileError:
        pass
    in_order = sorted(hours)
    return LabelledStay(
        patient=pseudonym(member.stem),
        at_ms=tuple(in_order),
        septic=tuple(hours[at_ms] for at_ms in in_order),
        sex=_FEMALE_OR_MALE.get(person.get(_SEX, b"")),
        age_years=_years(person.get(_AGE, b"")),
    )


def _instant_ms(hour: bytes) -> int | None:
    try:
        return carried_ms(EPOCH_MS + float(hour) * _HOUR_MS)
    except ValueError:
        return None


def _years(text: bytes) -> float | None:
    try:
        years = float(text)
    except ValueError:
        return None
    return years if years >= 0 else None
