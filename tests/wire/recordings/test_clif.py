from pathlib import Path

import pytest

from tests.support.recording_files import faults, read_rows, read_streams, write_folder
from wardwatch.core.events import Placement, Reason
from wardwatch.core.monitor import Monitor, Outcome
from wardwatch.core.reading import Batch, Reading
from wardwatch.wire.recordings import clif
from wardwatch.wire.recordings.recording import instant_ms

HEADER = "hospitalization_id,recorded_dttm,vital_name,vital_category,vital_value,meas_site_name\n"
TIME = "2110-04-11 20:54:00+00:00"
LATER = "2110-04-11 21:54:00+00:00"


def row(category: str, value: float, *, stay: str = "h1", time: str = TIME, method: str = "Cuff") -> str:
    return f"{stay},{time},{method},{category},{value},\n"


def reading(time: str, patient: str = "h1", **values: float) -> Reading:
    return Reading(
        patient=patient,
        device="icu-chart",
        observed_at_ms=instant_ms(time),
        **values,  # type: ignore[arg-type]
    )


def test_rows_of_one_instant_are_one_reading_in_order_of_time_whatever_the_order_of_the_table(
    tmp_path: Path,
) -> None:
    rows = [
        row("spo2", 97, time=LATER),
        row("heart_rate", 55.0),
        row("temp_c", 36.8),
        row("height_cm", 180),
        row("heart_rate", 60.0, stay="h2"),
        row("respiratory_rate", 14),
    ]
    write_folder(tmp_path, {"vitals.csv.gz": HEADER + "".join(rows)})
    assert [stream for stream in read_streams(tmp_path) if stream] == [
        [
            reading(TIME, heart_rate=55.0, body_temperature=36.8, respiratory_rate=14.0),
            reading(LATER, oxygen_saturation=97.0),
        ],
        [reading(TIME, "h2", heart_rate=60.0)],
    ]


def test_a_repeat_becomes_a_further_reading_and_pressures_of_a_method_stay_together(
    tmp_path: Path,
) -> None:
    rows = [
        row("dbp", 60, method="Cuff diastolic"),
        row("sbp", 131, method="Arterial systolic"),
        row("map", 91, method="Arterial mean"),
        row("sbp", 120, method="Cuff systolic"),
        row("dbp", 71, method="Arterial diastolic"),
    ]
    write_folder(tmp_path, {"vitals.csv": HEADER + "".join(rows)})
    assert read_rows(tmp_path) == [
        reading(TIME, systolic_pressure=131.0, mean_pressure=91.0, diastolic_pressure=71.0),
        reading(TIME, systolic_pressure=120.0, diastolic_pressure=60.0),
    ]


def test_stays_become_their_patient_and_moves_come_before_the_readings_that_follow(tmp_path: Path) -> None:
    write_folder(
        tmp_path,
        {
            "adt.csv": "patient_id,hospitalization_id,in_dttm,location_name,location_category\n"
            'p1,h2,2110-04-11 21:00:00+00:00,"Surgery, north (SICU)",icu\n'
            "p1,h1,2110-04-11 20:00:00+00:00,,ed\n",
            "clif_vitals.csv": HEADER + row("heart_rate", 55) + row("heart_rate", 66, stay="h2", time=LATER),
            "hospitalization.csv": "patient_id,hospitalization_id,admission_dttm\np1,h1,x\np1,h2,x\n",
        },
    )
    assert read_rows(tmp_path) == [
        Placement(patient="p1", ward="ed", bed="-"),
        reading(TIME, "p1", heart_rate=55.0),
        Placement(patient="p1", ward="Surgery-north-SICU", bed="-"),
        reading(LATER, "p1", heart_rate=66.0),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("h1,2110-04-11\n", "missing_field"),
        ('h1,"2110\n', "missing_field"),
        ("h1,soon,Cuff,heart_rate,60,\n", "wrong_type"),
        (f"h1,{TIME},Cuff,heart_rate,fast,\n", "wrong_type"),
    ],
)
def test_a_broken_row_is_told_and_the_next_one_is_read(tmp_path: Path, line: str, reason: str) -> None:
    write_folder(tmp_path, {"vitals.csv": HEADER + line + row("heart_rate", 60)})
    rows = read_rows(tmp_path)
    assert faults(rows) == [(reason, "vitals.csv", 2)]
    assert len(rows) == 2


def test_a_table_that_would_fill_the_memory_is_not_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clif, "MAXIMUM_ROWS", 2)
    rows = "".join(row("heart_rate", 60 + minute, time=f"2110-04-11 20:0{minute}") for minute in range(5))
    write_folder(tmp_path, {"vitals.csv": HEADER + rows})
    assert faults(read_rows(tmp_path)) == [("file_too_large", "vitals.csv", 4)]


@pytest.mark.parametrize(
    ("category", "value", "reason"),
    [
        ("heart_rate", 0, Reason.OUT_OF_RANGE),
        ("map", -27, Reason.OUT_OF_RANGE),
        ("map", 801, Reason.OUT_OF_RANGE),
        ("temp_c", 99.0, Reason.OTHER_UNIT),
        ("spo2", 0.97, Reason.OTHER_UNIT),
    ],
)
def test_the_faults_of_real_tables_are_refused_for_the_right_reason(
    tmp_path: Path, category: str, value: float, reason: Reason
) -> None:
    write_folder(tmp_path, {"vitals.csv": HEADER + row(category, value) + row("respiratory_rate", 14)})
    outcome = watched(tmp_path)
    assert [refusal.reason for refusal in outcome.refusals] == [reason]
    assert outcome.readings_refused == 0


def test_a_repeated_value_is_refused_as_a_duplicate(tmp_path: Path) -> None:
    write_folder(tmp_path, {"vitals.csv": HEADER + row("heart_rate", 70) + row("heart_rate", 71)})
    outcome = watched(tmp_path)
    assert [refusal.reason for refusal in outcome.refusals] == [Reason.DUPLICATE]
    assert (outcome.readings, outcome.readings_refused) == (2, 1)


def watched(path: Path) -> Outcome:
    monitor = Monitor()
    monitor.receive(Batch.of(read_rows(path)))
    return monitor.drain()
