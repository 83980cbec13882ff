"""Alarms to look at: the vitals around each, and its reasons; hours, and no names or dates."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor
from statistics import median

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from wardwatch.report.drawing import INK, MUTED, OTHERS, OURS, drawn
from wardwatch.report.parts import Figure, Section, Table
from wardwatch.report.reasons import limit_of, reasons, vitals_of
from wardwatch.report.words import NONE, Figures, label_of, unit_in_words, vital_of

_ACROSS = 3
# As many columns as can be read, and what they may stand for.
_COLUMNS = 17
_STEPS_MIN = (1, 5, 15, 60, 180)
# What is over sooner is drawn in minutes.
_SHORT_H = 2.0


def examples(figures: Figures, name: str) -> Section:
    """All that the suite drew."""
    found = figures["examples"]
    return Section(
        name=f"{name}examples",
        title="Example alarms",
        text=[
            f"{len(found)} of the monitor's own alarms, drawn by chance with the seed above: half of them "
            "in the window of an event where there are enough. They show what an alarm looks like, not "
            "how often it is right. Hours and minutes are from the alarm."
        ],
        parts=[_example(one, name) for one in found],
    )


def _example(one: Figures, name: str) -> Section:
    number = one["number"]
    right = "in the window of an event" if one["caught"] else "false: in no window of an event"
    terms = [("Condition", one["condition"]), ("When", one["at"]), ("Was it right", right)]
    series = {vital: points for vital, points in one["series"].items() if points}
    return Section(
        name=f"{name}example-{number}",
        title=f"Alarm {number}: {one['text']}",
        terms=[*terms, *reasons(one["why"])],
        figures=[_chart(one, series, f"{name}example-{number}-chart")] if series else [],
    )


def _chart(one: Figures, series: Figures, name: str) -> Figure:
    label = f"Charts of the vitals around alarm {one['number']}. The table below has the numbers."
    rows = ceil(len(series) / _ACROSS)
    svg = drawn(name, label, lambda picture: _panels(picture, one["why"], series), height=0.5 + 1.55 * rows)
    caption = f"Vitals around alarm {one['number']}, which came at 0"
    return Figure(svg=svg, caption=caption, table=_table(series, caption))


def _panels(picture: Picture, why: Figures, series: Figures) -> None:
    rows = ceil(len(series) / _ACROSS)
    panels = picture.subplots(rows, _ACROSS, squeeze=False, sharex=True).flatten()
    about, limit = vitals_of(why), limit_of(why)
    first, last = _ends_h(series)
    unit, factor = ("Minutes", 60.0) if last - first < _SHORT_H else ("Hours", 1.0)
    for axes, (vital, points) in zip(panels, series.items(), strict=False):
        _panel(axes, vital, [(hour * factor, value) for hour, value in points], is_cause=vital in about)
        if limit is not None and vital in about:
            axes.axhline(limit, color=OTHERS[0], lw=1.2, ls="--")
    for axes in panels[len(series) :]:
        axes.set_axis_off()
    for axes in panels[max(len(series) - _ACROSS, 0) : len(series)]:
        axes.tick_params(labelbottom=True)
        axes.set_xlabel(f"{unit} from the alarm")


def _panel(axes: Axes, vital: str, points: Sequence[Sequence[float]], *, is_cause: bool) -> None:
    at, values = zip(*points, strict=True)
    many = len(points) > 40
    colour, width = (OURS, 2.0) if is_cause else (MUTED, 1.2)
    axes.plot(at, values, color=colour, lw=width, marker=None if many else "o", ms=3)
    axes.axvline(0.0, color=INK, lw=0.8, ls=":")
    axes.set_title(f"{_head(vital)}{' (alarms)' if is_cause else ''}")


def _head(vital: str) -> str:
    known = vital_of(vital)
    return vital if known is None else f"{label_of(vital)}, {unit_in_words(known.unit)}"


def _table(series: Figures, caption: str) -> Table:
    """A column for so many minutes: the median of what was measured in them."""
    first, last = _ends_h(series)
    step_min = next((step for step in _STEPS_MIN if (last - first) * 60 / step < _COLUMNS), _STEPS_MIN[-1])
    by_column: dict[str, dict[int, list[float]]] = {}
    for vital, points in series.items():
        for hour, value in points:
            by_column.setdefault(vital, {}).setdefault(floor(hour * 60 / step_min), []).append(value)
    columns = sorted({column for of in by_column.values() for column in of})
    return Table(
        caption=f"{caption}: medians of {step_min} min each, by when these begin",
        heads=("Vital", *(_when(column * step_min) for column in columns)),
        rows=[
            (_head(vital), *(_written(vital, of.get(column)) for column in columns))
            for vital, of in by_column.items()
        ],
    )


def _ends_h(series: Figures) -> tuple[float, float]:
    hours = [hour for points in series.values() for hour, _ in points]
    return min(hours), max(hours)


def _when(minutes: int) -> str:
    if minutes % 60 == 0:
        return f"{minutes // 60:+d} h" if minutes else "0"
    return f"{minutes:+d} min"


def _written(vital: str, values: Sequence[float] | None) -> str:
    if not values:
        return NONE
    known = vital_of(vital)
    return f"{median(values):g}" if known is None else known.written(median(values))
