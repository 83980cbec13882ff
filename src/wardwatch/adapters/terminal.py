"""Lines for a terminal: nothing that a record holds may steer it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import IO, Any

import click

from wardwatch.core.events import AlarmEvent, Phase, Priority

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


def alarm_line(event: AlarmEvent, when: Callable[[int], str] = time_of_day) -> str:
    """An alarm event on one line, without colour; ``when`` writes its instant.

    Alarms about devices and the monitoring are marked: it is not the patient who is unwell.
    """
    where = place_name(event.ward, event.bed)
    priority, phase = event.priority.name, event.phase.value
    parts = [
        when(event.observed_at_ms),
        f"{priority:6}",
        f"{phase:6}",
        f"{where:10}",
        f"{event.patient:10}",
        *([TECHNICAL_MARK] if event.kind == "technical" else []),
        printable(event.text),
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
