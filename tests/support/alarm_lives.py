"""Lives of alarms as the ledger's tests need them: a patient's events in order, and receipts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.support.alerts import T0_MS, alarm_event
from wardwatch.core.alarming.commands import Label, Receipt, Verb, Verdict
from wardwatch.core.events import Actor, AlarmEvent, Cause, Phase, Role, alarm_identity

NURSE = Actor(name="anna", role=Role.NURSE)
PHYSICIAN = Actor(name="ben", role=Role.PHYSICIAN)


def step(
    at_s: float, phase: str = "update", *, sequence: int, state: str = "active", **fields: Any
) -> AlarmEvent:
    """An event ``at_s`` seconds after T0; ``fields`` are those of `alarm_event`, or the event's own."""
    own = {name: fields.pop(name) for name in set(fields) & _OWN}
    event = alarm_event(sequence=sequence, phase=phase, **fields)
    state = "off" if event.phase is Phase.END else state
    return replace(event, at_ms=T0_MS + round(1000 * at_s), state=state, **own)


_OWN = {"cause", "by", "escalation", "target", "kind", "source", "inactivation", "until_ms"}


def acknowledged(at_s: float, *, sequence: int, by: Actor = NURSE, **fields: Any) -> AlarmEvent:
    """Somebody has acknowledged it."""
    said = {"cause": Cause.ACKNOWLEDGED, "by": by, "inactivation": "alert-acknowledged"}
    return step(at_s, sequence=sequence, **(fields | said))


def receipt(
    command: str,
    at_s: float,
    *,
    verb: Verb = Verb.FEEDBACK,
    patient: str = "p-1",
    condition: str = "heart_rate.high",
    episode: int = 0,
    label: Label | None = None,
    text: str | None = None,
    verdict: Verdict = Verdict.DONE,
    by: Actor = NURSE,
) -> Receipt:
    """The answer to a command about the alarm that `alarm_event` makes of the same names."""
    return Receipt(
        command=command,
        patient=patient,
        verb=verb,
        by=by,
        at_ms=T0_MS + round(1000 * at_s),
        verdict=verdict,
        sentence="Done.",
        alarm=alarm_identity(patient, condition, T0_MS + 60_000 * episode),
        label=label,
        text=text,
    )
