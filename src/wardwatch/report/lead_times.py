"""How long before an event each method called."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure as Picture

from wardwatch.report.drawing import INK, drawn, only_axes
from wardwatch.report.methods import styles
from wardwatch.report.parts import Figure, Section, Table
from wardwatch.report.words import MAIN_POINT, Figures, number, percent

_HOURS = (0, 1, 3, 6, 12)


def lead_times(figures: Figures, name: str) -> Section:
    """The share of all events that were caught so many hours before, or earlier."""
    events = figures["events"]
    caption = (
        f"Share of events caught at least so many hours before, at {MAIN_POINT} false alarms a patient-day"
    )
    svg = drawn(
        f"{name}leads",
        f"{caption}, by method. The table below has the numbers.",
        lambda picture: _leads(picture, figures),
        height=3.6,
    )
    rows = [_row(method, hours, events) for method, hours in figures["lead_times_h"].items()]
    table = Table(
        caption=f"Lead times, of {events:,} events; quartiles are of those caught",
        heads=("Method", "Caught", "Median h", "Quartiles h", *(f"≥ {hours} h before" for hours in _HOURS)),
        rows=rows,
    )
    text = ["A lead time below 0 is an event that was caught after it had begun, where the suite allows it."]
    return Section(
        name=f"{name}leads-section",
        title="Lead times",
        text=text,
        figures=[Figure(svg=svg, caption=caption, table=table)],
    )


def _row(method: str, hours: Sequence[float], events: int) -> Sequence[str]:
    quartiles = np.percentile(hours, (25, 50, 75)).tolist() if hours else [None] * 3
    shares = (percent(sum(each >= least for each in hours) / events, 0) for least in _HOURS)
    between = f"{number(quartiles[0], 1)} to {number(quartiles[2], 1)}"
    return method, f"{len(hours):,}", number(quartiles[1], 1), between, *shares


def _leads(picture: Picture, figures: Figures) -> None:
    axes = only_axes(picture)
    for method, colour, dashes, width in styles(figures["lead_times_h"]):
        hours = sorted(figures["lead_times_h"][method], reverse=True)
        if hours:
            shares = np.arange(1, len(hours) + 1) / figures["events"]
            axes.plot(hours, shares, color=colour, ls=dashes, lw=width, label=method, drawstyle="steps-post")
    axes.axvline(0.0, color=INK, lw=0.8, ls=":")
    axes.invert_xaxis()
    axes.set_ylim(0, None)
    axes.set_xlabel("Hours before the event")
    axes.set_ylabel("Share of events caught")
    picture.legend(loc="outside right upper")
