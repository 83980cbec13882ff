"""What the benchmark of lateness compares sends the same, and its figures are of what came to the broker."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.lateness import delivered_ms, percentiles
from benchmarks.lateness_senders import aiokafka, confluent, ready_made, simulator
from tests.support.apache_kafka import ApacheKafka
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.wire.topics import READINGS, ROSTER


def test_ready_made_records_are_due_as_simulated_ones_are() -> None:
    made = list(ready_made(20, 12))
    assert len(made) == 20 * 12
    for second in range(12):
        due_s = [due_s for due_s, _, _ in made[20 * second : 20 * second + 20]]
        assert due_s == sorted(due_s)
        assert second <= due_s[0] <= due_s[-1] < second + 1
    assert set(Counter(key for _, key, _ in made).values()) == {12}
    # Simulated, and more than one of each.
    assert len({payload for _, key, payload in made if key == b"sim-0001"}) == 5


async def test_all_senders_send_as_many(embedded_broker: EmbeddedBroker) -> None:
    servers = embedded_broker.bootstrap_servers
    assert (await simulator(servers, 10, 2))["readings"] == 20
    assert (await aiokafka(servers, 10, 2))["readings"] == 20
    assert confluent(servers, 10, 2)["readings"] == 20


@pytest.mark.kafka
async def test_how_late_readings_came_is_told_by_the_broker(apache_kafka: ApacheKafka) -> None:
    apache_kafka.delete_topics(READINGS, ROSTER)
    apache_kafka.create_topics(READINGS, config={"message.timestamp.type": "LogAppendTime"})
    said = await simulator(apache_kafka.bootstrap_servers, 10, 2)
    late = delivered_ms(apache_kafka.bootstrap_servers, said["shift_ms"], said["readings"])
    assert 0 <= late["p50"] <= late["p99"]
    # Had they been sent a minute before, they would have been a minute late.
    earlier = delivered_ms(apache_kafka.bootstrap_servers, said["shift_ms"] - 60_000, said["readings"])
    assert earlier["p50"] == pytest.approx(late["p50"] + 60_000, abs=0.2)
    apache_kafka.delete_topics(READINGS, ROSTER)


def test_percentiles_are_of_all() -> None:
    assert percentiles(list(range(1001))) == {"p50": 500.0, "p99": 990.0}
