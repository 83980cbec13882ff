"""What `wardwatch whatif` writes for people: what differs in the rules, how many alarms, which of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from wardwatch.adapters.terminal import place_name, printable
from wardwatch.cli.written import columns, span, wall_time

Figures = Mapping[str, Any]

_HEADS = ("number", "what", "began", "place", "patient", "condition", "today -> new")
_COUNTED = ("same", "earlier", "later", "joined", "missed", "split", "extra")


def report(figures: Figures, wanted: Sequence[Figures], zone: tzinfo, *, most: int | None) -> Iterator[str]:
    """All of it; of the differences that are ``wanted``, at most so many."""
    days = f"{figures['patient_days']:,.2f} patient-days"
    yield f"{figures['patients']:,} patients, {days}, wardwatch {figures['version']}"
    yield ""
    yield from _changes(figures["changes"])
    yield ""
    # How many alarms: by condition, and ward by ward those conditions of which any alarm differs.
    yield from columns(_rows(figures["rows"]))
    yield ""
    if not wanted:
        yield "no alarm differs" if not figures["differences"] else "no such alarm differs"
    else:
        yield from columns([_HEADS, *(_line(each, zone) for each in wanted[:most])])
    if most is not None and len(wanted) > most:
        yield f"... and {len(wanted) - most:,} more: --all lists them."


def _changes(changes: Sequence[Figures]) -> Iterator[str]:
    """What the rules differ in."""
    if not changes:
        yield "the rules are today's: nothing differs"
        return
    rows = [("changed", "rule", "today", "new", "")]
    for each in changes:
        place, name = printable(each["place"]), printable(each["name"])
        remark = "" if each["is_judged"] else "not judged here: it changes no alarm's beginning"
        rows.append((place, name, _plain(each["today"]), _plain(each["new"]), remark))
    yield from columns(rows)


def _line(difference: Figures, zone: tzinfo) -> Sequence[str]:
    return (
        str(difference["number"]),
        what(difference),
        wall_time(_own(difference)["start_ms"], zone),
        place_name(difference["ward"], difference["bed"]),
        printable(difference["patient"]),
        difference["condition"],
        _texts(difference),
    )


def what(difference: Figures) -> str:
    """What has become of an alarm, in words."""
    later_min = difference["later_by_min"]
    said = difference["kind"]
    if said in ("earlier", "later"):
        said += f" by {span(abs(later_min) * 60)}"
    if difference["other_priority"]:
        today, new = difference["today"]["priority"].upper(), difference["new"]["priority"].upper()
        said += f" {today} -> {new}" if said == "priority" else f", {today} -> {new}"
    return str(said)


def _own(difference: Figures) -> Figures:
    """The alarm that a difference is about."""
    side = "new" if difference["kind"] in ("split", "extra") else "today"
    own: Figures = difference[side]
    return own


def _texts(difference: Figures) -> str:
    today, new = (printable(side["text"]) if side else "none" for side in _sides(difference))
    return today if today == new else f"{today} -> {new}"


def _sides(difference: Figures) -> tuple[Figures | None, Figures | None]:
    return difference["today"], difference["new"]


def _rows(rows: Iterable[Figures]) -> Iterator[Sequence[str]]:
    heads = ("alarms a patient-day", "today", "", "new", "")
    yield (*heads, *_COUNTED, "other priority")
    rows = [*rows]
    several = len({row["ward"] for row in rows} - {None}) > 1
    for row in rows:
        # The only ward has the figures of all of them.
        if row["ward"] is not None and not (several and _differs(row)):
            continue
        cells = [_delayed(row, name) for name in _COUNTED]
        yield _name(row), *_load(row["today"]), *_load(row["new"]), *cells, f"{row['other_priority']:,}"


def _differs(row: Figures) -> bool:
    """Whether anything does; a ward is always told of."""
    changed = [name for name in (*_COUNTED, "other_priority") if name != "same"]
    return row["condition"] is None or any(row[name] for name in changed)


def _name(row: Figures) -> str:
    ward, condition = row["ward"], row["condition"]
    if condition is not None:
        return f"  {'' if ward is None else '  '}{condition}"
    return "all" if ward is None else f"  ward {printable(ward)}"


def _load(load: Figures) -> tuple[str, str]:
    rate = load["per_patient_day"]
    return "-" if rate is None else f"{rate:.3f}", f"({load['alarms']:,})"


def _delayed(row: Figures, name: str) -> str:
    median_min = row.get(f"{name}_by_min")
    return f"{row[name]:,}" + ("" if median_min is None else f" ({span(median_min * 60)})")


def _plain(value: Any) -> str:
    if value is None:
        return "none"
    return printable(
        f"{value:g}" if isinstance(value, float) else value if isinstance(value, str) else _json(value)
    )


def _json(value: Any) -> str:
    return json.dumps(value, default=str)
