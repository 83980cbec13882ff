"""What a nurse does at one console is done, answered there, seen at the other, and known of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from confluent_kafka import Producer

from tests.support.apache_kafka import ApacheKafka
from tests.support.feeds import eventually
from tests.support.takeover import read_topic
from tests.support.workers import new_group, process_of
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.pending import RefusedError
from wardwatch.composition import build_feed
from wardwatch.core.alarming.commands import Verb, Verdict
from wardwatch.core.events import UNASSIGNED_WARD, AlarmEvent, Cause, Phase
from wardwatch.core.reading import Reading
from wardwatch.settings import Settings
from wardwatch.wire.feed.asked import Order, Subscribe
from wardwatch.wire.feed.codes import ErrorCode
from wardwatch.wire.feed.told import Event, Status
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.topics import ALL, READINGS

pytestmark = pytest.mark.kafka

PATIENT = "p-17"


class Station:
    """A console, and what it was told of alarms and patients."""

    def __init__(self, client: ConsoleClient) -> None:
        self.client = client
        self.events: list[AlarmEvent] = []
        self.patients: set[str] = set()

    async def listen(self) -> None:
        async for message in self.client:
            if isinstance(message, Event):
                self.events.append(message.event())
            elif isinstance(message, Status):
                self.patients.add(message.patient_status().patient)

    def of_patient(self, cause: Cause) -> list[AlarmEvent]:
        return [each for each in self.events if each.patient == PATIENT and each.cause is cause]


@pytest.fixture
def servers(apache_kafka: ApacheKafka) -> Iterator[str]:
    """A broker with empty topics."""
    apache_kafka.delete_topics(*ALL)
    apache_kafka.create_topics(*ALL)
    yield apache_kafka.bootstrap_servers
    apache_kafka.delete_topics(*ALL)


def fast_heart(servers: str, *, seconds: int) -> None:
    """Readings of one wearer until now."""
    # As all clients but librdkafka do: the commands must come to the same partition.
    producer = Producer({"bootstrap.servers": servers, "partitioner": "murmur2"})
    now_ms = time.time_ns() // 1_000_000
    for at_ms in range(now_ms - 1000 * seconds, now_ms, 1000):
        reading = Reading(patient=PATIENT, device="d", observed_at_ms=at_ms, heart_rate=152)
        producer.produce(READINGS, encode_reading(reading), PATIENT.encode(), timestamp=at_ms)
    assert producer.flush(30) == 0


@asynccontextmanager
async def two_stations(servers: str, names: Path) -> AsyncIterator[tuple[Station, Station]]:
    feed = build_feed(Settings(kafka_bootstrap_servers=servers, feed_port=0, feed_names=names))
    assert feed.trial_token is not None
    wish = Subscribe(wards=[UNASSIGNED_WARD], vitals=True)
    async with (
        feed.running() as url,
        ConsoleClient(url, feed.trial_token, wish, console="one") as one,
        ConsoleClient(url, feed.trial_token, wish, console="two") as two,
    ):
        stations = Station(one), Station(two)
        listening = [asyncio.create_task(each.listen()) for each in stations]
        try:
            yield stations
        finally:
            for each in listening:
                each.cancel()
            await asyncio.gather(*listening, return_exceptions=True)


async def test_what_a_nurse_does_at_one_console_is_answered_there_and_seen_at_the_other(
    servers: str, tmp_path: Path
) -> None:
    names = tmp_path / "names.csv"
    names.write_text(f"patient,name\n{PATIENT},Erika Mustermann\n")
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": servers, "WARDWATCH_CONSUMER_GROUP": new_group()}
    with process_of("wardwatch", "worker", log=tmp_path / "log", environment=environment):
        async with two_stations(servers, names) as (one, two):
            fast_heart(servers, seconds=300)
            for each in (one, two):
                await eventually(
                    lambda: bool(each.of_patient(Cause.CONDITION)),  # noqa: B023
                    "the alarm is at the console",
                    deadline_s=60,
                )
            (start, *_) = one.of_patient(Cause.CONDITION)
            assert (start.condition, start.phase) == ("heart_rate.high", Phase.START)
            await one.client.shown([start.alarm])

            order = Order(command="c-1", patient=PATIENT, verb=Verb.ACKNOWLEDGE, alarm=start.alarm)
            receipt = await one.client.command(order)
            assert (receipt.command, receipt.verdict) == ("c-1", Verdict.DONE)
            await eventually(lambda: bool(two.of_patient(Cause.ACKNOWLEDGED)), "the other console sees it")
            assert two.of_patient(Cause.ACKNOWLEDGED)[0].by == receipt.by
            # Whoever has not heard the answer asks again: it is the same, and nothing is done twice.
            assert await one.client.command(order) == receipt

            await eventually(lambda: PATIENT in two.patients, "the feed knows where the patient lies")
            with pytest.raises(RefusedError, match="needs the field `alarm`") as refusal:
                await two.client.command(Order(command="c-2", patient=PATIENT, verb=Verb.NOTE))
            assert refusal.value.code is ErrorCode.BAD_REQUEST
            assert await two.client.name_of(PATIENT) == "Erika Mustermann"

            told = {each.console: each for each in (await two.client.deliveries(start.alarm)).consoles}
            assert set(told) == {"one", "two"}
            assert all(each.sent_ms is not None for each in told.values())
            assert (told["two"].shown_ms, told["two"].acted_ms) == (None, None)
            sent_ms, shown_ms, acted_ms = told["one"].sent_ms, told["one"].shown_ms, told["one"].acted_ms
            assert sent_ms is not None
            assert shown_ms is not None
            assert acted_ms is not None
            assert sent_ms <= shown_ms <= acted_ms
        assert len(one.of_patient(Cause.ACKNOWLEDGED)) == 1
    # The name has gone to the console that asked, and nowhere else.
    written = [message.value() or b"" for topic in ALL for message in read_topic(servers, topic)]
    assert written
    assert not any(b"Mustermann" in value for value in written)
