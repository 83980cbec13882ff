"""A log of readings with a known outcome, workers to kill while they read it, and what came of that."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from wardwatch.adapters.checkpoint import Recovered
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading
from wardwatch.wards_file import read_wards
from wardwatch.wire.readings import ReadingDecoder, encode_reading
from wardwatch.wire.topics import READINGS

PARTITIONS = 4
_START_MS = 1_700_000_000_000
_EPISODE_EVERY_S, _EPISODE_S = 900, 300
_DEADLINE_S = 60
# What is latched would sound again for as long as the workers stay up.
WARDS = b"[default.high]\nlatches = false\n"


def write_log(servers: str, *, patients: int, seconds: int, seed: int) -> int:
    """Fill the topic of readings: every patient has episodes of a fast heart, and is well at the end.

    At the end nothing is left that time alone could tell, so the outcome does not depend on how long the
    workers stay up. Returns the number of readings.
    """
    numbers = random.Random(seed)
    producer = Producer({"bootstrap.servers": servers, "queue.buffering.max.messages": 1_000_000})
    for second in range(seconds):
        for patient in range(patients):
            shifted = second + 37 * patient
            ill = shifted % _EPISODE_EVERY_S < _EPISODE_S and second < seconds - _EPISODE_EVERY_S
            heart_rate = 152 if ill else numbers.choice((68, 70, 72, 72, 75, 0))
            at_ms = _START_MS + 1000 * second
            reading = Reading(
                patient=f"p-{patient}", device="d", observed_at_ms=at_ms, seq=second, heart_rate=heart_rate
            )
            producer.produce(READINGS, encode_reading(reading), f"p-{patient}".encode(), timestamp=at_ms)
        producer.poll(0)
    assert producer.flush(_DEADLINE_S) == 0
    return patients * seconds


def value_of(message: Message) -> bytes:
    """The payload of a record that has one."""
    value = message.value()
    assert isinstance(value, bytes)
    return value


def read_topic(servers: str, topic: str) -> Iterator[Message]:
    """All that the topic holds now, partition after partition."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "unused", "enable.auto.commit": False})
    try:
        for number in range(PARTITIONS):
            _, end = consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=_DEADLINE_S)
            consumer.assign([TopicPartition(topic, number, 0)])
            read = 0
            while read < end:
                for message in consumer.consume(10_000, timeout=0.1):
                    assert message.error() is None, message.error()
                    offset = message.offset()
                    assert offset is not None
                    read = offset + 1
                    yield message
    finally:
        consumer.close()


def ends_of(servers: str, topic: str) -> dict[str, int]:
    """Partition to the offset that its next record will get."""
    consumer = Consumer({"bootstrap.servers": servers, "group.id": "unused", "enable.auto.commit": False})
    try:
        places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
        marks = [consumer.get_watermark_offsets(place, timeout=_DEADLINE_S) for place in places]
    finally:
        consumer.close()
    return {str(number): end for number, (_, end) in enumerate(marks)}


@dataclass(slots=True)
class Outcome:
    """What a log tells: per patient the identities of the events in order, and the final state."""

    events: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    states: dict[str, bytes] = field(default_factory=dict)


def undisturbed_outcome(servers: str) -> Outcome:
    """The outcome by one monitor that reads the whole log at once, without broker, crash or checkpoint."""
    outcome = Outcome()
    decode = ReadingDecoder().decode
    by_partition: dict[int | None, list[Message]] = defaultdict(list)
    for message in read_topic(servers, READINGS):
        by_partition[message.partition()].append(message)
    for messages in by_partition.values():
        monitor = Monitor(Rules(policies=read_wards(WARDS).policies))
        readings = [decode(value_of(message)) for message in messages]
        arrived = [message.timestamp()[1] for message in messages]
        monitor.receive(Batch.of(readings, arrived_at_ms=arrived))
        for event in monitor.drain().events:
            outcome.events[event.patient].append(event.event)
        patients = {reading.patient for reading in readings}
        outcome.states.update({patient: monitor.state_of(patient) for patient in patients})
    return outcome


