"""Workers die under load: at the console every event arrives once and in order, and no state is lost."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.apache_kafka import ApacheKafka
from tests.support.console import WatchingConsole
from tests.support.naive_worker import LIMIT, NAIVE_ALERTS
from tests.support.takeover import (
    WARDS,
    Verdict,
    Workers,
    checkpointed_states,
    ends_of,
    read_topic,
    undisturbed_outcome,
    value_of,
    write_log,
)
from wardwatch.core.events import AlarmEvent
from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.topics import ALERTS, ALL, READINGS

pytestmark = pytest.mark.kafka

GROUP = "takeover"
SEED = 20251121
PATIENTS = 40
SECONDS = 3000
KILLS = 3


@pytest.fixture(scope="module")
def servers(apache_kafka: ApacheKafka) -> str:
    """A broker with a log of readings."""
    apache_kafka.delete_topics(*ALL, NAIVE_ALERTS, f"{GROUP}-patients-changelog")
    apache_kafka.create_topics(*ALL, NAIVE_ALERTS)
    write_log(apache_kafka.bootstrap_servers, patients=PATIENTS, seconds=SECONDS, seed=SEED)
    return apache_kafka.bootstrap_servers


def kill_three_times(workers: Workers, total: int) -> list[float]:
    """Kill a worker at three random moments; returns how long each time until all partitions got on."""
    numbers = random.Random(SEED)
    takeovers_s = []
    workers.start(2)
    for number in range(KILLS):
        moment = total * (number + numbers.uniform(0.2, 0.8)) / (KILLS + 1)
        workers.wait_until_read(round(moment))
        workers.kill_one(numbers)
        workers.start()
        takeovers_s.append(workers.wait_until_all_moved(total))
    workers.wait_until_read(total)
    return takeovers_s


def by_patient(events: list[AlarmEvent]) -> dict[str, list[str]]:
    """The events' identities, patient by patient, in the order in which they came."""
    heard: dict[str, list[str]] = defaultdict(list)
    for event in events:
        heard[event.patient].append(event.event)
    return heard


def test_no_event_is_lost_or_repeated_when_workers_are_killed(
    servers: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    expected = undisturbed_outcome(servers)
    wards = tmp_path / "wards.toml"
    wards.write_bytes(WARDS)
    environment = {
        "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": servers,
        "WARDWATCH_CONSUMER_GROUP": GROUP,
        "WARDWATCH_WARDS": str(wards),
        "WARDWATCH_SESSION_TIMEOUT_S": "2",
        "WARDWATCH_REBALANCE_TIMEOUT_S": "2",
        # Small batches make it last, so that there is something to interrupt.
        "WARDWATCH_BATCH_MAXIMUM_RECORDS": "40",
    }
    with (
        WatchingConsole(servers) as console,
        Workers(
            servers, GROUP, command=["wardwatch", "worker"], environment=environment, log=tmp_path / "log"
        ) as workers,
    ):
        takeovers_s = kill_three_times(workers, PATIENTS * SECONDS)
        workers.stop()
        heard = console.heard(ends_of(servers, ALERTS))
    record_property("takeovers_s", takeovers_s)
    # How much there was to recognise: told again after a kill, and dropped by the feed.
    published = [value_of(message) for message in read_topic(servers, ALERTS)]
    record_property("repeats_in_the_topic", len(published) - len(heard))
    assert Verdict.of(expected.events, by_patient(heard)) == Verdict([], [], [])
    states = checkpointed_states(servers, f"{GROUP}-patients-changelog", list(expected.states))
    assert states == expected.states


def test_the_harness_catches_the_repeats_of_a_naive_worker(servers: str, tmp_path: Path) -> None:
    decode = ReadingDecoder().decode
    expected: dict[str, list[str]] = defaultdict(list)
    for message in read_topic(servers, READINGS):
        reading = decode(value_of(message))
        if (reading.heart_rate or 0) > LIMIT:
            expected[reading.patient].append(f"{reading.patient}/{reading.seq}")
    command = ["tests.support.naive_worker", servers, "naive"]
    with Workers(servers, "naive", command=command, environment={}, log=tmp_path / "log") as workers:
        kill_three_times(workers, PATIENTS * SECONDS)
    heard: dict[str, list[str]] = defaultdict(list)
    for message in read_topic(servers, NAIVE_ALERTS):
        identity = value_of(message).decode()
        heard[identity.split("/")[0]].append(identity)
    assert Verdict.of(expected, heard).repeated
