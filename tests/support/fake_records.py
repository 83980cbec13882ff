"""Records as aiokafka hands them over, without a broker."""

from __future__ import annotations

from dataclasses import dataclass

from wardwatch.core.alarming.commands import Command, Verb
from wardwatch.core.events import Actor, Placement, Role
from wardwatch.core.reading import Reading
from wardwatch.wire.commands import encode_command
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import COMMANDS, READINGS, ROSTER


@dataclass(slots=True)
class FakeRecord:
    topic: str
    offset: int
    key: bytes | None
    value: bytes | None
    timestamp: int = 0
    partition: int = 0


def reading_record(
    offset: int, patient: str = "p-1", *, heart_rate: float = 70, at_ms: int | None = None
) -> FakeRecord:
    at_ms = 1_000 * offset if at_ms is None else at_ms
    reading = Reading(patient=patient, device="d-1", observed_at_ms=at_ms, heart_rate=heart_rate)
    return FakeRecord(READINGS, offset, patient.encode(), encode_reading(reading), at_ms)


def placement_record(offset: int, patient: str = "p-1", ward: str = "4B", *, at_ms: int = 0) -> FakeRecord:
    value = encode_placement(Placement(patient=patient, ward=ward, bed="1"))
    return FakeRecord(ROSTER, offset, patient.encode(), value, at_ms)


def command_record(
    offset: int, patient: str = "p-1", *, command: str | None = None, alarm: str = "a", at_ms: int = 0
) -> FakeRecord:
    """An acknowledgement, with a name of its own unless one is given."""
    value = encode_command(
        Command(
            command=command or f"c-{offset}",
            patient=patient,
            verb=Verb.ACKNOWLEDGE,
            by=Actor(name="Anna Berg", role=Role.NURSE),
            at_ms=at_ms,
            alarm=alarm,
        )
    )
    return FakeRecord(COMMANDS, offset, patient.encode(), value, at_ms)
