"""Small recordings of intensive care with their labels, in the layouts of CLIF and PhysioNet 2012."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

_START = datetime(2130, 1, 1, tzinfo=UTC)


def clif_tables(patients: int, *, hours: int = 60, ill: int) -> dict[str, str | bytes]:
    """The first ``ill`` of the patients grow worse for a day, and get a vasopressor 4 h before the end."""
    vitals = ["hospitalization_id,recorded_dttm,vital_name,vital_category,vital_value"]
    stays = ["patient_id,hospitalization_id,admission_dttm,age_at_admission"]
    people, events = ["patient_id,sex_category"], ["hospitalization_id,event_dttm,event"]
    for number in range(patients):
        random = np.random.default_rng(number)
        stays.append(f"p{number},h{number},{_START:%Y-%m-%d %H:%M:%S},{50 + 3 * number}")
        people.append(f"p{number},{'Female' if number % 2 else 'Male'}")
        for hour in range(hours):
            time = f"{_START + timedelta(days=365 * number, hours=hour):%Y-%m-%d %H:%M:%S}"
            worse = max(hour - (hours - 24), 0) if number < ill else 0
            for name, value in (
                ("heart_rate", 80 + 2 * worse + 2 * random.standard_normal()),
                ("respiratory_rate", 16 + 0.5 * worse + random.standard_normal()),
                ("sbp", 120 - 2 * worse + 3 * random.standard_normal()),
            ):
                vitals.append(f"h{number},{time},{name},{name},{value:.0f}")
        if number < ill:
            onset = _START + timedelta(days=365 * number, hours=hours - 4)
            events.append(f"h{number},{onset:%Y-%m-%d %H:%M:%S},vasopressor_start")
    tables = {"vitals": vitals, "hospitalization": stays, "patient": people, "events": events}
    return {f"{name}.csv": "\n".join(lines) + "\n" for name, lines in tables.items()}


def physionet2012_stays(patients: int, *, died: int) -> dict[str, str | bytes]:
    """Two days of each; the first ``died`` of them have a fast heart and fast breathing."""
    files: dict[str, str | bytes] = {}
    outcomes = ["RecordID,SAPS-I,In-hospital_death"]
    for number in range(patients):
        random = np.random.default_rng(number)
        name = 100000 + number
        lines = ["Time,Parameter,Value", f"00:00,RecordID,{name}", f"00:00,Age,{50 + 3 * number}"]
        lines.append(f"00:00,Gender,{number % 2}")
        for hour in range(48):
            worse = hour if number < died else 0
            lines.append(f"{hour:02}:10,HR,{75 + worse + 2 * random.standard_normal():.0f}")
            lines.append(f"{hour:02}:10,RespRate,{15 + worse / 4 + random.standard_normal():.0f}")
        files[f"{name}.txt"] = "\n".join(lines) + "\n"
        outcomes.append(f"{name},10,{int(number < died)}")
    return files | {"outcomes.csv": "\n".join(outcomes) + "\n"}
