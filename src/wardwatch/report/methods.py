"""wardwatch beside its nulls: ranks, and what is caught at how many false alarms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from wardwatch.report.drawing import INK, OTHERS, OURS, drawn, only_axes
from wardwatch.report.parts import Figure, Section, Table
from wardwatch.report.words import (
    MAIN_POINT,
    NONE,
    Figures,
    interval,
    interval_of,
    number,
    percent,
    with_interval,
)

OUR_METHOD = "wardwatch"
_RANKS = {"auroc": "AUROC", "auprc": "AUPRC", "utility": "Utility"}
_DASHES = ("--", ":", "-.", (0, (5, 1)), (0, (3, 1, 1, 1, 1, 1)), (0, (1, 1)))
# Left of the strictest operating point there is little but chance, right of the laxest no ward would bear it.
_FROM, _TO = 0.01, 4.0


def is_ranked(figures: Figures) -> bool:
    """Whether any method has a rank."""
    return any(row.get(name) is not None for row in figures["rows"] for name in _RANKS)


def has_operating_points(figures: Figures) -> bool:
    """Whether of any method it is known what it catches."""
    return any(caught is not None for row in figures["rows"] for caught in row["sensitivity"].values())


def ranks(figures: Figures, name: str) -> Section:
    """Of all instants, not only of those above a threshold."""
    names = [each for each in _RANKS if any(row.get(each) is not None for row in figures["rows"])]
    rows = [
        (row["method"], *(with_interval(row.get(each), interval_of(row, each)) for each in names))
        for row in figures["rows"]
    ]
    text = ["An AUROC of 0.5 is chance: a method that knows nothing ranks the ill no higher than the well."]
    if figures.get("prevalence") is not None:
        text.append(
            f"The AUPRC of chance is the share of positive instants, {number(figures['prevalence'])}."
        )
    caption = "How well each method ranks the instants (95 % intervals by bootstrap over patients)"
    table = Table(caption=caption, heads=("Method", *(_RANKS[each] for each in names)), rows=rows)
    return Section(name=f"{name}ranks", title="Ranks", text=text, tables=[table])


def operating_points(figures: Figures, name: str) -> Section:
    """The curve of each method, and its points."""
    rows = figures["rows"]
    points = [*rows[0]["sensitivity"]]
    caught = Table(
        caption="Share of events caught (95 % interval) at no more than so many false alarms a patient-day",
        heads=("Method", *points),
        rows=[
            (
                row["method"],
                *(
                    with_interval(row["sensitivity"][point], interval_of(row, "sensitivity", point), 2)
                    for point in points
                ),
            )
            for row in rows
        ],
    )
    text = [
        "Read each line against the others at the same number of false alarms. A method that alarms for days "
        "on end catches much at few incidents: the column “alarming” in the second table tells it apart."
    ]
    pictured: list[Figure] = []
    if any(figures["curves"].values()):
        caption = "Share of events caught at no more than so many false alarms a patient-day, by method"
        label = f"{caption}. The table below has the numbers."
        svg = drawn(f"{name}curves", label, lambda picture: _curves(picture, figures))
        pictured.append(Figure(svg=svg, caption=caption, table=caught))
    return Section(
        name=f"{name}caught",
        title="Events caught against false alarms",
        text=text,
        figures=pictured,
        tables=[_cost(rows)] if pictured else [caught, _cost(rows)],
    )


def _cost(rows: Sequence[Figures]) -> Table:
    heads = (
        "Method",
        "False alarms obtained",
        "Alarming",
        "PPV",
        "Alarms a true one",
        "Hours before (quartiles)",
    )
    return Table(
        caption=f"What it takes, at {MAIN_POINT} false alarms a patient-day",
        heads=heads,
        rows=[_cost_of(row) for row in rows],
    )


def _cost_of(row: Figures) -> Sequence[str]:
    ppv = row.get("ppv")
    return (
        row["method"],
        number(row.get("false_alarms", {}).get(MAIN_POINT)),
        percent(row.get("alarming", {}).get(MAIN_POINT)),
        percent(ppv),
        number(1 / ppv, 1) if ppv else NONE,
        _hours(row),
    )


def _hours(row: Figures) -> str:
    quartiles = row.get("lead_time_quartiles_h")
    middle = number(row.get("lead_time_h"), 1)
    return middle if quartiles is None else f"{middle} ({interval(quartiles, 1)})"


def _curves(picture: Picture, figures: Figures) -> None:
    axes = only_axes(picture)
    for method, colour, dashes, width in styles(figures["curves"]):
        points = sorted([*map(tuple, figures["curves"][method]), *_told(figures["rows"], method)])
        if points:
            # Below the first point no threshold does it.
            rates, shares = zip(*_widened(points), strict=True)
            axes.plot(rates, shares, color=colour, ls=dashes, lw=width, label=method, drawstyle="steps-post")
    _bars(axes, figures["rows"])
    axes.set_xscale("log")
    ticks = [float(point) for point in figures["rows"][0]["sensitivity"]]
    axes.set_xticks(ticks, [*figures["rows"][0]["sensitivity"]])
    axes.minorticks_off()
    axes.set_xlim(_FROM, _TO)
    axes.set_ylim(0, 1.02)
    axes.set_xlabel("False alarms a patient-day")
    axes.set_ylabel("Share of events caught")
    picture.legend(loc="outside right upper")


def _widened(points: Sequence[Sequence[float]]) -> Iterator[tuple[float, float]]:
    """From the left edge to the right one; more false alarms never catch less."""
    highest = 0.0
    for rate, share in points:
        highest = max(highest, share)
        yield max(rate, _FROM / 2), highest
    yield max(points[-1][0], _TO), highest


def _told(rows: Sequence[Figures], method: str) -> list[tuple[float, float]]:
    """The points of the table: a curve may have been thinned."""
    told = [row["sensitivity"] for row in rows if row["method"] == method]
    return [(float(point), share) for of in told for point, share in of.items() if share is not None]


def _bars(axes: Axes, rows: Sequence[Figures]) -> None:
    for row in rows:
        if row["method"] != OUR_METHOD:
            continue
        for point, share in row["sensitivity"].items():
            ends = interval_of(row, "sensitivity", point)
            if share is not None and ends is not None:
                axes.plot([float(point)] * 2, ends, color=OURS, lw=1.2)
                axes.plot([float(point)], [share], color=OURS, marker="o", ms=5)
        axes.axvline(float(MAIN_POINT), color=INK, lw=0.8, ls=":")


def styles(methods: Mapping[str, object]) -> Iterator[tuple[str, str, object, float]]:
    """Colour, dashes and width of each method; ours is last, on top of the others, and never dashed."""
    others = [method for method in methods if method != OUR_METHOD]
    for place, method in enumerate(others):
        yield method, OTHERS[place % len(OTHERS)], _DASHES[place % len(_DASHES)], 1.6
    if OUR_METHOD in methods:
        yield OUR_METHOD, OURS, "-", 2.6
