"""`wardwatch simulate` into a broker."""

from __future__ import annotations

import asyncio
import json
import signal
import time
import uuid
from pathlib import Path

import pytest

from tests.support.commands import finished, started
from tests.support.kafka_fixtures import Broker
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.kafka_topic import LogRecord, TopicReader
from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.roster import decode_placement
from wardwatch.wire.topics import ALL, READINGS, ROSTER
from wardwatch_simulators.truth import TOPIC


def at(broker: Broker) -> dict[str, str]:
    return {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}


async def all_of(broker: Broker, topic: str) -> list[LogRecord]:
    async with TopicReader(topic, {"bootstrap_servers": broker.bootstrap_servers}) as reader:
        await reader.start()
        extents = await reader.extents()
        reader.read_from({number: extent.first for number, extent in extents.items()})
        records: list[LogRecord] = []
        while len(records) < sum(extent.end - extent.first for extent in extents.values()):
            records += await reader.read(wait_s=1.0)
        return records


async def test_readings_and_roster_come_to_their_topics_stamped_with_the_wearers_clock(
    embedded_broker: EmbeddedBroker,
) -> None:
    status, output, errors = await finished(
        "simulate", "--wearers", "3", "--duration", "20s", "--speed", "100", environment=at(embedded_broker)
    )  # fmt: skip
    assert (status, output) == (0, "")
    assert "60 readings of 3 simulated wearers" in errors
    placements = [decode_placement(record.value) for record in await all_of(embedded_broker, ROSTER)]
    assert {placement.patient for placement in placements} == {"sim-0001", "sim-0002", "sim-0003"}
    records = await all_of(embedded_broker, READINGS)
    readings = [ReadingDecoder().decode(record.value) for record in records]
    assert len(readings) == 3 * 20
    assert [r.observed_at_ms for r in readings] == [record.timestamp_ms for record in records]
    ahead_ms = max(r.observed_at_ms for r in readings) - time.time_ns() // 1_000_000
    assert -30_000 < ahead_ms <= 0, "a broker refuses what is ahead of its clock"
    for patient in ("sim-0001", "sim-0002", "sim-0003"):
        assert [r.seq for r in readings if r.patient == patient] == list(range(1, 21))


async def test_the_wearers_clock_runs_at_the_speed_asked_for(embedded_broker: EmbeddedBroker) -> None:
    """20 simulated seconds at 10 times real time take no less than 1.9 of ours."""
    began_s = time.monotonic()
    await finished("simulate", "--duration", "20s", "--speed", "10", environment=at(embedded_broker))
    assert time.monotonic() - began_s > 1.9


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_quietly_and_all_that_was_counted_has_arrived(
    embedded_broker: EmbeddedBroker, tmp_path: Path, number: signal.Signals
) -> None:
    embedded_broker.create_topics(*ALL)
    truth = tmp_path / "truth.jsonl"
    async with started(
        "simulate", "--speed", "600", "--truth", str(truth), environment=at(embedded_broker)
    ) as process:  # fmt: skip
        async with asyncio.timeout(30):
            while not await all_of(embedded_broker, READINGS):
                pass
            process.send_signal(number)
            _, errors = await process.communicate()
    assert process.returncode == 0
    sent = len(await all_of(embedded_broker, READINGS))
    assert f"{sent:,} readings of 20 simulated wearers" in errors.decode()
    assert all(json.loads(line)["v"] == 1 for line in truth.read_text().splitlines())


async def test_the_truth_comes_to_a_topic_of_its_own_keyed_by_patient(broker: Broker, tmp_path: Path) -> None:
    topic, truth = f"truth-{uuid.uuid4().hex}", tmp_path / "truth.jsonl"
    status, _, errors = await finished(
        "simulate", "--wearers", "6", "--course", "heart_block:2", "--fault", "off_body", "--duration", "4m",
        "--speed", "max", "--truth-topic", topic, "--truth", str(truth), environment=at(broker),
    )  # fmt: skip
    assert status == 0, errors
    records = await all_of(broker, topic)
    assert sorted(record.value for record in records if record.value) == sorted(
        truth.read_bytes().splitlines()
    )
    assert {b"deterioration", b"illness", b"fault"} == {
        json.loads(record.value or b"")["event"].encode() for record in records
    }
    for record in records:
        told = json.loads(record.value or b"")
        assert record.key == told["patient"].encode()
        assert record.timestamp_ms in (told.get("onset_ms"), told.get("at_ms"), told.get("from_ms"))


def test_wardwatch_itself_does_not_read_the_truth() -> None:
    assert TOPIC not in ALL


async def test_a_broker_that_is_not_there_is_one_sentence() -> None:
    status, output, errors = await finished(
        "simulate", environment={"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    )
    assert (status, output) == (1, "")
    assert errors.startswith("wardwatch: 127.0.0.1:1 does not take the readings")
    assert "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS" in errors
    assert "Traceback" not in errors
