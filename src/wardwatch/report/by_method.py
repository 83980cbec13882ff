"""What a suite tells of each method by kind: recall by rhythm, false alarms by what the hour was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from wardwatch.report.drawing import drawn, only_axes
from wardwatch.report.methods import styles
from wardwatch.report.parts import Figure, Section, Table
from wardwatch.report.words import Figures, headed, interval_of, number, with_interval

# What other sections tell of a row.
TOLD_OF_ROWS = {
    "method", "auroc", "auprc", "utility", "ppv", "lead_time_h", "lead_time_quartiles_h", "sensitivity",
    "false_alarms", "alarming", "intervals",
}  # fmt: skip
_MARKERS = "sD^vPXo"


def kinds_of(rows: Sequence[Figures]) -> list[str]:
    """The keys of which every row has one figure for each of the same kinds."""
    return [
        key
        for key, told in (rows[0] if rows else {}).items()
        if key not in TOLD_OF_ROWS
        and _is_by_kind(told)
        and all(_is_by_kind(row.get(key)) and [*row[key]] == [*told] for row in rows)
    ]


def single_of(rows: Sequence[Figures]) -> list[str]:
    """The keys of which every row has one value."""
    keys = dict.fromkeys(key for row in rows for key in row if key not in TOLD_OF_ROWS)
    return [key for key in keys if all(key in row and _is_single(row[key]) for row in rows)]


def _is_single(told: Any) -> bool:
    return told is None or isinstance(told, int | float | str)


def _is_by_kind(told: Any) -> bool:
    return isinstance(told, Mapping) and all(
        one is None or isinstance(one, int | float) for one in told.values()
    )


def by_method(figures: Figures, name: str) -> Section:
    """A table of each; those that are shares have a picture as well."""
    rows = figures["rows"]
    pictured: list[Figure] = []
    tables: list[Table] = []
    for key in kinds_of(rows):
        table = _table(rows, key)
        if _are_shares(rows, key):
            pictured.append(_figure(rows, key, table, f"{name}by-{key}"))
        else:
            tables.append(table)
    if single := single_of(rows):
        tables.append(_singles(rows, single))
    return Section(
        name=f"{name}by-method",
        title="Methods as they are set",
        text=["Of each method, at the one setting that it has in this suite."],
        figures=pictured,
        tables=tables,
    )


def _are_shares(rows: Sequence[Figures], key: str) -> bool:
    return all(
        one is None or (isinstance(one, float) and 0 <= one <= 1) for row in rows for one in row[key].values()
    )


def _table(rows: Sequence[Figures], key: str) -> Table:
    has_intervals = any(interval_of(row, key, kind) for row in rows for kind in row[key])
    return Table(
        caption=f"{_words(key)}{' (95 % intervals)' if has_intervals else ''}",
        heads=("Method", *rows[0][key]),
        rows=[
            (row["method"], *(_cell(value, interval_of(row, key, kind)) for kind, value in row[key].items()))
            for row in rows
        ],
    )


def _singles(rows: Sequence[Figures], keys: Sequence[str]) -> Table:
    return Table(
        caption="What else is known of each method",
        heads=("Method", "PPV (95 %)", *map(_words, keys)),
        rows=[
            (
                row["method"],
                with_interval(row.get("ppv"), interval_of(row, "ppv"), 2),
                *(_single(row[key]) for key in keys),
            )
            for row in rows
        ],
    )


def _single(value: float | str | None) -> str:
    return value if isinstance(value, str) else f"{value:,}" if isinstance(value, int) else number(value)


def _cell(value: float | None, ends: Sequence[float] | None) -> str:
    return f"{value:,}" if isinstance(value, int) else with_interval(value, ends, 2)


def _figure(rows: Sequence[Figures], key: str, table: Table, name: str) -> Figure:
    caption = f"{_words(key)} of each kind, by method"
    label = f"{caption}, with 95 % intervals. The table below has the numbers."
    height = 1.2 + 0.16 * len(rows) * len(rows[0][key])
    svg = drawn(name, label, lambda picture: _dots(only_axes(picture), picture, rows, key), height=height)
    return Figure(svg=svg, caption=caption, table=table)


def _dots(axes: Axes, picture: Picture, rows: Sequence[Figures], key: str) -> None:
    """Of each kind, one dot a method below the other, ours first."""
    by_name = {row["method"]: row for row in rows}
    places = dict(zip(by_name, np.linspace(-0.36, 0.36, len(rows)).tolist(), strict=True))
    for turn, (method, colour, _, width) in enumerate(styles(by_name)):
        marker = _MARKERS[turn % len(_MARKERS)]
        for place, (kind, value) in enumerate(by_name[method][key].items()):
            ends = interval_of(by_name[method], key, kind)
            at = place + places[method]
            if ends is not None:
                axes.plot(ends, [at, at], color=colour, lw=width / 1.6)
            if value is not None:
                label = method if place == 0 else None
                axes.plot([value], [at], color=colour, marker=marker, ms=5, ls="", label=label)
    kinds = [*rows[0][key]]
    axes.set_yticks(range(len(kinds)), kinds)
    axes.set_ylim(len(kinds) - 0.5, -0.5)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel(_words(key))
    picture.legend(loc="outside right upper")


def _words(key: str) -> str:
    return headed(key.replace("_", " "))
