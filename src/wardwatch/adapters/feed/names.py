"""The station's file of names behind pseudonyms. Names go from here to a console that asks, and nowhere else.

No name and no pseudonym is ever part of a message about the file, nor of a log line: only line numbers are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from wardwatch.adapters.watched_file import UnusableFileError, WatchedFile

_HEADER = ["patient", "name"]
# As `wire.decoding.Name` has it: another pseudonym would never be asked for.
_PSEUDONYM = re.compile(r"[A-Za-z0-9._:+@/-]{1,64}")
# Our own choice: a line on a tile.
_LONGEST_NAME = 100


class NamesFile:
    """The names as the file has them now: it is read again, when somebody asks, after it has changed.

    A new version that can't be used leaves the names as they were, and is logged once.
    """

    def __init__(self, path: Path, setting: str) -> None:
        """Read it, or raise :class:`UnusableFileError`; ``setting`` names it in the log."""
        self._file = WatchedFile(path, read_names, setting)

    def name_of(self, patient: str) -> str | None:
        """The name, or ``None`` where the file has none."""
        self._file.refresh()
        return self._file.content.get(patient)


def read_names(content: bytes) -> dict[str, str]:
    """Pseudonym to name, from a file with this content; raises :class:`UnusableFileError`.

    >>> read_names(b"patient,name\\np-17,Erika Mustermann\\n")
    {'p-17': 'Erika Mustermann'}
    """
    try:
        text = content.decode("utf-8-sig")  # spreadsheets begin a file with a byte order mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnusableFileError(f"Line {line}: not UTF-8.") from None
    names: dict[str, str] = {}
    for line, patient, name in _rows(text):
        if patient in names:
            raise UnusableFileError(f"Line {line}: the patient has a name already, in a line before.")
        names[patient] = name
    return names


def _rows(text: str) -> Iterator[tuple[int, str, str]]:
    """Line, pseudonym and name of each row. A row may take several lines: its last one counts."""
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if next(rows, None) != _HEADER:
            raise UnusableFileError("Line 1: it has to be the heads of the two columns: `patient,name`.")
        for row in rows:
            if row:  # an empty line is no row
                yield rows.line_num, *_fields(row, rows.line_num)
    except csv.Error:
        raise UnusableFileError(
            f"Line {rows.line_num}: not CSV; quotes have to be doubled, and closed."
        ) from None


def _fields(row: list[str], line: int) -> tuple[str, str]:
    if len(row) != len(_HEADER):
        raise UnusableFileError(f"Line {line}: {len(row)} columns where 2 belong, `patient,name`.")
    patient, name = (field.strip() for field in row)
    if not _PSEUDONYM.fullmatch(patient):
        raise UnusableFileError(f"Line {line}: a patient has 1 to 64 letters, digits and `. _ : + @ / -`.")
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise UnusableFileError(f"Line {line}: a name has 1 to {_LONGEST_NAME} printable characters.")
    return patient, name
