from __future__ import annotations

from tests.support.reports import figures_of
from wardwatch.report.subgroups import subgroups


def test_a_difference_is_told_either_way() -> None:
    figures = figures_of()
    apart = subgroups(figures, "").text[0].replace("\u00a0", " ")
    assert apart == (
        "Female less male: -0.20 (-0.50 to 0.10) of the events caught, which is NOT within the aim of 0.05."
    )
    figures["subgroup_differences"][0]["sensitivity"]["0.25"] = 0.05
    assert "which is within the aim" in subgroups(figures, "").text[0]
    figures["subgroup_differences"][0]["sensitivity"]["0.25"] = None
    assert "is not known" in subgroups(figures, "").text[0]


def test_each_group_has_a_row() -> None:
    (figure,) = subgroups(figures_of(), "").figures
    assert [row[:4] for row in figure.table.rows] == [
        ("female", "20", "5", "0.30 (0.10\u00a0to\u00a00.70)"),
        ("male", "20", "5", "0.50 (0.10\u00a0to\u00a00.70)"),
    ]
