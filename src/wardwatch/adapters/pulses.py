"""The signs of life of a worker's partitions, one by one: see :mod:`wardwatch.wire.pulse`.

A pulse shows that a partition is *watched*, not that its worker lives. It is made only when the broker has
said where the log ends, when the partition's runner has come round to it, and when the group still says that
the partition is ours. And it tells for how long the partition has not been at the end of the log. So whatever
hangs, either no pulse comes or a growing lag.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import socket
import time
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from wardwatch.adapters.logs import place_of
from wardwatch.adapters.partition import Partition
from wardwatch.wire.pulse import Pulse, encode_pulse
from wardwatch.wire.topics import PULSE

logger = logging.getLogger(__name__)

# (topic, partition) to the position here and the end of the log.
Places = Mapping[tuple[str, int], tuple[int, int]]


class Watched(Protocol):
    """What gives pulses: a partition's runner."""

    @property
    def partition(self) -> Partition:
        """The partition that it runs."""

    async def is_watching(self) -> bool:
        """Wait until the runner comes round to it; whether the partition is watched as it should be."""


class Sender(Protocol):
    """The broker's producer."""

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None
    ) -> Awaitable[Any]:
        """Hand a message to the producer; the result is there when the broker has it."""


@dataclass(slots=True)
class Reach:
    """Until when all that was in a partition's log is known to have been taken in, by a monotonic clock.

    An end stays the target until it is reached: a moving one would never be.
    """

    _ends: Mapping[str, int] = field(default_factory=dict)
    _asked_at_s: float | None = None
    _known_until_s: float | None = None

    def aim(self, positions: Mapping[str, int], ends: Mapping[str, int], asked_at_s: float) -> None:
        """The broker was asked where the log ends."""
        self.look(positions)
        if self._asked_at_s is None:
            self._ends, self._asked_at_s = ends, asked_at_s
            self.look(positions)

    def look(self, positions: Mapping[str, int]) -> None:
        """The partition has come so far."""
        if self._asked_at_s is not None and all(positions[topic] >= end for topic, end in self._ends.items()):
            self._known_until_s, self._asked_at_s = self._asked_at_s, None

    def behind_s(self, now_s: float) -> float | None:
        """For how long the partition has not been known to be at the end; ``None`` if it never has been."""
        return None if self._known_until_s is None else now_s - self._known_until_s


@dataclass(slots=True)
class _Heart:
    """What gives the pulse of one partition, while one runner has it."""

    runner: Watched
    reach: Reach = field(default_factory=Reach)
    beating: asyncio.Task[None] | None = None


class Pulses:
    """Publishes the pulses of a worker's partitions, each by itself: one that hangs holds up no other."""

    def __init__(self, sender: Sender, *, worker: str | None = None) -> None:
        self._sender = sender
        self._worker = worker or _name_of_this_process()
        self._hearts: dict[int, _Heart] = {}

    def beat(self, runners: Mapping[int, Watched], places: Places, asked_at_s: float) -> None:
        """The broker was asked, and said where the partitions end: let each show how far it is."""
        self._hearts = {number: self._heart_of(number, runner) for number, runner in runners.items()}
        for number, heart in self._hearts.items():
            mine = {topic: place for (topic, where), place in places.items() if where == number}
            positions = {topic: position for topic, (position, _) in mine.items()}
            ends = {topic: end for topic, (_, end) in mine.items()}
            heart.reach.aim(positions, ends, asked_at_s)
            if heart.beating is None or heart.beating.done():
                heart.beating = asyncio.create_task(self._beat(heart, positions, ends))

    def _heart_of(self, number: int, runner: Watched) -> _Heart:
        heart = self._hearts.get(number)
        return heart if heart is not None and heart.runner is runner else _Heart(runner)

    async def _beat(self, heart: _Heart, observed: Mapping[str, int], ends: Mapping[str, int]) -> None:
        try:
            if await heart.runner.is_watching():
                number = heart.runner.partition.number
                key, value = str(number).encode(), encode_pulse(self._pulse(heart, observed, ends))
                await (await self._sender.send(PULSE, number, key, value))
        except Exception as error:  # noqa: BLE001 (without a pulse the feed raises the alarm; work goes on)
            logger.warning("A pulse was not published: %s.", place_of(error))

    def _pulse(self, heart: _Heart, observed: Mapping[str, int], ends: Mapping[str, int]) -> Pulse:
        partition = heart.runner.partition
        # What the broker has dropped of old age is no lag: there the observed position is ahead of ours.
        positions = {topic: max(at, partition.positions[topic]) for topic, at in observed.items()}
        heart.reach.look(positions)
        behind_s = heart.reach.behind_s(time.monotonic())
        heard_ms, _ = partition.clock.saved()
        return Pulse(
            partition=partition.number,
            worker=self._worker,
            at_ms=time.time_ns() // 1_000_000,
            position=positions,
            end=dict(ends),
            behind_ms=None if behind_s is None else round(1000 * behind_s),
            heard_ms=heard_ms,
        )


def _name_of_this_process() -> str:
    """Host and process, of the characters that a name may have."""
    host = re.sub(r"[^A-Za-z0-9._-]", "_", socket.gethostname())
    return f"{host[:48]}:{os.getpid()}"
