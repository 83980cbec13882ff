"""How `wardwatch alarms` shows an alarm: as a line, step by step, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from typing import Any

import click

from wardwatch.adapters.terminal import PRIORITY_COLOURS, place_name, printable
from wardwatch.cli.written import columns, span, wall_time
from wardwatch.core.events import Actor, AlarmEvent, Cause, Priority
from wardwatch.ledger.episode import Episode, instant_of
from wardwatch.wire.actors import actor_fields
from wardwatch.wire.alarms import alarm_fields


def lines(episodes: Sequence[Episode], zone: tzinfo, now_ms: int) -> Iterator[str]:
    """A line for each, in the colour of its priority, and below it its steps where they were kept."""
    rows = columns(_cells(episode, zone, now_ms) for episode in episodes)
    for episode, row in zip(episodes, rows, strict=True):
        urgent = episode.is_open and episode.priority is Priority.HIGH
        # None where there is none: False would be written as an end of both, bold and dim.
        yield click.style(
            row, fg=PRIORITY_COLOURS[episode.priority], bold=urgent or None, dim=not episode.is_open or None
        )
        if episode.steps:
            yield from (f"  {step}" for step in columns(_steps(episode, zone)))


def fields(episode: Episode) -> dict[str, Any]:
    """All that is known of it, for JSON output."""
    acknowledged, after_ms = episode.acknowledged, episode.acknowledged_after_ms
    names = ("alarm", "patient", "ward", "bed", "condition", "kind", "source", "text")
    return {
        **{name: getattr(episode, name) for name in names},
        "priority": episode.priority.name.lower(),
        "moves": [{"ward": ward, "bed": bed} for ward, bed in episode.moves],
        "onset_ms": episode.onset_ms,
        "start_ms": episode.start_ms,
        "start_in_log": episode.is_whole,
        "signalled_ms": episode.signalled_ms,
        "acknowledged": acknowledged and {"at_ms": acknowledged.at_ms, "by": actor_fields(acknowledged.by)},
        "acknowledged_after_s": None if after_ms is None else after_ms / 1000,
        "end_ms": episode.end_ms,
        "ended_by": episode.ended_by and episode.ended_by.value,
        "ended_unacknowledged": episode.ended_unacknowledged,
        "latched": episode.has_latched,
        "escalations": episode.escalations,
        "target": episode.target,
        "repeats": episode.repeats,
        "labels": [
            {"at_ms": each.at_ms, "by": actor_fields(each.by), "label": each.label.value}
            for each in episode.labels
        ],
        "notes": [
            {"at_ms": each.at_ms, "by": actor_fields(each.by), "text": each.text} for each in episode.notes
        ],
        **({"steps": [alarm_fields(event) for event in episode.steps]} if episode.steps else {}),
    }


def _cells(episode: Episode, zone: tzinfo, now_ms: int) -> Sequence[str]:
    lasted = span(((episode.end_ms or now_ms) - episode.start_ms) / 1000)
    return (
        wall_time(episode.start_ms, zone),
        episode.priority.name,
        place_name(episode.ward, episode.bed),
        episode.patient,
        printable(episode.text),
        f"open for {lasted}" if episode.is_open else lasted,
        _answer(episode),
        ", ".join(map(printable, _remarks(episode))),
    )


def _answer(episode: Episode) -> str:
    if episode.acknowledged is None:
        return "not acknowledged" if episode.signalled_ms is not None else "paused or turned off"
    after_ms = episode.acknowledged_after_ms
    after = "" if after_ms is None else f" after {span(after_ms / 1000)}"
    by = episode.acknowledged.by
    return f"acknowledged{after}" + (f" by {_words(by.role)}" if by else "")


def _remarks(episode: Episode) -> Iterator[str]:
    if episode.label is not None:
        yield _words(episode.label)
    if episode.escalations:
        yield (
            f"escalated to {episode.target}" if episode.target else f"escalated {_times(episode.escalations)}"
        )
    if episode.repeats:
        yield f"sounded again {_times(episode.repeats)}"
    if episode.has_latched:
        yield "latched"
    if episode.moves:
        yield f"moved to {place_name(*episode.last_place)}"
    if episode.ended_by is Cause.PLACEMENT:
        yield "patient discharged"
    if not episode.is_whole:
        yield "its start is no longer in the log"
    yield from (f'note "{note.text}"' for note in episode.notes)


def _steps(episode: Episode, zone: tzinfo) -> Iterable[Sequence[str]]:
    """What happened, in the order of time: events of the alarm, and what people said of it."""
    told = [(instant_of(event), _step(event, zone)) for event in episode.steps]
    told += [(each.at_ms, ("labelled", _words(each.label), _who(each.by), "")) for each in episode.labels]
    told += [(each.at_ms, ("note", f'"{each.text}"', _who(each.by), "")) for each in episode.notes]
    for at_ms, cells in sorted(told, key=lambda each: each[0]):
        yield wall_time(at_ms, zone), *map(printable, cells)


def _step(event: AlarmEvent, zone: tzinfo) -> tuple[str, str, str, str]:
    until = "" if event.until_ms is None else f" until {wall_time(event.until_ms, zone)}"
    inactivation = "" if event.inactivation == "enabled" else f" {_words(event.inactivation)}{until}"
    target = f" to {event.target}" if event.cause is Cause.ESCALATION and event.target else ""
    return (
        event.phase.value,
        f"{_words(event.cause)}{target}",
        _who(event.by),
        f"{event.priority.name} {event.state}{inactivation}  {event.text}",
    )


def _who(by: Actor | None) -> str:
    return f"{_words(by.role)} {by.name}" if by else ""


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"


def _words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ")
