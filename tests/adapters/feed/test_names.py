"""The file of names: what can't be used is told by its line, and never by what stands in it."""

from __future__ import annotations

import csv
import io
import logging
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import names as pseudonyms
from tests.support.records import typed
from wardwatch.adapters.feed.names import NamesFile, read_names
from wardwatch.adapters.watched_file import UnusableFileError

SETTING = "WARDWATCH_FEED_NAMES"
ERIKA = "Erika Mustermann"
GOOD = f"patient,name\np-17,{ERIKA}\n".encode()


@given(names=st.dictionaries(pseudonyms, typed))
def test_what_a_spreadsheet_writes_is_what_is_read(names: dict[str, str]) -> None:
    file = io.StringIO(newline="")
    rows = csv.writer(file)
    rows.writerow(["patient", "name"])
    rows.writerows(names.items())
    assert read_names(file.getvalue().encode()) == names


def test_names_may_have_commas_quotes_and_any_letters() -> None:
    content = 'patient,name\r\np-1,"Ødegård, Åse ""Bibi"""\r\n\r\np-2, 李 雷 \r\n'
    assert read_names(b"\xef\xbb\xbf" + content.encode()) == {"p-1": 'Ødegård, Åse "Bibi"', "p-2": "李 雷"}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", 1),
        (b"p-17,Erika Mustermann\n", 1),
        (b"name,patient\n", 1),
        (b"patient;name\n", 1),
        (GOOD + b"p-18\n", 3),
        (GOOD + b"p-18,Erika,Mustermann\n", 3),
        (GOOD + b"p 18,Erika Mustermann\n", 3),
        (GOOD + b",Erika Mustermann\n", 3),
        (GOOD + b"p-18, \n", 3),
        (GOOD + b"p-18," + b"Erika" * 21 + b"\n", 3),
        (GOOD + b"p-18,Erika\x1b[31m\n", 3),
        (GOOD + b'p-18,"Erika\nMustermann"\n', 4),
        (GOOD + b"p-17,Erika Muster\n", 3),
        (GOOD + b'p-18,"Erika"Mustermann\n', 3),
        (GOOD + b"\xff\n", 3),
        (GOOD + b'p-18,"Erika Mustermann\n', 3),
    ],
    ids=str,
)
def test_what_is_wrong_is_told_by_its_line_and_without_what_stands_there(content: bytes, line: int) -> None:
    with pytest.raises(UnusableFileError, match=rf"^Line {line}: ") as error:
        read_names(content)
    assert not any(part in str(error.value) for part in ("Erika", "Muster", "p-17", "p-18", "p 18"))


@given(st.binary())
def test_whatever_the_file_holds_it_is_names_or_an_error_of_ours(content: bytes) -> None:
    for each in (content, b"patient,name\n" + content):
        with suppress(UnusableFileError):
            read_names(each)


def test_a_file_that_is_not_there_is_told_without_its_name(tmp_path: Path) -> None:
    with pytest.raises(UnusableFileError, match="can't be read: No such file"):
        NamesFile(tmp_path / "names.csv", SETTING)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(GOOD)
    names = NamesFile(path, SETTING)
    assert (names.name_of("p-17"), names.name_of("p-18")) == (ERIKA, None)
    path.write_bytes(GOOD + b"p-18,Max Muster\n")
    assert names.name_of("p-18") == "Max Muster"


def test_a_broken_new_file_leaves_the_names_as_they_were_and_is_logged_once_without_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "names.csv"
    path.write_bytes(GOOD)
    names = NamesFile(path, SETTING)
    with caplog.at_level(logging.WARNING):
        path.write_bytes(GOOD + b"p-18\n")
        assert [names.name_of("p-17") for _ in range(3)] == [ERIKA] * 3
        path.unlink()
        assert [names.name_of("p-17") for _ in range(3)] == [ERIKA] * 3
    first, second = caplog.messages
    assert "Line 3: 1 columns" in first
    assert "No such file" in second
    assert not any(text in caplog.text for text in ("Mustermann", "p-17", "p-18"))
    path.write_bytes(b"patient,name\np-17,Max Muster\n")
    assert names.name_of("p-17") == "Max Muster"
