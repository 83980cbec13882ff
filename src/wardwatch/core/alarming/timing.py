"""What falls due of itself: delays, acknowledgements, pauses, repeats and escalations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from wardwatch.core.alarming.kept import Alarm
from wardwatch.core.alarming.machine import State, Trigger
from wardwatch.core.alarming.policy import MOST_REPEATS
from wardwatch.core.alarming.signalling import Bedside
from wardwatch.core.events import Cause


class Deadline(NamedTuple):
    """At ``at_ms`` this happens to the alarm ``key``; with no trigger, to what is kept of the patient.

    Deadlines are passed in their natural order, so that nothing depends on who looks.
    """

    at_ms: int
    key: str
    trigger: Trigger | None


_ENDING = {
    State.DELAYED: (Trigger.SIGNAL_DELAY_OVER, Cause.SIGNAL_DELAY_OVER),
    State.ACKNOWLEDGED: (Trigger.ACKNOWLEDGED_FOR_LONG, Cause.ACKNOWLEDGEMENT_OVER),
    State.PAUSED: (Trigger.PAUSE_OVER, Cause.ALARM_RESUMED),
}
_CAUSES = dict(_ENDING.values()) | {
    Trigger.ESCALATION_DUE: Cause.ESCALATION,
    Trigger.REPEAT_DUE: Cause.REPEAT,
}


def next_deadline(bedside: Bedside) -> Deadline | None:
    """The first of all that fall due.

    Another ward, or another priority, may want less patience than has passed already: then it is due at once.
    """
    first = min(_deadlines(bedside), key=_in_order, default=None)
    return first and first._replace(at_ms=max(first.at_ms, bedside.kept.told_ms))


def pass_deadline(bedside: Bedside, deadline: Deadline) -> None:
    """Bring about what is due."""
    kept = bedside.kept
    if deadline.trigger is None:
        kept.inhibited = {
            name: until_ms
            for name, until_ms in kept.inhibited.items()
            if until_ms is None or until_ms > deadline.at_ms
        }
        if kept.audio is not None and kept.audio.until_ms <= deadline.at_ms:
            kept.audio = None
            bedside.tell_waiting(Cause.AUDIO_RESUMED, deadline.at_ms)
        return
    alarm = kept.alarms[deadline.key]
    alarm.escalation += deadline.trigger is Trigger.ESCALATION_DUE
    if deadline.trigger is Trigger.REPEAT_DUE:
        alarm.sounded_ms, alarm.repeats = deadline.at_ms, alarm.repeats + 1
    bedside.step(alarm, deadline.trigger, _CAUSES[deadline.trigger], deadline.at_ms)


def _in_order(deadline: Deadline) -> tuple[int, str, str]:
    return deadline.at_ms, deadline.key, str(deadline.trigger)


def _deadlines(bedside: Bedside) -> Iterator[Deadline]:
    kept = bedside.kept
    if kept.audio is not None:
        yield Deadline(kept.audio.until_ms, "", None)
    yield from (Deadline(until_ms, "", None) for until_ms in kept.inhibited.values() if until_ms is not None)
    for key, alarm in kept.alarms.items():
        yield from _of_alarm(bedside, key, alarm)


def _of_alarm(bedside: Bedside, key: str, alarm: Alarm) -> Iterator[Deadline]:
    if alarm.state in _ENDING and alarm.until_ms is not None:
        yield Deadline(alarm.until_ms, key, _ENDING[alarm.state][0])
    if not alarm.waits:
        return
    handling = bedside.policy.of(alarm.priority)
    for escalation in handling.escalations[alarm.escalation : alarm.escalation + 1]:
        yield Deadline(alarm.since_ms + round(escalation.after_s * 1000), key, Trigger.ESCALATION_DUE)
    if handling.repeat_s is not None and alarm.repeats < MOST_REPEATS:
        yield Deadline(alarm.sounded_ms + round(handling.repeat_s * 1000), key, Trigger.REPEAT_DUE)
