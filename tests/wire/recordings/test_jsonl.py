from pathlib import Path

import pytest

from tests.support.recording_files import faults, read_rows, read_streams, write_folder
from wardwatch.core.reading import Batch, Reading
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.recordings.recording import UnreadableRow

READINGS = [
    Reading(patient="p-1", device="d", observed_at_ms=1000, heart_rate=72.0),
    Reading(patient="p-2", device="d", observed_at_ms=500, skin_temperature=33.1),
    Reading(patient="p-1", device="d", observed_at_ms=2000, heart_rate=73.0, consciousness="A"),
]
LINES = b"".join(encode_reading(reading) + b"\n" for reading in READINGS)


@pytest.mark.parametrize("name", ["ward.jsonl", "ward.jsonl.gz", "called_otherwise.txt"])
def test_a_file_is_one_stream_of_mixed_patients_in_its_own_order(tmp_path: Path, name: str) -> None:
    write_folder(tmp_path, {name: LINES})
    [rows] = read_streams(tmp_path / name)
    read = [row for row in rows if not isinstance(row, UnreadableRow)]
    assert Batch.of(read).patients == ["p-1", "p-2", "p-1"]
    assert Batch.of(read).observed_at_ms.tolist() == [1000, 500, 2000]
    assert len(read) == len(rows)


def test_bad_lines_are_told_with_their_place_and_the_rest_is_read(tmp_path: Path) -> None:
    bad = b'not json\n{"v": 9}\n{"onset_ms": 3}\n\xff\n[1]\n' + b"x" * 70_000 + b"\n\n"
    write_folder(tmp_path, {"ward.jsonl": LINES + bad + LINES})
    rows = read_rows(tmp_path / "ward.jsonl")
    assert faults(rows) == [
        ("not_json", "ward.jsonl", 4),
        ("unknown_version", "ward.jsonl", 5),
        ("missing_field", "ward.jsonl", 6),
        ("not_utf8", "ward.jsonl", 7),
        ("wrong_type", "ward.jsonl", 8),
        ("too_large", "ward.jsonl", 9),
    ]
    assert len(rows) - len(faults(rows)) == 2 * len(READINGS)


def test_a_byte_order_mark_and_a_missing_last_line_end_do_no_harm(tmp_path: Path) -> None:
    write_folder(tmp_path, {"ward.jsonl": b"\xef\xbb\xbf" + LINES.rstrip(b"\n")})
    rows = read_rows(tmp_path / "ward.jsonl")
    assert len(rows) == len(READINGS)
    assert not faults(rows)
