from __future__ import annotations

from tests.support.reports import figures_of, row_of
from wardwatch.report.by_method import by_method, kinds_of, single_of

ROWS = [
    row_of(
        method,
        recall={"AFIB": 0.9, "VT": None},
        caught={"AFIB": 1_290, "VT": 0},
        alarms=7,
        nested={"a": {"b": 1}},
        intervals={"recall": {"AFIB": [0.8, 1.0]}, "ppv": [0.1, 0.3]},
    )
    for method in ("wardwatch", "clock")
]


def test_shares_have_a_picture_and_counts_a_table() -> None:
    section = by_method(figures_of(rows=ROWS), "")
    (figure,) = section.figures
    assert [cell.replace("\u00a0", " ") for cell in figure.table.rows[0]] == [
        "wardwatch",
        "0.90 (0.80 to 1.00)",
        "-",
    ]
    caught, singles = section.tables
    assert [*caught.rows[1]] == ["clock", "1,290", "0"]
    assert [*singles.heads] == ["Method", "PPV (95 %)", "Alarms"]
    assert [cell.replace("\u00a0", " ") for cell in singles.rows[0]] == [
        "wardwatch",
        "0.20 (0.10 to 0.30)",
        "7",
    ]


def test_only_what_all_methods_have_is_compared() -> None:
    assert (kinds_of(ROWS), single_of(ROWS)) == (["recall", "caught"], ["alarms"])
    assert (kinds_of([*ROWS, row_of("random")]), single_of([*ROWS, row_of("random")])) == ([], [])
    assert (kinds_of([]), single_of([])) == ([], [])
