from pathlib import Path

import pytest

from tests.support.recording_files import write_folder, write_tar
from tests.support.sepsis_stays import HEADER, stay_file
from wardwatch.wire.recordings.opening import open_recording
from wardwatch.wire.recordings.physionet2019 import EPOCH_MS
from wardwatch.wire.recordings.physionet2019_labels import LabelledStay, labelled_stays

HOUR_MS = 3_600_000
NOTHING = "NaN|NaN|NaN|NaN|NaN|NaN|NaN"


def labels_of(path: Path) -> list[LabelledStay]:
    return [*labelled_stays(open_recording(path).source)]


def test_all_hours_are_told_those_too_in_which_nothing_was_measured(tmp_path: Path) -> None:
    rows = [f"{NOTHING}|71.5|1|1|0", f"90{NOTHING[3:]}|71.5|1|2|0", f"{NOTHING}|71.5|1|4|1"]
    write_folder(tmp_path, {"p1.psv": "\n".join([HEADER, *rows]) + "\n"})
    assert labels_of(tmp_path) == [
        LabelledStay(
            patient="p1",
            at_ms=tuple(EPOCH_MS + hour * HOUR_MS for hour in (1, 2, 4)),
            septic=(False, False, True),
            sex="male",
            age_years=71.5,
        )
    ]


def test_what_is_not_known_of_a_person_is_none(tmp_path: Path) -> None:
    write_folder(tmp_path, {"p1.psv": f"{HEADER}\n{NOTHING}|NaN|NaN|1|0\n"})
    [stay] = labels_of(tmp_path)
    assert (stay.sex, stay.age_years) == (None, None)


@pytest.mark.parametrize("row", ["1|2|3", f"{NOTHING}|60|0|NaN|0", f"{NOTHING}|60|0|soon|0", ""])
def test_rows_that_cannot_be_read_tell_nothing(tmp_path: Path, row: str) -> None:
    write_folder(tmp_path, {"p1.psv": f"{HEADER}\n{row}\n{NOTHING}|60|0|3|1\n"})
    [stay] = labels_of(tmp_path)
    assert stay.at_ms == (EPOCH_MS + 3 * HOUR_MS,)
    assert stay.septic == (True,)


def test_of_an_archive_other_files_and_stays_without_labels_are_no_part(tmp_path: Path) -> None:
    unlabelled = "HR|O2Sat|ICULOS\n70|98|1\n"
    files = {"set/a.psv": stay_file(seed=1), "set/b.psv": unlabelled, "notes.txt": "hello\n"}
    path = write_tar(tmp_path / "set.tar.gz", files)
    assert [stay.patient for stay in labels_of(path)] == ["a"]


def test_what_came_before_the_damage_counts(tmp_path: Path) -> None:
    files = {f"p{number}.psv": stay_file(seed=number, hours=400) for number in range(20)}
    path = write_tar(tmp_path / "set.tar.gz", files)
    recording = open_recording(path)
    path.write_bytes(path.read_bytes()[:-4000])
    stays = [*labelled_stays(recording.source)]
    assert 0 < len(stays) < 20
