"""What a file says, read anew whenever it has changed."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

T = TypeVar("T")

_log = logging.getLogger(__name__)

# Nobody's staff or keys fill as much: a larger file is some other one.
_MAXIMUM_BYTES = 16 * 1024 * 1024
# File systems tell the time of a change in steps of up to 2 s (FAT): a second change within the same step
# looks like none. So a file that was changed so lately is read again.
_YOUNG_S = 2.5


class UnusableFileError(Exception):
    """The file can't be used; the message is a sentence that repeats nothing of what it holds."""


class _Look(NamedTuple):
    """What tells one state of a file from the next, without reading it."""

    device: int
    inode: int
    size: int
    changed_ns: int
    status_changed_ns: int


class WatchedFile(Generic[T]):
    """A file's content as ``parse`` understands it.

    A file that can't be used any more, or has gone, keeps what it said before; that is logged once.
    """

    def __init__(self, path: Path, parse: Callable[[bytes], T], setting: str) -> None:
        """Read it for the first time, or raise :class:`UnusableFileError`; ``setting`` names it in the log.

        ``parse`` raises :class:`UnusableFileError`, too.
        """
        self._path = path
        self._parse = parse
        self._setting = setting
        self._look, self._is_young = self._look_now()
        self._data = self._read()
        self._refused: bytes | None = None
        self._problem: str | None = None
        self.content: T = parse(self._data)

    def refresh(self) -> bool:
        """Read it again if it has changed; returns whether :attr:`content` is new."""
        try:
            return self._take_change()
        except UnusableFileError as problem:
            if str(problem) != self._problem:
                self._problem = str(problem)
                _log.error("%s: %s What it said before still holds.", self._setting, problem)
            return False

    def _take_change(self) -> bool:
        look, is_young = self._look_now()
        if look == self._look and not self._is_young:
            return False
        data = self._read()
        self._look, self._is_young = look, is_young
        if data == self._refused:
            return False
        if data == self._data:
            self._refused = self._problem = None
            return False
        # Until it is understood: what is refused once is not looked at again.
        self._refused = data
        self.content = self._parse(data)
        self._data, self._refused, self._problem = data, None, None
        _log.info("%s: the file has changed, and holds from now on.", self._setting)
        return True

    def _look_now(self) -> tuple[_Look, bool]:
        try:
            found = self._path.stat()
        except OSError as error:
            raise UnusableFileError(f"The file can't be read: {error.strerror or error}.") from None
        look = _Look(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        return look, time.time() - max(found.st_mtime, found.st_ctime) < _YOUNG_S

    def _read(self) -> bytes:
        try:
            with self._path.open("rb") as file:
                data = file.read(_MAXIMUM_BYTES + 1)
        except OSError as error:
            raise UnusableFileError(f"The file can't be read: {error.strerror or error}.") from None
        if len(data) > _MAXIMUM_BYTES:
            raise UnusableFileError(f"The file has more than {_MAXIMUM_BYTES} bytes.")
        return data


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that whoever reads it sees the old or the new one, whole; its mode is kept."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        new.write_bytes(data)
        if path.exists():
            new.chmod(path.stat().st_mode & 0o7777)
        with new.open("rb") as file:
            os.fsync(file.fileno())
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
