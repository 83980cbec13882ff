"""A whole feed: the logs that are followed, and the server that tells consoles of them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wardwatch.adapters.feed.hub import FeedCounters, FeedHub
from wardwatch.adapters.feed.log import AlertLog
from wardwatch.adapters.feed.pulses import PulseLog
from wardwatch.adapters.feed.server import FeedServer


class Feed:
    """Put together by the composition root; :meth:`running` starts and stops it."""

    def __init__(self, hub: FeedHub, log: AlertLog, pulses: PulseLog, server: FeedServer) -> None:
        self._hub = hub
        self._log = log
        self._pulses = pulses
        self._server = server

    @property
    def counters(self) -> FeedCounters:
        """What the feed has done since it started."""
        return self._hub.counters

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serve while inside; gives the address for consoles.

        Should a part of the feed fail for good, the body is cancelled and its error raised: a feed that
        can't do its work must not look as if it could.
        """
        try:
            async with self._server, asyncio.TaskGroup() as tasks:
                running = (self._log.run(), self._pulses.run(), self._pulses.look(), self._server.beat())
                parts = [tasks.create_task(part) for part in running]
                try:
                    yield self._server.url
                finally:
                    for part in parts:
                        part.cancel()
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
