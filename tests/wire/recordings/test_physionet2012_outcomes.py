import os
from pathlib import Path

from tests.support.recording_files import write_folder, write_tar
from wardwatch.wire.recordings.physionet2012_outcomes import Outcome, outcomes_of
from wardwatch.wire.recordings.source import Source

HEADER = "Time,Parameter,Value\n"
FILES: dict[str, str | bytes] = {
    "outcomes.csv": "RecordID,SAPS-I,In-hospital_death\n1,6,0\n2,11,1\n3,11,1\nbroken\n4,11,x\n",
    "1.txt": f"{HEADER}00:00,RecordID,1\n00:00,Age,54\n00:00,Gender,0\n",
    "2.txt": f"{HEADER}00:00,RecordID,2\n00:00,Age,90\n00:00,Gender,1\n00:07,HR,70\n",
    "3.txt": f"{HEADER}00:00,RecordID,3\n00:00,Age,-1\n00:00,Gender,-1\n00:00,HR\n",
    "5.txt": f"{HEADER}00:00,RecordID,5\n",
}
KNOWN = {
    "1": Outcome(died=False, sex="female", age_years=54.0),
    "2": Outcome(died=True, sex="male", age_years=90.0),
    "3": Outcome(died=True),
}


def test_outcomes_are_told_by_patient_with_age_and_sex(tmp_path: Path) -> None:
    assert outcomes_of(Source(write_folder(tmp_path / "folder", FILES))) == KNOWN
    assert outcomes_of(Source(write_tar(tmp_path / "stays.tar.gz", FILES))) == KNOWN


def test_without_a_table_of_outcomes_nothing_is_known(tmp_path: Path) -> None:
    assert outcomes_of(Source(write_folder(tmp_path, {"1.txt": FILES["1.txt"]}))) == {}


def test_what_came_before_damage_counts(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "stays.tar.gz", FILES | {"noise": os.urandom(50_000)})
    path.write_bytes(path.read_bytes()[:-4])
    assert outcomes_of(Source(path))["1"].died is False
