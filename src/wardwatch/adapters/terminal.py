"""Lines for a terminal: nothing that a record holds may steer it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import IO, Any

import click

from wardwatch.core.events import AlarmEvent, Cause, Phase, Priority

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# Visual signals by priority, IEC 60601-1-8: red, yellow, cyan.
PRIORITY_COLOURS = {Priority.HIGH: "red", Priority.MEDIUM: "yellow", Priority.LOW: "cyan"}

TECHNICAL_MARK = "[technical]"


def printable(text: str) -> str:
    """``text`` with everything escaped that is no plain character: controls, line ends, bidi marks.

    >>> print(printable("HR 152\\x1b[2J\\u202e"))
    HR 152\\x1b[2J\\u202e
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def time_of_day(instant_ms: int) -> str:
    """The time of day in UTC.

    >>> time_of_day(1795288033250)
    '19:07:13Z'
    """
    seconds = instant_ms // 1000 % 86_400  # by hand: an instant from a record may lie beyond any calendar
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}Z"


def date_and_time(instant_ms: int) -> str:
    """The date and the time of day in UTC.

    >>> date_and_time(1795288033250)
    '2026-11-21 19:07:13Z'
    """
    try:
        date = _EPOCH + timedelta(milliseconds=instant_ms)
    except OverflowError:  # beyond the year 9999
        return f"{instant_ms} ms"
    return f"{date:%Y-%m-%d} {time_of_day(instant_ms)}"


def place_name(ward: str, bed: str) -> str:
    """Ward and bed, or what is known of them.

    >>> place_name("4B", "12"), place_name("unassigned", "")
    ('4B/12', 'unassigned')
    """
    return printable(f"{ward}/{bed}" if bed else ward)


_CAUSES = {
    Cause.EASED: "less urgent",
    Cause.SIGNAL_DELAY_OVER: "signal delay over",
    Cause.ESCALATION: "nobody has answered",
    Cause.REPEAT: "sounds again",
    Cause.ACKNOWLEDGED: "acknowledged",
    Cause.ACKNOWLEDGEMENT_OVER: "acknowledgement has timed out",
    Cause.AUDIO_PAUSED: "audio paused",
    Cause.AUDIO_RESUMED: "audio on again",
    Cause.ALARM_PAUSED: "alarm paused",
    Cause.ALARM_OFF: "alarm off",
    Cause.ALARM_RESUMED: "alarm on again",
    Cause.PLACEMENT: "moved or discharged",
}


def cause_of(event: AlarmEvent) -> str:
    """What has brought an event about, where it was no condition, and who: in words, with a space before.

    >>> from wardwatch.core.events import Phase
    >>> event = AlarmEvent(event="a-1", alarm="a", sequence=1, patient="p-1", ward="4B", bed="1",
    ...     condition="heart_rate.high", kind="physiological", priority=Priority.HIGH, phase=Phase.UPDATE,
    ...     state="active", inactivation="enabled", onset_ms=0, observed_at_ms=0, text="HR 152 > 130", why={},
    ...     cause=Cause.ESCALATION, target="charge nurse")
    >>> cause_of(event)
    ' (nobody has answered: charge nurse)'
    """
    if event.cause is Cause.CONDITION:
        return " (latched)" if event.state == "latched" else ""
    who = event.by.role.replace("_", " ") if event.by else event.target
    told = f"{_CAUSES[event.cause]}: {who}" if who else _CAUSES[event.cause]
    return f" ({printable(told)})"


def alarm_line(event: AlarmEvent, when: Callable[[int], str] = time_of_day) -> str:
    """An alarm event on one line, without colour; ``when`` writes its instant.

    The instant is that of our clock; early records, which did not tell, have the device's only. Alarms about
    devices and the monitoring are marked: it is not the patient who is unwell.
    """
    where = place_name(event.ward, event.bed)
    priority, phase = event.priority.name, event.phase.value
    parts = [
        when(event.at_ms or event.observed_at_ms),
        f"{priority:6}",
        f"{phase:6}",
        f"{where:10}",
        f"{event.patient:10}",
        *([TECHNICAL_MARK] if event.kind == "technical" else []),
        printable(event.text) + cause_of(event),
    ]
    return "  ".join(parts)


def painted(line: str, event: AlarmEvent) -> str:
    """``line`` in the colour of the alarm's priority; faint once the alarm is over."""
    over = event.phase is Phase.END
    # None where there is none: False would be written as an end of both, bold and dim.
    return click.style(
        line, fg=PRIORITY_COLOURS[event.priority], dim=over or None, bold=_is_urgent(event) or None
    )


def _is_urgent(event: AlarmEvent) -> bool:
    return event.priority is Priority.HIGH and event.phase is not Phase.END


def wants_colour(stream: IO[str], environment: Mapping[str, str] = os.environ) -> bool:
    """Whether ``stream`` is a terminal whose user has not asked for none (https://no-color.org)."""
    return stream.isatty() and not environment.get("NO_COLOR")


def json_line(fields: Mapping[str, Any]) -> str:
    """``fields`` as one line of JSON in printable ASCII.

    >>> json_line({"text": "\\x1b\\x7f\\u202e"})
    '{"text":"\\\\u001b\\\\u007f\\\\u202e"}'
    """
    return json.dumps(fields, separators=(",", ":")).replace("\x7f", "\\u007f")
