"""Opens a recording of any known layout. What a file holds decides, not what it is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Protocol

from wardwatch.wire.recordings import clif, e4, jsonl, minutes, physionet2012, physionet2019, vitaldb
from wardwatch.wire.recordings.recording import RecordingError, Stream, UnreadableFileError
from wardwatch.wire.recordings.source import Source


class _Layout(Protocol):
    """What each module of a layout offers."""

    def recognises(self, name: str, head: Sequence[bytes]) -> bool: ...

    def streams(self, source: Source) -> Iterator[Stream]: ...


_LAYOUTS: dict[str, _Layout] = {
    "readings as JSON lines": jsonl,
    "Empatica E4 sessions": e4,
    "minutes tables": minutes,
    "CLIF tables": clif,
    "PhysioNet 2012 stays": physionet2012,
    "PhysioNet 2019 stays": physionet2019,
    "VitalDB arrhythmias": vitaldb,
}

# So far is looked for something known: a recording shows its layout in its first files and lines.
_FILES_LOOKED_AT = 1000
_LINES_LOOKED_AT = 100


class Recording:
    """A recording of a known layout; ``bytes_read`` of ``size_bytes`` tells how far its reading has come."""

    def __init__(self, path: Path, layout: str, source: Source) -> None:
        self.path = path
        self.layout = layout
        self._source = source

    @property
    def source(self) -> Source:
        """Its files, for whoever reads the labels that lie beside the readings."""
        return self._source

    @property
    def size_bytes(self) -> int:
        """As it lies on the disk, compressed if it is."""
        return self._source.size_bytes

    @property
    def bytes_read(self) -> int:
        """Of those bytes, by the latest call of :meth:`streams`."""
        return self._source.bytes_read

    def streams(self) -> Iterator[Stream]:
        """The streams, opened one by one as they are asked for; each call starts anew.

        Damage ends the stream, or the recording, that it befell, with an ``UnreadableRow``; nothing is
        raised.
        """
        try:
            for stream in _LAYOUTS[self.layout].streams(self._source):
                yield Stream(stream.until_unreadable(), stream.held_bytes)
        except UnreadableFileError as end:
            yield Stream(iter([end.row]))


def open_recording(path: Path) -> Recording:
    """The recording at ``path``; raises :class:`RecordingError` with a sentence for whoever named it."""
    if not path.exists():
        raise RecordingError(f"There is no file or folder {path}.")
    source = Source(path)
    damage: UnreadableFileError | None = None
    try:
        for member in islice(source.members(), _FILES_LOOKED_AT):
            try:
                head = [*islice(member.lines(), _LINES_LOOKED_AT)]
            except UnreadableFileError as error:
                damage = error
                continue
            for layout, module in _LAYOUTS.items():
                if head and module.recognises(member.name, head):
                    return Recording(path, layout, source)
    except UnreadableFileError as error:
        damage = error
    if damage is not None:
        raise RecordingError(f"{path} is damaged ({damage.row.reason}), and nothing in it can be read.")
    raise RecordingError(f"{path} has a layout that wardwatch does not read; it reads {_known()}.")


def _known() -> str:
    *others, last = _LAYOUTS
    return f"{', '.join(others)} and {last}"
