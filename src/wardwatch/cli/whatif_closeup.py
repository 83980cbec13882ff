"""One difference in full, for people and for machines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from wardwatch.adapters.terminal import place_name, printable
from wardwatch.cli.whatif_table import what
from wardwatch.cli.written import columns, wall_time
from wardwatch.core.vitals import VITALS
from wardwatch.whatif.closeup import CloseUp, Moment, Side
from wardwatch.wire.alarms import alarm_fields

Figures = Mapping[str, Any]


def closeup_fields(difference: Figures, closeup: CloseUp) -> dict[str, Any]:
    """All of it, for JSON output."""
    return {
        **difference,
        "sides": {"today": _side_fields(closeup.today), "new": _side_fields(closeup.new)},
        "around": [
            {
                "at_ms": moment.at_ms,
                **moment.vitals,
                "today_beyond": moment.today_beyond,
                "new_beyond": moment.new_beyond,
            }
            for moment in closeup.moments
        ],
    }


def _side_fields(side: Side) -> dict[str, Any]:
    return {
        "limit": side.limit,
        "open_alarms": [*side.open_alarms],
        "events": [alarm_fields(event) for event in side.events],
    }


def closeup_lines(difference: Figures, closeup: CloseUp, zone: tzinfo) -> Iterator[str]:
    """All of it, for people."""
    place = place_name(difference["ward"], difference["bed"])
    yield (
        f"{difference['number']}: {difference['condition']} of {printable(difference['patient'])}, {place}: "
        f"{what(difference)}"
    )
    for name, side in ("today's rules", closeup.today), ("the new rules", closeup.new):
        yield ""
        yield from _side_lines(name, side, zone)
    yield ""
    yield from columns(_around(difference, closeup.moments, zone))


def _side_lines(name: str, side: Side, zone: tzinfo) -> Iterator[str]:
    limit = "" if side.limit is None else f"; its limit was {side.limit:g}"
    others = f"; open already: {', '.join(map(printable, side.open_alarms))}" if side.open_alarms else ""
    yield f"{name}: {'told of it' if side.events else 'no such alarm'}{limit}{others}"
    for event in side.events:
        when, priority = wall_time(event.at_ms or event.observed_at_ms, zone), event.priority.name
        yield f"  {when}  {event.phase.value:6}  {priority:6}  {printable(event.text)}"
    if side.events:
        yield from (f"    {line}" for line in columns(_flat("", side.events[0].why)))


def _flat(prefix: str, why: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Reasons as lines: what lies within another is told with its name."""
    for name, told in why.items():
        if isinstance(told, Mapping):
            yield from _flat(f"{prefix}{printable(str(name))}.", told)
        else:
            yield f"{prefix}{printable(str(name))}", printable(str(told))


def _around(difference: Figures, moments: Sequence[Moment], zone: tzinfo) -> Iterator[Sequence[str]]:
    vitals = [vital for vital in VITALS if any(vital.name in moment.vitals for moment in moments)]
    heads = [f"{vital.name} {vital.unit}".strip() for vital in vitals]
    yield "values around it", *heads, "beyond today", "beyond new", ""
    rows = [(moment.at_ms, _cells(moment, [vital.name for vital in vitals]), "") for moment in moments]
    blank = [""] * (len(heads) + 2)
    sides = {name: difference[name] for name in ("today", "new") if difference[name] is not None}
    rows += [(side["start_ms"], blank, f"<- {name} begins") for name, side in sides.items()]
    for at_ms, cells, told in sorted(rows, key=lambda row: row[0]):
        yield wall_time(at_ms, zone), *cells, told


def _cells(moment: Moment, vitals: Sequence[str]) -> list[str]:
    values = (*(moment.vitals.get(vital) for vital in vitals), moment.today_beyond, moment.new_beyond)
    return [_number(value) for value in values]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"
