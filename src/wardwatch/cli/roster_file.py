"""A roster as a table in a file: CSV, a line a patient.

The columns `patient`, `ward` and `bed` must be there, in any order. `devices` are apart by spaces; a column
`heart_rate.high`, or any other limit of the table of conditions, holds a limit; `news2_scale` is 1 or 2;
`oxygen` is `oxygen` or `air`. A column that is not there, and a field that is empty, set nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from wardwatch.core.roster import LIMIT_NAMES, MOST_DEVICES, RosterEntry, limit_errors
from wardwatch.wire.roster import is_name

_NAMES = ("patient", "ward", "bed")
COLUMNS = (*_NAMES, "devices", *LIMIT_NAMES, "news2_scale", "oxygen")

NAME_RULE = "1 to 64 letters, digits and . _ : + @ / -"
_OXYGEN = {"": None, "oxygen": True, "air": False}
_SCALES = {"": False, "1": False, "2": True}


class RosterFileError(Exception):
    """A file that can't be used: a sentence for each fault, with its line."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


def load(path: Path) -> list[RosterEntry]:
    """All lines of the file; raises :class:`RosterFileError`, and ``OSError`` where it can't be read."""
    faults: list[str] = []
    entries: list[RosterEntry] = []
    first_on: dict[str, int] = {}
    try:
        # A spreadsheet may write a byte order mark.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restkey="", restval="", strict=True)
            _check_header(reader.fieldnames)
            for fields in reader:
                entry = _entry(fields, f"line {reader.line_num}", faults)
                patient = fields["patient"].strip()
                earlier = first_on.setdefault(patient, reader.line_num)
                if patient and earlier != reader.line_num:
                    faults.append(f"line {reader.line_num}: the patient is on line {earlier} already.")
                entries.append(entry)
    except UnicodeDecodeError:
        raise RosterFileError(["The file is not UTF-8: save it as CSV in UTF-8."]) from None
    except csv.Error as error:
        raise RosterFileError([*faults, f"after line {reader.line_num}: not CSV: {error}."]) from None
    if faults:
        raise RosterFileError(faults)
    return entries


def _check_header(header: object) -> None:
    names = [str(name) for name in header] if isinstance(header, list | tuple) else []
    faults = [f"line 1: the column {name} is missing." for name in _NAMES if name not in names]
    if any(name not in COLUMNS for name in names):
        unknown = sum(name not in COLUMNS for name in names)
        count = "one column is" if unknown == 1 else f"{unknown} columns are"
        faults.append(f"line 1: {count} none of {', '.join(COLUMNS)}.")
    if len(set(names)) < len(names):
        faults.append("line 1: a column is there twice.")
    if faults:
        raise RosterFileError(faults)


def _entry(fields: Mapping[str, str], where: str, faults: list[str]) -> RosterEntry:
    found = list(_faults(fields))
    faults += [f"{where}: {fault}" for fault in found]
    if found:
        return RosterEntry(patient="", ward="", bed="")
    told = {name: value.strip() for name, value in fields.items() if name}
    return RosterEntry(
        patient=told["patient"],
        ward=told["ward"],
        bed=told["bed"],
        devices=tuple(dict.fromkeys(told.get("devices", "").split())),
        limits=_limits(told),
        news2_scale_2=_SCALES[told.get("news2_scale", "")],
        on_oxygen=_OXYGEN[told.get("oxygen", "")],
    )


def _faults(fields: Mapping[str, str]) -> Iterator[str]:
    if "" in fields:
        yield "it has more fields than the header."
        return
    told = {name: value.strip() for name, value in fields.items()}
    for name in _NAMES:
        if not is_name(told[name]):
            yield f"{name} is not {NAME_RULE}."
    devices = told.get("devices", "").split()
    if len(devices) > MOST_DEVICES:
        yield f"there are more than {MOST_DEVICES} devices."
    if not all(map(is_name, devices)):
        yield f"a device is not {NAME_RULE}."
    for name, allowed in (("news2_scale", _SCALES), ("oxygen", _OXYGEN)):
        if told.get(name, "") not in allowed:
            yield f"{name} is not {' or '.join(filter(None, allowed))}."
    yield from limit_errors(_limits(told))


def _limits(told: Mapping[str, str]) -> dict[str, dict[str, float]]:
    limits: dict[str, dict[str, float]] = {}
    for name in LIMIT_NAMES:
        if text := told.get(name, ""):
            vital, _, bound = name.partition(".")
            limits.setdefault(vital, {})[bound] = number(text)
    return limits


def number(text: str) -> float:
    """The number in ``text``; not-a-number if there is none, which no limit may be."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
