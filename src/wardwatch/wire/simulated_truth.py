"""The truth beside simulated readings: JSON Lines that `wardwatch simulate --truth` writes.

Who fell ill, of what and when; which device failed, how and when. A file is known by its first line; of a
recording's other files, and of lines that cannot be read, nothing is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

import msgspec

from wardwatch.wire.recordings.recording import UnreadableFileError
from wardwatch.wire.recordings.source import Member, Source

_VERSION = 1


class SimulatedIllness(msgspec.Struct, frozen=True, kw_only=True, tag="deterioration", tag_field="event"):
    """One wearer's illness: it begins at ``onset_ms`` and is at its worst from ``full_ms`` on."""

    v: int
    patient: str
    course: str
    onset_ms: int
    full_ms: int


class SimulatedPhase(msgspec.Struct, frozen=True, kw_only=True, tag="illness", tag_field="event"):
    """A phase of an illness began at ``at_ms``; the one called ``over`` ends it."""

    v: int
    patient: str
    course: str
    phase: str
    at_ms: int


class SimulatedFault(msgspec.Struct, frozen=True, kw_only=True, tag="fault", tag_field="event"):
    """One device fails, from ``from_ms`` to before ``until_ms``."""

    v: int
    patient: str
    device: str
    fault: str
    from_ms: int
    until_ms: int


_Record: TypeAlias = SimulatedIllness | SimulatedPhase | SimulatedFault


@dataclass(slots=True, kw_only=True)
class Truth:
    """All that truth files tell."""

    illnesses: list[SimulatedIllness] = field(default_factory=list)
    phases: list[SimulatedPhase] = field(default_factory=list)
    faults: list[SimulatedFault] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.illnesses) + len(self.phases) + len(self.faults)

    @property
    def patients(self) -> set[str]:
        """All of whom there is something to tell."""
        ill = {one.patient for one in self.illnesses} | {one.patient for one in self.phases}
        return ill | {one.patient for one in self.faults}

    def add(self, record: _Record) -> None:
        """Take one record in."""
        if isinstance(record, SimulatedIllness):
            self.illnesses.append(record)
        elif isinstance(record, SimulatedPhase):
            self.phases.append(record)
        else:
            self.faults.append(record)


def read_truth(source: Source, truth: Truth) -> None:
    """Add what the truth files among a recording's files tell."""
    try:
        for member in source.members():
            for record in _records(member):
                truth.add(record)
    except UnreadableFileError:
        pass  # what came before the damage counts; whoever reads the readings is told of it


def _records(member: Member) -> Iterator[_Record]:
    decoder: msgspec.json.Decoder[_Record] = msgspec.json.Decoder(_Record)
    try:
        for number, line in enumerate(member.lines()):
            try:
                record = decoder.decode(line)
            except msgspec.DecodeError:
                if number == 0:
                    return
                continue
            if record.v == _VERSION:
                yield record
    except UnreadableFileError:
        pass
