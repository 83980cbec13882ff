"""The clock of one partition of the log: the last record's timestamp, and the time since it was heard.

A replayed recording lives in a time of its own, so a worker must not use its own clock to say how long a
patient has been silent.
"""

from __future__ import annotations

import time


class LogClock:
    """Tells the log's time. It is not known until the first record, or :meth:`resume`."""

    def __init__(self) -> None:
        self._heard_ms: int | None = None
        self._heard_at_s = 0.0
        self._heard_at_wall_ms: int | None = None

    def hear(self, timestamp_ms: int) -> None:
        """A record with this timestamp came just now."""
        self._heard_ms = timestamp_ms
        self._heard_at_s = time.monotonic()
        self._heard_at_wall_ms = _wall_ms()

    def now_ms(self) -> int | None:
        """The log's time, or ``None`` where no record was ever heard."""
        if self._heard_ms is None:
            return None
        return self._heard_ms + int(1000 * (time.monotonic() - self._heard_at_s))

    def saved(self) -> tuple[int | None, int | None]:
        """The last timestamp, and our own time when it was heard."""
        return self._heard_ms, self._heard_at_wall_ms

    def resume(self, heard_ms: int | None, heard_at_wall_ms: int | None) -> None:
        """Go on from what :meth:`saved` said, maybe on another machine: so by the wall clock."""
        if heard_ms is None or heard_at_wall_ms is None:
            return
        self.hear(heard_ms)
        self._heard_at_wall_ms = heard_at_wall_ms
        self._heard_at_s -= max(0, _wall_ms() - heard_at_wall_ms) / 1000


def _wall_ms() -> int:
    return int(1000 * time.time())
