"""What `wardwatch evaluate rhythm` writes for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wardwatch.cli.written import columns, percent

Figures = Mapping[str, Any]


def rhythm_tables(figures: Figures) -> Iterator[str]:
    """The lines."""
    hours = sum(figures["hours"].values())
    yield (
        f"{figures['patients']:,} patients, {hours:,.1f} hours, {figures['events']:,} episodes, "
        f"seed {figures['seed']}, wardwatch {figures['version']}"
    )
    for table in (_episodes, _alarms):
        yield ""
        yield from columns(table(figures))
    yield ""
    for fewer in figures["fewer_false_alarms_on_normal"]:
        by = f"{percent(fewer['by'], 1)} ({_interval(fewer['interval'], percent)})"
        yield f"false alarms on a normal rhythm: {by} fewer than {fewer['than']}"


def _episodes(figures: Figures) -> Iterator[Sequence[str]]:
    episodes = figures["episodes"]
    yield "episodes noticed", *(f"{kind} ({count})" for kind, count in episodes.items())
    for row in figures["rows"]:
        intervals = row["intervals"]["recall"]
        cells = [
            f"{percent(share)} ({_interval(intervals[kind], percent)})"
            for kind, share in row["recall"].items()
        ]
        yield f"  {row['method']}", *cells


def _alarms(figures: Figures) -> Iterator[Sequence[str]]:
    classes = [*figures["rows"][0]["false_alarms_an_hour"]]
    hours = figures["hours"]
    heads = (f"{name} ({hours[name]:.1f} h)" for name in classes)
    yield "alarms that begin, an hour, on", *heads, "95 % on normal", "alarms", "PPV", "alarming on normal"
    for row in figures["rows"]:
        made = row["false_alarms_an_hour"]
        yield (
            f"  {row['method']}",
            *(_rate(made[name]) for name in classes),
            _interval(row["intervals"]["false_alarms_an_hour"][classes[0]], _rate),
            f"{row['alarms']:,}",
            percent(row["ppv"]),
            percent(row["alarming_on_normal"], 1),
        )


def _rate(figure: float | None) -> str:
    return "-" if figure is None else f"{figure:,.2f}"


def _interval(interval: Sequence[float] | None, written: Callable[[float], str]) -> str:
    return "-" if interval is None else " to ".join(written(end) for end in interval)
