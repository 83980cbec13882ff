"""Whether wardwatch is as good for women as for men, and for the old as for the young."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Picture

from wardwatch.report.drawing import INK, OURS, drawn
from wardwatch.report.parts import Figure, Section, Table
from wardwatch.report.words import MAIN_POINT, Figures, headed, interval_of, number, with_interval

# What wardwatch aims at: its own choice.
_AIM = 0.05


def subgroups(figures: Figures, name: str) -> Section:
    """Each group at the thresholds of everybody, for it is one setting that a ward has."""
    groups = figures["subgroups"]
    caption = f"By group: share of events caught at {MAIN_POINT} false alarms a patient-day, and AUROC"
    svg = drawn(
        f"{name}subgroups",
        f"{caption}, with 95 % intervals. The table below has the numbers.",
        lambda picture: _dots(picture, groups),
        height=0.9 + 0.45 * len(groups),
    )
    table = Table(
        caption=f"{caption} (95 % intervals)",
        heads=("Group", "Patients", "Events", "Caught", "False alarms a patient-day", "AUROC"),
        rows=[_row(group) for group in groups],
    )
    differences = figures.get("subgroup_differences", ())
    return Section(
        name=f"{name}subgroups-section",
        title="Subgroups",
        text=[_sentence(one) for one in differences],
        figures=[Figure(svg=svg, caption=caption, table=table)],
        tables=[_differences(differences)] if differences else [],
    )


def _row(group: Figures) -> Sequence[str]:
    caught = group["sensitivity"][MAIN_POINT]
    return (
        group["value"],
        f"{group['patients']:,}",
        f"{group['events']:,}",
        with_interval(caught, interval_of(group, "sensitivity", MAIN_POINT), 2),
        number(group.get("false_alarms")),
        with_interval(group.get("auroc"), interval_of(group, "auroc")),
    )


def _sentence(of: Figures) -> str:
    first, second = of["of"]
    difference = of["sensitivity"][MAIN_POINT]
    if difference is None:
        return f"{headed(first)} and {second}: the difference in the share of events caught is not known."
    kept = "is within" if abs(difference) <= _AIM else "is NOT within"
    told = with_interval(difference, of["intervals"].get(MAIN_POINT), 2)
    return f"{headed(first)} less {second}: {told} of the events caught, which {kept} the aim of {_AIM}."


def _differences(differences: Sequence[Figures]) -> Table:
    points = [*differences[0]["sensitivity"]]
    return Table(
        caption="Differences in the share of events caught (95 %) at so many false alarms a patient-day",
        heads=("Groups", *points),
        rows=[
            (
                " less ".join(of["of"]),
                *(with_interval(of["sensitivity"][at], of["intervals"].get(at), 2) for at in points),
            )
            for of in differences
        ],
    )


def _dots(picture: Picture, groups: Sequence[Figures]) -> None:
    caught, ranked = picture.subplots(1, 2, sharey=True)
    for place, group in enumerate(groups):
        share = group["sensitivity"][MAIN_POINT]
        _dot(caught, place, share, interval_of(group, "sensitivity", MAIN_POINT))
        _dot(ranked, place, group.get("auroc"), interval_of(group, "auroc"))
    caught.set_yticks(range(len(groups)), [group["value"] for group in groups])
    caught.invert_yaxis()
    caught.set_ylim(len(groups) - 0.5, -0.5)
    caught.set_xlim(0, None)
    caught.set_title("Share of events caught")
    ranked.axvline(0.5, color=INK, lw=0.8, ls=":")
    ranked.set_title("AUROC (0.5 is chance)")


def _dot(axes: Axes, place: int, figure: float | None, ends: Sequence[float] | None) -> None:
    if figure is None:
        return
    if ends is not None:
        axes.plot(ends, [place, place], color=OURS, lw=1.6)
    axes.plot([figure], [place], color=OURS, marker="o", ms=6)
