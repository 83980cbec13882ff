"""In one sentence, whether wardwatch beats what knows less: no figure is to be read without it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wardwatch.report.methods import OUR_METHOD
from wardwatch.report.words import MAIN_POINT, Figures, listed

_NAMES = {
    "auroc": "AUROC",
    "auprc": "AUPRC",
    "utility": "utility",
    "ppv": "PPV",
    "sensitivity": "events caught",
}
# Of these the suite has a figure for each kind; a lower one is better where a method is to be quiet.
_BY_KIND = {"recall": "recall of", "false_alarms_an_hour": "false alarms on"}
_LOWER_IS_BETTER = {"false_alarms_an_hour"}


def verdict(figures: Figures) -> str:
    """Which nulls it does not beat, and in what."""
    others = [method for method, names in _both(figures["rows"]).items() if names]
    if not others:
        return (
            "Whether wardwatch beats anything this does not tell: there is no figure that it and another "
            "method both have."
        )
    lost = by_method(figures)
    caught = any("events caught" in names for names in _both(figures["rows"]).values())
    at = f" (events caught are those at {MAIN_POINT} false alarms a patient-day)" if caught else ""
    if not lost:
        return f"wardwatch beats {listed(others)} in every figure that both have{at}."
    told = "; ".join(f"{method} in {listed(names)}" for method, names in lost.items())
    beaten = [method for method in others if method not in lost]
    end = f"; it beats {listed(beaten)} in every figure that both have" if beaten else ""
    return f"wardwatch does NOT beat {told}{end}{at}."


def is_beaten(figures: Figures) -> bool:
    """Whether any method is as good, or better, in anything."""
    return bool(by_method(figures))


def by_method(figures: Figures) -> Mapping[str, Sequence[str]]:
    """The figures in which each method is as good as wardwatch, or better."""
    lost: dict[str, list[str]] = {}
    if "not_beaten" in figures:
        for one in figures["not_beaten"]:
            lost.setdefault(one["method"], []).append(_NAMES.get(one["figure"], one["figure"]))
        return lost
    # What a suite that doesn't say it itself has to be asked.
    for method, names in _both(figures["rows"]).items():
        if as_good := [name for name, (ours, theirs) in names.items() if theirs >= ours]:
            lost[method] = as_good
    return lost


def _both(rows: Sequence[Figures]) -> Mapping[str, Mapping[str, tuple[float, float]]]:
    """Of each other method the figures that it and wardwatch both have; the higher one is the better."""
    ours = next((_known(row) for row in rows if row["method"] == OUR_METHOD), {})
    return {
        row["method"]: {name: (ours[name], theirs) for name, theirs in _known(row).items() if name in ours}
        for row in rows
        if row["method"] != OUR_METHOD
    }


def _known(row: Figures) -> dict[str, float]:
    told = {_NAMES[name]: row.get(name) for name in _NAMES if name != "sensitivity"}
    told[_NAMES["sensitivity"]] = row["sensitivity"][MAIN_POINT]
    if (share := row.get("alarming_on_normal")) is not None:
        told["time in alarm on normal"] = -share
    for key, words in _BY_KIND.items():
        for kind, figure in row.get(key, {}).items():
            told[f"{words} {kind}"] = -figure if key in _LOWER_IS_BETTER and figure is not None else figure
    return {name: figure for name, figure in told.items() if figure is not None}
