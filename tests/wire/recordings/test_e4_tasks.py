from pathlib import Path

import pytest

from tests.support.recording_files import write_folder, write_tar
from wardwatch.wire.recordings.e4_tasks import participant_of, seconds_of_stress
from wardwatch.wire.recordings.source import Source

TABLE = (
    "Participant,HR,respr,Time(sec),Label\n"
    "2,118.0,12.1,1644227583,0\n"
    "2,118.0,12.1,1644227585,1\n"
    "2,118.0,12.1,1644227584,1\n"
    "2,118.0,12.1,1644227584,1\n"
    "2,118.0,12.1,soon,1\n"
    "2,118.0\n"
    "10,90,12,1644227000,1\n"
)


def test_seconds_of_stress_are_told_by_participant(tmp_path: Path) -> None:
    files = {"S02/HR.csv": "1644227583\n1\n60\n", "labels.csv": TABLE}
    for path in (write_folder(tmp_path / "e4", files), write_tar(tmp_path / "e4.tar.gz", files)):
        found = seconds_of_stress(Source(path))
        assert {name: seconds.tolist() for name, seconds in found.items()} == {
            "2": [1644227584, 1644227585],
            "10": [1644227000],
        }


def test_sessions_without_a_table_tell_nothing(tmp_path: Path) -> None:
    assert seconds_of_stress(Source(write_folder(tmp_path, {"S02/HR.csv": "1\n1\n60\n"}))) == {}


@pytest.mark.parametrize(("patient", "number"), [("S02", "2"), ("S10", "10"), ("7", "7"), ("ward", None)])
def test_a_session_is_of_the_participant_whose_number_it_bears(patient: str, number: str | None) -> None:
    assert participant_of(patient) == number
