"""The processes of :mod:`benchmarks.lateness`: each sends readings at their pace, and says how that went.

`simulator` is what `wardwatch simulate` does. `aiokafka` and `confluent` send ready-made records of the same
wearers, which is no more than a loop around their producer.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

from aiokafka import AIOKafkaProducer
from confluent_kafka import Producer

from wardwatch.adapters.kafka_producer import ReadingProducer
from wardwatch.adapters.pacing import Pacer
from wardwatch.simulating import Sent, send
from wardwatch_simulators import Arrival, Plan, Simulation, Wearers

BARE_TOPIC = "bare"
_SEED = 7
# Ready-made records: so many different seconds, over and over.
_DIFFERENT_S = 5
# As the pacer does.
_EARLY_S = 0.005
_LINGER_MS, _BATCH_BYTES = 20, 128 * 1024


def keep_to(cores: set[int]) -> None:
    """Run on these cores alone, where the operating system lets one choose."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, cores)


class _Pace:
    """A pacer that remembers how far the wearers' clock is behind ours."""

    def __init__(self) -> None:
        self._pacer = Pacer(1.0)
        self.shift_ms: int | None = None

    @property
    def late_s(self) -> float:
        return self._pacer.late_s

    @late_s.setter
    def late_s(self, value: float) -> None:
        self._pacer.late_s = value

    async def until(self, at_ms: int) -> None:
        if self.shift_ms is None:
            self.shift_ms = time.time_ns() // 1_000_000 - at_ms
        await self._pacer.until(at_ms)


def _simulation(wearers: int, seconds: int) -> Simulation:
    plan = Plan(wearers=[Wearers(count=wearers)], lasts_s=seconds)
    return Simulation(plan, seed=_SEED, start_ms=time.time_ns() // 1_000_000)


def _said(sent: Sent, cpu_s: float, seconds: int) -> dict[str, Any]:
    return {
        "readings": sent.readings,
        "core_share": round(cpu_s / seconds, 3),
        "lateness_ms": {"p50": sent.within_ms(50), "p99": sent.within_ms(99)},
    }


async def simulator(bootstrap_servers: str, wearers: int, seconds: int) -> dict[str, Any]:
    """As `wardwatch simulate` does it."""
    simulation, pace = _simulation(wearers, seconds), _Pace()
    async with ReadingProducer({"bootstrap_servers": bootstrap_servers}) as producer:
        began_s = time.process_time()
        sent = await send(simulation, producer, pace, asyncio.Event())
        return _said(sent, time.process_time() - began_s, seconds) | {"shift_ms": pace.shift_ms}


def ready_made(wearers: int, seconds: int) -> Iterator[tuple[float, bytes, bytes]]:
    """When each is due (s after the beginning), key and value."""
    simulation = _simulation(wearers, _DIFFERENT_S)
    start_ms = simulation.now_ms
    made: list[list[Arrival]] = list(islice(simulation.seconds(), _DIFFERENT_S))
    keys = {patient: patient.encode() for patient in simulation.patients}
    ready = [
        [((due_ms - start_ms) % 1000 / 1000, keys[patient], payload) for due_ms, patient, payload in arrived]
        for arrived in made
    ]
    for second, arrived in zip(range(seconds), cycle(ready), strict=False):
        for moment_s, key, payload in arrived:
            yield second + moment_s, key, payload


async def aiokafka(bootstrap_servers: str, wearers: int, seconds: int) -> dict[str, Any]:
    """A loop around an aiokafka producer."""
    sent, ready = Sent(), ready_made(wearers, seconds)
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers,
        enable_idempotence=True,
        acks="all",
        linger_ms=_LINGER_MS,
        max_batch_size=_BATCH_BYTES,
    ) as producer:
        began_cpu_s, began_s = time.process_time(), time.monotonic()
        for due_s, key, payload in ready:
            wait_s = began_s + due_s - time.monotonic()
            if wait_s > _EARLY_S:
                await asyncio.sleep(wait_s)
                wait_s = began_s + due_s - time.monotonic()
            await producer.send(BARE_TOPIC, payload, key=key)
            sent.add(max(0.0, -wait_s))
        await producer.flush()
        return _said(sent, time.process_time() - began_cpu_s, seconds)


def confluent(bootstrap_servers: str, wearers: int, seconds: int) -> dict[str, Any]:
    """A loop around a librdkafka producer."""
    sent, ready = Sent(), ready_made(wearers, seconds)
    producer = Producer(
        {
            "bootstrap.servers": bootstrap_servers,
            "enable.idempotence": True,
            "linger.ms": _LINGER_MS,
            "batch.size": _BATCH_BYTES,
        }
    )
    began_cpu_s, began_s = time.process_time(), time.monotonic()
    for due_s, key, payload in ready:
        wait_s = began_s + due_s - time.monotonic()
        if wait_s > _EARLY_S:
            producer.poll(0)
            time.sleep(wait_s)
            wait_s = began_s + due_s - time.monotonic()
        producer.produce(BARE_TOPIC, payload, key=key)
        sent.add(max(0.0, -wait_s))
    producer.flush()
    return _said(sent, time.process_time() - began_cpu_s, seconds)


def main() -> None:
    """Send as the first argument says, and print one line of JSON."""
    name, bootstrap_servers, wearers, seconds, *cores = sys.argv[1:]
    keep_to(set(map(int, cores)))
    gc.freeze()
    what = bootstrap_servers, int(wearers), int(seconds)
    if name == "confluent":
        said = confluent(*what)
    else:
        said = asyncio.run(simulator(*what) if name == "simulator" else aiokafka(*what))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
