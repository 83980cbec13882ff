"""`wardwatch alarms` as a ward runs it, against a real broker."""

from __future__ import annotations

import json
import re
import socket

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.alarm_lives import PHYSICIAN, acknowledged, receipt, step
from tests.support.commands import finished
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.core.alarming.commands import Label
from wardwatch.core.events import Cause
from wardwatch.wire.alarms import alarm_fields, encode_alarm
from wardwatch.wire.receipts import encode_receipt

# T0 is 2026-11-21 19:07:13 UTC.
ALL_OF_IT = ("--since", "2026-11-21", "--until", "2026-11-22T12:00")
NIGHT_SHIFT = [
    step(0, "start", sequence=1, ward="4B"),
    acknowledged(80, sequence=2, ward="4B"),
    step(900, "end", sequence=3, ward="5A", bed="3"),
    step(3600, "start", sequence=1, patient="p-2", priority="medium", text="SpO2 90 < 92"),
    step(
        4300,
        sequence=2,
        patient="p-2",
        cause=Cause.ESCALATION,
        escalation=1,
        target="physician",
        text="\x1b[2J",
    ),
    step(7200, "start", sequence=4, episode=1, state="inactive", inactivation="alarm-off"),
    step(7230, "end", sequence=5, episode=1),
]
SAID = [
    receipt("c-1", 100, label=Label.NOT_ACTIONABLE, text="Cuff \x1b[2J", by=PHYSICIAN),
    receipt("c-2", 200, patient="p-9", label=Label.ARTEFACT),
]


async def written(broker: EmbeddedBroker, topic: str, *values: bytes) -> None:
    """All into one partition, so that their order is known."""
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, partition=0)


@pytest.fixture
async def night(embedded_broker: EmbeddedBroker) -> EmbeddedBroker:
    """A broker with the alarms of a night shift, some of them written again after a crash."""
    events = [*NIGHT_SHIFT[:3], *NIGHT_SHIFT[1:]]
    await written(embedded_broker, "vitals.alerts", *map(encode_alarm, events))
    await written(embedded_broker, "vitals.receipts", *map(encode_receipt, SAID))
    return embedded_broker


async def alarms(broker: EmbeddedBroker, *arguments: str, zone: str = "UTC") -> tuple[int, list[str], str]:
    environment = {
        "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers,
        "WARDWATCH_TIME_ZONE": zone,
    }
    status, output, errors = await finished("alarms", *arguments, environment=environment)
    return status, output.splitlines(), errors


async def test_a_line_tells_what_became_of_each_alarm(night: EmbeddedBroker) -> None:
    status, lines, errors = await alarms(night, *ALL_OF_IT, zone="Europe/Berlin")
    assert (status, errors) == (0, "")
    assert all(line.isprintable() for line in lines)
    first, second, third = (re.sub(" {2,}", " | ", line) for line in lines)
    assert first.startswith("2026-11-21 20:07:13 CET | HIGH | 4B/12 | p-1 | HR 152 > 130 | 15 min |")
    assert "acknowledged after 1 min 20 s by nurse" in first
    assert 'not actionable, moved to 5A/3, note "Cuff \\x1b[2J"' in first
    assert "| p-2 | \\x1b[2J | open for" in second
    assert second.endswith("not acknowledged | escalated to physician")
    assert third.endswith("| 30 s | paused or turned off")


@pytest.mark.parametrize(
    ("options", "patients"),
    [
        (["--patient", "p-2"], ["p-2"]),
        (["--ward", "5A"], ["p-1"]),
        (["--ward", "4B", "--patient", "p-1"], ["p-1", "p-1"]),
        (["--ward", "6C"], []),
    ],
)
async def test_a_patient_or_a_ward_can_be_asked_for(
    night: EmbeddedBroker, options: list[str], patients: list[str]
) -> None:
    _, lines, _ = await alarms(night, *ALL_OF_IT, "--json", *options)
    assert [json.loads(line)["patient"] for line in lines] == patients


