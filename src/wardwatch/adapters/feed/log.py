"""Follows a topic, whatever happens to the broker, and knows how fresh that is.

Above all it follows ``vitals.alerts`` into the hub.
"""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import NoReturn

from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.kafka_topic import (
    Extent,
    LogRecord,
    LogUnavailableError,
    TopicMissingError,
    TopicReader,
)
from wardwatch.core.events import AlarmEvent
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.feed.codes import NotLive
from wardwatch.wire.feed.told import Heartbeat

_log = logging.getLogger(__name__)

# A console calls itself stale after 3 s without a live heartbeat; the feed uses the same patience with Kafka.
STALE_AFTER_S = 3.0
PROBE_INTERVAL_S = 1.0
READ_WAIT_S = 0.2

# A reader that gets nothing although there is something is taken for stuck, and replaced.
STUCK_AFTER_S = 30.0

FIRST_RETRY_S = 0.5
LONGEST_RETRY_S = 5.0


class LogFollower(ABC):
    """Reads a topic from its beginning, then goes along with it.

    Every second it asks the broker where the log ends. When it has read up to there, it knows all that was
    in the log when it asked; while that instant is at most :data:`STALE_AFTER_S` ago, the log is known. So a
    broker that is gone, a reader that hangs and a backlog all show in the same way.
    """

    # For whoever reads our own log.
    _told_of_outage: str
    _told_of_recovery: str

    def __init__(self, open_reader: Callable[[], TopicReader]) -> None:
        self._open_reader = open_reader
        self._obstacle = NotLive.STARTING
        self._outage_told = False
        self._position: dict[int, int] = {}
        # The record before each position: by it we know the log again.
        self._latest: dict[int, LogRecord] = {}
        # Where the log ended when we last asked. Instants are those of the monotonic clock.
        self._target: dict[int, int] = {}
        self._target_asked_at = 0.0
        self._target_reached = False
        self._last_progress_at = 0.0
        self._known_until: float | None = None

    @abstractmethod
    def _take(self, record: LogRecord) -> None:
        """The next record of the log."""

    def _begin(self, position: Mapping[int, int]) -> None:  # noqa: B027 (most have no use for it)
        """The log's partitions, and where reading begins or goes on."""

    def _taken_batch(self) -> None:  # noqa: B027
        """All that came in together has been taken."""

    @abstractmethod
    def _start_over(self) -> None:
        """The log is not the one that was read: what was taken of it counts no more."""

    @abstractmethod
    def _reached_end(self) -> None:
        """All that was in the log a moment ago has been taken."""

    def _begin_at(self, extents: dict[int, Extent]) -> dict[int, int]:
        """Where to begin in partitions of which nothing has been read."""
        return {partition: extent.first for partition, extent in extents.items()}

    async def _find_beginning(
        self,
        reader: TopicReader,  # noqa: ARG002 (for those who must ask the broker)
        extents: dict[int, Extent],
    ) -> dict[int, int]:
        return self._begin_at(extents)

    def obstacle(self) -> NotLive | None:
        """Why the log is not known up to now; ``None`` while it is."""
        age_s = self._age_s()
        return None if age_s is not None and age_s <= STALE_AFTER_S else self._obstacle

    def _age_s(self) -> float | None:
        return None if self._known_until is None else time.monotonic() - self._known_until

    async def run(self) -> NoReturn:
        """Follow the log until cancelled."""
        retry_s = FIRST_RETRY_S
        while True:
            known_before = self._known_until
            try:
                async with self._open_reader() as reader:
                    await self._follow(reader)
            except LogUnavailableError as error:
                self._note(error)
            if self._known_until != known_before:
                retry_s = FIRST_RETRY_S
            await asyncio.sleep(retry_s)
            retry_s = min(2 * retry_s, LONGEST_RETRY_S)

    def _note(self, error: LogUnavailableError) -> None:
        obstacle = NotLive.NO_TOPIC if isinstance(error, TopicMissingError) else NotLive.KAFKA_UNREACHABLE
        if obstacle is not self._obstacle:
            _log.warning("%s: %s", self._told_of_outage, error)
            self._outage_told = True
        self._obstacle = obstacle

    async def _follow(self, reader: TopicReader) -> None:
        await reader.start()
        asked_at = time.monotonic()
        extents = await reader.extents()
        self._check_identity(extents)
        begin = await self._find_beginning(reader, extents)
        self._position = {
            partition: self._position.get(partition, first) for partition, first in begin.items()
        }
        self._begin(self._position)
        reader.read_from(
            {partition: self._again_from(partition, extents[partition]) for partition in self._position}
        )
        self._aim({partition: extent.end for partition, extent in extents.items()}, asked_at)
        self._last_progress_at = time.monotonic()
        self._obstacle = NotLive.CATCHING_UP
        probing = asyncio.create_task(self._probe(reader))
        try:
            while not probing.done():
                await self._read(reader)
            await probing  # raises what has ended it
        finally:
            probing.cancel()
            await asyncio.gather(probing, return_exceptions=True)

    def _check_identity(self, extents: dict[int, Extent]) -> None:
        """Where our place in the log does not exist, it is another log, or we have missed a part of it."""
        for partition, offset in self._position.items():
            extent = extents.get(partition)
            if extent is None or not extent.first <= offset <= extent.end:
                self._forget()
                return

    def _again_from(self, partition: int, extent: Extent) -> int:
        """Where to read on: with the latest record that was read, if it is still there."""
        position = self._position[partition]
        return position - 1 if partition in self._latest and extent.first < position else position

    def _check_again(self, record: LogRecord) -> None:
        """A log that was made anew while nobody looked may be longer than the old one by now."""
        if record != self._latest[record.partition]:
            self._forget()
            raise LogUnavailableError("the topic was made anew")

    def _forget(self) -> None:
        _log.warning("the log does not go on where it was left: reading it anew")
        self._position, self._latest = {}, {}
        self._known_until = None
        self._start_over()

    def _aim(self, ends: dict[int, int], asked_at: float) -> None:
        self._target, self._target_asked_at, self._target_reached = ends, asked_at, False

    async def _read(self, reader: TopicReader) -> None:
        records = await reader.read(wait_s=READ_WAIT_S)
        for record in records:
            if record.offset < self._position[record.partition]:
                self._check_again(record)
                continue
            self._position[record.partition] = record.offset + 1
            self._latest[record.partition] = record
            self._take(record)
        if records:
            self._taken_batch()
            self._last_progress_at = time.monotonic()
        reached = await reader.positions()
        if all(reached[partition] >= end for partition, end in self._target.items()):
            self._target_reached = True
            self._known_until = self._target_asked_at
            self._reached_end()
            if self._outage_told:
                _log.info(self._told_of_recovery)
                self._outage_told = False

    async def _probe(self, reader: TopicReader) -> NoReturn:
        while True:
            await asyncio.sleep(PROBE_INTERVAL_S)
            asked_at = time.monotonic()
            ends = await reader.ends()
            # A target that has not been reached yet stays: a moving one would never be.
            if self._target_reached:
                self._aim(ends, asked_at)
            elif asked_at - max(self._last_progress_at, self._target_asked_at) > STUCK_AFTER_S:
                raise LogUnavailableError("there is something to read, and nothing comes")


