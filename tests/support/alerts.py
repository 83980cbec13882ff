"""Alarm events as tests need them, and what a console makes of the messages it gets."""

from __future__ import annotations

from collections.abc import Iterable

from wardwatch.core.events import AlarmEvent, Phase, Priority, alarm_identity
from wardwatch.wire.feed.told import Event, Gone, ServerMessage, Snapshot

T0_MS = 1_795_288_033_250


def alarm_event(
    *,
    patient: str = "p-1",
    sequence: int = 1,
    ward: str = "4B",
    bed: str = "12",
    phase: str = "start",
    priority: str = "high",
    condition: str = "heart_rate.high",
    episode: int = 0,
    text: str = "HR 152 > 130",
) -> AlarmEvent:
    """One step of a patient's alarm; ``episode`` tells alarms of the same condition apart."""
    onset_ms = T0_MS + 60_000 * episode
    alarm = alarm_identity(patient, condition, onset_ms)
    return AlarmEvent(
        event=f"{alarm}-{sequence}",
        alarm=alarm,
        sequence=sequence,
        patient=patient,
        ward=ward,
        bed=bed,
        condition=condition,
        kind="physiological",
        priority=Priority[priority.upper()],
        phase=Phase(phase),
        state="inactive" if phase == "end" else "active",
        inactivation="enabled",
        onset_ms=onset_ms,
        observed_at_ms=onset_ms + 1_000 * sequence,
        text=text,
        why={"value": 152},
    )


def folded(
    messages: Iterable[ServerMessage], alarms: dict[str, AlarmEvent] | None = None
) -> dict[str, AlarmEvent] | None:
    """The open alarms by identity, as a console holds them after ``messages``; ``None`` before a snapshot."""
    for message in messages:
        if isinstance(message, Snapshot):
            alarms = {event.alarm: event for event in message.events()}
        elif isinstance(message, Event):
            assert alarms is not None, "an event came before the first snapshot"
            event = message.event()
            if event.phase is Phase.END:
                alarms.pop(event.alarm, None)
            else:
                alarms[event.alarm] = event
        elif isinstance(message, Gone):
            assert alarms is not None
            del alarms[message.alarm]
    return alarms
