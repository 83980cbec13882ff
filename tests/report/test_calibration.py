from __future__ import annotations

from tests.support.reports import figures_of
from wardwatch.report.calibration import calibration


def test_the_rate_obtained_is_held_against_the_one_that_was_set() -> None:
    section = calibration(figures_of(), "")
    assert section.text[0].startswith("The rate obtained is within 15% of what was set at 1 of 3 rates.")
    rows = [[*row] for row in section.figures[0].table.rows]
    assert [row[:2] + row[3:] for row in rows] == [
        ["0.1", "0.110", "10 %", "yes"],
        ["0.25", "0.400", "60 %", "no"],
        ["1", "-", "-", "not known"],
    ]


def test_no_alarm_at_all_is_no_calibration_and_can_be_drawn() -> None:
    none = [{"set": rate, "obtained": 0.0, "interval": [0.0, 0.0]} for rate in (0.1, 1.0)]
    assert "0 of 2 rates" in calibration(figures_of(calibration=none), "").text[0]
