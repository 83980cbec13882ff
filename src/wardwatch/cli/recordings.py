"""The recordings that a command was given, opened and read; what is wrong with them is told to the user."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wardwatch.cli.errors import UsersError
from wardwatch.cli.progress_bars import progress_bars
from wardwatch.evaluating.tracks import Track, tracks_of
from wardwatch.wire.recordings.opening import Recording, open_recording
from wardwatch.wire.recordings.recording import RecordingError


def opened(path: Path) -> Recording:
    """The recording at ``path``; raises :class:`UsersError`."""
    try:
        return open_recording(path)
    except RecordingError as error:
        raise UsersError(str(error)) from error


def read_tracks(paths: Sequence[Path]) -> list[Track]:
    """The tracks of all these recordings, at least one; raises :class:`UsersError`."""
    # All are opened before the first is read: nobody shall wait to hear of a mistyped name.
    recordings = [opened(path) for path in paths]
    tracks = [track for recording in recordings for track in _read(recording)]
    if not tracks:
        raise UsersError("nothing in these recordings can be read; `wardwatch replay` tells why.")
    return tracks


def _read(recording: Recording) -> list[Track]:
    name, size = recording.path.name, max(recording.size_bytes, 1)
    with progress_bars() as advance:
        return tracks_of(recording.streams(), lambda: advance(name, min(recording.bytes_read / size, 1.0)))
