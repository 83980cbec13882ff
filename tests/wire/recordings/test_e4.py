from pathlib import Path

from tests.support.recording_files import (
    Files,
    faults,
    read_rows,
    read_streams,
    write_folder,
    write_tar,
    write_zip,
)
from wardwatch.core.reading import Reading

# Heart rate once a second from second 1,010 on, temperature four times a second from 1,009.5 on.
HEART_RATE = "1010.000000\n1.000000\n70.0\n80.0\n"
TEMPERATURE = "1009.500000\n4.000000\n30.0\n31.0\n32.0\n33.0\n34.0\n35.0\n36.0\n"
SESSION: Files = {
    "HR.csv": HEART_RATE,
    "TEMP.csv": TEMPERATURE,
    "EDA.csv": "1009.0\n4.0\n0.1\n",
    "ACC.csv": "1009.0, 1009.0, 1009.0\n32.0, 32.0, 32.0\n-2,43,43\n",
    "IBI.csv": "1009.0, IBI\n0.5,0.8\n",
    "tags_S01.csv": "1011\n",
}


def reading(patient: str, second: int, heart_rate: float | None, skin_temperature: float | None) -> Reading:
    return Reading(
        patient=patient,
        device="e4",
        observed_at_ms=second * 1000,
        heart_rate=heart_rate,
        skin_temperature=skin_temperature,
    )


def expected(patient: str) -> list[Reading]:
    return [
        reading(patient, 1009, None, 30.5),
        reading(patient, 1010, 70.0, 33.5),
        reading(patient, 1011, 80.0, 36.0),
    ]


def test_files_of_other_starts_and_rates_become_one_reading_a_second(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "S01", SESSION)
    assert read_rows(folder) == expected("S01")


def test_an_export_is_a_zip_of_one_session_named_after_it(tmp_path: Path) -> None:
    assert read_rows(write_zip(tmp_path / "1644226061_A00123.zip", SESSION)) == expected("1644226061_A00123")


def test_archives_give_a_stream_for_each_session_in_whatever_order_the_files_lie(tmp_path: Path) -> None:
    files: Files = {
        "study/S02/TEMP.csv": TEMPERATURE,
        "study/S01/HR.csv": HEART_RATE,
        "study/LICENSE": "as you like\n",
        "study/S02/HR.csv": HEART_RATE,
        "study/S01/TEMP.csv": TEMPERATURE,
    }
    for path in (write_tar(tmp_path / "e4.tar.gz", files), write_folder(tmp_path / "e4", files)):
        streams = read_streams(path)
        assert sorted(streams, key=str) == [expected("S01"), expected("S02")], path.name


def test_sessions_of_one_name_below_different_wearers_stay_apart(tmp_path: Path) -> None:
    files = {f"{wearer}/first/HR.csv": HEART_RATE for wearer in ("anna", "ben")}
    patients = {row.patient for row in read_rows(write_folder(tmp_path, files)) if isinstance(row, Reading)}
    assert patients == {"anna/first", "ben/first"}


def test_a_broken_value_is_told_and_shifts_no_other(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "S01", {"HR.csv": "1010.0\n1.0\n70.0\n?\n90.0\n"})
    rows = read_rows(folder)
    assert faults(rows) == [("wrong_type", "HR.csv", 4)]
    assert [row for row in rows if isinstance(row, Reading)] == [
        reading("S01", 1010, 70.0, None),
        reading("S01", 1012, 90.0, None),
    ]


def test_a_file_without_a_start_or_a_possible_rate_is_told_and_the_other_is_read(
    tmp_path: Path,
) -> None:
    for number, broken in enumerate(("", "1010.0\n0.0\n30.0\n", "1010.0\n1e9\n30.0\n", "soon\n4.0\n30.0\n")):
        folder = write_folder(tmp_path / f"S{number}", {"HR.csv": HEART_RATE, "TEMP.csv": broken})
        rows = read_rows(folder)
        assert faults(rows) == [("wrong_value", "TEMP.csv", 1)]
        assert len(rows) == 3


def test_activity_rides_with_the_seconds_it_belongs_to(tmp_path: Path) -> None:
    files = {"HR.csv": HEART_RATE, "ACTIVITY_1HZ.csv": "1011.000000\n1.000000\n0.0047\n0.2\n"}
    rows = [row for row in read_rows(write_folder(tmp_path / "S01", files)) if isinstance(row, Reading)]
    assert [(row.observed_at_ms // 1000, row.heart_rate, row.activity) for row in rows] == [
        (1010, 70.0, None),
        (1011, 80.0, 0.0047),
        (1012, None, 0.2),
    ]
