"""`wardwatch quality` as a ward runs it, against a real broker."""

from __future__ import annotations

import json

from aiokafka import AIOKafkaProducer

from tests.support.alarm_lives import acknowledged, receipt, step
from tests.support.commands import finished
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.core.alarming.commands import Label
from wardwatch.core.calibration_watch import Drift
from wardwatch.core.quality import RuleQuality
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.quality import Quality, encode_quality
from wardwatch.wire.receipts import encode_receipt

# T0 is 2026-11-21 19:07:13 UTC.
A_DAY = ("--since", "2026-11-21T19:07:13.250", "--until", "2026-11-22T19:07:13.250")
EVENTS = [
    step(0, "start", sequence=1),
    acknowledged(80, sequence=2),
    step(900, "end", sequence=3),
    step(3600, "start", sequence=1, patient="p-2", ward="5A", condition="news2.high"),
]


def record(p_values: int, drift: Drift | None) -> bytes:
    return encode_quality(
        Quality(
            partition=0,
            worker="host:1",
            since_ms=0,
            at_ms=1000,
            rules={"news2.high": RuleQuality(alarms=1)},
            p_values=p_values,
            mean_p=0.4,
            drift=drift,
        )
    )


async def produce(broker: EmbeddedBroker, records: dict[str, list[bytes]]) -> None:
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for topic, values in records.items():
            for value in values:
                await producer.send_and_wait(topic, value, partition=0)


async def quality(broker: EmbeddedBroker, *arguments: str) -> str:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    code, output, errors = await finished("quality", *A_DAY, *arguments, environment=environment)
    assert (code, errors) == (0, "")
    return output


async def test_rules_are_shown_with_their_precision_and_partitions_with_their_calibration(
    embedded_broker: EmbeddedBroker,
) -> None:
    drift = Drift(direction="more", since_ms=1_795_200_000_000, mean_p=0.4, was=0.5)
    records = {
        "vitals.alerts": [encode_alarm(event) for event in EVENTS],
        "vitals.receipts": [encode_receipt(receipt("c-1", 100, label=Label.ACTIONABLE))],
        "vitals.quality": [record(100, None), record(200, drift)],
    }
    await produce(embedded_broker, records)
    found = json.loads(await quality(embedded_broker, "--json"))
    assert [*found["rules"]] == ["heart_rate.high", "news2.high"]
    high = found["rules"]["heart_rate.high"]
    assert (high["alarms"], high["ppv"], high["median_to_acknowledge_s"]) == (1, 1.0, 80.0)
    assert high["ppv_interval"] == [0.2065, 1.0]
    (worker,) = found["workers"]
    assert (worker["p_values"], worker["drift"]["direction"]) == (200, "more")

    lines = (await quality(embedded_broker, "--ward", "4B")).splitlines()
    assert not any(line.startswith("news2.high") for line in lines)
    (line,) = [line for line in lines if line.startswith("heart_rate.high")]
    assert line.split()[-4:] == ["1.00", "0.21", "to", "1.00"]
    assert any("more rare scores since" in line for line in lines)


async def test_where_no_worker_has_told_anything_that_is_said(embedded_broker: EmbeddedBroker) -> None:
    await produce(embedded_broker, {"vitals.alerts": [encode_alarm(EVENTS[0])]})
    lines = (await quality(embedded_broker)).splitlines()
    assert lines[-1] == "no worker has told of its calibration yet"
