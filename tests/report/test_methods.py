from __future__ import annotations

from tests.support.reports import figures_of, row_of
from wardwatch.report.methods import operating_points, ranks, styles


def test_ranks_that_no_method_has_are_left_out() -> None:
    (table,) = ranks(figures_of(), "").tables
    assert [*table.heads] == ["Method", "AUROC", "AUPRC"]
    assert table.rows[0][1].replace("\u00a0", " ") == "0.700 (0.600 to 0.800)"


def test_what_is_caught_and_what_it_takes_are_told_of_each_method() -> None:
    section = operating_points(figures_of(rows=[row_of("wardwatch"), row_of("clock", None, ppv=None)]), "")
    caught, cost = section.figures[0].table, section.tables[0]
    assert [*caught.rows[1]] == ["clock", *["-"] * 6]
    assert caught.rows[0][1].replace("\u00a0", " ") == "0.40 (0.30 to 0.50)"
    assert [cost.rows[0][3:5], cost.rows[1][3:5]] == [("20.0 %", "5.0"), ("-", "-")]


def test_our_line_is_told_apart_by_more_than_its_colour() -> None:
    found = [*styles(figures_of()["curves"])]
    assert found[-1][0] == "wardwatch"
    assert [dashes == "-" for _, _, dashes, _ in found] == [False, False, True]
    assert len({(colour, str(dashes)) for _, colour, dashes, _ in styles(dict.fromkeys("abcdefg"))}) == 6
