import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
from wardwatch.wire.recordings.opening import open_recording
from wardwatch.wire.recordings.physionet2012 import EPOCH_MS

HEADER = "Time,Parameter,Value\n"
PERSON = "00:00,RecordID,132539\n00:00,Age,54\n00:00,Gender,0\n00:00,Height,-1\n00:00,ICUType,4\n"
STAY = HEADER + PERSON + "00:07,GCS,15\n00:07,HR,73\n00:07,RespRate,19\n00:07,Urine,900\n47:37,Temp,37.8\n"
MINUTE_MS = 60_000


def reading(minute: int, **values: float | bool) -> Reading:
    at_ms = EPOCH_MS + minute * MINUTE_MS
    return Reading(patient="132539", device="icu-chart", observed_at_ms=at_ms, **values)  # type: ignore[arg-type]


def read(tmp_path: Path, lines: str) -> list[object]:
    return [*read_rows(write_folder(tmp_path, {"132539.txt": HEADER + PERSON + lines}))]


def test_a_minute_is_a_reading_of_the_vitals_alone(tmp_path: Path) -> None:
    assert read_rows(write_folder(tmp_path, {"132539.txt": STAY})) == [
        reading(7, heart_rate=73.0, respiratory_rate=19.0),
        reading(47 * 60 + 37, body_temperature=37.8),
    ]


def test_all_vitals_have_their_names(tmp_path: Path) -> None:
    lines = "00:10,DiasABP,65\n00:10,MAP,75\n00:10,SysABP,95\n00:10,SaO2,97\n00:10,FiO2,0.4\n"
    assert read(tmp_path, lines) == [
        reading(
            10,
            systolic_pressure=95.0,
            diastolic_pressure=65.0,
            mean_pressure=75.0,
            oxygen_saturation=97.0,
            on_oxygen=True,
        )
    ]


def test_who_breathes_air_is_not_on_oxygen(tmp_path: Path) -> None:
    assert read(tmp_path, "00:10,FiO2,0.21\n") == [reading(10, on_oxygen=False)]


def test_a_cuff_goes_with_the_rest_where_there_is_no_arterial_line(tmp_path: Path) -> None:
    lines = "00:10,HR,70\n00:10,NIDiasABP,60\n00:10,NISysABP,110\n00:10,NIMAP,80\n"
    assert read(tmp_path, lines) == [
        reading(10, heart_rate=70.0, systolic_pressure=110.0, diastolic_pressure=60.0, mean_pressure=80.0)
    ]


def test_two_methods_of_one_minute_are_never_mixed(tmp_path: Path) -> None:
    lines = "00:10,HR,70\n00:10,SysABP,95\n00:10,NIDiasABP,60\n00:10,NISysABP,110\n"
    assert read(tmp_path, lines) == [
        reading(10, heart_rate=70.0, systolic_pressure=95.0),
        reading(10, systolic_pressure=110.0, diastolic_pressure=60.0),
    ]


def test_a_vital_that_repeats_within_the_minute_comes_in_a_further_reading(tmp_path: Path) -> None:
    assert read(tmp_path, "00:10,HR,70\n00:10,Temp,37\n00:10,HR,75\n") == [
        reading(10, heart_rate=70.0, body_temperature=37.0),
        reading(10, heart_rate=75.0),
    ]


STAYS: Files = {"a/132539.txt": STAY, "a/132540.txt": STAY, "outcomes.csv": "RecordID,In-hospital_death\n"}


def test_folders_and_archives_give_the_same_stays(tmp_path: Path) -> None:
    paths = [
        write_folder(tmp_path / "folder", STAYS),
        write_tar(tmp_path / "stays.tar", STAYS),
        write_tar(tmp_path / "stays.tar.gz", STAYS),
        write_zip(tmp_path / "stays.zip", STAYS),
    ]
    for path in paths:
        assert open_recording(path).layout == "PhysioNet 2012 stays"
        patients = [{row.patient for row in rows if isinstance(row, Reading)} for rows in read_streams(path)]
        assert sorted(name for names in patients for name in names) == ["132539", "132540"], path.name


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("00:10,HR", "missing_field"),
        ("00:10,HR,70,80", "missing_field"),
        ("00:10,HR,fast", "wrong_type"),
        ("0010,HR,70", "wrong_type"),
        ("-1:10,HR,70", "wrong_type"),
        ("00:10:00,HR,70", "wrong_type"),
        ("99999999999999:10,HR,70", "wrong_type"),
    ],
)
def test_a_broken_row_is_told_and_the_next_one_is_read(tmp_path: Path, line: str, reason: str) -> None:
    write_folder(tmp_path, {"132539.txt": f"{STAY}{line}\n47:40,HR,80\n"})
    rows = read_rows(tmp_path)
    assert faults(rows) == [(reason, "132539.txt", 12)]
    assert rows[-1] == reading(47 * 60 + 40, heart_rate=80.0)


def test_a_stay_that_is_cut_short_ends_with_a_row_that_says_so(tmp_path: Path) -> None:
    lines = "".join(f"{minute // 60:02}:{minute % 60:02},HR,{60 + minute % 40}\n" for minute in range(2880))
    whole = gzip.compress((HEADER + lines).encode())
    write_folder(tmp_path, {"132539.txt": STAY})
    (tmp_path / "132540.txt.gz").write_bytes(whole[: len(whole) // 2])
    rows = read_rows(tmp_path)
    assert [reason for reason, *_ in faults(rows)] == ["damaged_file"]
    assert {row.patient for row in rows if isinstance(row, Reading)} == {"132539", "132540"}


@given(st.lists(st.tuples(st.integers(0, 2879), st.sampled_from(["HR", "NISysABP", "SysABP", "Weight"]))))
def test_each_value_of_a_vital_comes_once_and_in_order_of_time(
    tmp_path_factory: pytest.TempPathFactory, measured: list[tuple[int, str]]
) -> None:
    measured.sort()
    lines = [f"{at // 60:02}:{at % 60:02},{name},{100 + place}" for place, (at, name) in enumerate(measured)]
    path = tmp_path_factory.mktemp("stay") / "p.txt"
    path.write_text(HEADER + "\n".join(lines))
    readings = [row for row in read_rows(path) if isinstance(row, Reading)]
    assert len(faults(read_rows(path))) == 0
    values = sorted(
        value for row in readings for value in (row.heart_rate, row.systolic_pressure) if value is not None
    )
    assert values == [100 + place for place, (_, name) in enumerate(measured) if name != "Weight"]
    instants = [row.observed_at_ms for row in readings]
    assert instants == sorted(instants)
