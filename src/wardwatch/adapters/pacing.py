"""Keeps to a pace: lets things happen when they are due, by a clock that may run faster than ours."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

# What is due this soon happens now: a sleep for every single reading would cost more than it keeps.
_EARLY_S = 0.005


class Pacer:
    """Waits for instants of a recording played at ``speed`` times real time; infinity is without waiting."""

    def __init__(
        self,
        speed: float,
        *,
        monotonic_s: Callable[[], float] = time.monotonic,
        sleep_s: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._speed = speed
        self._monotonic_s = monotonic_s
        self._sleep_s = sleep_s
        self._start: tuple[int, float] | None = None
        # How long after it was due the latest instant was let happen.
        self.late_s = 0.0

    async def until(self, at_ms: int) -> None:
        """Wait until ``at_ms`` is due; the first instant is due at once, and sets the clock.

        Who comes late is not waited for: the pace is that of the recording, not of the gaps.
        """
        if self._start is None:
            self._start = at_ms, self._monotonic_s()
        start_ms, started_s = self._start
        due_s = started_s + (at_ms - start_ms) / 1000 / self._speed
        wait_s = due_s - self._monotonic_s()
        if wait_s > _EARLY_S:
            await self._sleep_s(wait_s)
            wait_s = due_s - self._monotonic_s()
        self.late_s = max(0.0, -wait_s)


def start_not_ahead_ms(now_ms: int, span_ms: int, speed: float) -> int:
    """Where the clock of a recording of ``span_ms`` has to begin so that it never gets ahead of ours.

    By default Kafka refuses records that are an hour ahead of its own clock. So what is played faster than
    real time begins in the past, and catches up with our clock at its end.

    >>> start_not_ahead_ms(3_600_000, 600_000, 10)
    3060000
    """
    return now_ms - max(0, round(span_ms * (1 - 1 / speed)))


def sleep_unless(stopping: asyncio.Event) -> Callable[[float], Awaitable[None]]:
    """`asyncio.sleep` for a :class:`Pacer` that should not sleep on once ``stopping`` is set."""

    async def sleep(seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), seconds)

    return sleep
