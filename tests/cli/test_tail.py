"""`wardwatch tail` as an operator runs it, against a real broker."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import socket
import subprocess
import sys
import time

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.alerts import alarm_event
from tests.support.commands import finished, next_line, started
from tests.support.pulses import pulse_of
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.core.events import News2Status, PatientStatus
from wardwatch.core.quality import RuleQuality
from wardwatch.core.reading import Reading
from wardwatch.wire.alarms import alarm_fields, encode_alarm
from wardwatch.wire.pulse import encode_pulse
from wardwatch.wire.quality import Quality, encode_quality
from wardwatch.wire.readings import encode_reading
from wardwatch.wire.rejections import Rejection, encode_rejection
from wardwatch.wire.status import encode_status


async def produce(broker: EmbeddedBroker, topic: str, *values: bytes | None) -> None:
    """All into one partition, so that their order is known."""
    async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers) as producer:
        for value in values:
            await producer.send_and_wait(topic, value, key=b"p-17", partition=0)


def at(broker: EmbeddedBroker) -> dict[str, str]:
    return {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}


async def tail(broker: EmbeddedBroker, *arguments: str) -> list[str]:
    status, output, errors = await finished("tail", *arguments, environment=at(broker))
    assert (status, errors) == (0, "")
    return output.splitlines()


async def test_alarms_are_shown_one_a_line_without_colour_codes_in_a_pipe(
    embedded_broker: EmbeddedBroker,
) -> None:
    await produce(embedded_broker, "vitals.alerts", encode_alarm(alarm_event(text="HR 152 > 130 \x1b[31m")))
    (line,) = await tail(embedded_broker, "--from-beginning", "--count", "1")
    assert line == "19:07:14Z  HIGH    start   4B/12       p-1         HR 152 > 130 \\x1b[31m"


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        (["--ward", "5A"], ["p-2", "garbage"]),
        (["--patient", "p-3"], ["p-3", "garbage"]),
        (["--priority", "medium"], ["p-1", "p-2", "garbage"]),
        (["--priority", "medium", "--ward", "4B"], ["p-1", "garbage"]),
    ],
)
async def test_filters_keep_what_is_asked_for_and_everything_that_cannot_be_read(
    embedded_broker: EmbeddedBroker, options: list[str], shown: list[str]
) -> None:
    await produce(
        embedded_broker,
        "vitals.alerts",
        encode_alarm(alarm_event(patient="p-1", ward="4B", priority="high")),
        encode_alarm(alarm_event(patient="p-2", ward="5A", priority="medium")),
        encode_alarm(alarm_event(patient="p-3", ward="4B", priority="low")),
        b"garbage",
    )
    lines = await tail(embedded_broker, *options, "--from-beginning", "--count", str(len(shown)))
    for line, expected in zip(lines, shown, strict=True):
        assert ("unreadable" if expected == "garbage" else expected) in line


async def test_with_json_each_line_is_an_object_that_holds_the_record_and_its_place(
    embedded_broker: EmbeddedBroker,
) -> None:
    event = alarm_event(text="\u202e\x7f")
    await produce(embedded_broker, "vitals.alerts", encode_alarm(event), b"\xff")
    lines = await tail(embedded_broker, "--json", "--from-beginning", "--count", "2")
    assert all(line.isprintable() for line in lines)
    first, second = map(json.loads, lines)
    assert first["record"] == alarm_fields(event)
    assert (first["topic"], first["partition"], first["offset"]) == ("vitals.alerts", 0, 0)
    assert first["timestamp_ms"] > 0
    assert second["unreadable"]["fault"] == "not_utf8"
    assert second["offset"] == 1


async def test_each_topic_has_its_own_line(embedded_broker: EmbeddedBroker) -> None:
    reading = Reading(
        patient="p-17", device="e4-03", observed_at_ms=3_600_000, heart_rate=72, skin_temperature=33
    )
    status = PatientStatus(
        patient="p-17",
        ward="4B",
        bed="12",
        observed_at_ms=3_600_000,
        vitals={"heart_rate": (72.0, 3_600_000), "new\x1b": (1.0, 0)},
        news2=News2Status(lowest=1, highest=4, missing=("consciousness",)),
        open_alarms=("heart_rate.high",),
        learning={},
        inhibited={"news2.high": 7_200_000, "*": None},
        audio_paused_until_ms=3_660_000,
    )
    rejection = Rejection(
        reason="out_of_range",
        detail="HR 0\x1b[2J",
        topic="vitals.readings",
        partition=2,
        offset=41,
        patient="p-17",
    )
    for name, value, expected in (
        ("readings", encode_reading(reading), "01:00:00Z  p-17  e4-03  HR 72  Skin 33.0"),
        (
            "status",
            encode_status(status),
            "4B/12       p-17        HR 72  new\\x1b 1  NEWS2 1-4  1 open  all alarms off  "
            "news2.high paused until 02:00:00Z  audio paused until 01:01:00Z",
        ),
        (
            "rejected",
            encode_rejection(rejection),
            "out_of_range  vitals.readings/2@41  p-17  -  HR 0\\x1b[2J",
        ),
    ):
        taken_back = [None] if name == "status" else []  # which is no line
        await produce(embedded_broker, f"vitals.{name}", *taken_back, value)
        (line,) = await tail(embedded_broker, name, "--from-beginning", "--count", "1")
        assert line.endswith(expected)


async def test_pulses_are_shown_and_can_not_be_had_by_patient(embedded_broker: EmbeddedBroker) -> None:
    pulse = pulse_of(0, at_ms=3_600_000, behind_ms=1250, position=3)
    await produce(embedded_broker, "vitals.pulse", encode_pulse(pulse))
    (line,) = await tail(embedded_broker, "pulse", "--from-beginning", "--count", "1")
    assert line == "01:00:00Z  partition 0  host:1  1.2 s behind  vitals.readings 3/7"
    status, _, errors = await finished("tail", "pulse", "--patient", "p-1", environment=at(embedded_broker))
    assert status == 2
    assert "--patient: records of vitals.pulse name no patient" in errors


@pytest.mark.parametrize("options", [[], ["--json"]])
async def test_that_nobody_watches_is_shown_among_the_alarms_of_any_ward(
    embedded_broker: EmbeddedBroker, options: list[str]
) -> None:
    await produce(embedded_broker, "vitals.alerts", encode_alarm(alarm_event()))
    impatient = {"SESSION_TIMEOUT_S": "1", "REBALANCE_TIMEOUT_S": "1", "PULSE_LIMIT_S": "2.5"}
    environment = at(embedded_broker) | {f"WARDWATCH_{name}": value for name, value in impatient.items()}
    arguments = ["tail", "--ward", "5A", "--count", "1", *options]
    status, output, errors = await finished(*arguments, environment=environment)
    assert (status, errors) == (0, "")
    text = "Monitoring stalled: no worker has been seen"
    if options:
        told = json.loads(output)
        assert (told["topic"], told["record"]["kind"], told["record"]["text"]) == (None, "technical", text)
    else:
        assert output.endswith(f"HIGH    start   -           -           [technical]  {text}\n")


async def test_without_from_beginning_only_what_comes_from_now_on_is_shown_and_ctrl_c_ends_quietly(
    embedded_broker: EmbeddedBroker,
) -> None:
    await produce(embedded_broker, "vitals.alerts", encode_alarm(alarm_event(patient="p-old")))
    async with started("tail", environment=at(embedded_broker)) as process:
        line = asyncio.create_task(next_line(process.stdout))
        number = 0
        while not line.done():  # it shows nothing until it has found the end of the topic
            number += 1
            event = alarm_event(patient="p-new", sequence=number, phase="update")
            await produce(embedded_broker, "vitals.alerts", encode_alarm(event))
            await asyncio.wait([line], timeout=0.2)
        assert "p-new" in line.result()
        process.send_signal(signal.SIGINT)
        output, errors = await asyncio.wait_for(process.communicate(), 10)
        assert b"p-old" not in output
        assert (process.returncode, errors) == (0, b"")


async def test_for_a_topic_that_does_not_exist_yet_it_waits_says_so_and_misses_nothing(
    embedded_broker: EmbeddedBroker,
) -> None:
    async with started("tail", "rejected", "--count", "1", environment=at(embedded_broker)) as process:
        assert "waiting for the topic vitals.rejected" in await next_line(process.stderr)
        rejection = Rejection(reason="not_json", detail="-", topic="vitals.readings", partition=0, offset=0)
        await produce(embedded_broker, "vitals.rejected", encode_rejection(rejection))
        assert "not_json" in await next_line(process.stdout)
        assert await asyncio.wait_for(process.wait(), 10) == 0


def assert_one_sentence_with_a_way_out(errors: str, address: str) -> None:
    assert errors.startswith("wardwatch: Kafka can't be read at " + address)
    assert "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS" in errors
    assert errors.count("\n") == 1


async def test_without_a_broker_it_ends_within_seconds_and_says_where_it_looked() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    began = time.monotonic()
    status, output, errors = await finished(
        "tail", environment={"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": address}
    )
    assert (status, output) == (1, "")
    assert time.monotonic() - began < 10
    assert_one_sentence_with_a_way_out(errors, address)


async def test_a_broker_that_goes_away_is_no_silence() -> None:
    with EmbeddedBroker() as broker:
        await produce(broker, "vitals.alerts", encode_alarm(alarm_event()))
        address = broker.bootstrap_servers
        watching = started("tail", "--from-beginning", environment=at(broker))
        process = await watching.__aenter__()
        await next_line(process.stdout)
    _, errors = await asyncio.wait_for(process.communicate(), 30)
    assert process.returncode == 1
    assert_one_sentence_with_a_way_out(errors.decode(), address)
    await watching.__aexit__(None, None, None)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["rejected", "--ward", "4B"], "name no ward; use --patient"),
        (["readings", "--ward", "4B"], "name no ward; use --patient"),
        (["status", "--priority", "high"], "it goes with alerts"),
        (["everything"], "is not one of"),
    ],
)
async def test_what_a_topic_does_not_have_cannot_be_asked_for(arguments: list[str], said: str) -> None:
    status, _, errors = await finished("tail", *arguments)
    assert status == 2
    assert said in errors


async def test_on_a_terminal_alarms_are_coloured_unless_no_color_is_set(
    embedded_broker: EmbeddedBroker,
) -> None:
    await produce(embedded_broker, "vitals.alerts", encode_alarm(alarm_event()))
    for no_color, coloured in (("", True), ("1", False)):
        command = ["tail", "--from-beginning", "--count", "1"]
        shown = await asyncio.to_thread(on_a_terminal, command, {**at(embedded_broker), "NO_COLOR": no_color})
        assert "HIGH" in shown
        assert ("\x1b[31m" in shown) is coloured


def on_a_terminal(arguments: list[str], environment: dict[str, str]) -> str:
    """What the command writes to a pseudo-terminal."""

    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "wardwatch", *arguments],
        env={**os.environ, **environment},
        stdout=its,
        stderr=its,
        stdin=its,
    )
    os.close(its)
    shown = b""
    try:
        while data := os.read(ours, 4096):
            shown += data
    except OSError:  # Linux: the other end is closed
        pass
    os.close(ours)
    process.wait(timeout=10)
    return shown.decode()


async def test_live_quality_is_shown_by_partition(embedded_broker: EmbeddedBroker) -> None:
    quality = Quality(
        partition=0,
        worker="host:1",
        since_ms=0,
        at_ms=3_600_000,
        rules={"news2.high": RuleQuality(alarms=3)},
        p_values=8,
        mean_p=0.47,
    )
    await produce(embedded_broker, "vitals.quality", encode_quality(quality))
    (line,) = await tail(embedded_broker, "quality", "--from-beginning", "--count", "1")
    assert line == "01:00:00Z  partition 0  host:1  mean p 0.47  news2.high 3 alarms"
