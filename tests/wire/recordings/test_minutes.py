from pathlib import Path

import pytest

from tests.support.recording_files import faults, read_rows, read_streams, write_folder
from wardwatch.core.reading import Reading

TABLE = """\
local_time,heart_rate,steps
1970-01-02T00:00,74,0
1970-01-02T00:01,,12
1970-01-02T00:02,75,
1970-01-02T00:03,,
"""
DAY_MS = 86_400_000


def test_a_minute_is_a_reading_of_what_was_measured(tmp_path: Path) -> None:
    write_folder(tmp_path, {"W01.csv.gz": TABLE})
    assert read_rows(tmp_path / "W01.csv.gz") == [
        Reading(patient="W01", device="tracker", observed_at_ms=DAY_MS, heart_rate=74.0, steps=0.0),
        Reading(patient="W01", device="tracker", observed_at_ms=DAY_MS + 60_000, steps=12.0),
        Reading(patient="W01", device="tracker", observed_at_ms=DAY_MS + 120_000, heart_rate=75.0),
    ]


def test_a_folder_has_a_stream_for_each_wearer(tmp_path: Path) -> None:
    write_folder(tmp_path, {"W01.csv.gz": TABLE, "W02.csv": TABLE, "notes.txt": "nothing of ours\n"})
    patients = [{row.patient for row in rows if isinstance(row, Reading)} for rows in read_streams(tmp_path)]
    assert [names for names in patients if names] == [{"W01"}, {"W02"}]


def test_a_name_that_the_wire_does_not_allow_is_made_safe(tmp_path: Path) -> None:
    write_folder(tmp_path, {"W 01 (copy).csv": TABLE})
    patients = {row.patient for row in read_rows(tmp_path) if isinstance(row, Reading)}
    assert len(patients) == 1
    assert patients.pop().startswith("W_01__copy_-")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1970-01-02T00:00,74", "missing_field"),
        ("1970-01-02T00:00,74,0,1", "missing_field"),
        ("yesterday,74,0", "wrong_type"),
        ("1970-01-02T00:00,fast,0", "wrong_type"),
        ("1969-12-31T23:59,74,0", "wrong_type"),
        ("1970-01-02T00:00,\ufffd,0", "wrong_type"),
    ],
)
def test_a_broken_row_is_told_and_the_next_one_is_read(tmp_path: Path, line: str, reason: str) -> None:
    write_folder(tmp_path, {"W01.csv": f"local_time,heart_rate,steps\n{line}\n1970-01-02T00:01,70,3\n"})
    rows = read_rows(tmp_path)
    assert faults(rows) == [(reason, "W01.csv", 2)]
    assert len(rows) == 2
