"""What people may do with alarms, and what they are told of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from wardwatch.core.events import Actor


class Verb(StrEnum):
    """What somebody wants."""

    ACKNOWLEDGE = "acknowledge"
    PAUSE_AUDIO = "pause_audio"
    RESUME_AUDIO = "resume_audio"
    PAUSE_ALARM = "pause_alarm"
    ALARM_OFF = "alarm_off"
    RESUME_ALARM = "resume_alarm"
    NOTE = "note"
    FEEDBACK = "feedback"
    NEW_NORMAL = "new_normal"


class Label(StrEnum):
    """What an alarm was worth, in the words of whoever dealt with it."""

    ACTIONABLE = "actionable"
    NOT_ACTIONABLE = "not_actionable"
    ARTEFACT = "artefact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One wish about one patient's alarms.

    ``command`` is a name that the sender makes up and never uses again: what comes twice is done once.
    ``alarm`` names the episode for `acknowledge`, `note` and `feedback`. ``condition`` is the one to be
    paused, turned off or resumed, or ``None`` for all of the patient. ``duration_s`` is how long to pause,
    or ``None`` for as long as the ward allows. ``at_ms`` is when it arrived, on our clock.
    """

    command: str
    patient: str
    verb: Verb
    by: Actor
    at_ms: int
    alarm: str | None = None
    condition: str | None = None
    duration_s: float | None = None
    text: str | None = None
    label: Label | None = None


class Verdict(StrEnum):
    """What became of a command."""

    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The answer to a command; ``sentence`` is for whoever gave it and names no patient.

    ``until_ms`` is when what was done ends by itself, or ``None``. ``verb`` and ``by`` are ``None`` only
    where the command was refused because they could not be read.
    """

    command: str
    patient: str
    verb: Verb | None
    by: Actor | None
    at_ms: int
    verdict: Verdict
    sentence: str
    alarm: str | None = None
    label: Label | None = None
    text: str | None = None
    until_ms: int | None = None
