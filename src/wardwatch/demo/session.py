"""One run of the demo: wait until all parts are ready, play the readings, and count what came of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, NoReturn, Protocol

from wardwatch.adapters.kafka_lag import GroupLag
from wardwatch.adapters.kafka_producer import ReadingProducer
from wardwatch.adapters.kafka_topic import TopicReader
from wardwatch.adapters.pacing import Pacer, sleep_unless
from wardwatch.core.events import AlarmEvent
from wardwatch.demo.children import Child
from wardwatch.demo.measuring import Tally
from wardwatch.demo.parts import GROUP, Parts
from wardwatch.demo.watching import ConsoleWatch, RejectedWatch, until
from wardwatch.demo.wearers import Wearers
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import ALERTS, READINGS, REJECTED, ROSTER
from wardwatch_simulators import Deterioration, DeviceFault

# On a busy machine a worker's imports alone take seconds, and its first join of the group three more.
_READY_WITHIN_S = 60.0
_SETTLED_WITHIN_S = 30.0
_LOOK_EVERY_S = 0.25

# The embedded broker keeps 5 MiB a partition and drops what is older in silence, read or not. At some 300
# bytes a reading this many fit even where all are of one partition.
_LARGEST_LAG = 12_000


class Screen(Protocol):
    """Where the demo shows what happens."""

    def say(self, text: str) -> None:
        """A line that stays."""

    def progress(self, text: str) -> None:
        """What is under way; the next one takes its place."""

    def ready(self, parts: Parts) -> None:
        """Everything runs, and others can join."""

    def truth(self, record: Deterioration | DeviceFault) -> None:
        """The simulation tells the truth about a wearer or a device."""

    def alarm(self, event: AlarmEvent, latency_s: float | None) -> None:
        """The console was told of an alarm."""


class Session:
    """Plays wearers to the parts. ``stopping`` ends the playing early; what was played still counts."""

    def __init__(self, parts: Parts, wearers: Wearers, screen: Screen, stopping: asyncio.Event) -> None:
        self.tally = Tally()
        self._parts = parts
        self._wearers = wearers
        self._screen = screen
        self._stopping = stopping
        self._client_options = {"bootstrap_servers": parts.bootstrap_servers}
        self._console = ConsoleWatch(parts.feed_url, parts.access.own_token, self._hear)
        self._has_room = asyncio.Event()

    async def run(self, seconds: float | None) -> None:
        """Play for so long, or to the end; raises :class:`ChildFailedError` if a part fails meanwhile."""
        failures = [_fail_with(child) for child in self._parts.children]
        await _beside(self._perform(seconds), self._console.run(), *failures)

    async def _perform(self, seconds: float | None) -> None:
        async with ReadingProducer(self._client_options) as producer:
            if not await self._unless_stopped(self._get_ready(producer)):
                return
            async with (
                GroupLag(GROUP, [READINGS], self._client_options) as lag,
                TopicReader(REJECTED, self._client_options) as rejected,
                TopicReader(ALERTS, self._client_options) as alerts,
            ):
                await alerts.start()
                refused = RejectedWatch(rejected)
                await refused.start()

                async def play_out() -> None:
                    await self._play(producer, seconds)
                    await self._settle(lag, refused, alerts)

                await _beside(play_out(), refused.run(), self._narrate(lag, seconds))
                self.tally.readings_rejected = len(refused.readings)

    async def _get_ready(self, producer: ReadingProducer) -> None:
        """Place the wearers, and wait until the worker knows it and the feed vouches for the console."""
        worker, feed = self._parts.children
        now_ms = time.time_ns() // 1_000_000
        for placement in self._wearers.placements:
            await producer.send(placement.patient, encode_placement(placement), now_ms, ROSTER)
        await producer.flush()
        async with GroupLag(GROUP, [ROSTER], self._client_options) as lag:
            await self._wait_for(worker, lag.is_caught_up)
        await self._wait_for(feed, self._console.is_live)
        self._screen.ready(self._parts)

    async def _wait_for(self, child: Child, is_ready: Callable[[], Awaitable[bool]]) -> None:
        self._screen.progress(f"waiting for the {child.name}")
        began_s = time.monotonic()
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                await until(is_ready)
        except TimeoutError:
            raise child.failure(f"was not ready within {_READY_WITHIN_S:.0f} s") from None
        self._screen.say(f"{child.name:8}ready after {time.monotonic() - began_s:.1f} s")

    async def _play(self, producer: ReadingProducer, seconds: float | None) -> None:
        pacer = Pacer(self._wearers.speed, sleep_s=sleep_unless(self._stopping))
        # On a busy machine the first look at the worker's lag takes a while, which is not to be played in.
        await self._has_room.wait()
        end_s = float("inf") if seconds is None else time.monotonic() + seconds
        for due_ms, patient, payload in self._wearers.readings():
            await pacer.until(due_ms)
            await self._has_room.wait()
            now_s = time.monotonic()
            if now_s >= end_s or self._stopping.is_set():
                break
            self.tally.sent(patient, due_ms, now_s)
            await producer.send(patient, payload, due_ms)
        await producer.flush()

    async def _settle(self, lag: GroupLag, refused: RejectedWatch, alerts: TopicReader) -> None:
        """Wait until all that was played has come out at the other end."""
        try:
            async with asyncio.timeout(_SETTLED_WITHIN_S):
                await until(lag.is_caught_up)
                await until(lambda: self._console.has_heard_all(alerts))
                await until(refused.has_read_all)
        except TimeoutError:
            behind = await lag.records_behind()
            self._screen.say(
                f"After {_SETTLED_WITHIN_S:.0f} s the worker is still {behind:,} readings behind, or the "
                "console behind the worker: what follows does not count everything."
            )

    async def _narrate(self, lag: GroupLag, seconds: float | None) -> NoReturn:
        """Say how it goes; and hold the playing up where the worker is too far behind."""
        began_s = time.monotonic()
        told: set[Deterioration | DeviceFault] = set()
        while True:
            behind = await lag.records_behind()
            if behind < _LARGEST_LAG:
                self._has_room.set()
            else:
                self._has_room.clear()
            for record in self._wearers.truth():
                if record not in told:
                    told.add(record)
                    self._screen.truth(record)
            elapsed_s = time.monotonic() - began_s
            limit = "" if seconds is None else f" of {seconds:.0f}"
            self._screen.progress(
                f"{elapsed_s:.0f}{limit} s: {self.tally.readings_in:,} readings, {behind:,} of them since "
                f"the worker's last checkpoint; {self.tally.alarms_opened:,} alarms"
            )
            await asyncio.sleep(_LOOK_EVERY_S)

    def _hear(self, event: AlarmEvent) -> None:
        self._screen.alarm(event, self.tally.delivered(event, time.monotonic()))

    async def _unless_stopped(self, work: Coroutine[None, None, None]) -> bool:
        """Do ``work`` to its end, or give it up when we are to stop; returns whether it was done."""
        working, stopping = asyncio.create_task(work), asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait([working, stopping], return_when=asyncio.FIRST_COMPLETED)
            if working.done():
                await working
            return working.done()
        finally:
            await _cancelled(working, stopping)


async def _fail_with(child: Child) -> NoReturn:
    await child.wait_until_ended()
    raise child.failure("has ended by itself")


async def _beside(work: Coroutine[Any, Any, None], *others: Coroutine[Any, Any, NoReturn]) -> None:
    """Do ``work`` while ``others`` run. None of these ends by itself, unless it fails; then so does this."""
    tasks = [asyncio.create_task(each) for each in (work, *others)]
    try:
        ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in ended:
            await task
    finally:
        await _cancelled(*tasks)


async def _cancelled(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
