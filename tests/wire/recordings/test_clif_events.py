from pathlib import Path

from tests.support.recording_files import Files, write_folder, write_tar
from wardwatch.wire.recordings.clif_events import Course, Happening, courses_of
from wardwatch.wire.recordings.source import Source

# 2026-01-01T00:00:00Z
START_MS, HOUR_MS = 1_767_225_600_000, 3_600_000
FILES: Files = {
    "events.csv.gz": (
        "hospitalization_id,event_dttm,event,hours_of_vitals_before\n"
        "h2,2026-01-01 05:00:00+00:00,death,5\n"
        "h1,2026-01-01 02:00:00+00:00,vasopressor_start,2\n"
        "h1,when,death,\n"
        "h9,2026-01-01 01:00:00+00:00,death,1\n"
        "h1\n"
    ),
    "hospitalization.csv": (
        "patient_id,hospitalization_id,age_at_admission\np1,h1,52\np1,h2,53\np2,h3,unknown\np 3,h4,81\n"
    ),
    "patient.csv": "patient_id,sex_category\np1,Female\np2,male\np4,Unknown\n",
    "vitals.csv": "hospitalization_id,recorded_dttm,vital_category,vital_value,vital_name\n",
}


def test_what_happened_is_told_by_patient_in_order_of_time(tmp_path: Path) -> None:
    courses = courses_of(Source(write_folder(tmp_path, FILES)))
    assert courses["p1"] == Course(
        events=(
            Happening(START_MS + 2 * HOUR_MS, "vasopressor_start"),
            Happening(START_MS + 5 * HOUR_MS, "death"),
        ),
        sex="female",
        age_years=52.0,
    )
    assert courses["p2"] == Course(sex="male")
    assert courses["p4"] == Course()


def test_patients_are_named_as_the_readings_name_them(tmp_path: Path) -> None:
    courses = courses_of(Source(write_tar(tmp_path / "tables.tar.gz", FILES)))
    assert [name for name in courses if name.startswith("p_3-")]
    # A stay that no table assigns to a patient is a patient of its own.
    assert courses["h9"].events == (Happening(START_MS + HOUR_MS, "death"),)


def test_without_a_table_of_events_nothing_has_happened(tmp_path: Path) -> None:
    courses = courses_of(Source(write_folder(tmp_path, {"patient.csv": FILES["patient.csv"]})))
    assert all(course.events == () for course in courses.values())
