"""When the wearers of E4 sessions were under stress: a table `Participant,…,Time(sec),Label` beside them.

Each row is a second since 1970; a label of 1 is a task of stress. Participant 2 wore the session in folder
`S02`. Rows that cannot be read tell nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from wardwatch.core.reading import IntArray
from wardwatch.wire.recordings.recording import UnreadableFileError
from wardwatch.wire.recordings.source import Member, Source

_COLUMNS = ("Participant", "Time(sec)", "Label")
_STRESS = b"1"
_NUMBERED = re.compile(r"\D*0*(\d+)")


def seconds_of_stress(source: Source) -> dict[str, IntArray]:
    """By the number of the participant: the seconds since 1970, rising, of all tables of the recording."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    try:
        for member in source.members():
            _take(member, found)
    except UnreadableFileError:
        pass  # what came before the damage counts; whoever reads the sessions is told of it
    return {number: np.array(sorted(seconds), dtype=np.int64) for number, seconds in found.items()}


def participant_of(patient: str) -> str | None:
    """The number in a session's name.

    >>> participant_of("S02")
    '2'
    """
    number = _NUMBERED.fullmatch(patient)
    return number[1] if number else None


def _take(member: Member, found: Mapping[str, set[int]]) -> None:
    try:
        lines = member.lines()
        header = next(lines, b"").decode(errors="replace").strip().split(",")
        if set(_COLUMNS).issubset(header):
            for participant, second in _stressed(lines, [header.index(column) for column in _COLUMNS]):
                found[participant].add(second)
    except UnreadableFileError:
        pass


def _stressed(lines: Iterator[bytes], positions: list[int]) -> Iterator[tuple[str, int]]:
    for line in lines:
        fields = line.strip().split(b",")
        if len(fields) > max(positions):
            participant, second, label = (fields[position] for position in positions)
            if label == _STRESS and participant.isdigit() and second.isdigit():
                yield str(int(participant)), int(second)
