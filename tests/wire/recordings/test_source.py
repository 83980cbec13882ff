import gzip
import io
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.recording_files import Files, write_folder, write_tar, write_zip
from wardwatch.wire.decoding import MAXIMUM_BYTES
from wardwatch.wire.recordings import source
from wardwatch.wire.recordings.recording import RecordingError, UnreadableFileError
from wardwatch.wire.recordings.source import Source

FILES: Files = {"a/one.txt": "1\n2\n", "two.txt": b"\xef\xbb\xbf3\n4"}


def contents(path: Path) -> dict[str, list[bytes]]:
    return {member.name: [*member.lines()] for member in Source(path).members()}


@pytest.mark.parametrize(
    "write",
    [
        lambda folder: write_folder(folder / "x", FILES),
        lambda folder: write_tar(folder / "x.tar", FILES),
        lambda folder: write_tar(folder / "x.tar.gz", FILES),
        lambda folder: write_zip(folder / "x.zip", FILES),
    ],
    ids=["folder", "tar", "tar.gz", "zip"],
)
def test_folders_and_archives_give_the_lines_of_their_files(
    tmp_path: Path, write: Callable[[Path], Path]
) -> None:
    path = write(tmp_path)
    assert contents(path) == {"a/one.txt": [b"1\n", b"2\n"], "two.txt": [b"3\n", b"4"]}
    assert Source(path).stem == "x"


def test_what_is_zipped_is_unzipped_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_bytes(gzip.compress(b"1\n"))
    assert contents(tmp_path / "one.txt") == {"one.txt": [b"1\n"]}
    assert contents(write_zip(tmp_path / "x.zip", {"one": gzip.compress(b"1\n")})) == {"one": [b"1\n"]}


def test_hidden_files_are_passed_over(tmp_path: Path) -> None:
    files: Files = {"._one.txt": "1\n", "a/.DS_Store": "2\n", "one.txt": "3\n"}
    assert contents(write_folder(tmp_path / "x", files)) == {"one.txt": [b"3\n"]}
    assert contents(write_tar(tmp_path / "x.tar", files)) == {"one.txt": [b"3\n"]}


def test_links_and_devices_in_an_archive_are_passed_over_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    path = tmp_path / "in" / "x.tar"
    path.parent.mkdir()
    with tarfile.open(path, "w") as archive:
        for name, kind in (("link", tarfile.SYMTYPE), ("hard", tarfile.LNKTYPE), ("pipe", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "../secret"
            archive.addfile(info)
        info = tarfile.TarInfo("../outside.txt")
        info.size = 2
        archive.addfile(info, io.BytesIO(b"1\n"))
    before = sorted(tmp_path.rglob("*"))
    assert contents(path) == {"../outside.txt": [b"1\n"]}
    assert sorted(tmp_path.rglob("*")) == before


def test_a_pipe_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    write_folder(tmp_path, {"one.txt": "1\n"})
    os.mkfifo(tmp_path / "pipe")
    assert contents(tmp_path) == {"one.txt": [b"1\n"]}


def test_of_an_endless_line_only_the_beginning_is_kept(tmp_path: Path) -> None:
    write_folder(tmp_path, {"one.txt.gz": b"x" * 10 * MAXIMUM_BYTES + b"\nnext\n" + b"y" * 2 * MAXIMUM_BYTES})
    lines = contents(tmp_path)["one.txt.gz"]
    assert lines == [b"x" * (MAXIMUM_BYTES + 1), b"next\n", b"y" * (MAXIMUM_BYTES + 1)]


def read_as_far_as_it_goes(path: Path) -> dict[str, list[bytes] | tuple[str, int]]:
    """Of each file its lines, or the reason and line where they break off; `archive` is the archive's own."""
    found: dict[str, list[bytes] | tuple[str, int]] = {}
    try:
        for member in Source(path).members():
            try:
                found[member.name] = [*member.lines()]
            except UnreadableFileError as end:
                found[member.name] = (end.row.reason, end.row.line)
    except UnreadableFileError as end:
        found["archive"] = (end.row.reason, end.row.line)
    return found


@pytest.mark.parametrize("write", [write_tar, write_zip])
def test_a_file_too_large_to_hold_is_refused_and_the_next_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: Callable[[Path, Files], Path]
) -> None:
    monkeypatch.setattr(source, "MAXIMUM_MEMBER_BYTES", 1000)
    path = write(tmp_path / "x", {"bomb.txt": b"\0" * 1001, "one.txt": "1\n"})
    assert read_as_far_as_it_goes(path) == {"bomb.txt": ("file_too_large", 0), "one.txt": [b"1\n"]}


def test_an_archive_of_endlessly_many_files_is_not_read_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "MAXIMUM_MEMBERS", 2)
    path = write_tar(tmp_path / "x.tar", {str(number): "1\n" for number in range(5)})
    assert read_as_far_as_it_goes(path) == {"0": [b"1\n"], "1": [b"1\n"], "archive": ("file_too_large", 0)}


