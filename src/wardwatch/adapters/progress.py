"""Whether the worker gets on with its partitions, watched from a thread of its own.

Consumers are known to stop in silence, and a loop that hangs can't watch itself. A worker that does not get
on ends its process, so that the group gives its partitions to another and a supervisor starts it anew.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

logger = logging.getLogger(__name__)

# EX_SOFTWARE of sysexits.h: "an internal software error has been detected".
EXIT_STALLED = 70


@dataclass(slots=True)
class _Watched:
    """One partition of one topic; ``moved_at_s`` is when it last got on, or had nothing to do."""

    position: int
    end: int
    moved_at_s: float


@dataclass(slots=True)
class Progress:
    """What the worker notes, by a monotonic clock, and what follows from it."""

    limit_s: float
    _watched: dict[tuple[str, int], _Watched] = field(default_factory=dict)
    _loop_turned_at_s: float | None = None
    _ends_seen_at_s: float | None = None

    def loop_turned(self, now_s: float) -> None:
        """The event loop is alive."""
        self._loop_turned_at_s = now_s

    def idle(self, now_s: float) -> None:
        """No partitions are being read: none are assigned, or their state is being recovered and moves."""
        self._watched.clear()
        self._ends_seen_at_s = now_s

    def observe(self, now_s: float, places: dict[tuple[str, int], tuple[int, int]]) -> None:
        """The broker was asked: of each partition, the position here and the end of the log."""
        self._ends_seen_at_s = now_s
        watched = {}
        for which, (position, end) in places.items():
            before = self._watched.get(which)
            stands = before is not None and before.position == position < before.end
            moved_at_s = before.moved_at_s if before is not None and stands else now_s
            watched[which] = _Watched(position, end, moved_at_s)
        self._watched = watched

    def standing(self, now_s: float, for_s: float) -> list[tuple[str, int]]:
        """Where records have waited for so long, and none moved."""
        return [which for which, watched in self._watched.items() if now_s - watched.moved_at_s >= for_s]

    def stall(self, now_s: float) -> str | None:
        """Why the worker must end, or ``None``."""
        if self._loop_turned_at_s is not None and now_s - self._loop_turned_at_s > self.limit_s:
            return f"the event loop has not turned for {self.limit_s:g} s"
        if self._ends_seen_at_s is not None and now_s - self._ends_seen_at_s > self.limit_s:
            return f"neither the broker nor a recovery has said anything for {self.limit_s:g} s"
        for (topic, number), watched in list(self._watched.items()):
            if now_s - watched.moved_at_s > self.limit_s:
                lag = watched.end - watched.position
                return (
                    f"{topic}, partition {number}: {lag} records wait, and none moved for {self.limit_s:g} s"
                )
        return None


def _end_process(reason: str) -> None:
    logger.critical("Ending this worker: %s.", reason)
    logging.shutdown()
    os._exit(EXIT_STALLED)


class Watchdog:
    """A thread that ends the process on a stall, and touches ``health_file`` while there is none."""

    def __init__(
        self,
        progress: Progress,
        *,
        health_file: Path | None = None,
        interval_s: float = 1.0,
        on_stall: Callable[[str], None] = _end_process,
    ) -> None:
        self._progress = progress
        self._health_file = health_file
        self._interval_s = interval_s
        self._on_stall = on_stall
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="wardwatch-watchdog", daemon=True)

    def start(self) -> None:
        """Start watching."""
        self._thread.start()

    def stop(self) -> None:
        """Stop watching, and wait for the thread."""
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stopped.wait(self._interval_s):
            reason = self._progress.stall(time.monotonic())
            if reason is not None:
                self._on_stall(reason)
                return
            if self._health_file is not None:
                self._touch(self._health_file)

    def _touch(self, path: Path) -> None:
        try:
            path.touch()
        except OSError as error:
            logger.warning("The health file can't be touched: %s.", error.strerror)
            self._health_file = None
