"""The signs of life of a worker's partitions, one by one: see :mod:`wardwatch.wire.pulse`.

A pulse shows that a partition is *watched*, not that its worker lives. It is made only when the broker has
said where the log ends, when the partition's runner has come round to it, and when the group still says that
the partition is ours. And it tells for how long the partition has not been at the end of the log. So whatever
hangs, either no pulse comes or a growing lag.
"""

from __future__ import annotations

import asyncio
import logging
import math
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
from wardwatch.wire.quality import Quality, encode_quality
from wardwatch.wire.topics import PULSE, QUALITY

logger = logging.getLogger(__name__)

# How often a partition tells how good its alarms are, if there were any. Our own choice: nobody waits for it.
_QUALITY_INTERVAL_S = 60.0

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


def now_ms() -> int:
    """The time here."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class _Heart:
    """What gives the pulse of one partition, while one runner has it."""

    runner: Watched
    reach: Reach = field(default_factory=Reach)
    beating: asyncio.Task[None] | None = None
    since_ms: int = field(default_factory=now_ms)
    quality_told_at_s: float = -math.inf


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
                await _look_at_calibration(heart.runner.partition)
                number = heart.runner.partition.number
                key, value = str(number).encode(), encode_pulse(self._pulse(heart, observed, ends))
                await (await self._sender.send(PULSE, number, key, value))
                if self._has_quality_to_tell(heart):
                    heart.quality_told_at_s = time.monotonic()
                    quality = encode_quality(self._quality(heart))
                    await (await self._sender.send(QUALITY, number, key, quality))
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
            at_ms=now_ms(),
            position=positions,
            end=dict(ends),
            behind_ms=None if behind_s is None else round(1000 * behind_s),
            heard_ms=heard_ms,
            drift=None if partition.calibration is None else partition.calibration.drift,
        )

    def _has_quality_to_tell(self, heart: _Heart) -> bool:
        partition = heart.runner.partition
        known = partition.quality.rules or (partition.calibration and partition.calibration.values)
        return bool(known) and time.monotonic() - heart.quality_told_at_s >= _QUALITY_INTERVAL_S

    def _quality(self, heart: _Heart) -> Quality:
        partition = heart.runner.partition
        calibration = partition.calibration
        return Quality(
            partition=partition.number,
            worker=self._worker,
            since_ms=heart.since_ms,
            at_ms=now_ms(),
            rules=partition.quality.rules,
            p_values=0 if calibration is None else calibration.values,
            mean_p=None if calibration is None else calibration.mean_p,
            drift=None if calibration is None else calibration.drift,
        )


async def _look_at_calibration(partition: Partition) -> None:
    calibration = partition.calibration
    if calibration is None or not calibration.has_day_to_end:
        return
    try:
        await asyncio.to_thread(calibration.load)
        calibration.look()
    except Exception as error:  # noqa: BLE001 (patients are watched all the same)
        logger.warning("The calibration could not be looked at: %s.", place_of(error))


def _name_of_this_process() -> str:
    """Host and process, of the characters that a name may have."""
    host = re.sub(r"[^A-Za-z0-9._-]", "_", socket.gethostname())
    return f"{host[:48]}:{os.getpid()}"
