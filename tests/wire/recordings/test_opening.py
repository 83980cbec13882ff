import gzip
import os
from pathlib import Path

import pytest

from tests.support.recording_files import faults, read_rows, write_folder, write_tar
from wardwatch.core.reading import Reading
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.recordings.opening import open_recording
from wardwatch.wire.recordings.recording import RecordingError

LINE = encode_reading(Reading(patient="p", device="d", observed_at_ms=1, heart_rate=60.0)) + b"\n"
STAY = "HR|Temp|ICULOS\n60|37|1\n"


@pytest.mark.parametrize(
    ("content", "layout"),
    [
        (LINE, "readings as JSON lines"),
        (b"garbage\n" + LINE, "readings as JSON lines"),
        (b"local_time,heart_rate,steps\n", "minutes tables"),
        (b"HR|Temp|ICULOS\n", "PhysioNet 2019 stays"),
        (b"Time,Parameter,Value\n", "PhysioNet 2012 stays"),
        (
            b"vital_name,vital_category,vital_value,hospitalization_id,recorded_dttm\n",
            "CLIF tables",
        ),
    ],
)
def test_the_layout_is_found_by_content_under_any_name(tmp_path: Path, content: bytes, layout: str) -> None:
    (tmp_path / "something").write_bytes(content)
    assert open_recording(tmp_path / "something").layout == layout
    assert open_recording(tmp_path).layout == layout


def test_a_missing_path_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"^There is no file or folder .*nowhere\.$"):
        open_recording(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "content", [b"a,b\n1,2\n", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50, b"{\n", b"{}\n", b'"x\r\ry"\n']
)
def test_an_unknown_layout_is_answered_with_those_that_are_known(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.jsonl").write_bytes(content)
    with pytest.raises(RecordingError, match=r"it reads readings as JSON lines, Empatica E4.*PhysioNet 2019"):
        open_recording(tmp_path / "x.jsonl")


def test_what_is_damaged_from_its_beginning_is_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(LINE * 10)[:12])
    (tmp_path / "x.zip").write_bytes(b"PK\x05\x06" + bytes(18))  # an archive of nothing
    (tmp_path / "x.tar.gz").write_bytes(gzip.compress(b"\0" * 257 + b"ustar" + b"\0" * 4000))
    for name in ("x.jsonl.gz", "x.tar.gz"):
        with pytest.raises(RecordingError, match="damaged"):
            open_recording(tmp_path / name)
    with pytest.raises(RecordingError, match="layout"):
        open_recording(tmp_path / "x.zip")


def test_damage_further_on_ends_the_stream_with_a_row_that_says_so(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(LINE.replace(b"60.0", b"%d.0" % (50 + i * i % 97)) for i in range(50_000)))
    (tmp_path / "x.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    rows = read_rows(tmp_path / "x.jsonl.gz")
    assert len(rows) > 1000
    assert faults(rows) == [("damaged_file", "x.jsonl.gz", len(rows))]


def test_a_damaged_archive_ends_with_a_row_that_says_so(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar.gz", {"p1.psv": STAY, "p2.psv": STAY, "noise": os.urandom(50_000)})
    path.write_bytes(path.read_bytes()[:-4])
    rows = read_rows(path)
    assert [row.patient for row in rows if isinstance(row, Reading)] == ["p1", "p2"]
    assert faults(rows)[-1] == ("damaged_file", "x.tar.gz", 0)


def test_one_damaged_file_of_many_ends_only_its_own_stream(tmp_path: Path) -> None:
    write_folder(tmp_path, {"p1.psv": STAY, "p3.psv": STAY})
    (tmp_path / "p2.psv.gz").write_bytes(gzip.compress(STAY.encode() * 1000)[:-4])
    rows = read_rows(tmp_path)
    assert [reason for reason, *_ in faults(rows)].count("damaged_file") == 1
    assert {row.patient for row in rows if isinstance(row, Reading)} == {"p1", "p2", "p3"}


def test_streams_can_be_read_again(tmp_path: Path) -> None:
    recording = open_recording(write_folder(tmp_path, {"p1.psv": STAY}))
    first, second = ([[*stream.rows] for stream in recording.streams()] for _ in range(2))
    assert first == second != []
