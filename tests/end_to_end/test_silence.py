"""Silence becomes an alarm at the console: of a worker, of a partition, of a device."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from confluent_kafka import Producer

from tests.support.apache_kafka import ApacheKafka
from tests.support.feeds import eventually
from tests.support.takeover import PARTITIONS
from tests.support.workers import new_group, process_of
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.open_alarms import OpenAlarms
from wardwatch.composition import build_feed
from wardwatch.core.events import UNASSIGNED_WARD, AlarmEvent, Phase, Priority
from wardwatch.core.reading import Reading
from wardwatch.core.technical.conditions import GRACE_MS
from wardwatch.core.vitals import VITAL_INDEX, VITALS
from wardwatch.settings import Settings
from wardwatch.wire.feed.told import Event
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.topics import ALL, READINGS

pytestmark = pytest.mark.kafka

# More than the two time-outs of the group, of 2 s each.
SILENT_S, BEHIND_S = 5.0, 10.0
# From the limit to the console: the feed looks twice a second, and this machine has other things to do.
SLACK_S = 3.0

START_MS = 1_700_000_000_000
EVERYBODY = {f"partition {number}" for number in range(PARTITIONS)}


@dataclass
class Station:
    """A console of one ward: what it shows, and what it was told."""

    url: str
    token: str
    ward: str
    shown: OpenAlarms = field(default_factory=OpenAlarms)
    told: list[AlarmEvent] = field(default_factory=list)

    async def listen(self) -> None:
        async with ConsoleClient(self.url, self.token, [self.ward]) as console:
            async for message in console:
                self.shown.take(message)
                if isinstance(message, Event):
                    self.told.append(message.event())

    def sources(self, condition: str) -> set[str]:
        return {event.source for event in self.shown.technical() if event.condition == condition}

    async def shows(self, condition: str, sources: set[str], *, within_s: float) -> None:
        what = f"the console shows {condition} of {sorted(sources)}"
        await eventually(lambda: self.sources(condition) == sources, what, deadline_s=within_s)

    async def shows_nothing(self) -> None:
        await eventually(lambda: not self.shown.technical(), "nothing is wrong any more", deadline_s=60)


@pytest.fixture
def servers(apache_kafka: ApacheKafka) -> str:
    """A broker with empty topics."""
    apache_kafka.delete_topics(*ALL)
    apache_kafka.create_topics(*ALL)
    return apache_kafka.bootstrap_servers


@asynccontextmanager
async def station(servers: str, *, ward: str = "quiet-ward") -> AsyncIterator[Station]:
    settings = Settings(
        kafka_bootstrap_servers=servers,
        feed_port=0,
        session_timeout_s=2,
        rebalance_timeout_s=2,
        pulse_limit_s=SILENT_S,
        late_limit_s=BEHIND_S,
    )
    feed = build_feed(settings)
    assert feed.trial_token is not None
    async with feed.running() as url:
        console = Station(url, feed.trial_token, ward)
        listening = asyncio.create_task(console.listen())
        try:
            yield console
            assert not listening.done(), listening.result()
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def worker(servers: str, group: str, log: Path) -> AbstractContextManager[int]:
    environment = {
        "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": servers,
        "WARDWATCH_CONSUMER_GROUP": group,
        "WARDWATCH_SESSION_TIMEOUT_S": "2",
        "WARDWATCH_REBALANCE_TIMEOUT_S": "2",
    }
    return process_of("wardwatch", "worker", log=log, environment=environment)


async def test_a_worker_that_is_stopped_or_gone_is_an_alarm_until_its_partitions_are_watched_again(
    servers: str, tmp_path: Path
) -> None:
    group, log = new_group(), tmp_path / "log"
    async with station(servers) as console:
        await console.shows("monitoring.stalled", {"monitoring"}, within_s=SILENT_S + 2 * SLACK_S)
        with worker(servers, group, log) as first:
            await console.shows_nothing()
            os.kill(first, signal.SIGSTOP)
            await console.shows("monitoring.stalled", EVERYBODY, within_s=SILENT_S + SLACK_S)
            os.kill(first, signal.SIGCONT)
            await console.shows_nothing()
            os.kill(first, signal.SIGKILL)
            await console.shows("monitoring.stalled", EVERYBODY, within_s=SILENT_S + SLACK_S)
        with worker(servers, group, log):
            await console.shows_nothing()


def heart_rate(servers: str, patient: str, *at_s: float) -> None:
    """Readings of one patient in partition 0, each arriving when it is observed."""
    producer = Producer({"bootstrap.servers": servers})
    for seconds in at_s:
        at_ms = START_MS + round(1000 * seconds)
        reading = Reading(patient=patient, device="e4-03", observed_at_ms=at_ms, heart_rate=72)
        producer.produce(READINGS, encode_reading(reading), patient.encode(), partition=0, timestamp=at_ms)
    assert producer.flush(30) == 0


async def test_a_device_that_stops_is_an_alarm_until_it_sends_again(servers: str, tmp_path: Path) -> None:
    """The log has a clock of its own, so nobody has to wait for as long as a value counts."""
    silent_after_s = VITALS[VITAL_INDEX["heart_rate"]].maximum_age_s + GRACE_MS / 1000
    heart_rate(servers, "p-stops", *range(60))
    heart_rate(servers, "p-goes-on", *range(round(59 + silent_after_s) - 1))
    async with station(servers, ward=UNASSIGNED_WARD) as console:
        with worker(servers, new_group(), tmp_path / "log"):
            await console.shows("device.no_data", {"e4-03"}, within_s=30 + SLACK_S)
            assert [event.patient for event in console.shown.technical()] == ["p-stops"]
            heart_rate(servers, "p-stops", 59 + silent_after_s + 60)
            await console.shows("device.no_data", set(), within_s=SLACK_S)


@contextmanager
def readings(servers: str) -> Iterator[None]:
    """A reading of every partition now and then, from enter to exit."""
    stopped = threading.Event()

    def produce() -> None:
        producer = Producer({"bootstrap.servers": servers, "linger.ms": 0})
        while not stopped.wait(0.2):
            now_ms = time.time_ns() // 1_000_000
            for number in range(PARTITIONS):
                patient = f"p-{number}"
                reading = Reading(patient=patient, device="d", observed_at_ms=now_ms, heart_rate=72)
                producer.produce(READINGS, encode_reading(reading), patient.encode(), partition=number)
            producer.poll(0)
        producer.flush()

    thread = threading.Thread(target=produce, name="readings")
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


@pytest.mark.parametrize(
    ("fault", "condition", "limit_s"),
    [("lost", "monitoring.late", BEHIND_S), ("held", "monitoring.stalled", SILENT_S)],
)
async def test_a_partition_that_is_stuck_while_the_others_go_on_is_an_alarm_until_it_gets_on_again(
    servers: str, tmp_path: Path, fault: str, condition: str, limit_s: float
) -> None:
    stuck = tmp_path / f"{fault}-2"
    command = ("tests.support.stuck_worker", servers, new_group(), str(tmp_path))
    async with station(servers) as console:
        await console.shows("monitoring.stalled", {"monitoring"}, within_s=SILENT_S + 2 * SLACK_S)
        with readings(servers), process_of(*command, log=tmp_path / "log"):
            await console.shows_nothing()
            console.told.clear()
            stuck.touch()
            await console.shows(condition, {"partition 2"}, within_s=limit_s + SLACK_S)
            stuck.unlink()
            await console.shows_nothing()
        told = [(event.source, event.phase, event.priority) for event in console.told]
        assert told == [("partition 2", phase, Priority.HIGH) for phase in (Phase.START, Phase.END)]
