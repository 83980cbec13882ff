from typing import Any

from wardwatch.cli.suite_tables import simulated_tables, worn_tables
from wardwatch.evaluating.evaluation import OPERATING_POINTS

POINTS = dict.fromkeys(OPERATING_POINTS, 0.5)
ROW = {
    "method": "wardwatch",
    "auroc": None,
    "auprc": None,
    "utility": None,
    "ppv": None,
    "lead_time_h": None,
    "sensitivity": POINTS,
    "false_alarms": POINTS,
    "alarming": POINTS,
    "intervals": {},
}
RATE = {"alarms": 1, "per_patient_day": 0.1, "interval": None, "began_in_motion": None}
CAUGHT: dict[str, Any] = {
    "events": 0, "sensitivity": None, "interval": None, "by_fixed": None, "by_learned": None,
    "delay_minutes": None, "first_by_rule": {},
}  # fmt: skip
ALARMED: dict[str, Any] = {"bursts": 0, "share": None, "interval": None, "by_rule": {}}
COMMON = {"patients": 2, "patient_days": 3.0, "events": 0, "seed": 1, "version": "1", "rows": [ROW]}
NIGHT = {
    "method": "NightSignal",
    "sensitivity": 0.58,
    "sensitivity_anew": 0.4,
    "episodes_in_100_nights": 5.65,
    "intervals": {"sensitivity": [0.5, 0.6], "sensitivity_anew": None, "episodes_in_100_nights": [5.0, 6.0]},
}


def worn(**more: Any) -> list[str]:
    figures = COMMON | {
        "rows": [ROW | {"counts": "learned alarms", "with_fixed": {"sensitivity": POINTS}}, ROW],
        "burden": dict.fromkeys(("outside_nightly", "fixed", "learned", "nightly"), RATE) | {"rows": []},
        "injected": {"all": CAUGHT, "kinds": {}},
        "artefacts": {"all": ALARMED, "kinds": {}},
        "calibration": [{"set": 0.05, "obtained": 0.0512, "interval": None}],
        "nightly": {"bumps": 0, "rows": []},
    }
    return [*worn_tables(figures | more)]


def test_the_burden_is_told_at_its_rates() -> None:
    lines = worn()
    assert any(line.startswith("  wardwatch (learned alarms) ") and "50.0 %" in line for line in lines)
    assert any(line.startswith("  with the hard limits ") for line in lines)
    assert any(line.startswith("  0.05 ") and "0.0512" in line for line in lines)
    assert not any("bumps" in line or "stress" in line for line in lines)


def test_nights_and_stress_are_told_where_there_are_any() -> None:
    stress = {
        "wearers": 2,
        "hours": {"stress": 1.5, "other": 2.0},
        "rows": [{"method": "static limits", "in_stress": 7, "else": 3}],
    }
    lines = worn(nightly={"bumps": 12, "rows": [NIGHT]}, stress=stress)
    assert any(line.startswith("  NightSignal ") and "58.0 %" in line and "5.65" in line for line in lines)
    assert any(line.startswith("alarms of 2 wearers ") and "1.5 h" in line for line in lines)
    assert any(line.split() == ["static", "limits", "7", "3"] for line in lines)


def test_illnesses_and_faults_of_a_simulation_are_told() -> None:
    fault = {
        "fault": "off_body",
        "faults": 4,
        "of_healthy": 3,
        "physiological": 1,
        "technical": "device.off_body",
        "told": 2,
        "delay_minutes": 1.0,
    }
    unheard = fault | {"fault": "odd", "technical": None, "told": None, "delay_minutes": None}
    course = {"course": "sepsis", "events": 2, "caught": 1, "sensitivity": 0.5, "interval": [0.1, 0.9]}
    lines = [
        *simulated_tables(
            COMMON
            | {
                "subgroups": [],
                "calibration": [],
                "healthy": {"per_patient_day": 0.25, "interval": [0.1, 0.4]},
                "courses": [course | {"delay_minutes": {"q1": 1.0, "median": 2.0, "q3": 3.0}}],
                "faults": [fault, unheard],
            }
        )
    ]
    assert any("0.25 physiological alarms a patient-day" in line for line in lines)
    assert any(line.startswith("  sepsis ") and "2.0 (1.0 to 3.0)" in line for line in lines)
    assert any(line.startswith("  off_body ") and "50 %" in line for line in lines)
    assert any(line.split() == ["odd", "4", "3", "1", "-", "-", "-"] for line in lines)
