"""The alarms of one side, from start to end, in as little memory as a long log needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wardwatch.core.events import AlarmEvent, Phase, Priority


@dataclass(slots=True, kw_only=True)
class Alarm:
    """One alarm, where it began and what it said then; ``priority`` is the highest that it rose to.

    Instants are those of our clock; ``end_ms`` is ``None`` while it is open.
    """

    alarm: str
    patient: str
    ward: str
    bed: str
    condition: str
    text: str
    priority: Priority
    start_ms: int
    end_ms: int | None = None

    def overlaps(self, other: Alarm) -> bool:
        """Whether there was an instant at which both were open."""
        return (other.end_ms is None or self.start_ms <= other.end_ms) and (
            self.end_ms is None or other.start_ms <= self.end_ms
        )


@dataclass(slots=True)
class Alarms:
    """All alarms that the events tell of; of steps without a start nothing is made."""

    all: list[Alarm] = field(default_factory=list)
    _open: dict[tuple[str, str], Alarm] = field(default_factory=dict)

    def take(self, events: Iterable[AlarmEvent]) -> None:
        """Take in what was told."""
        for event in events:
            key = event.patient, event.alarm
            if event.phase is Phase.START:
                alarm = self._open[key] = _begun_by(event)
                self.all.append(alarm)
            elif key in self._open and event.phase is Phase.END:
                self._open.pop(key).end_ms = instant_of(event)
            elif key in self._open:
                self._open[key].priority = max(self._open[key].priority, event.priority)


def instant_of(event: AlarmEvent) -> int:
    """When it happened on our clock."""
    return event.at_ms or event.observed_at_ms


def _begun_by(event: AlarmEvent) -> Alarm:
    return Alarm(
        alarm=event.alarm,
        patient=event.patient,
        ward=event.ward,
        bed=event.bed,
        condition=event.condition,
        text=event.text,
        priority=event.priority,
        start_ms=instant_of(event),
    )
