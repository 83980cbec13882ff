"""What the demo sees from outside: what a console is told, what the worker refused, how far it is."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from operator import ge
from typing import NoReturn

from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.positions import parsed
from wardwatch.adapters.kafka_topic import TopicReader
from wardwatch.core.events import AlarmEvent
from wardwatch.core.permissions import EVERY_WARD
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.feed.told import Event
from wardwatch.wire.rejections import decode_rejection
from wardwatch.wire.topics import READINGS

_POLL_S = 0.1


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Return when ``is_so`` says so."""
    while not await is_so():  # noqa: ASYNC110 (nothing tells: the broker has to be asked)
        await asyncio.sleep(_POLL_S)


class ConsoleWatch:
    """A console that hears of all wards, for as long as :meth:`run` runs."""

    def __init__(self, url: str, token: str, on_event: Callable[[AlarmEvent], None]) -> None:
        self._client = ConsoleClient(url, token, [EVERY_WARD], console="demo", resumes=True)
        self._on_event = on_event

    async def run(self) -> NoReturn:
        """Listen until cancelled; where the feed is not there, or is gone, try again."""
        async with self._client:
            async for message in self._client:
                if isinstance(message, Event):
                    self._on_event(message.event())
        raise AssertionError("a console that resumes never ends")

    async def is_live(self) -> bool:
        """Whether the feed vouches that the console hears of everything."""
        heartbeat = self._client.last_heartbeat
        return heartbeat is not None and heartbeat.live

    async def has_heard_all(self, alerts: TopicReader) -> bool:
        """Whether the console was told of all that is in the topic."""
        told = parsed(self._client.position or "")
        ends = [end for _, end in sorted((await alerts.ends()).items())]
        return told is not None and len(told.offsets) == len(ends) and all(map(ge, told.offsets, ends))


class RejectedWatch:
    """Collects which readings the worker refused whole; one with a single bad value is none of them."""

    def __init__(self, reader: TopicReader) -> None:
        self._reader = reader
        self.readings: set[tuple[int, int]] = set()

    async def start(self) -> None:
        """Begin at the beginning of ``vitals.rejected``."""
        await self._reader.start()
        extents = await self._reader.extents()
        self._reader.read_from({number: extent.first for number, extent in extents.items()})

    async def run(self) -> NoReturn:
        """Read until cancelled."""
        while True:
            for record in await self._reader.read(wait_s=1.0):
                self._take(record.value)

    async def has_read_all(self) -> bool:
        """Whether all that is in the topic has been read."""
        return await self._reader.positions() == await self._reader.ends()

    def _take(self, payload: bytes | None) -> None:
        try:
            rejection = decode_rejection(payload)
        except Unreadable:
            return  # not from our worker: whoever joins may write to the topic
        if rejection.topic == READINGS and rejection.vital is None:
            self.readings.add((rejection.partition, rejection.offset))
