"""Lines for a terminal: nothing that a record holds may steer it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import IO, Any

import click

from wardwatch.core.events import AlarmEvent, Phase, Priority

# Visual signals by priority, IEC 60601-1-8: red, yellow, cyan.
PRIORITY_COLOURS = {Priority.HIGH: "red", Priority.MEDIUM: "yellow", Priority.LOW: "cyan"}


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


def alarm_line(event: AlarmEvent) -> str:
    """An alarm event on one line, without colour."""
    where = printable(f"{event.ward}/{event.bed}")
    what = printable(event.text)
    priority, phase = event.priority.name, event.phase.value
    return f"{time_of_day(event.observed_at_ms)}  {priority:6}  {phase:6}  {where}  {event.patient}  {what}"


def painted(line: str, event: AlarmEvent) -> str:
    """``line`` in the colour of the alarm's priority; faint once the alarm is over."""
    over = event.phase is Phase.END
    return click.style(line, fg=PRIORITY_COLOURS[event.priority], dim=over, bold=_is_urgent(event) or None)


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
