"""Records as aiokafka hands them over, without a broker."""

from __future__ import annotations

from dataclasses import dataclass

from wardwatch.core.events import Placement
from wardwatch.core.reading import Reading
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import READINGS, ROSTER


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


def placement_record(offset: int, patient: str = "p-1", ward: str = "4B") -> FakeRecord:
    value = encode_placement(Placement(patient=patient, ward=ward, bed="1"))
    return FakeRecord(ROSTER, offset, patient.encode(), value)
