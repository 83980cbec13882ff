"""Waiting on conditions, and a feed's state as tests set it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from wardwatch.wire.feed.codes import NotLive
from wardwatch.wire.feed.told import Heartbeat


async def eventually(condition: Callable[[], bool], what: str, *, deadline_s: float = 20.0) -> None:
    """Wait until ``condition`` holds; fails, saying ``what`` was waited for, at the deadline."""
    loop = asyncio.get_running_loop()
    end = loop.time() + deadline_s
    while not condition():
        assert loop.time() < end, f"waited {deadline_s} s in vain until {what}"
        await asyncio.sleep(0.01)


def live() -> Heartbeat:
    return _beat(None)


def not_live() -> Heartbeat:
    return _beat(NotLive.KAFKA_UNREACHABLE)


def _beat(reason: NotLive | None) -> Heartbeat:
    return Heartbeat(
        now_ms=2,
        live=reason is None,
        reason=reason,
        known_until_ms=1,
        watched_until_ms=1,
        last_record_ms=None,
        position="",
    )
