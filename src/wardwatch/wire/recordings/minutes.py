"""Minutes tables of a wrist-worn tracker: `local_time,heart_rate,steps`, one file a wearer, gzip or plain.

The wearer's pseudonym is the file's name. `local_time` carries no zone and is taken as UTC, by our own
choice: what matters is the time between readings, and the wearer's night stays the night. A minute without a
heart rate still tells the steps; one with neither gives no reading.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wardwatch.core.reading import Reading
from wardwatch.wire.errors import Fault
from wardwatch.wire.recordings.recording import Row, Stream, UnreadableRow, instant_ms, pseudonym
from wardwatch.wire.recordings.source import Member, Source

DEVICE = "tracker"

_COLUMNS = ["local_time", "heart_rate", "steps"]


def recognises(name: str, head: Sequence[bytes]) -> bool:  # noqa: ARG001 (one signature for all layouts)
    """Whether a file's first line is the table's header."""
    return _fields(head[0]) == _COLUMNS


def streams(source: Source) -> Iterator[Stream]:
    """One a wearer; files with another header are no part of the recording."""
    for member in source.members():
        yield Stream(_rows(member, member.lines()), member.held_bytes)


def _fields(line: bytes) -> list[str]:
    return line.decode("ascii", errors="replace").strip().split(",")


def _rows(member: Member, lines: Iterator[bytes]) -> Iterator[Row]:
    if _fields(next(lines, b"")) != _COLUMNS:
        return
    patient = pseudonym(member.stem)
    for number, line in enumerate(lines, 2):
        fields = _fields(line)
        if len(fields) != len(_COLUMNS):
            yield UnreadableRow(Fault.MISSING_FIELD, member.name, number)
            continue
        time, heart_rate, steps = fields
        try:
            reading = Reading(
                patient=patient,
                device=DEVICE,
                observed_at_ms=instant_ms(time),
                heart_rate=float(heart_rate) if heart_rate else None,
                steps=float(steps) if steps else None,
            )
        except ValueError:
            yield UnreadableRow(Fault.WRONG_TYPE, member.name, number)
            continue
        if heart_rate or steps:
            yield reading