async def test_only_what_was_open_in_the_period_is_shown(night: EmbeddedBroker) -> None:
    _, lines, _ = await alarms(night, "--json", "--since", "2026-11-21T19:30", "--until", "2026-11-21T20:30")
    assert [json.loads(line)["patient"] for line in lines] == ["p-2"]


async def test_with_json_each_alarm_is_an_object_and_has_its_steps_where_they_are_asked_for(
    night: EmbeddedBroker,
) -> None:
    _, lines, _ = await alarms(night, *ALL_OF_IT, "--json", "--steps")
    first = json.loads(lines[0])
    assert first["acknowledged"] == {
        "at_ms": NIGHT_SHIFT[1].at_ms,
        "by": {"name": "anna", "role": "nurse"},
    }
    assert first["acknowledged_after_s"] == 80.0
    assert (first["start_ms"], first["end_ms"]) == (NIGHT_SHIFT[0].at_ms, NIGHT_SHIFT[2].at_ms)
    assert [label["label"] for label in first["labels"]] == ["not_actionable"]
    assert first["steps"] == [alarm_fields(event) for event in NIGHT_SHIFT[:3]]
    _, lines, _ = await alarms(night, *ALL_OF_IT, "--json")
    assert "steps" not in json.loads(lines[0])


async def test_steps_are_listed_below_their_alarm_with_what_people_said_in_its_place(
    night: EmbeddedBroker,
) -> None:
    _, lines, _ = await alarms(night, *ALL_OF_IT, "--patient", "p-1", "--steps")
    steps = [line.split() for line in lines if line.startswith("  ")]
    assert [(words[1], words[3]) for words in steps[:5]] == [
        ("19:07:13", "start"),
        ("19:08:33", "update"),
        ("19:08:53", "labelled"),
        ("19:08:53", "note"),
        ("19:22:13", "end"),
    ]
    assert steps[1][4:7] == ["acknowledged", "nurse", "anna"]
    assert "physician ben" in lines[3]


async def test_where_there_is_none_it_says_so_and_how_to_see_more(night: EmbeddedBroker) -> None:
    status, lines, errors = await alarms(night, "--since", "2026-11-21T18:00", "--until", "2026-11-21T18:30")
    assert (status, lines) == (0, [])
    assert "no such alarm was open since 2026-11-21 18:00:00 UTC; --since looks further back" in errors


async def test_records_that_cannot_be_read_are_left_out_and_counted(embedded_broker: EmbeddedBroker) -> None:
    await written(embedded_broker, "vitals.alerts", b"garbage", encode_alarm(NIGHT_SHIFT[0]), b"{}")
    status, lines, errors = await alarms(embedded_broker, *ALL_OF_IT)
    assert (status, len(lines)) == (0, 1)
    assert errors == "wardwatch: left out 2 records of vitals.alerts that can't be read.\n"


async def test_without_a_topic_it_says_what_to_do(embedded_broker: EmbeddedBroker) -> None:
    status, lines, errors = await alarms(embedded_broker)
    assert (status, lines) == (1, [])
    assert errors.startswith("wardwatch: there is no topic vitals.alerts at 127.0.0.1:")
    assert errors.count("\n") == 1


async def test_without_a_broker_it_says_where_it_looked() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    status, output, errors = await finished(
        "alarms", environment={"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": address}
    )
    assert (status, output) == (1, "")
    assert errors.startswith(f"wardwatch: Kafka can't be read at {address}")
    assert errors.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "zone", "said"),
    [
        (["--since", "soon"], "UTC", "write it as 24h, 7d or 2026-01-31T14:30"),
        (["--since", "1h", "--until", "2h"], "UTC", "--until: it lies before --since"),
        ([], "Mars/Olympus", "WARDWATCH_TIME_ZONE: No time zone 'Mars/Olympus' is known"),
    ],
)
async def test_what_cannot_be_meant_is_refused(arguments: list[str], zone: str, said: str) -> None:
    status, _, errors = await finished("alarms", *arguments, environment={"WARDWATCH_TIME_ZONE": zone})
    assert status == 2
    assert said in errors
