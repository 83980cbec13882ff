"""Sends a simulation to Kafka: readings when they are due and, where wanted, the truth beside them."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Protocol, TypeAlias

from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import READINGS, ROSTER
from wardwatch_simulators import Arrival, Simulation, encode_truth
from wardwatch_simulators.truth import TruthRecord

# To look for what has begun takes longer, the more wearers there are; once a simulated minute is soon enough.
_TRUTH_EVERY_S = 60
# Whoever is later than a minute does not keep up at all, whatever the figure.
_LATEST_MS = 60_000
_SWITCH_S = 0.0005

# What arrives within a second, and what of the truth is to be told after it.
_Step: TypeAlias = tuple[list[Arrival], list[TruthRecord]]


class Sender(Protocol):
    """What is asked of a :class:`wardwatch.adapters.kafka_producer.ReadingProducer`."""

    async def send(self, patient: str, payload: bytes, timestamp_ms: int, topic: str = READINGS) -> None:
        """Hand a record over."""

    async def flush(self) -> None:
        """Wait until all are delivered."""


class Pace(Protocol):
    """What is asked of a :class:`wardwatch.adapters.pacing.Pacer`."""

    late_s: float

    async def until(self, at_ms: int) -> None:
        """Wait until this instant is due."""


@dataclass(slots=True)
class Sent:
    """How many readings were sent, and how many of them how late (in ms)."""

    readings: int = 0
    late_ms: Counter[int] = field(default_factory=Counter)

    def add(self, late_s: float) -> None:
        """Count a reading."""
        self.readings += 1
        self.late_ms[min(int(1000 * late_s), _LATEST_MS)] += 1

    def within_ms(self, percent: float) -> int:
        """In how many ms, from when they were due, so many of the readings were sent.

        >>> sent = Sent()
        >>> for late_s in (0.0002, 0.0301, 0.0005, 0.002):
        ...     sent.add(late_s)
        >>> sent.within_ms(50), sent.within_ms(99)
        (1, 31)
        """
        counted = 0
        for late_ms, count in sorted(self.late_ms.items()):
            counted += count
            if 100 * counted >= percent * self.readings:
                return late_ms + 1
        return 0


async def send(
    simulation: Simulation,
    sender: Sender,
    pace: Pace,
    stopping: asyncio.Event,
    *,
    truth_topic: str | None = None,
) -> Sent:
    """Send the roster, then what arrives until the end or until ``stopping`` is set.

    A second is worked out in a thread while the one before it is sent.
    """
    sent = Sent()
    for placement in simulation.placements:
        await sender.send(placement.patient, encode_placement(placement), simulation.now_ms, ROSTER)
    steps = _steps(simulation, stopping, with_truth=truth_topic is not None)
    with _threads_switch_often():
        coming = asyncio.create_task(asyncio.to_thread(next, steps, None))
        while (step := await coming) is not None:
            coming = asyncio.create_task(asyncio.to_thread(next, steps, None))
            arrived, begun = step
            await _play(arrived, sender, pace, stopping, sent)
            if truth_topic is not None:
                await _tell(begun, sender, truth_topic)
    if truth_topic is not None:
        await _tell(simulation.begun(), sender, truth_topic)
    await sender.flush()
    return sent


@contextmanager
def _threads_switch_often() -> Iterator[None]:
    """By default a thread that comes back from the network waits 5 ms for one that computes, each time."""
    before_s = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_S)
    try:
        yield
    finally:
        sys.setswitchinterval(before_s)


def _steps(simulation: Simulation, stopping: asyncio.Event, *, with_truth: bool) -> Iterator[_Step]:
    seconds = takewhile(lambda _: not stopping.is_set(), simulation.seconds())
    for second, arrived in enumerate(seconds, 1):
        yield arrived, simulation.begun() if with_truth and second % _TRUTH_EVERY_S == 0 else []


async def _play(
    arrived: list[Arrival], sender: Sender, pace: Pace, stopping: asyncio.Event, sent: Sent
) -> None:
    for due_ms, patient, payload in arrived:
        await pace.until(due_ms)
        if stopping.is_set():
            return
        await sender.send(patient, payload, due_ms)
        sent.add(pace.late_s)


async def _tell(records: list[TruthRecord], sender: Sender, topic: str) -> None:
    for record in records:
        await sender.send(record.patient, encode_truth(record), record.began_ms, topic)
