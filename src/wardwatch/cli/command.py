"""`wardwatch command`: do something about a patient's alarms, and hear what became of it."""

from __future__ import annotations

import asyncio
import sys
import time
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import click

from wardwatch.adapters.kafka_producer import NotDeliveredError, ReadingProducer
from wardwatch.adapters.kafka_topic import TopicReader
from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.terminal import json_line, printable, time_of_day
from wardwatch.cli.configured import settings_or_exit
from wardwatch.cli.errors import UsersError
from wardwatch.cli.reading import told_where_unreadable
from wardwatch.cli.times import DURATION
from wardwatch.composition import build_topic_reader, kafka_client_options
from wardwatch.core.alarming.commands import Command, Label, Receipt, Verb, Verdict
from wardwatch.core.events import Actor, Role
from wardwatch.settings import Settings
from wardwatch.wire.commands import encode_checked, encode_command
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.receipts import decode_receipt, receipt_fields
from wardwatch.wire.topics import COMMANDS, RECEIPTS

EXIT_REFUSED = 1
EXIT_NOT_ANSWERED = 3

_READ_WAIT_S = 0.25


def _typed(value: str) -> str:
    return value.replace("_", "-")


def _meant(typed: str) -> str:
    return typed.replace("-", "_")


@click.command("command")
@click.argument("verb", metavar="VERB", type=click.Choice([_typed(verb) for verb in Verb]))
@click.option("--patient", required=True, help="Whose alarms, by pseudonym.")
@click.option("--by", "name", required=True, help="Who wants it.")
@click.option(
    "--role", type=click.Choice([_typed(role) for role in Role]), required=True, help="What they are."
)
@click.option("--alarm", help="Which alarm; needed by acknowledge, note and feedback.")
@click.option("--condition", help="Which condition to pause, turn off or resume.  [default: all]")
@click.option("--for", "duration_s", type=DURATION, help="How long to pause.  [default: the ward's longest]")
@click.option("--text", help="Of a note, or beside feedback.")
@click.option(
    "--label", type=click.Choice([_typed(label) for label in Label]), help="What the alarm was worth."
)
@click.option("--id", "command_id", help="The command's own name: what comes twice is done once.")
@click.option(
    "--wait", "wait_s", type=click.FloatRange(0), default=10, show_default=True, help="Seconds for an answer."
)
@click.option("--json", "as_json", is_flag=True, help="The receipt as a JSON object.")
def command(  # noqa: PLR0913 (one argument an option)
    *,
    verb: str,
    patient: str,
    name: str,
    role: str,
    command_id: str | None,
    label: str | None,
    wait_s: float,
    as_json: bool,
    **wishes: Any,
) -> None:
    """Acknowledge an alarm, pause it, note something: VERB, for one patient.

    VERB is acknowledge, pause-audio, resume-audio, pause-alarm, alarm-off, resume-alarm, note, feedback or
    new-normal. The command goes to the broker that WARDWATCH_KAFKA_BOOTSTRAP_SERVERS names; what is printed
    is the worker's receipt. Ends with 0 if it was done, 1 if it was refused, 3 if no answer came in time.

    \b
    Examples:
      wardwatch command acknowledge --patient p-17 --alarm 5b0cf7d1e6c4a9f31b72 --by "Anna Berg" --role nurse
      wardwatch command pause-alarm --patient p-17 --condition heart_rate.high --for 5m --by Anna --role nurse
    """
    wanted = _checked(
        Command(
            command=command_id or uuid.uuid4().hex,
            patient=patient,
            verb=Verb(_meant(verb)),
            by=Actor(name=name, role=Role(_meant(role))),
            at_ms=time.time_ns() // 1_000_000,
            label=None if label is None else Label(_meant(label)),
            **wishes,
        )
    )
    settings = settings_or_exit()
    silence_kafka_client()
    receipt = _receipt_of(settings, wanted, wait_s)
    if receipt is None:
        click.echo(
            f"wardwatch: no answer within {wait_s:g} s; the command is in {COMMANDS} for the next worker "
            f"that reads it. To ask again: the same with --id {wanted.command}.",
            err=True,
        )
        sys.exit(EXIT_NOT_ANSWERED)
    click.echo(json_line(receipt_fields(receipt)) if as_json else _line(receipt))
    sys.exit(0 if receipt.verdict is Verdict.DONE else EXIT_REFUSED)


def _checked(wanted: Command) -> Command:
    """The command, if a worker can read it."""
    try:
        encode_checked(wanted)
    except Unreadable as error:
        raise UsersError(f"the command can't be sent: {error.detail} See wardwatch command --help.") from None
    return wanted


def _receipt_of(settings: Settings, wanted: Command, wait_s: float) -> Receipt | None:
    servers = settings.kafka_bootstrap_servers
    try:
        return asyncio.run(_send_and_wait(settings, wanted, wait_s))
    except NotDeliveredError as error:
        raise UsersError(
            f"{servers} does not take the command ({error}); once it does, try again with --id "
            f"{wanted.command}: what comes twice is done once."
        ) from error


async def _send_and_wait(settings: Settings, wanted: Command, wait_s: float) -> Receipt | None:
    # Sending to a topic that is not there would make it, and wrongly.
    async with _opened(settings, COMMANDS):
        pass
    async with _opened(settings, RECEIPTS) as reader:
        extents = await reader.extents()
        reader.read_from({partition: extent.end for partition, extent in extents.items()})
        async with ReadingProducer(kafka_client_options(settings)) as producer:
            await producer.send(wanted.patient, encode_command(wanted), wanted.at_ms, COMMANDS)
            await producer.flush()
        return await _answer(reader, wanted, time.monotonic() + wait_s)


@asynccontextmanager
async def _opened(settings: Settings, topic: str) -> AsyncIterator[TopicReader]:
    with told_where_unreadable(settings, topic):
        async with build_topic_reader(settings, topic) as reader:
            await reader.start()
            yield reader


async def _answer(reader: TopicReader, wanted: Command, until_s: float) -> Receipt | None:
    while True:
        for record in await reader.read(wait_s=min(_READ_WAIT_S, max(0.0, until_s - time.monotonic()))):
            try:
                receipt = decode_receipt(record.value)
            except Unreadable:
                continue
            if (receipt.command, receipt.patient) == (wanted.command, wanted.patient):
                return receipt
        if time.monotonic() >= until_s:
            return None


def _line(receipt: Receipt) -> str:
    until = "" if receipt.until_ms is None else f" Until {time_of_day(receipt.until_ms)}."
    return f"{time_of_day(receipt.at_ms)}  {receipt.verdict.value}  {printable(receipt.sentence)}{until}"
