"""Sessions of the Empatica E4: a folder of `.csv` files a session, or a folder or archive of such folders.

A file's first line is the instant of its first value (seconds since 1970), the second its rate in Hz, then
come the values. Files start at different instants and run at different rates: here they become one reading a
second, stamped with the second's beginning, each value the mean of its second.

Read are `HR.csv` (heart rate), `TEMP.csv` (skin temperature) and `ACTIVITY_1HZ.csv` (mean distance of the
acceleration from 1 g). Left out, knowingly: `IBI.csv`, `BVP.csv`, `EDA.csv` and `tags*.csv`, which are no
vitals of ours, and the raw accelerometer (`ACC.csv`): no validated way leads from it to steps.
"""

from __future__ import annotations

import heapq
import math
import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

from wardwatch.core.reading import Reading
from wardwatch.wire.errors import Fault
from wardwatch.wire.recordings.recording import (
    Row,
    Stream,
    UnreadableFileError,
    UnreadableRow,
    carried_ms,
    pseudonym,
)
from wardwatch.wire.recordings.source import Member, Source

DEVICE = "e4"

_FIELD_OF_FILE = {"HR.csv": "heart_rate", "TEMP.csv": "skin_temperature", "ACTIVITY_1HZ.csv": "activity"}
# The E4's fastest sensor runs at 64 Hz; what claims more than this is not its file.
_HIGHEST_RATE_HZ = 1000
_FIRST_VALUE_LINE = 3

Sample: TypeAlias = tuple[int, float | UnreadableRow]
Measured: TypeAlias = tuple[int, str, float | UnreadableRow]


def recognises(name: str, head: Sequence[bytes]) -> bool:
    """Whether this is one of a session's files: the values can't tell which, so the name must."""
    if posixpath.basename(name) not in _FIELD_OF_FILE or len(head) < _FIRST_VALUE_LINE:
        return False
    try:
        _start_and_rate(head[0], head[1])
    except ValueError:
        return False
    return True


@dataclass(slots=True)
class _Session:
    """The files of a session that were met so far, and the one that will complete it."""

    patient: str
    last_file: str
    series: list[Iterator[Measured]] = field(default_factory=list)
    held_bytes: int = 0


def streams(source: Source) -> Iterator[Stream]:
    """One a session; the patient is the session folder's name."""
    sessions = _sessions(source)
    for member in source.members():
        session = sessions.get(member.folder)
        if session is None or member.base not in _FIELD_OF_FILE:
            continue
        session.series.append(_seconds(member, member.lines()))
        session.held_bytes += member.held_bytes
        if member.name == session.last_file:
            yield Stream(_rows(session.patient, session.series), session.held_bytes)
            del sessions[member.folder]


def _sessions(source: Source) -> dict[str, _Session]:
    """The sessions by folder; an archive is gone through once for the names alone."""
    last_file: dict[str, str] = {}
    try:
        for member in source.members():
            if member.base in _FIELD_OF_FILE:
                last_file[member.folder] = member.name
    except UnreadableFileError:
        pass  # what came before the damage is read, and the damage is met again then
    shared = posixpath.commonpath(last_file) if len(last_file) > 1 else ""
    return {
        folder: _Session(pseudonym(_wearer(folder, shared, len(last_file), source.stem)), name)
        for folder, name in last_file.items()
    }


def _wearer(folder: str, shared: str, count: int, stem: str) -> str:
    """The folder below what all session folders share; of a single session its own name."""
    name = posixpath.basename(folder) if count == 1 else posixpath.relpath(folder, shared or ".")
    return stem if name == "." else name


def _rows(patient: str, series: Iterable[Iterator[Measured]]) -> Iterator[Row]:
    by_second = itemgetter(0)
    for second, group in groupby(heapq.merge(*series, key=by_second), key=by_second):
        values: dict[str, float] = {}
        for _, name, value in group:
            if isinstance(value, UnreadableRow):
                yield value
            else:
                values[name] = value
        if values:
            yield Reading(patient=patient, device=DEVICE, observed_at_ms=second * 1000, **values)  # type: ignore[arg-type]


def _seconds(member: Member, lines: Iterator[bytes]) -> Iterator[Measured]:
    """The mean of each second of a file, and its unreadable rows in their second."""
    name = _FIELD_OF_FILE[member.base]
    for second, samples in groupby(_samples(member, lines), key=itemgetter(0)):
        total, count = 0.0, 0
        for _, sample in samples:
            if isinstance(sample, UnreadableRow):
                yield second, name, sample
            else:
                total += sample
                count += 1
        if count:
            yield second, name, total / count


def _samples(member: Member, lines: Iterator[bytes]) -> Iterator[Sample]:
    second = 0
    try:
        try:
            start_s, rate_hz = _start_and_rate(next(lines, b""), next(lines, b""))
        except ValueError:
            yield second, UnreadableRow(Fault.WRONG_VALUE, member.name, 1)
            return
        for index, line in enumerate(lines):
            second = math.floor(start_s + index / rate_hz)
            try:
                yield second, float(line)
            except ValueError:
                yield second, UnreadableRow(Fault.WRONG_TYPE, member.name, index + _FIRST_VALUE_LINE)
    except UnreadableFileError as end:
        yield second, end.row


def _start_and_rate(first: bytes, second: bytes) -> tuple[float, float]:
    """The first instant in seconds and the rate in Hz; a column stands for the others of its line."""
    start_s, rate_hz = float(first.split(b",")[0]), float(second.split(b",")[0])
    carried_ms(start_s * 1000)
    if not 0 < rate_hz <= _HIGHEST_RATE_HZ:
        raise ValueError("a rate that no sensor has")
    return start_s, rate_hz
