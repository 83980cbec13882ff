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
from wardwatch.wire.recordings.physionet2019 import EPOCH_MS

HEADER = "HR|O2Sat|Temp|SBP|MAP|DBP|Resp|Glucose|Age|ICULOS|SepsisLabel\n"
STAY = HEADER + "NaN|NaN|NaN|NaN|NaN|NaN|NaN|110|83|1|0\n" + "56.5|100|35.2|129|75|52.5|23|NaN|83|2|0\n"
HOUR_MS = 3_600_000


def test_an_hour_is_a_reading_of_the_vitals_alone(tmp_path: Path) -> None:
    write_folder(tmp_path, {"p100002.psv": STAY})
    assert read_rows(tmp_path / "p100002.psv") == [
        Reading(
            patient="p100002",
            device="icu-chart",
            observed_at_ms=EPOCH_MS + 2 * HOUR_MS,
            heart_rate=56.5,
            oxygen_saturation=100.0,
            body_temperature=35.2,
            systolic_pressure=129.0,
            mean_pressure=75.0,
            diastolic_pressure=52.5,
            respiratory_rate=23.0,
        )
    ]


STAYS: Files = {"set/p1.psv": STAY, "set/p2.psv": STAY, "LICENSE": "as you like\n"}


def test_folders_and_archives_give_the_same_stays(tmp_path: Path) -> None:
    paths = [
        write_folder(tmp_path / "folder", STAYS),
        write_tar(tmp_path / "stays.tar", STAYS),
        write_tar(tmp_path / "stays.tar.gz", STAYS),
        write_zip(tmp_path / "stays.zip", STAYS),
    ]
    for path in paths:
        streams = [rows for rows in read_streams(path) if rows]
        assert sorted(row.patient for [row] in streams if isinstance(row, Reading)) == ["p1", "p2"], path.name


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1|2|3", "missing_field"),
        ("fast|100|35.2|129|75|52.5|23|NaN|83|2|0", "wrong_type"),
        ("56|100|35.2|129|75|52.5|23|NaN|83|NaN|0", "wrong_type"),
        ("56|100|35.2|129|75|52.5|23|NaN|83|1e300|0", "wrong_type"),
    ],
)
def test_a_broken_row_is_told_and_the_next_one_is_read(tmp_path: Path, line: str, reason: str) -> None:
    write_folder(tmp_path, {"p1.psv": f"{STAY}{line}\n60|NaN|NaN|NaN|NaN|NaN|NaN|NaN|83|3|0\n"})
    rows = read_rows(tmp_path)
    assert faults(rows) == [(reason, "p1.psv", 4)]
    assert len(rows) == 3
