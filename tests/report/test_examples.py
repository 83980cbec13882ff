from __future__ import annotations

from tests.support.reports import example_of, figures_of
from wardwatch.report.examples import examples


def test_an_alarm_has_its_reasons_its_charts_and_their_numbers() -> None:
    first, second = examples(figures_of(), "").parts
    assert first.title == "Alarm 1: HR 134 > 130"
    assert dict(first.terms)["Was it right"].startswith("false")
    assert dict(second.terms)["Was it right"] == "in the window of an event"
    (figure,) = first.figures
    assert [*figure.table.heads] == ["Vital", "-90 min", "-30 min", "-15 min", "0", "+1 h"]
    assert [*figure.table.rows] == [
        ("HR, /min", "90", "110", "-", "134", "128"),
        ("Temp, °C", "-", "-", "38.0", "-", "-"),
    ]
    assert "HR, /min (alarms)" in figure.svg
    assert "Temp, °C (alarms)" not in figure.svg


def test_an_alarm_without_readings_around_it_has_no_chart() -> None:
    blank = example_of(1) | {"series": {"heart_rate": []}}
    assert [*examples(figures_of(examples=[blank]), "").parts[0].figures] == []


def test_minutes_are_told_in_minutes_and_half_days_in_hours() -> None:
    minutes = {"heart_rate": [[-0.05, 60.0], [0.0, 61.0], [0.01, 63.0]]}
    days = {"heart_rate": [[-12.0, 60.0], [-11.8, 62.0], [3.0, 70.0]]}
    found = [example_of(1) | {"series": minutes}, example_of(2) | {"series": days}]
    charts = [part.figures[0] for part in examples(figures_of(examples=found), "").parts]
    assert [[*chart.table.heads[1:]] for chart in charts] == [["-3 min", "0"], ["-12 h", "+3 h"]]
    assert [[*chart.table.rows[0][1:]] for chart in charts] == [["60", "62"], ["61", "70"]]
    assert ["Minutes from" in chart.svg for chart in charts] == [True, False]
