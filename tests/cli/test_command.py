"""`wardwatch command` as a nurse runs it, against a real broker and a stand-in for the worker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.support.commands import finished
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.core.alarming.commands import Command, Receipt, Verb, Verdict
from wardwatch.core.events import Actor, Role
from wardwatch.wire.commands import decode_command
from wardwatch.wire.receipts import decode_receipt, encode_receipt
from wardwatch.wire.topics import COMMANDS, RECEIPTS

BY = ["--by", "Anna Berg", "--role", "charge-nurse"]
PAUSE = ["pause-alarm", "--patient", "p-17", "--condition", "heart_rate.high", "--for", "5m", *BY]
ACKNOWLEDGE = ["acknowledge", "--patient", "p-17", "--alarm", "a1b2c3", *BY]


@pytest.fixture
def kafka(embedded_broker: EmbeddedBroker) -> EmbeddedBroker:
    embedded_broker.create_topics(COMMANDS, RECEIPTS)
    return embedded_broker


async def run(broker: EmbeddedBroker, *arguments: str) -> tuple[int, str, str]:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": broker.bootstrap_servers}
    return await finished("command", *arguments, environment=environment)


def answer(command: Command, verdict: Verdict) -> Receipt:
    return Receipt(
        command=command.command,
        patient=command.patient,
        verb=command.verb,
        by=command.by,
        at_ms=1795288033250,
        verdict=verdict,
        sentence="So be it." if verdict is Verdict.DONE else "No: \x1b[31mthat is over.",
        until_ms=1795288333250 if verdict is Verdict.DONE else None,
    )


@asynccontextmanager
async def ward(broker: EmbeddedBroker, verdict: Verdict) -> AsyncIterator[list[Command]]:
    """Answers each command, after another one's receipt and a record that nobody can read; notes them."""
    heard: list[Command] = []
    servers = broker.bootstrap_servers

    async def answer_all() -> None:
        async with (
            AIOKafkaConsumer(COMMANDS, bootstrap_servers=servers, auto_offset_reset="earliest") as consumer,
            AIOKafkaProducer(bootstrap_servers=servers) as producer,
        ):
            async for record in consumer:
                command = decode_command(record.value, record.timestamp)
                assert record.key == command.patient.encode()
                heard.append(command)
                receipt = answer(command, verdict)
                another = encode_receipt(replace(receipt, command="another", sentence="Another."))
                for value in (b"{", another, encode_receipt(receipt)):
                    await producer.send_and_wait(RECEIPTS, value, partition=record.partition)

    answering = asyncio.create_task(answer_all())
    try:
        yield heard
    finally:
        answering.cancel()


async def test_what_was_done_is_printed_with_its_end(kafka: EmbeddedBroker) -> None:
    async with ward(kafka, Verdict.DONE) as heard:
        result = await run(kafka, *PAUSE)
    assert result == (0, "19:07:13Z  done  So be it. Until 19:12:13Z.\n", "")
    (command,) = heard
    assert (command.verb, command.patient, command.condition) == (Verb.PAUSE_ALARM, "p-17", "heart_rate.high")
    assert command.duration_s == 300
    assert command.by == Actor(name="Anna Berg", role=Role.CHARGE_NURSE)


async def test_what_was_refused_ends_with_another_status(kafka: EmbeddedBroker) -> None:
    async with ward(kafka, Verdict.REFUSED):
        result = await run(kafka, *ACKNOWLEDGE)
    assert result == (1, "19:07:13Z  refused  No: \\x1b[31mthat is over.\n", "")


async def test_json_is_the_receipt(kafka: EmbeddedBroker) -> None:
    async with ward(kafka, Verdict.DONE):
        status, output, errors = await run(kafka, *ACKNOWLEDGE, "--id", "c-1", "--json")
    assert (status, errors) == (0, "")
    receipt = decode_receipt(output.encode())
    assert (receipt.command, receipt.verdict) == ("c-1", Verdict.DONE)
    assert json.loads(output)["until_ms"] == 1795288333250


async def test_each_command_has_a_name_of_its_own(kafka: EmbeddedBroker) -> None:
    async with ward(kafka, Verdict.DONE) as heard:
        await run(kafka, *ACKNOWLEDGE)
        await run(kafka, *ACKNOWLEDGE)
    assert len({command.command for command in heard}) == 2


async def test_without_a_worker_the_sentence_says_how_to_ask_again(kafka: EmbeddedBroker) -> None:
    status, output, errors = await run(kafka, *ACKNOWLEDGE, "--id", "c-1", "--wait", "0.1")
    assert (status, output) == (3, "")
    assert errors.startswith("wardwatch: no answer within 0.1 s;")
    assert "--id c-1" in errors


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["acknowledge", "--patient", "p-17", *BY], "needs the field `alarm`"),
        ([*ACKNOWLEDGE, "--for", "5m"], "no use for `duration_s`"),
        (["alarm-off", "--patient", "p-17", "--condition", "hart_rate.high", *BY], "`condition`"),
        (["new-normal", "--patient", "p 17", *BY], "`$.patient`"),
    ],
)
async def test_a_command_that_no_worker_could_read_is_not_sent(arguments: list[str], says: str) -> None:
    status, output, errors = await finished("command", *arguments)
    assert (status, output) == (1, "")
    assert errors.startswith("wardwatch: the command can't be sent:")
    assert says in errors


@pytest.mark.parametrize(("there", "missing"), [(RECEIPTS, COMMANDS), (COMMANDS, RECEIPTS)])
async def test_without_a_topic_the_sentence_says_what_to_start_and_nothing_is_sent(
    embedded_broker: EmbeddedBroker, there: str, missing: str
) -> None:
    embedded_broker.create_topics(there)
    for _ in range(2):  # asking for a topic must not make it
        status, output, errors = await run(embedded_broker, *ACKNOWLEDGE)
        assert (status, output) == (1, "")
        assert errors.startswith(f"wardwatch: there is no topic {missing} at ")
        assert "start a worker" in errors


async def test_a_broker_that_is_not_there_is_one_sentence() -> None:
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1"}
    status, output, errors = await finished("command", *ACKNOWLEDGE, environment=environment)
    assert (status, output) == (1, "")
    assert errors.startswith("wardwatch: Kafka can't be read at 127.0.0.1:1:")
    assert "Traceback" not in errors
