"""Lines of the roster for a monitor, and what comes of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.support.logs import START_MS, seconds
from wardwatch.core.events import AlarmEvent, Cause
from wardwatch.core.monitor import Monitor
from wardwatch.core.roster import Limits, RosterEntry


def entry(at_s: float, limits: Limits | None = None, **said: Any) -> RosterEntry:
    """A line of the roster that arrives so long after the start."""
    line: dict[str, Any] = {
        "patient": "p-1",
        "ward": "4B",
        "bed": "12",
        "at_ms": START_MS + round(at_s * 1000),
    } | said
    return RosterEntry(limits=limits or {}, **line)


def high(value: float) -> Limits:
    """A patient's own limit of the heart rate."""
    return {"heart_rate": {"high": value}}


def drained(monitor: Monitor) -> list[AlarmEvent]:
    """Of conditions: that a patient has been moved, and that no data comes, is told as well."""
    events = monitor.drain().events
    return [each for each in events if each.kind == "physiological" and each.cause is Cause.CONDITION]


def admitted(monitor: Monitor, *entries: RosterEntry) -> list[AlarmEvent]:
    """What comes of lines of the roster."""
    monitor.admit(entries)
    return drained(monitor)


def ticked(monitor: Monitor, at_s: float) -> list[AlarmEvent]:
    """What comes of time passing until so long after the start."""
    monitor.tick(START_MS + round(at_s * 1000))
    return drained(monitor)


def told(events: Sequence[AlarmEvent]) -> list[tuple[str, str, float]]:
    """The gist of events: phase, priority and seconds after the start."""
    # Progress is a sum of floats: what it takes may end in the next millisecond.
    return [(event.phase.value, event.priority.name.lower(), round(seconds(event), 2)) for event in events]
