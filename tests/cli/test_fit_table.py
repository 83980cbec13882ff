from wardwatch.cli.fit_table import tables

FIGURES = {
    "name": "ward 7",
    "patients": 1234,
    "patient_days": 5103.46,
    "vitals": [
        {
            "vital": "heart_rate",
            "patients": {"level": 34, "changes": 8, "rhythm": 8},
            "level": 77.18,
            "day_amplitude": 3.9,
            "spread": 7.405,
            "innovation_spread": 2.753,
            "memory_s": 811.8,
        },
        {
            "vital": "body_temperature",
            "patients": {"level": 0, "changes": 0, "rhythm": 0},
            "level": 36.8,
            "day_amplitude": 0.0,
            "spread": 0.3,
            "innovation_spread": 0.15,
            "memory_s": 3600.0,
        },
    ],
    "judged": {"patients": 8, "patient_days": 654.9, "readings": 412345},
    "false_alarms": [
        {"limit_bits": 9.0, "per_patient_day": 0.5},
        {"limit_bits": 12.0, "per_patient_day": 0.04},
    ],
    "sources": ["stays of ward 7", "deterioration: 61 patients, 210.4 patient-days"],
    "deterioration": [{"limit": 15.5, "per_patient_day": 0.04}],
}


def test_the_lines_for_people() -> None:
    assert [*tables(FIGURES)] == [
        "model ward 7: 1,234 patients, 5,103.5 patient-days",
        "",
        "vital             patients       level  day  spread  innovation  memory min",
        "heart_rate        34             77.2   3.9  7.41    2.75        14",
        "body_temperature  none: default  36.8   0.0  0.30    0.15        60",
        "",
        "references and false alarms from 8 patients, 654.9 patient-days, 412,345 judged readings",
        "",
        "limit in bits  false alarms a patient-day",
        "9              0.5000",
        "12             0.0400",
        "",
        "deterioration: 61 patients, 210.4 patient-days",
        "",
        "limit  alarms a patient-day",
        "15.5   0.0400",
    ]
