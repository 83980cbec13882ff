"""The monitor's own alarms, by condition, at the one setting that the rules have."""

from __future__ import annotations

from wardwatch.report.parts import Section, Table
from wardwatch.report.words import Figures, interval_of, number, percent, with_interval


def own_alarms(figures: Figures, name: str) -> Section:
    """With all their waiting and latching: what a ward would hear."""
    heads = (
        "Condition",
        "Alarms",
        "A patient-day (95 %)",
        "False a patient-day",
        "Events caught (95 %)",
        "PPV",
    )
    rows = [
        (
            one["condition"],
            f"{one['alarms']:,}",
            with_interval(one["per_patient_day"], interval_of(one, "per_patient_day")),
            number(one["false_per_patient_day"]),
            with_interval(one["sensitivity"], interval_of(one, "sensitivity"), 2),
            percent(one["ppv"]),
        )
        for one in figures["alarms"]
    ]
    return Section(
        name=f"{name}alarms",
        title="Alarms as they are set",
        text=[
            "What a ward would have heard with the rules as they are, whatever the operating points above."
        ],
        tables=[Table(caption="The monitor's own alarms by condition", heads=heads, rows=rows)],
    )
