"""A command that is sent while the worker is dead is done once, and answered once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest
from confluent_kafka import Message, Producer

from tests.support.apache_kafka import ApacheKafka
from tests.support.commands import finished
from tests.support.takeover import Workers, read_topic, value_of
from wardwatch.core.alarming.commands import Receipt, Verb, Verdict
from wardwatch.core.events import AlarmEvent, Cause, Phase
from wardwatch.core.reading import Reading
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.receipts import decode_receipt
from wardwatch.wire.topics import ALERTS, ALL, READINGS, RECEIPTS

pytestmark = pytest.mark.kafka

GROUP = "commands"
PATIENT = "p-17"
_DEADLINE_S = 60
BY = ("--by", "Anna Berg", "--role", "nurse")

T = TypeVar("T")


@pytest.fixture
def servers(apache_kafka: ApacheKafka) -> str:
    apache_kafka.delete_topics(*ALL, f"{GROUP}-patients-changelog")
    apache_kafka.create_topics(*ALL)
    return apache_kafka.bootstrap_servers


@pytest.fixture
def workers(servers: str, tmp_path: Path) -> Workers:
    environment = {
        "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": servers,
        "WARDWATCH_CONSUMER_GROUP": GROUP,
        "WARDWATCH_SESSION_TIMEOUT_S": "2",
        "WARDWATCH_REBALANCE_TIMEOUT_S": "2",
    }
    return Workers(
        servers, GROUP, command=["wardwatch", "worker"], environment=environment, log=tmp_path / "log"
    )


class FastHeart:
    """A wearer whose heart is too fast, by our clock."""

    def __init__(self, servers: str) -> None:
        # As all clients but librdkafka do: the commands must come to the same partition.
        self._producer = Producer({"bootstrap.servers": servers, "partitioner": "murmur2"})
        self._at_ms = time.time_ns() // 1_000_000 - 400_000

    def beats(self, seconds: int) -> None:
        for _ in range(seconds):
            self._at_ms += 1000
            reading = Reading(patient=PATIENT, device="d", observed_at_ms=self._at_ms, heart_rate=152)
            self._producer.produce(READINGS, encode_reading(reading), PATIENT, timestamp=self._at_ms)
        assert self._producer.flush(_DEADLINE_S) == 0


def wait_for(
    servers: str, topic: str, decode: Callable[[bytes], T], enough: Callable[[list[T]], bool]
) -> list[T]:
    """All that the topic holds, as soon as it is enough."""
    deadline_s = time.monotonic() + _DEADLINE_S
    while not enough(found := decoded(servers, topic, decode)):
        assert time.monotonic() < deadline_s, found
        time.sleep(0.05)
    return found


def decoded(servers: str, topic: str, decode: Callable[[bytes], T]) -> list[T]:
    messages: list[Message] = list(read_topic(servers, topic))
    return [decode(value_of(message)) for message in messages]


def acknowledged(events: list[AlarmEvent]) -> list[AlarmEvent]:
    return [event for event in events if event.cause is Cause.ACKNOWLEDGED]


async def test_an_acknowledgement_while_no_worker_is_there_is_done_once_and_answered_once(
    servers: str, workers: Workers
) -> None:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": servers}
    heart = FastHeart(servers)
    with workers:
        workers.start()
        heart.beats(200)
        workers.wait_until_read(200)
        (start, *_) = wait_for(servers, ALERTS, decode_alarm, bool)
        assert (start.condition, start.phase) == ("heart_rate.high", Phase.START)
        workers.kill_all()

        acknowledge = ("command", "acknowledge", "--patient", PATIENT, "--alarm", start.alarm, *BY)
        again = (*acknowledge, "--id", "c-1", "--wait", "0.1")
        for _ in range(2):  # impatient
            status, _, errors = await finished(*again, environment=environment)
            assert (status, "--id c-1" in errors) == (3, True)
        heart.beats(20)

        workers.start()
        receipts = wait_for(servers, RECEIPTS, decode_receipt, lambda found: len(found) >= 2)
        workers.kill_all()
        workers.start()
        status, output, _ = await finished(*acknowledge, "--json", "--wait", "30", environment=environment)
        workers.stop()

    assert status == 1
    refused = json.loads(output)
    assert "acknowledged already" in refused["sentence"]
    assert [(each.command, each.verb, each.verdict) for each in receipts] == [
        ("c-1", Verb.ACKNOWLEDGE, Verdict.DONE)
    ] * 2
    assert receipts[0] == receipts[1]
    assert [each.command for each in distinct(decoded(servers, RECEIPTS, decode_receipt))] == [
        "c-1",
        refused["command"],
    ]
    events = decoded(servers, ALERTS, decode_alarm)
    (done,) = {event.event: event for event in acknowledged(events)}.values()
    assert (done.alarm, done.inactivation) == (start.alarm, "alert-acknowledged")
    assert done.by == receipts[0].by
    assert done.until_ms == receipts[0].until_ms
    # Of each event there is one text only, however often it was told.
    assert len({event.event for event in events}) == len({(each.event, each.sequence) for each in events})


def distinct(receipts: list[Receipt]) -> list[Receipt]:
    return list({receipt.command: receipt for receipt in receipts}.values())
