"""What only one suite has is told without knowing the suite."""

from __future__ import annotations

from tests.support.reports import figures_of, row_of
from wardwatch.report.further import further


def test_lists_and_objects_become_tables_and_single_values_lines() -> None:
    own = {
        "kinds": {"a": {"events": 1, "share": 0.5}, "b": {"events": 1_234, "share": None}},
        "healthy": {"alarms": 3, "interval": [0.1, 0.25], "by": [{"name": "x_y", "in": {"h": True}}]},
    }
    section = further(figures_of(**own, rows=[row_of("wardwatch", AFIB="some"), row_of("clock")]), "")
    assert section is not None
    (counted,) = section.tables
    assert [*counted.rows] == [("Window (h)", "-12 to 3")]
    parts = {part.title: [*part.tables] for part in section.parts}
    assert parts["Kinds"][0].heads == ["Of", "Events", "Share"]
    assert [*parts["Kinds"][0].rows] == [["a", "1", "0.5"], ["b", "1,234", "-"]]
    single, listed = parts["Healthy"]
    assert [*single.rows] == [("Alarms", "3"), ("Interval", "0.1 to 0.25")]
    assert (listed.heads, [*listed.rows]) == (["Name", "In h"], [["x y", "yes"]])
    assert [*parts["More of wardwatch"][0].rows] == [("AFIB", "some")]
    assert [*parts["Courses"][0].rows] == [["heart block", "3", "0.1 to 0.9", "1.5"]]


def test_without_anything_else_there_is_no_section() -> None:
    figures = figures_of()
    del figures["courses"], figures["window_h"]
    assert further(figures, "") is None
