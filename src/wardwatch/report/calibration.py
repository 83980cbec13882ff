"""Whether the rate of false alarms that is set is the rate that is obtained."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure as Picture

from wardwatch.report.drawing import GRID, INK, OURS, drawn, only_axes
from wardwatch.report.parts import Figure, Section, Table
from wardwatch.report.words import Figures, interval, number, percent

# What wardwatch aims at: its own choice.
_AIM = 0.15


def calibration(figures: Figures, name: str) -> Section:
    """Set against obtained, on patients that the setting was not made on."""
    found = figures["calibration"]
    near = [one for one in found if one["obtained"] is not None and _off(one) <= _AIM]
    caption = "False alarms a patient-day: obtained against set"
    svg = drawn(
        f"{name}calibration",
        f"{caption}, with 95 % intervals. The table below has the numbers.",
        lambda picture: _points(picture, figures),
        width=6.0,
        height=4.2,
    )
    table = Table(
        caption=f"{caption}; the aim is within {_AIM:.0%}",
        heads=("Set", "Obtained", "95 %", "Off by", f"Within {_AIM:.0%}"),
        rows=[_row(one) for one in found],
    )
    return Section(
        name=f"{name}calibration-section",
        title="Calibration",
        text=[
            f"The rate obtained is within {_AIM:.0%} of what was set at {len(near)} of {len(found)} rates. "
            "Above what was set is more alarms than a ward agreed to; below it, sensitivity is given away."
        ],
        figures=[Figure(svg=svg, caption=caption, table=table)],
    )


def _off(one: Figures) -> float:
    return abs(float(one["obtained"]) / float(one["set"]) - 1.0)


def _row(one: Figures) -> tuple[str, ...]:
    obtained = one["obtained"]
    off = None if obtained is None else obtained / one["set"] - 1
    within = "not known" if obtained is None else "yes" if _off(one) <= _AIM else "no"
    return f"{one['set']:g}", number(obtained), interval(one["interval"]), percent(off, 0), within


def _points(picture: Picture, figures: Figures) -> None:
    axes = only_axes(picture)
    known = [one for one in figures["calibration"] if one["obtained"]]
    ticks = [one["set"] for one in figures["calibration"]]
    ends = np.array([min(ticks) / 2, max(ticks) * 2])
    axes.fill_between(ends, ends * (1 - _AIM), ends * (1 + _AIM), color=GRID, lw=0)
    axes.plot(ends, ends, color=INK, lw=0.8, ls=":")
    for one in known:
        if one["interval"] is not None and None not in one["interval"]:
            axes.plot([one["set"]] * 2, one["interval"], color=OURS, lw=1.4)
        axes.plot([one["set"]], [one["obtained"]], color=OURS, marker="o", ms=6)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_xlim(*ends)
    axes.set_xlabel("Set, a patient-day")
    axes.set_ylabel("Obtained")
