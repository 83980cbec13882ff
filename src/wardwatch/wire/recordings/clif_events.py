"""What happened to the patients of CLIF tables, and how old and of what sex each was.

Events (`hospitalization_id,event_dttm,event`), stays and patients are tables beside the vitals, told apart by
their columns. Patients are named as the layout names them. Rows that cannot be read tell nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from wardwatch.wire.recordings.clif import fields_of
from wardwatch.wire.recordings.recording import UnreadableFileError, instant_ms, pseudonym
from wardwatch.wire.recordings.source import Member, Source

_EVENTS = ("hospitalization_id", "event_dttm", "event")
_STAYS = ("hospitalization_id", "patient_id", "age_at_admission")
_PEOPLE = ("patient_id", "sex_category")
_SEXES = {"female": "female", "male": "male"}


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, such as ``death``, at an instant."""

    at_ms: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What happened to one patient, in order of time; age at the first stay that tells it."""

    events: tuple[Happening, ...] = ()
    sex: str | None = None
    age_years: float | None = None


def courses_of(source: Source) -> dict[str, Course]:
    """By the patient's pseudonym: of all who are in any of the tables, without events for those without."""
    tables = _Tables()
    try:
        for member in source.members():
            tables.load(member)
    except UnreadableFileError:
        pass  # what came before the damage counts; whoever reads the vitals is told of it
    return tables.courses()


@dataclass(slots=True)
class _Tables:
    patient_of_stay: dict[str, str] = field(default_factory=dict)
    ages: dict[str, float] = field(default_factory=dict)
    sexes: dict[str, str] = field(default_factory=dict)
    events: dict[str, list[Happening]] = field(default_factory=lambda: defaultdict(list))

    def load(self, member: Member) -> None:
        """Take in a table that is one of ours."""
        try:
            lines = member.lines()
            header = fields_of(next(lines, b""))
            # The order matters: a table of stays may tell the sex, too.
            for columns, add in ((_EVENTS, self._event), (_STAYS, self._stay), (_PEOPLE, self._person)):
                if set(columns).issubset(header):
                    for values in _columns(lines, [header.index(column) for column in columns]):
                        add(*values)
                    return
        except UnreadableFileError:
            pass

    def _event(self, stay: str, time: str, kind: str) -> None:
        with suppress(ValueError):
            self.events[stay].append(Happening(instant_ms(time), kind))

    def _stay(self, stay: str, patient: str, age: str) -> None:
        self.patient_of_stay[stay] = patient
        with suppress(ValueError):
            self.ages.setdefault(patient, float(age))

    def _person(self, patient: str, sex: str) -> None:
        self.sexes[patient] = sex

    def courses(self) -> dict[str, Course]:
        """Of all patients."""
        own: defaultdict[str, list[Happening]] = defaultdict(list)
        for patient in (*self.patient_of_stay.values(), *self.sexes):
            own[patient] = []
        for stay, events in self.events.items():
            own[self.patient_of_stay.get(stay, stay)] += events
        return {
            pseudonym(patient): Course(
                events=tuple(sorted(events, key=lambda event: (event.at_ms, event.kind))),
                sex=_SEXES.get(self.sexes.get(patient, "").lower()),
                age_years=self.ages.get(patient),
            )
            for patient, events in own.items()
        }


def _columns(lines: Iterator[bytes], positions: list[int]) -> Iterator[list[str]]:
    for line in lines:
        fields = fields_of(line)
        if len(fields) > max(positions):
            yield [fields[position] for position in positions]
