"""Writes small recordings, and reads them back."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from wardwatch.wire.recordings.opening import open_recording
from wardwatch.wire.recordings.recording import Row, UnreadableRow

Files = Mapping[str, str | bytes]


def write_folder(folder: Path, files: Files) -> Path:
    """A folder of these files; what is called `.gz` is zipped."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(as_bytes(content)) if name.endswith(".gz") else as_bytes(content))
    return folder


def write_tar(path: Path, files: Files) -> Path:
    """A tar archive, zipped if it is called so."""
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(as_bytes(content))
            archive.addfile(info, io.BytesIO(as_bytes(content)))
    return path


def write_zip(path: Path, files: Files) -> Path:
    """A zip archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def as_bytes(content: str | bytes) -> bytes:
    """Text as UTF-8."""
    return content.encode() if isinstance(content, str) else content


def read_streams(path: Path) -> list[list[Row]]:
    """The rows of each stream."""
    return [[*stream.rows] for stream in open_recording(path).streams()]


def read_rows(path: Path) -> list[Row]:
    """All rows, stream after stream."""
    return [row for rows in read_streams(path) for row in rows]


def faults(rows: list[Row]) -> list[tuple[str, str, int]]:
    """Reason, file and line of the unreadable rows."""
    return [(str(row.reason), row.file, row.line) for row in rows if isinstance(row, UnreadableRow)]
