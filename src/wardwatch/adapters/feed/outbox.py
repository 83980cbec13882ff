"""What waits to be sent to one console: a bounded queue that is never shortened in silence."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """An encoded message; an event's is made once and shared by all its receivers."""

    payload: bytes
    is_event: bool = False


class OutboxFullError(Exception):
    """More waited than the limit allows: the console is to be cut off, not served a part."""


class Outbox:
    """Frames for one console, in order, and at most ``limit`` of them.

    Heartbeats do not queue: only the latest counts, and it goes out after everything that waits.
    """

    def __init__(self, *, limit: int) -> None:
        self._limit = limit
        self._frames: deque[Frame] = deque()
        self._heartbeat: Frame | None = None
        self._overflowed = False
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()

    def put(self, frame: Frame) -> bool:
        """Queue ``frame``; ``False`` if there is no room, and then all that waits is given up."""
        if len(self._frames) >= self._limit:
            self._overflowed = True
            self._frames.clear()
        else:
            self._frames.append(frame)
            self._emptied.clear()
        self._filled.set()
        return not self._overflowed

    def put_heartbeat(self, frame: Frame) -> None:
        """Have ``frame`` sent when nothing else waits, in place of an older one."""
        self._heartbeat = frame
        self._filled.set()

    def take(self) -> Frame | None:
        """The next frame, or ``None`` where nothing waits; raises :class:`OutboxFullError`."""
        if self._overflowed:
            raise OutboxFullError
        if self._frames:
            return self._frames.popleft()
        frame, self._heartbeat = self._heartbeat, None
        return frame

    async def next(self) -> Frame:
        """The next frame, as soon as there is one; raises :class:`OutboxFullError`.

        Whoever asks for the next has sent the one before.
        """
        while (frame := self.take()) is None:
            self._emptied.set()
            self._filled.clear()
            await self._filled.wait()
        return frame

    def close(self) -> None:
        """Nothing more will be sent: let go whoever waits for it."""
        self._emptied.set()

    async def flushed(self) -> None:
        """Wait until all that was queued has been sent, or never will be."""
        await self._emptied.wait()