def checkpointed_states(servers: str, changelog: str, patients: Sequence[str]) -> dict[str, bytes]:
    """The states of the patients as the next owner of their partitions would find them."""
    latest: dict[bytes, bytes] = {}
    for message in read_topic(servers, changelog):
        key = message.key()
        assert isinstance(key, bytes)
        if message.value() is None:
            latest.pop(key, None)
        else:
            latest[key] = value_of(message)
    states = {}
    for number in range(PARTITIONS):
        monitor = Monitor.restore(Recovered.of(number, latest).states())
        known = [patient for patient in patients if monitor.block_of(patient) is not None]
        states.update({patient: monitor.state_of(patient) for patient in known})
    return states


@dataclass(frozen=True, slots=True)
class Verdict:
    """How what was heard differs from what should be."""

    lost: list[str]
    repeated: list[str]
    disordered: list[str]

    @classmethod
    def of(cls, expected: Mapping[str, list[str]], heard: Mapping[str, list[str]]) -> Self:
        """Compare identities of events, patient by patient."""
        counts = Counter(event for events in heard.values() for event in events)
        wanted = {event for events in expected.values() for event in events}
        return cls(
            lost=sorted(wanted - counts.keys()),
            repeated=sorted(event for event, count in counts.items() if count > 1),
            disordered=sorted(
                patient
                for patient, events in heard.items()
                if list(dict.fromkeys(events)) != expected.get(patient, [])
            ),
        )


class Workers(AbstractContextManager["Workers"]):
    """Worker processes of one consumer group, to be killed and replaced."""

    def __init__(
        self, servers: str, group: str, *, command: Sequence[str], environment: Mapping[str, str], log: Path
    ) -> None:
        self._command = [sys.executable, "-m", *command]
        self._environment = {**os.environ, **environment}
        self._log = log
        self._running: list[subprocess.Popen[bytes]] = []
        self._group = Consumer({"bootstrap.servers": servers, "group.id": group, "enable.auto.commit": False})
        self._topic = [TopicPartition(READINGS, number) for number in range(PARTITIONS)]

    def __exit__(self, *_: object) -> None:
        for process in self._running:
            process.kill()
            process.wait()
        self._group.close()

    def start(self, count: int = 1) -> None:
        with self._log.open("ab") as log:
            self._running += [
                subprocess.Popen(self._command, env=self._environment, stdout=log, stderr=log)
                for _ in range(count)
            ]

    def kill_one(self, numbers: random.Random) -> None:
        """As a power cut would."""
        victim = self._running.pop(numbers.randrange(len(self._running)))
        victim.kill()
        victim.wait()

    def kill_all(self) -> None:
        """As a fire would."""
        for process in self._running:
            process.kill()
            process.wait()
        self._running.clear()

    def stop(self) -> None:
        """Ask all to end, which they must do in order unless they have hardly begun."""
        for process in self._running:
            process.terminate()
        statuses = {process.wait(_DEADLINE_S) for process in self._running}
        assert statuses <= {0, -signal.SIGTERM}, self._log.read_text()[-3000:]
        self._running.clear()

    def committed(self) -> list[int]:
        """The group's offset in each partition of the readings."""
        return [max(0, place.offset) for place in self._group.committed(self._topic, timeout=_DEADLINE_S)]

    def wait_until_read(self, count: int) -> None:
        """Wait until the group has committed so many records."""
        deadline_s = time.monotonic() + _DEADLINE_S
        while sum(self.committed()) < count:
            self._check(deadline_s)

    def wait_until_all_moved(self, total: int) -> float:
        """Wait until every partition got on, or all ``total`` records are read; returns how long it took."""
        began_s = time.monotonic()
        before = self.committed()
        while True:
            now = self.committed()
            if sum(now) == total or all(after > was for after, was in zip(now, before, strict=True)):
                return time.monotonic() - began_s
            self._check(began_s + _DEADLINE_S)

    def _check(self, deadline_s: float) -> None:
        alive = all(process.poll() is None for process in self._running)
        assert alive, self._log.read_text()[-3000:]
        assert time.monotonic() < deadline_s, self._log.read_text()[-3000:]
        time.sleep(0.05)
