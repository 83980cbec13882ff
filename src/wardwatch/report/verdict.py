"""In one sentence, whether wardwatch beats what knows less: no figure is to be read without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wardwatch.report.methods import OUR_METHOD
from wardwatch.report.words import MAIN_POINT, Figures, listed

_NAMES = {
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "utility": "utility",
    "sensitivity": "events caught",
}


def verdict(figures: Figures) -> str:
    """Which nulls it does not beat, and in what."""
    others = comparable(figures["rows"])
    if not others:
        return (
            "Whether wardwatch beats anything this does not tell: there is no figure that it and another "
            "method both have."
        )
    lost = by_method(figures)
    at = f"events caught are those at {MAIN_POINT} false alarms a patient-day"
    if not lost:
        return f"wardwatch beats {listed(others)} in every figure that both have ({at})."
    told = "; ".join(f"{method} in {listed(names)}" for method, names in lost.items())
    beaten = [method for method in others if method not in lost]
    end = f"; it beats {listed(beaten)} in every figure that both have" if beaten else ""
    return f"wardwatch does NOT beat {told}{end} ({at})."


def comparable(rows: Sequence[Figures]) -> Sequence[str]:
    """The methods of which a figure is known that is known of wardwatch, too."""
    ours = next((row for row in rows if row["method"] == OUR_METHOD), None)
    if ours is None:
        return []
    return [
        row["method"]
        for row in rows
        if row is not ours
        and any(mine is not None and theirs is not None for mine, theirs in _both(ours, row))
    ]


def _both(ours: Figures, other: Figures) -> Sequence[tuple[object, object]]:
    ranks = [(ours.get(name), other.get(name)) for name in _NAMES if name != "sensitivity"]
    return [*ranks, (ours["sensitivity"][MAIN_POINT], other["sensitivity"][MAIN_POINT])]


def is_beaten(figures: Figures) -> bool:
    """Whether any method is as good, or better, in anything."""
    return bool(by_method(figures))


def by_method(figures: Figures) -> Mapping[str, Sequence[str]]:
    """The figures in which each method is as good as wardwatch, or better."""
    lost: dict[str, list[str]] = {}
    for one in figures["not_beaten"] if "not_beaten" in figures else _at_main_point(figures["rows"]):
        lost.setdefault(one["method"], []).append(_NAMES.get(one["figure"], one["figure"]))
    return lost


def _at_main_point(rows: Sequence[Figures]) -> Sequence[Figures]:
    """What a suite that doesn't say it itself has to be asked."""
    ours = next((row["sensitivity"][MAIN_POINT] for row in rows if row["method"] == OUR_METHOD), None)
    return [
        {"method": row["method"], "figure": "sensitivity"}
        for row in rows
        if ours is not None
        and row["method"] != OUR_METHOD
        and row["sensitivity"][MAIN_POINT] is not None
        and row["sensitivity"][MAIN_POINT] >= ours
    ]
