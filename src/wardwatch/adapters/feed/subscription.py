"""What a console wants to hear of, and what an event is to it: live or missed, the answer is the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from hashlib import blake2b

from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.core.permissions import EVERY_WARD


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides to whom an open alarm belongs."""

    patient: str
    ward: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class Step:
    """An event of the log as the hub goes by it.

    ``before`` is the alarm's standing before this event, and ``None`` if it was not open then.
    """

    alarm: str
    phase: Phase
    now: Standing
    before: Standing | None
    record: bytes


class Said(Enum):
    """What a console hears of an event."""

    NOTHING = 0
    EVENT = 1
    GONE = 2


@dataclass(frozen=True)
class Subscription:
    """``wards`` may be all of them, ``*``; ``patients`` narrows them down, and ``None`` means everybody."""

    wards: frozenset[str]
    minimum_priority: Priority = Priority.LOW
    patients: frozenset[str] | None = None
    vitals: bool = False

    def covers(self, standing: Standing) -> bool:
        """Whether an alarm that stands so belongs to it."""
        return standing.priority >= self.minimum_priority and self.covers_patient(
            standing.patient, standing.ward
        )

    def covers_patient(self, patient: str, ward: str) -> bool:
        """Whether who lies there belongs to it."""
        if ward not in self.wards and EVERY_WARD not in self.wards:
            return False
        return self.patients is None or patient in self.patients

    def said_of(self, step: Step) -> Said:
        """What its consoles hear of an event."""
        if self.covers(step.now):
            return Said.EVENT
        if step.before is not None and self.covers(step.before):
            return Said.GONE
        return Said.NOTHING

    @cached_property
    def digest(self) -> int:
        """What of it decides which alarms are told: who asks for others has not been told of them before.

        Not vitals: patients are told whole whenever a console subscribes.
        """
        patients = None if self.patients is None else sorted(self.patients)
        text = repr((sorted(self.wards), int(self.minimum_priority), patients)).encode()
        return int.from_bytes(blake2b(text, digest_size=8).digest())


def standing_of(event: AlarmEvent) -> Standing:
    """Where the event leaves its alarm."""
    return Standing(event.patient, event.ward, event.priority)
