"""Readings as on the wire, one a line: `.jsonl`, `.jsonl.gz`, or a folder or archive of such files.

A file is one stream in its own order, with as many patients as it likes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from wardwatch.wire.errors import Unreadable
from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.recordings.recording import Row, Stream, UnreadableRow
from wardwatch.wire.recordings.source import Member, Source


def recognises(name: str, head: Sequence[bytes]) -> bool:  # noqa: ARG001 (one signature for all layouts)
    """Whether any of a file's first lines is a JSON object."""
    return any(_is_object(line) for line in head)


def streams(source: Source) -> Iterator[Stream]:
    """One a file."""
    for member in source.members():
        yield Stream(_rows(member, member.lines()), member.held_bytes)


def _rows(member: Member, lines: Iterator[bytes]) -> Iterator[Row]:
    decode = ReadingDecoder().decode
    for number, line in enumerate(lines, 1):
        try:
            yield decode(line)
        except Unreadable as error:
            if line.strip():
                yield UnreadableRow(error.fault, member.name, number)


def _is_object(line: bytes) -> bool:
    try:
        return bool(line.startswith(b"{") and json.loads(line))
    except (ValueError, RecursionError):
        return False
