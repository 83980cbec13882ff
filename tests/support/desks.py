"""One patient at an alarm desk of its own: conditions, commands and time by the second."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.support.people import NURSE
from wardwatch.core.alarming.changes import Change, Kind
from wardwatch.core.alarming.commands import Command, Receipt, Verb
from wardwatch.core.alarming.desk import AlarmDesk
from wardwatch.core.alarming.policy import Handling, Policies, WardPolicy
from wardwatch.core.events import AlarmEvent, Phase, Priority

T0_MS = 1_795_288_000_000
PATIENT = "p-1"
HR, SPO2 = "heart_rate.high", "oxygen_saturation.low"
# Nothing falls due but what people have brought about.
QUIET = WardPolicy(
    low=Handling(),
    medium=Handling(acknowledged_s=900.0),
    high=Handling(acknowledged_s=300.0, latches=True),
    longest_audio_pause_s=120.0,
    longest_alarm_pause_s=600.0,
)


def at_ms(at_s: float) -> int:
    """So many seconds after the tests' beginning."""
    return T0_MS + round(at_s * 1000)


class DeskOfOne:
    """A desk, and the patient whose conditions it hears of. Time passes up to each call's instant."""

    def __init__(self, policy: WardPolicy | None = None, wards: dict[str, WardPolicy] | None = None) -> None:
        self.policies = Policies(default=policy or WardPolicy(), wards=wards or {})
        self.desk = AlarmDesk(self.policies)
        self.place = {"ward": "4B", "bed": "12"}
        self.events: list[AlarmEvent] = []
        self._onsets: dict[tuple[str, str], int] = {}
        self._numbers = count()

    def starts(self, at_s: float, priority: Priority = Priority.HIGH, **of: str) -> list[AlarmEvent]:
        """The condition exists."""
        self._onsets[of.get("condition", HR), of.get("source", "")] = at_ms(at_s)
        return self._hear(Phase.START, at_s, priority, **of)

    def becomes(self, at_s: float, priority: Priority, **of: str) -> list[AlarmEvent]:
        """Its priority is another one."""
        return self._hear(Phase.UPDATE, at_s, priority, **of)

    def ends(self, at_s: float, priority: Priority = Priority.HIGH, **of: str) -> list[AlarmEvent]:
        """It is over."""
        return self._hear(Phase.END, at_s, priority, **of)

    def _hear(
        self, phase: Phase, at_s: float, priority: Priority, condition: str = HR, source: str = ""
    ) -> list[AlarmEvent]:
        kind: Kind = "technical" if source else "physiological"
        change = Change(
            patient=PATIENT,
            condition=condition,
            kind=kind,
            source=source,
            phase=phase,
            priority=priority,
            onset_ms=self._onsets.get((condition, source), T0_MS),
            observed_at_ms=at_ms(at_s) - 500,
            at_ms=at_ms(at_s),
            text=f"{condition} {phase} {priority}",
            why={"rule": "limit", "at_s": at_s},
        )
        return self.waits(at_s) + self._told(self.desk.hear(change, **self.place))

    def waits(self, until_s: float) -> list[AlarmEvent]:
        """Time passes."""
        return self._told(self.desk.advance(PATIENT, at_ms(until_s), **self.place))

    def wants(self, verb: Verb, at_s: float, **wishes: Any) -> tuple[Receipt, list[AlarmEvent]]:
        """Somebody wants something; the alarm is the latest one if the verb needs one."""
        if verb in (Verb.ACKNOWLEDGE, Verb.NOTE, Verb.FEEDBACK) and self.events:
            wishes.setdefault("alarm", self.events[-1].alarm)
        wishes.setdefault("command", f"c-{next(self._numbers)}")
        command = Command(patient=PATIENT, verb=verb, by=NURSE, at_ms=at_ms(at_s), **wishes)
        self.waits(at_s)
        receipt, events = self.desk.answer(command, **self.place)
        return receipt, self._told(events)

    def moves(self, at_s: float, ward: str) -> list[AlarmEvent]:
        """To another ward."""
        self.waits(at_s)
        self.place["ward"] = ward
        return self._told(self.desk.place(PATIENT, at_ms(at_s), **self.place))

    def leaves(self, at_s: float) -> list[AlarmEvent]:
        """Discharged."""
        self.waits(at_s)
        return self._told(self.desk.discharge(PATIENT, at_ms(at_s), **self.place))

    def crashes(self) -> None:
        """Another desk goes on from what was kept."""
        desk = AlarmDesk(self.policies)
        if PATIENT in self.desk:
            desk.restore(PATIENT, self.desk.state_of(PATIENT))
        self.desk = desk

    def due_s(self) -> float | None:
        """When something falls due next."""
        due_ms = self.desk.next_due_ms(PATIENT, ward=self.place["ward"])
        return None if due_ms is None else (due_ms - T0_MS) / 1000

    def state(self) -> bytes:
        """All that is kept."""
        return self.desk.state_of(PATIENT) if PATIENT in self.desk else b""

    def _told(self, events: list[AlarmEvent]) -> list[AlarmEvent]:
        self.events += events
        return events


def alarming(priority: Priority = Priority.HIGH) -> DeskOfOne:
    """A desk with an alarm of a fast heart, where nothing falls due but what people have brought about."""
    desk = DeskOfOne(QUIET)
    desk.starts(0, priority)
    return desk


def stands(events: list[AlarmEvent]) -> dict[str, str]:
    """How each condition's alarm stands after these events."""
    return {event.condition: _stands(event) for event in events}


def steps(events: list[AlarmEvent]) -> list[tuple[float, str, str, str]]:
    """What matters of events: seconds, phase, how the alarm stands, and why."""
    return [
        ((event.at_ms - T0_MS) / 1000, event.phase.value, _stands(event), event.cause.value)
        for event in events
    ]


def _stands(event: AlarmEvent) -> str:
    return event.state if event.inactivation == "enabled" else event.inactivation
