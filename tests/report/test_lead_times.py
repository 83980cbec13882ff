from __future__ import annotations

from tests.support.reports import figures_of
from wardwatch.report.lead_times import lead_times


def test_shares_are_of_all_events_and_quartiles_of_those_caught() -> None:
    (figure,) = lead_times(figures_of(), "").figures
    rows = {row[0]: [*row[1:]] for row in figure.table.rows}
    assert rows["wardwatch"] == ["4", "3.5", "1.2 to 6.8", "30 %", "30 %", "20 %", "10 %", "10 %"]
    assert rows["random"] == ["0", "-", "- to -", "0 %", "0 %", "0 %", "0 %", "0 %"]
    assert rows["clock"][-1] == "60 %"
