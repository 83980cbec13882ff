"""What a shift needs beside its consoles: wearers, a feed that can be killed, and what the topic holds."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

from aiokafka.partitioner import murmur2
from confluent_kafka import Producer

from tests.support.access import token_of, write_keys
from tests.support.takeover import PARTITIONS, read_topic, value_of
from wardwatch.adapters.token_keys import SigningKey
from wardwatch.core.events import AlarmEvent, Placement
from wardwatch.core.reading import Reading
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.roster import encode_placement
from wardwatch.wire.topics import ALERTS, READINGS, ROSTER

_READY_WITHIN_S = 60
_HOUR_MS = 3_600_000


def now_ms() -> int:
    """Our clock."""
    return time.time_ns() // 1_000_000


def names_of_each_partition() -> list[str]:
    """A pseudonym for each partition, in order: where one lies alone, nobody else's time passes."""
    return [next(_names_in(partition)) for partition in range(PARTITIONS)]


def _names_in(partition: int) -> Iterator[str]:
    for number in count(1):
        name = f"p-{number}"
        if (murmur2(name.encode()) & 0x7FFFFFFF) % PARTITIONS == partition:
            yield name


class Wearers:
    """Lie in their beds, and send a reading a second once they have begun to."""

    def __init__(self, servers: str) -> None:
        # As all clients but librdkafka do: commands must come to the same partition.
        self._producer = Producer({"bootstrap.servers": servers, "partitioner": "murmur2", "linger.ms": 0})
        self._heart_rates: dict[str, float] = {}

    def lie_down(self, patient: str, ward: str, bed: str) -> None:
        """In a bed of a ward."""
        placement = encode_placement(Placement(patient=patient, ward=ward, bed=bed))
        self._producer.produce(ROSTER, placement, patient.encode())
        self._producer.flush()

    def begin(self, patient: str, heart_rate: float, *, for_s: int = 170) -> None:
        """It has been like this for so long, as a device tells that was out of reach."""
        self._heart_rates[patient] = heart_rate
        now = now_ms()
        for at_ms in range(now - 1000 * for_s, now, 1000):
            self._send(patient, heart_rate, at_ms)
        self._producer.flush()

    async def go_on(self) -> None:
        """Forever, a reading a second each."""
        while True:
            await asyncio.sleep(1)
            for patient, heart_rate in self._heart_rates.items():
                self._send(patient, heart_rate, now_ms())

    def _send(self, patient: str, heart_rate: float, at_ms: int) -> None:
        vitals: dict[str, Any] = {"heart_rate": heart_rate, "oxygen_saturation": 97.0}
        reading = Reading(patient=patient, device="e4", observed_at_ms=at_ms, battery=81.0, **vitals)
        self._producer.produce(READINGS, encode_reading(reading), patient.encode(), timestamp=at_ms)
        self._producer.poll(0)


class Keys:
    """With which tokens of this shift are signed."""

    def __init__(self, folder: Path) -> None:
        self._key = SigningKey.make()
        self.file = folder / "keys.json"
        write_keys(self.file, self._key)

    def token(self, name: str, role: str, ward: str) -> str:
        """A token for an hour."""
        at_ms = now_ms()
        subject = name.lower().replace(" ", ".")
        who = {"name": name, "subject": subject, "token_id": uuid.uuid4().hex, "expires_ms": at_ms + _HOUR_MS}
        return token_of(self._key, role, ward, now_ms=at_ms, **who)


class KillableFeed:
    """A feed as a process, always on the same port."""

    def __init__(self, port: int, environment: Mapping[str, str], log: Path) -> None:
        self._command = [sys.executable, "-m", "wardwatch", "feed", "--json", "--port", str(port)]
        self._environment = {**os.environ, **environment}
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it, and wait until it listens."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command, env=self._environment, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), _READY_WITHIN_S)
        assert line, self._log.read_text()[-3000:]
        json.loads(line)

    async def kill(self) -> None:
        """As a power cut would."""
        assert self._process is not None
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def going_on(wearers: Wearers) -> AsyncIterator[None]:
    """They go on while the block lasts."""
    task = asyncio.create_task(wearers.go_on())
    try:
        yield
    finally:
        task.cancel()


async def events_in_topic(servers: str, ward: str) -> list[AlarmEvent]:
    """All that the topic of alarms holds about a ward."""
    messages = await asyncio.to_thread(lambda: list(read_topic(servers, ALERTS)))
    events = [decode_alarm(value_of(message)) for message in messages]
    return [event for event in events if event.ward == ward]
