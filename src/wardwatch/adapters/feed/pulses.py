"""Follows ``vitals.pulse`` into the watch, and lets the watch look while there is something to be seen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import NoReturn

from wardwatch.adapters.feed.log import LogFollower
from wardwatch.adapters.feed.watch import MonitoringWatch, Now
from wardwatch.adapters.kafka_topic import Extent, LogRecord, TopicReader
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.feed.codes import NotLive
from wardwatch.wire.pulse import decode_pulse

LOOK_INTERVAL_S = 0.5


class PulseLog(LogFollower):
    """The feed's end of the pulses.

    While the topic can't be read, the watch does not look: it would take its own blindness for the workers'
    silence. Then :meth:`blindness` says so. A topic that is not there is no blindness: nobody writes to it.
    """

    _told_of_outage = "nobody's pulse can be heard"
    _told_of_recovery = "pulses are heard again"

    def __init__(self, watch: MonitoringWatch, open_reader: Callable[[], TopicReader]) -> None:
        super().__init__(open_reader)
        self._watch = watch
        self.unreadable_records = 0

    def blindness(self) -> NotLive | None:
        """Why nothing can be known of the monitoring; ``None`` while it is known."""
        obstacle = self.obstacle()
        return None if obstacle is NotLive.NO_TOPIC else obstacle

    def watched_until_ms(self) -> int | None:
        """What had arrived in the log by then has been judged; ``None`` while that is not known."""
        return self._watch.watched_until_ms()

    async def look(self) -> NoReturn:
        """Let the watch look, until cancelled; beside :meth:`run`."""
        while True:
            if self.blindness() is None:
                self._watch.look(_now())
            await asyncio.sleep(LOOK_INTERVAL_S)

    def _begin_at(self, extents: dict[int, Extent]) -> dict[int, int]:
        """With the latest: all before it is past, however much of it the broker keeps."""
        self._watch.expect(extents)
        return {partition: max(extent.first, extent.end - 1) for partition, extent in extents.items()}

    def _take(self, record: LogRecord) -> None:
        try:
            pulse = decode_pulse(record.value)
        except (Unreadable, RecursionError):
            self.unreadable_records += 1
            return
        if pulse.partition != record.partition:
            self.unreadable_records += 1
            return
        now = _now()
        # What was waiting for us is as old as its own clock says, as far as that can be. After that our own
        # clock counts: a worker's may be wrong.
        age_ms = 0 if self.obstacle() is None else max(0, now.ms - pulse.at_ms)
        self._watch.hear(pulse, now.s - age_ms / 1000)

    def _start_over(self) -> None:
        """Only the latest pulses count, and they will be read."""

    def _reached_end(self) -> None:
        """The watch looks by itself."""


def _now() -> Now:
    return Now(time.monotonic(), time.time_ns() // 1_000_000)
