"""The files of a recording: one file, a folder of files, or a tar or zip archive.

An archive is read where it lies: nothing is unpacked to disk, and the names inside it are only names. Links,
devices and hidden files are passed over.
"""

from __future__ import annotations

import gzip
import io
import os
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from wardwatch.wire.decoding import MAXIMUM_BYTES
from wardwatch.wire.recordings.recording import FileFault, RecordingError, UnreadableFileError

# A file inside an archive is held in memory while it is read, so it may not be larger than this: a day of an
# E4's accelerometer, or some ten million compressed table rows. A decompression bomb is.
MAXIMUM_MEMBER_BYTES = 64 * 1024 * 1024
# The largest public archive of stays has 40,000; the names of many more would fill the memory.
MAXIMUM_MEMBERS = 200_000

_GZIP_MAGIC = b"\x1f\x8b"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_TAR_MAGIC, _TAR_MAGIC_OFFSET = b"ustar", 257
_DAMAGE = (OSError, EOFError, zlib.error, tarfile.TarError, zipfile.BadZipFile)
# How `zipfile` refuses a password, or a compression or version that it doesn't know.
_ZIP_REFUSALS = (RuntimeError, NotImplementedError)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of a recording; of a tar archive it can be opened only until the next one is asked for."""

    name: str
    open: Callable[[], BinaryIO]
    held_bytes: int = 0

    @property
    def folder(self) -> str:
        """The folder inside the recording; `.` is the recording itself."""
        return str(PurePosixPath(self.name).parent)

    @property
    def base(self) -> str:
        """The file's name without its folder."""
        return PurePosixPath(self.name).name

    @property
    def stem(self) -> str:
        """The file's name up to its first dot that is not the first character."""
        return self.base[0] + self.base[1:].partition(".")[0]

    def lines(self) -> Iterator[bytes]:
        """The lines, unzipped, as they stand; raises :class:`UnreadableFileError` where they break off.

        The file is opened at once, the lines are read as they are asked for. Of a line that is longer than
        any record only the beginning comes, one byte longer than a record may be.
        """
        try:
            return self._lines(_unzipped(self.open()))
        except UnreadableFileError as refusal:
            return _raising(refusal)
        except _DAMAGE + _ZIP_REFUSALS:
            return _raising(UnreadableFileError(FileFault.DAMAGED, self.name, 1))

    def _lines(self, stream: io.BufferedReader) -> Iterator[bytes]:
        line_number = 0
        limit = MAXIMUM_BYTES + 1
        try:
            with stream:
                line = stream.readline(limit).removeprefix(_BYTE_ORDER_MARK)
                while line:
                    line_number += 1
                    yield line
                    while len(line) == limit and not line.endswith(b"\n"):
                        line = stream.readline(limit)
                    line = stream.readline(limit)
        except _DAMAGE:
            raise UnreadableFileError(FileFault.DAMAGED, self.name, line_number + 1) from None


def _unzipped(stream: BinaryIO) -> io.BufferedReader:
    """``stream``, through gzip where its first bytes say so."""
    buffered: io.BufferedReader = io.BufferedReader(cast("io.RawIOBase", stream))
    if buffered.peek(2)[:2] != _GZIP_MAGIC:
        return buffered
    return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=buffered)))


def _raising(refusal: UnreadableFileError) -> Iterator[bytes]:
    """No lines: the first that is asked for tells why."""
    raise refusal
    yield b""


class _MeteredFile(io.FileIO):
    """A file that tells how much of it was read."""

    def __init__(self, path: Path, count: Callable[[int], None]) -> None:
        super().__init__(path)
        self._count = count

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        size = super().readinto(buffer) or 0
        self._count(size)
        return size


class Source:
    """What lies at a path; ``bytes_read`` of ``size_bytes`` tells how far its reading has come."""

    def __init__(self, path: Path) -> None:
        """Raises :class:`RecordingError` where there is nothing to read."""
        self._path = path
        self.bytes_read = 0
        try:
            self._kind = _kind(path)
            files = _regular_files(path) if self._kind is _folder else [path]
            self.size_bytes = sum(file.stat().st_size for file in files)
        except (EOFError, zlib.error, gzip.BadGzipFile):
            raise RecordingError(f"{path} is damaged within its first bytes; fetch it anew.") from None
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise RecordingError(f"{path} cannot be read: {reason}.") from None
        if self.size_bytes == 0:
            raise RecordingError(f"{path} is empty.")

    @property
    def stem(self) -> str:
        """The path's last name without its extensions."""
        name = self._path.resolve().name
        return name if self._kind is _folder else name[0] + name[1:].partition(".")[0]

    def members(self) -> Iterator[Member]:
        """The files in a stable order; raises :class:`UnreadableFileError` where an archive breaks off."""
        self.bytes_read = 0
        try:
            for count, member in enumerate(self._kind(self._path, self._open)):
                if count >= MAXIMUM_MEMBERS:
                    raise UnreadableFileError(FileFault.TOO_LARGE, self._path.name)
                yield member
        except _DAMAGE + _ZIP_REFUSALS:
            raise UnreadableFileError(FileFault.DAMAGED, self._path.name) from None

    def _open(self, path: Path) -> io.BufferedReader:
        return io.BufferedReader(_MeteredFile(path, self._count))

    def _count(self, size: int) -> None:
        self.bytes_read += size


_Open = Callable[[Path], io.BufferedReader]


def _kind(path: Path) -> Callable[[Path, _Open], Iterator[Member]]:
    if path.is_dir():
        return _folder
    if zipfile.is_zipfile(path):
        return _zip
    with path.open("rb") as file, _unzipped(file) as stream:
        head = stream.read(512)
    is_tar = head[_TAR_MAGIC_OFFSET:].startswith(_TAR_MAGIC)
    return _tar if is_tar else _single_file


def _regular_files(folder: Path) -> list[Path]:
    files = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        files += [file for name in sorted(names) if (file := Path(parent, name)).is_file()]
    return files


def _single_file(path: Path, open_file: _Open) -> Iterator[Member]:
    yield Member(path.name, lambda: open_file(path))


def _folder(path: Path, open_file: _Open) -> Iterator[Member]:
    for file in _regular_files(path):
        if not file.name.startswith("."):
            yield Member(file.relative_to(path).as_posix(), lambda file=file: open_file(file))  # type: ignore[misc]


def _tar(path: Path, open_file: _Open) -> Iterator[Member]:
    with open_file(path) as file, _unzipped(file) as stream:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for info in archive:
                archive.members = []  # type: ignore[attr-defined] # or it remembers every one
                if info.isreg() and not PurePosixPath(info.name).name.startswith("."):
                    yield _held(info.name, info.size, lambda info=info: archive.extractfile(info))
        while stream.read(1 << 20):
            pass  # gzip's checksum comes last: without it the archive has lost its end


def _zip(path: Path, open_file: _Open) -> Iterator[Member]:
    with open_file(path) as file, zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            if not info.is_dir() and not PurePosixPath(info.filename).name.startswith("."):
                yield _held(info.filename, info.file_size, lambda info=info: archive.open(info))


def _held(name: str, size: int, open_member: Callable[..., object]) -> Member:
    """A file inside an archive: read whole when it is opened, so that the archive can go on."""

    def read() -> BinaryIO:
        if size > MAXIMUM_MEMBER_BYTES:
            raise UnreadableFileError(FileFault.TOO_LARGE, name)
        with cast("BinaryIO", open_member()) as stream:
            return io.BytesIO(stream.read(size))

    return Member(name, read, held_bytes=size)
