"""A whole feed: what is followed and written beside the server that tells consoles of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from typing import Any, NoReturn

from wardwatch.adapters.feed.counters import FeedCounters
from wardwatch.adapters.feed.server import FeedServer
from wardwatch.adapters.feed.services import Services


class Feed:
    """Put together by the composition root; :meth:`running` starts and stops it."""

    def __init__(
        self,
        services: Services,
        server: FeedServer,
        parts: Sequence[Callable[[], Coroutine[Any, Any, NoReturn]]],
        *,
        trial_token: str | None = None,
    ) -> None:
        """``parts`` run beside the server; ``trial_token`` is of the feed's own key, where it has one."""
        self._services = services
        self.trial_token = trial_token
        self._server = server
        self._parts = [*parts, server.beat, server.watch]

    @property
    def counters(self) -> FeedCounters:
        """What the feed has done since it started."""
        return self._services.hub.counters

    @property
    def page_url(self) -> str:
        """Where a browser finds the console, while it runs."""
        return self._server.page_url

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Serve while inside; gives the address for consoles.

        Should a part of the feed fail for good, the body is cancelled and its error raised: a feed that
        can't do its work must not look as if it could.
        """
        try:
            async with self._services.audit.running(), asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(part()) for part in self._parts]
                try:
                    async with self._server:
                        yield self._server.url
                finally:
                    for part in running:
                        part.cancel()
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
