"""A file that is read anew when it has changed, and never when it can't be used."""

from __future__ import annotations

import logging
import os
import stat
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.access import replace
from wardwatch.adapters import watched_file
from wardwatch.adapters.watched_file import UnusableFileError, WatchedFile, replace_file


def parse(data: bytes) -> int:
    try:
        return int(data)
    except ValueError:
        raise UnusableFileError("This is no number.") from None


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "number.txt"
    path.write_text("1")
    return path


def age(path: Path) -> None:
    """As if it had been written a minute ago."""
    found = path.stat()
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns - 60_000_000_000))


def test_it_is_read_at_once_and_again_only_when_it_has_changed(path: Path) -> None:
    watched = WatchedFile(path, parse, "NUMBER")
    assert watched.content == 1
    assert not watched.refresh()
    replace(path, "2")
    assert watched.refresh()
    assert watched.content == 2
    assert not watched.refresh()


@given(st.lists(st.sampled_from(["1", "2", "x", "", None]), max_size=12))
def test_it_says_what_the_latest_usable_file_said(states: list[str | None]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "number.txt"
        path.write_text("1")
        watched = WatchedFile(path, parse, "NUMBER")
        expected = 1
        for state in states:
            if state is None:
                path.unlink(missing_ok=True)
            else:
                path.write_text(state)
                expected = int(state) if state.isdigit() else expected
            before = watched.content
            assert watched.refresh() is (before != expected)
            assert watched.content == expected


def test_a_change_within_the_same_instant_and_of_the_same_size_is_seen(path: Path) -> None:
    watched = WatchedFile(path, parse, "NUMBER")
    same = path.stat()
    path.write_text("2")
    os.utime(path, ns=(same.st_atime_ns, same.st_mtime_ns))
    assert watched.refresh()
    assert watched.content == 2


def test_an_old_file_that_has_not_changed_is_not_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_file, "_YOUNG_S", -1.0)
    watched = WatchedFile(path, parse, "NUMBER")
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("it was read"))
    assert not watched.refresh()


def test_each_problem_is_told_once_and_that_it_is_over(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    watched = WatchedFile(path, parse, "NUMBER")
    replace(path, "secret")
    for _ in range(3):
        watched.refresh()
    path.unlink()
    for _ in range(3):
        watched.refresh()
    replace(path, "3")
    watched.refresh()
    levels = [record.levelname for record in caplog.records]
    assert levels == ["ERROR", "ERROR", "INFO"]
    assert "secret" not in caplog.text
    assert all("NUMBER" in record.getMessage() for record in caplog.records)


def test_a_file_that_comes_back_as_it_was_and_goes_again_is_told_again(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    watched = WatchedFile(path, parse, "NUMBER")
    for _ in range(2):
        path.unlink()
        watched.refresh()
        replace(path, "1")
        watched.refresh()
    assert len(caplog.records) == 2


def test_a_file_that_can_not_be_used_at_first_is_an_error(path: Path, tmp_path: Path) -> None:
    path.write_text("one")
    with pytest.raises(UnusableFileError, match="no number"):
        WatchedFile(path, parse, "NUMBER")
    with pytest.raises(UnusableFileError, match="No such file"):
        WatchedFile(tmp_path / "missing", parse, "NUMBER")
    with pytest.raises(UnusableFileError, match="directory"):
        WatchedFile(tmp_path, parse, "NUMBER")


def test_a_file_that_is_too_large_is_not_taken_in(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched_file, "_MAXIMUM_BYTES", 10)
    watched = WatchedFile(path, parse, "NUMBER")
    replace(path, "1" * 11)
    assert not watched.refresh()
    replace(path, "1" * 10)
    assert watched.refresh()


def test_a_file_is_replaced_whole_and_keeps_its_mode(path: Path) -> None:
    path.chmod(0o640)
    replace_file(path, b"7")
    assert path.read_bytes() == b"7"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    replace_file(path.with_name("new"), b"8")
    assert sorted(each.name for each in path.parent.iterdir()) == ["new", "number.txt"]
