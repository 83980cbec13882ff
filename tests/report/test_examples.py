from __future__ import annotations

from tests.support.reports import example_of, figures_of
from wardwatch.report.examples import examples


def test_an_alarm_has_its_reasons_its_charts_and_a_column_an_hour() -> None:
    first, second = examples(figures_of(), "").parts
    assert first.title == "Alarm 1: HR 134 > 130"
    assert dict(first.terms)["Was it right"].startswith("false")
    assert dict(second.terms)["Was it right"] == "in the window of an event"
    (figure,) = first.figures
    assert [*figure.table.heads] == ["Vital", "-2 h", "-1 h", "0 h", "+1 h"]
    assert [*figure.table.rows] == [
        ("HR, /min", "90", "110", "134", "128"),
        ("Temp, °C", "-", "38.0", "-", "-"),
    ]
    assert "HR, /min (alarms)" in figure.svg
    assert "Temp, °C (alarms)" not in figure.svg


def test_an_alarm_without_readings_around_it_has_no_chart() -> None:
    blank = example_of(1) | {"series": {"heart_rate": []}}
    assert [*examples(figures_of(examples=[blank]), "").parts[0].figures] == []
