"""`wardwatch burden` as a ward runs it, against a real broker."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.alarm_lives import acknowledged, receipt, step
from tests.support.alerts import T0_MS
from tests.support.commands import finished
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.core.alarming.commands import Label
from wardwatch.core.events import AlarmEvent, News2Status, PatientStatus
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.receipts import encode_receipt
from wardwatch.wire.status import encode_status

DAY_S = 86_400
HALF_DAY_MS = 43_200_000
# T0 is 2026-11-21 19:07:13 UTC.
TWO_DAYS = ("--since", "2026-11-21T19:07:13.250", "--until", "2026-11-23T19:07:13.250")
EVENTS: list[AlarmEvent] = [
    step(0, "start", sequence=1),
    acknowledged(80, sequence=2),
    step(900, "end", sequence=3),
    step(3600, "start", sequence=1, patient="p-2", ward="5A", priority="low"),
    step(3630, "end", sequence=2, patient="p-2", ward="5A", priority="low"),
    step(DAY_S, "start", sequence=4, episode=1),
]


def status(patient: str, ward: str, observed_at_ms: int) -> PatientStatus:
    return PatientStatus(
        patient=patient,
        ward=ward,
        bed="1",
        observed_at_ms=observed_at_ms,
        vitals={},
        news2=News2Status(lowest=0, highest=0, missing=()),
        open_alarms=(),
        learning={},
    )


STATUSES = [
    status("p-1", "4B", T0_MS),
    status("p-1", "4B", T0_MS + 6 * HALF_DAY_MS),  # after the period: two days of it
    status("p-2", "5A", T0_MS + 2 * HALF_DAY_MS),
    status("p-3", "5A", T0_MS + HALF_DAY_MS),  # has never alarmed
    status("p-4", "5A", T0_MS - HALF_DAY_MS),  # had left before
    status("p-5", "5A", 0),  # is only on the roster
]


async def burden(broker: EmbeddedBroker, *arguments: str) -> str:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    code, output, errors = await finished("burden", *arguments, environment=environment)
    assert (code, errors) == (0, "")
    return output


async def figures(broker: EmbeddedBroker, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(await burden(broker, *TWO_DAYS, "--json", *arguments))
    return found


@pytest.fixture
async def two_days(embedded_broker: EmbeddedBroker) -> EmbeddedBroker:
    records = {
        "vitals.alerts": [encode_alarm(event) for event in EVENTS],
        "vitals.receipts": [encode_receipt(receipt("c-1", 100, label=Label.ACTIONABLE))],
        "vitals.status": [encode_status(each) for each in STATUSES],
    }
    async with AIOKafkaProducer(bootstrap_servers=embedded_broker.bootstrap_servers) as producer:
        for topic, values in records.items():
            for value in values:
                await producer.send_and_wait(topic, value, partition=0)
    return embedded_broker


async def test_patients_without_alarms_are_counted_by_their_status(two_days: EmbeddedBroker) -> None:
    found = await figures(two_days)
    assert (found["patients"], found["patient_days"]) == (3, 3.5)
    assert found["all"]["alarms"] == 3
    assert found["all"]["per_patient_day"] == round(3 / 3.5, 4)
    rates = {ward: (of["alarms"], of["per_patient_day"]) for ward, of in found["wards"].items()}
    assert rates == {"4B": (2, 1.0), "5A": (1, round(1 / 1.5, 4))}
    assert found["all"]["labels"] == {"actionable": 1, "not_actionable": 0, "artefact": 0}
    assert found["all"]["brief_unacknowledged"] == 1


async def test_one_ward_has_its_own_patients_and_alarms(two_days: EmbeddedBroker) -> None:
    found = await figures(two_days, "--ward", "5A")
    assert (found["patients"], found["patient_days"], found["all"]["alarms"]) == (2, 1.5, 1)
    assert [*found["wards"]] == ["5A"]


async def test_the_mean_census_can_be_given(two_days: EmbeddedBroker) -> None:
    found = await figures(two_days, "--patients", "2.5")
    assert (found["patients"], found["patient_days"]) == (2.5, 5.0)
    assert found["all"]["per_patient_day"] == 0.6
    assert found["wards"]["4B"]["per_patient_day"] is None
    found = await figures(two_days, "--patients", "2.5", "--ward", "4B")
    assert found["wards"]["4B"]["per_patient_day"] == found["all"]["per_patient_day"] == 0.4


async def test_the_period_begins_no_earlier_than_the_first_that_is_known(
    two_days: EmbeddedBroker,
) -> None:
    output = await burden(two_days, "--since", "2026-01-01", "--until", "2026-11-23T19:07:13.250", "--json")
    assert json.loads(output)["since_ms"] == T0_MS - HALF_DAY_MS


async def test_for_people_it_is_a_table(two_days: EmbeddedBroker) -> None:
    lines = (await burden(two_days, *TWO_DAYS, "--worst", "1")).splitlines()
    assert lines[0] == "2026-11-21 19:07:13 UTC to 2026-11-23 19:07:13 UTC: 3 patients, 3.50 patient-days"
    header, everything = lines[2], lines[3]
    assert everything.split()[:3] == ["all", "3", "0.86"]
    assert everything.index("1 min 20 s (1)") == header.index("median time (n)")
    assert [line.split()[0] for line in lines[4:9]] == ["physiological", "technical", "high", "medium", "low"]
    assert lines[-3].split() == ["heart_rate.high", "p-1", "2", "67", "%"]
    assert lines[-1].startswith("open now: 1;")


async def test_without_statuses_those_who_alarmed_are_counted(embedded_broker: EmbeddedBroker) -> None:
    async with AIOKafkaProducer(bootstrap_servers=embedded_broker.bootstrap_servers) as producer:
        for event in EVENTS:
            await producer.send_and_wait("vitals.alerts", encode_alarm(event), partition=0)
    assert (await figures(embedded_broker))["patients"] == 2


async def test_a_simulation_that_is_ahead_of_the_clock_is_counted_to_its_end(
    embedded_broker: EmbeddedBroker,
) -> None:
    ahead_s = time.time() - T0_MS / 1000 + 3600
    async with AIOKafkaProducer(bootstrap_servers=embedded_broker.bootstrap_servers) as producer:
        for event in (step(ahead_s, "start", sequence=1), step(ahead_s + 60, "end", sequence=2)):
            await producer.send_and_wait("vitals.alerts", encode_alarm(event), partition=0)
    found = json.loads(await burden(embedded_broker, "--json"))
    assert found["all"]["alarms"] == 1
    assert found["until_ms"] == T0_MS + round(1000 * (ahead_s + 60)) + 1


async def test_an_empty_period_has_no_shares(two_days: EmbeddedBroker) -> None:
    output = await burden(two_days, "--since", "2026-12-01", "--until", "2026-12-02")
    assert output.splitlines()[3].split() == ["all", "0", "-", "-", "-", "-", "-", "-", "0"]


async def test_an_alarm_counts_where_it_began(two_days: EmbeddedBroker) -> None:
    moved = replace(EVENTS[-1], sequence=5, phase=EVENTS[1].phase, ward="5A", event="moved")
    async with AIOKafkaProducer(bootstrap_servers=two_days.bootstrap_servers) as producer:
        await producer.send_and_wait("vitals.alerts", encode_alarm(moved), partition=0)
    assert (await figures(two_days, "--ward", "5A"))["all"]["alarms"] == 1
