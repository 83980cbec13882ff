"""Who of the stays of the PhysioNet Challenge 2012 died in hospital, and how old and of what sex each was.

The table of outcomes (`RecordID,…,In-hospital_death`) lies in the same folder or archive as the stays; age
and sex are among the first lines of each stay. Rows that cannot be read tell nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from wardwatch.wire.recordings.physionet2012 import fields_of, recognises
from wardwatch.wire.recordings.recording import UnreadableFileError, pseudonym
from wardwatch.wire.recordings.source import Member, Source

_STAY, _DIED = b"RecordID", b"In-hospital_death"
_FEMALE_OR_MALE = {b"0": "female", b"1": "male"}
# A stay begins with the person's data; a few vitals may stand between them, for all are of 00:00.
_FIRST_LINES = 64
_FIELDS_OF_LINE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one patient; ``sex`` and ``age_years`` are ``None`` where they were not recorded."""

    died: bool
    sex: str | None = None
    age_years: float | None = None


def outcomes_of(source: Source) -> dict[str, Outcome]:
    """By the patient's pseudonym; only those whom the table of outcomes knows."""
    died: dict[str, bool] = {}
    people: dict[str, Mapping[bytes, bytes]] = {}
    try:
        for member in source.members():
            _take(member, died, people)
    except UnreadableFileError:
        pass  # what came before the damage counts; whoever reads the stays is told of it
    return {
        patient: Outcome(
            died=its,
            sex=_FEMALE_OR_MALE.get(people.get(patient, {}).get(b"Gender", b"")),
            age_years=_age(people.get(patient, {})),
        )
        for patient, its in died.items()
    }


def _take(member: Member, died: dict[str, bool], people: dict[str, Mapping[bytes, bytes]]) -> None:
    try:
        lines = member.lines()
        header = next(lines, b"")
        if recognises(member.name, [header]):
            rows = [fields_of(line) for line in islice(lines, _FIRST_LINES)]
            people[pseudonym(member.stem)] = {row[1]: row[2] for row in rows if len(row) == _FIELDS_OF_LINE}
        elif {_STAY, _DIED}.issubset(columns := fields_of(header)):
            died |= dict(_deaths(lines, columns.index(_STAY), columns.index(_DIED)))
    except UnreadableFileError:
        pass


def _deaths(lines: Iterator[bytes], stay_at: int, died_at: int) -> Iterator[tuple[str, bool]]:
    for line in lines:
        fields = fields_of(line)
        if len(fields) > max(stay_at, died_at) and fields[died_at] in (b"0", b"1"):
            yield pseudonym(fields[stay_at].decode(errors="replace")), fields[died_at] == b"1"


def _age(person: Mapping[bytes, bytes]) -> float | None:
    """In years; what was not recorded is written as -1."""
    try:
        years = float(person.get(b"Age", b""))
    except ValueError:
        return None
    return years if years >= 0 else None