def test_a_file_that_breaks_off_says_in_which_line(tmp_path: Path) -> None:
    whole = gzip.compress(b"".join(b"%d\n" % number for number in range(100_000)))
    (tmp_path / "x.gz").write_bytes(whole[: len(whole) // 2])
    reason, line = read_as_far_as_it_goes(tmp_path / "x.gz")["x.gz"]
    assert reason == "damaged_file"
    assert 10_000 < int(line) < 90_000


def test_an_archive_that_breaks_off_gives_what_came_before(tmp_path: Path) -> None:
    noise = os.urandom(50_000)
    path = write_tar(tmp_path / "x.tar.gz", {"one": "1\n", "noise": noise, "last": "2\n"})
    path.write_bytes(path.read_bytes()[:30_000])
    found = read_as_far_as_it_goes(path)
    assert found["one"] == [b"1\n"]
    assert found["archive"] == ("damaged_file", 0)
    assert "last" not in found


def test_an_archive_without_its_last_bytes_is_damaged(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar.gz", {"one": "1\n", "noise": os.urandom(50_000)})
    path.write_bytes(path.read_bytes()[:-4])
    found = read_as_far_as_it_goes(path)
    assert found["one"] == [b"1\n"]
    assert found["archive"] == ("damaged_file", 0)


def test_a_zip_with_a_changed_byte_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("one", "first\n")
        archive.writestr("two", "second\n")
    path.write_bytes(path.read_bytes().replace(b"first", b"FIRST"))
    assert read_as_far_as_it_goes(path) == {"one": ("damaged_file", 1), "two": [b"second\n"]}


def test_a_zip_of_an_unknown_version_or_with_a_password_is_damaged_for_us(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "x.zip", {"one": "1\n"})
    whole = path.read_bytes()
    entry = whole.index(b"PK\x01\x02")
    path.write_bytes(whole[: entry + 6] + b"\x5f" + whole[entry + 7 :])
    assert read_as_far_as_it_goes(path) == {"archive": ("damaged_file", 0)}
    path.write_bytes(whole[: entry + 8] + b"\x01" + whole[entry + 9 :])
    assert read_as_far_as_it_goes(path) == {"one": ("damaged_file", 1)}


def test_what_was_read_of_the_bytes_on_the_disk_is_told(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "x.tar", {"one": b"1\n" * 100_000, "two": b"2\n" * 100_000})
    opened = Source(path)
    members = opened.members()
    next(members)
    assert 0 < opened.bytes_read < opened.size_bytes // 2
    assert [member.name for member in members] == ["two"]
    assert opened.bytes_read == opened.size_bytes == path.stat().st_size


@pytest.mark.parametrize("content", [None, b""])
def test_nothing_to_read_is_an_error_with_a_sentence(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    with pytest.raises(RecordingError, match="is empty"):
        Source(tmp_path)
