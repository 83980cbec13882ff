"""Nobody is told more of wardwatch than its nulls leave."""

from __future__ import annotations

import pytest

from tests.support.reports import figures_of, row_of
from wardwatch.report.verdict import is_beaten, verdict


def lost(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"method": method, "figure": figure} for method, figure in pairs]


def test_what_it_does_not_beat_is_named_with_the_figures() -> None:
    figures = figures_of(not_beaten=lost(("clock", "auroc"), ("clock", "sensitivity"), ("random", "utility")))
    assert verdict(figures) == (
        "wardwatch does NOT beat clock in AUROC and events caught; random in utility "
        "(events caught are those at 0.25 false alarms a patient-day)."
    )
    assert is_beaten(figures)


def test_it_beats_those_of_whom_nothing_is_said() -> None:
    assert verdict(figures_of(not_beaten=[])).startswith("wardwatch beats random and clock in every figure")
    assert not is_beaten(figures_of(not_beaten=[]))


@pytest.mark.parametrize(
    ("ours", "theirs", "beaten"), [(0.5, 0.5, True), (0.5, 0.6, True), (0.5, 0.4, False)]
)
def test_a_suite_that_says_nothing_of_it_is_judged_by_what_is_caught(
    ours: float, theirs: float, *, beaten: bool
) -> None:
    figures = figures_of(
        rows=[row_of("wardwatch", ours), row_of("NEWS2", theirs, auroc=0.6, auprc=0.05, ppv=0.1)]
    )
    del figures["not_beaten"]
    assert is_beaten(figures) == beaten
    assert ("does NOT beat NEWS2 in events caught" in verdict(figures)) == beaten


def test_without_a_common_figure_nothing_is_claimed() -> None:
    unknown = {"auroc": None, "auprc": None, "ppv": None}
    rows = [row_of("wardwatch", None, **unknown), row_of("clock", 0.3, **unknown)]
    assert verdict(figures_of(rows=rows, not_beaten=[])).startswith("Whether wardwatch beats anything")
    assert verdict(figures_of(rows=[row_of("clock")], not_beaten=[])).startswith("Whether wardwatch beats")


def test_kinds_are_compared_one_by_one_and_who_is_quieter_is_better() -> None:
    ours = {"recall": {"AFIB": 0.9, "VT": 1.0}, "false_alarms_an_hour": {"normal": 2.0, "noise": 1.0}}
    theirs = {"recall": {"AFIB": 0.8, "VT": 1.0}, "false_alarms_an_hour": {"normal": 3.0, "noise": 0.5}}
    unknown = {"auroc": None, "auprc": None, "ppv": None}
    rows = [
        row_of("wardwatch", None, alarming_on_normal=0.2, **unknown, **ours),
        row_of("limits", None, alarming_on_normal=0.1, **unknown, **theirs),
    ]
    figures = figures_of(rows=rows)
    del figures["not_beaten"]
    assert verdict(figures) == (
        "wardwatch does NOT beat limits in time in alarm on normal, recall of VT and false alarms on noise."
    )
