from pathlib import Path

import pytest

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
from wardwatch.wire.recordings.vitaldb import EPOCH_MS
from wardwatch.wire.recordings.vitaldb_rhythms import beats_of

HEADER = "time_second,beat_type,rhythm_label,bad_signal_quality,bad_signal_quality_label\n"
BEATS = HEADER + "100.0,N,N,False,\n100.8,N,N,False,\n101.5,V,AFIB/AFL,TRUE,Start1\n"


def reading(at_ms: int, interval_ms: int, quality: float, patient: str = "case_1") -> Reading:
    return Reading(
        patient=patient,
        device="ecg",
        observed_at_ms=EPOCH_MS + at_ms,
        heart_rate=60_000 / interval_ms,
        rr_interval_ms=float(interval_ms),
        signal_quality=quality,
    )


def test_each_beat_but_the_first_is_a_reading_with_its_interval_and_quality(tmp_path: Path) -> None:
    write_folder(tmp_path, {"case_1.csv": BEATS})
    assert open_recording(tmp_path).layout == "VitalDB arrhythmias"
    assert read_rows(tmp_path) == [reading(100_800, 800, 1.0), reading(101_500, 700, 0.0)]


def test_columns_stand_in_any_order_with_a_mark_before_them_and_any_line_ends(tmp_path: Path) -> None:
    others = "\ufeffcaseid,beat_type,time_second,rhythm_label,bad_signal_quality\r\n"
    others += "1,N,100.0,N,FALSE\r\n1,N,100.8,,FALSE\r\n1,N,101.5,NaN,TRUE\r\n"
    write_folder(tmp_path, {"case_1.csv": others})
    assert read_rows(tmp_path) == [reading(100_800, 800, 1.0), reading(101_500, 700, 0.0)]
    labels = beats_of(open_recording(tmp_path).source)["case_1"]
    assert [beat.rhythm for beat in labels] == ["N", "", ""]


def test_two_beats_of_one_instant_have_no_rate_and_an_interval_of_nothing(tmp_path: Path) -> None:
    write_folder(tmp_path, {"case_1.csv": HEADER + "100.0,N,N,False,\n100.0,N,N,False,\n"})
    [row] = read_rows(tmp_path)
    assert isinstance(row, Reading)
    assert (row.heart_rate, row.rr_interval_ms) == (None, 0.0)


PATIENTS: Files = {"set/a.csv": BEATS, "set/b.csv": BEATS, "set/metadata.csv": "case_id,total_beats\n1,3\n"}


def test_folders_and_archives_give_the_same_patients(tmp_path: Path) -> None:
    paths = [
        write_folder(tmp_path / "folder", PATIENTS),
        write_tar(tmp_path / "beats.tar.gz", PATIENTS),
        write_zip(tmp_path / "beats.zip", PATIENTS),
    ]
    for path in paths:
        rows = [row for rows in read_streams(path) for row in rows]
        assert sorted({row.patient for row in rows if isinstance(row, Reading)}) == ["a", "b"]
        assert sorted(beats_of(open_recording(path).source)) == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("102.0,N,N", "missing_field"),
        ("soon,N,N,False,", "wrong_type"),
        ("nan,N,N,False,", "wrong_type"),
        ("1e300,N,N,False,", "wrong_type"),
        ("102.0,N,N,perhaps,", "wrong_type"),
        ("-1e12,N,N,False,", "wrong_type"),
    ],
)
def test_a_broken_row_is_told_and_the_next_one_is_read(tmp_path: Path, line: str, reason: str) -> None:
    write_folder(tmp_path, {"case_1.csv": f"{BEATS}{line}\n102.3,N,SVTA,False,\n"})
    rows = read_rows(tmp_path)
    assert faults(rows) == [(reason, "case_1.csv", 5)]
    assert rows[-1] == reading(102_300, 800, 1.0)
    assert [beat.rhythm for beat in beats_of(open_recording(tmp_path).source)["case_1"]][-1] == "SVTA"


def test_of_an_archive_that_breaks_off_the_beats_before_are_read(tmp_path: Path) -> None:
    many = HEADER + "".join(f"{100 + 0.8 * beat:.3f},N,N,False,\n" for beat in range(20_000))
    whole = write_tar(tmp_path / "beats.tar.gz", {"a.csv": BEATS, "b.csv": many}).read_bytes()
    (tmp_path / "beats.tar.gz").write_bytes(whole[: len(whole) * 2 // 3])
    rows = read_rows(tmp_path / "beats.tar.gz")
    assert faults(rows)
    assert "a" in {row.patient for row in rows if isinstance(row, Reading)}
    assert "a" in beats_of(open_recording(tmp_path / "beats.tar.gz").source)
