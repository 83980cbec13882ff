"""A nurse station that writes down what it is told, while the test does something else."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AbstractContextManager
from operator import ge
from typing import Self

from tests.support.feeds import eventually
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.positions import parsed
from wardwatch.adapters.feed.watch import NOBODY
from wardwatch.composition import build_feed
from wardwatch.core.events import AlarmEvent
from wardwatch.core.permissions import EVERY_WARD
from wardwatch.settings import Settings
from wardwatch.wire.feed.told import Event, Snapshot

_DEADLINE_S = 60.0


class WatchingConsole(AbstractContextManager["WatchingConsole"]):
    """A feed on a port of its own and one console of all wards, in a thread, from enter to :meth:`heard`."""

    def __init__(self, servers: str) -> None:
        self._settings = Settings(kafka_bootstrap_servers=servers, feed_port=0)
        self._events: list[AlarmEvent] = []
        self._ends: dict[str, int] | None = None
        self._subscribed = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="console", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._subscribed.wait(_DEADLINE_S), "the feed did not answer"
        return self

    def __exit__(self, *_: object) -> None:
        self._ends = self._ends or {}
        self._thread.join(_DEADLINE_S)

    def heard(self, ends: dict[str, int]) -> list[AlarmEvent]:
        """All events in the order in which they came, once the feed has told the log up to ``ends``."""
        self._ends = ends
        self._thread.join(_DEADLINE_S)
        if self._failure is not None:
            raise self._failure
        assert not self._thread.is_alive(), "the feed did not get to the end of the log"
        return self._events

    def _run(self) -> None:
        try:
            asyncio.run(self._watch())
        except BaseException as failure:  # noqa: BLE001 (told by `heard`)
            self._failure = failure
            self._subscribed.set()

    async def _watch(self) -> None:
        feed = build_feed(self._settings)
        assert feed.trial_token is not None
        async with (
            feed.running() as url,
            ConsoleClient(url, feed.trial_token, [EVERY_WARD]) as console,
        ):
            listening = asyncio.create_task(self._listen(console))
            done = asyncio.create_task(
                eventually(lambda: self._is_told(console), "all was told", deadline_s=10 * _DEADLINE_S)
            )
            await asyncio.wait({listening, done}, return_when=asyncio.FIRST_COMPLETED)
            for task in (listening, done):
                if task.done():
                    task.result()
                task.cancel()

    async def _listen(self, console: ConsoleClient) -> None:
        async for message in console:
            if isinstance(message, Snapshot):
                assert message.alarms == [], "an alarm was open before the test began"
                self._subscribed.set()
            elif isinstance(message, Event) and (event := message.event()).patient != NOBODY:
                # While workers are killed the monitoring may well be late, and that has tests of its own.
                self._events.append(event)

    def _is_told(self, console: ConsoleClient) -> bool:
        told = parsed(console.position or "")
        if self._ends is None or told is None:
            return False
        ends = [end for _, end in sorted(self._ends.items(), key=lambda each: int(each[0]))]
        return len(told.offsets) == len(ends) and all(map(ge, told.offsets, ends))