class AlertLog(LogFollower):
    """The feed's end of the log of alarms."""

    _told_of_outage = "consoles are told that the feed is not live"
    _told_of_recovery = "consoles are told that the feed is live"

    def __init__(
        self,
        hub: FeedHub,
        open_reader: Callable[[], TopicReader],
        *,
        other_obstacle: Callable[[], NotLive | None] = lambda: None,
        watched_until_ms: Callable[[], int | None] = lambda: None,
        heard: Callable[[AlarmEvent], None] = lambda _: None,
    ) -> None:
        """``other_obstacle`` is what else keeps the feed from being live.

        ``watched_until_ms`` tells the watermark: what had arrived by then has been judged. ``heard`` is told
        of each event that the hub has taken.
        """
        super().__init__(open_reader)
        self._hub = hub
        self._other_obstacle = other_obstacle
        self._watched_until_ms = watched_until_ms
        self._heard = heard
        self._last_record_ms: int | None = None

    def heartbeat(self) -> Heartbeat:
        """How things stand now."""
        now_ms = time.time_ns() // 1_000_000
        age_s = self._age_s()
        reason = self.obstacle() or self._other_obstacle()
        return Heartbeat(
            now_ms=now_ms,
            live=reason is None,
            reason=reason,
            known_until_ms=None if age_s is None else now_ms - round(age_s * 1000),
            watched_until_ms=self._watched_until_ms(),
            last_record_ms=self._last_record_ms,
            position=self._hub.position(),
        )

    def _take(self, record: LogRecord) -> None:
        self._last_record_ms = record.timestamp_ms
        try:
            event = decode_alarm(record.value)
        except (Unreadable, RecursionError):
            self._hub.pass_over(record.value, record.partition, record.offset)
        else:
            if self._hub.take(event, record.value or b"", record.partition, record.offset):
                self._heard(event)

    def _begin(self, position: Mapping[int, int]) -> None:
        self._hub.begin(position)

    def _taken_batch(self) -> None:
        self._hub.flush()

    def _start_over(self) -> None:
        self._hub.start_over()

    def _reached_end(self) -> None:
        self._hub.open_doors()
