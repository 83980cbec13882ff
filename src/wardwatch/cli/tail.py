"""`wardwatch tail`: a topic as it grows, for operators."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import click

from wardwatch.adapters.kafka_topic import LogRecord, TopicMissingError, TopicReader
from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.terminal import alarm_line, json_line, painted, printable, time_of_day, wants_colour
from wardwatch.cli.configured import settings_or_exit
from wardwatch.cli.reading import told_where_unreadable
from wardwatch.cli.tail_views import VIEWS, View
from wardwatch.composition import build_pulse_log, build_topic_reader
from wardwatch.core.events import AlarmEvent, Priority
from wardwatch.settings import Settings
from wardwatch.wire.alarms import alarm_fields
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.topics import ALERTS, COMPACTED

_READ_WAIT_S = 0.25
# After a silence as long as this, ask the broker whether it is still there.
_PROBE_AFTER_S = 3.0
_TOPIC_RETRY_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Which records to show; what can't be read is always shown."""

    ward: str | None
    patient: str | None
    priority: Priority | None

    def includes(self, record: Any) -> bool:
        return (
            (self.ward is None or record.ward == self.ward)
            and (self.patient is None or record.patient == self.patient)
            and (self.priority is None or record.priority >= self.priority)
        )


@click.command("tail")
@click.argument("name", metavar="[TOPIC]", type=click.Choice(list(VIEWS)), default="alerts")
@click.option("--ward", help="Only this ward.")
@click.option("--patient", help="Only this patient, by pseudonym.")
@click.option(
    "--priority", type=click.Choice(["low", "medium", "high"]), help="Only alarms at least this urgent."
)
@click.option("--from-beginning", is_flag=True, help="Show first what the topic holds already.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--count", type=click.IntRange(1), help="End after as many lines.")
def command(
    *,
    name: str,
    ward: str | None,
    patient: str | None,
    priority: str | None,
    from_beginning: bool,
    as_json: bool,
    count: int | None,
) -> None:
    """Show a topic as it grows: alerts, rejected, status, readings, pulse or quality.

    It reads from the broker that WARDWATCH_KAFKA_BOOTSTRAP_SERVERS names, and goes on until Ctrl-C. With the
    alerts it tells what nobody writes there: that a partition is not watched, or too late. Alarms are
    coloured by priority on a terminal, unless NO_COLOR is set.

    \b
    Example:
      wardwatch tail alerts --ward 4B --priority medium
    """
    view = VIEWS[name]
    if ward is not None and not view.has_wards:
        raise click.UsageError(f"--ward: records of {view.topic} name no ward; use --patient instead.")
    if priority is not None and not view.has_priorities:
        raise click.UsageError(f"--priority: records of {view.topic} have none; it goes with alerts.")
    if patient is not None and not view.has_patients:
        raise click.UsageError(f"--patient: records of {view.topic} name no patient.")
    settings = settings_or_exit()
    silence_kafka_client()
    # What the watch over the monitoring has to say is shown; that the broker is gone, we say ourselves.
    logging.getLogger("wardwatch").addHandler(logging.NullHandler())
    wanted = _Wanted(ward=ward, patient=patient, priority=Priority[priority.upper()] if priority else None)
    tail = _Tail(view, wanted, as_json=as_json, count=count)
    with suppress(KeyboardInterrupt), told_where_unreadable(settings, view.topic):
        asyncio.run(tail.run(settings, from_beginning=from_beginning))


class _Tail:
    """Shows the records of one topic that are wanted."""

    def __init__(self, view: View, wanted: _Wanted, *, as_json: bool, count: int | None) -> None:
        self._view = view
        self._wanted = wanted
        self._as_json = as_json
        self._left = count
        self._colour = wants_colour(sys.stdout)
        self._is_done = asyncio.Event()

    async def run(self, settings: Settings, *, from_beginning: bool) -> None:
        works = [self._is_done.wait(), self._show_topic(settings, from_beginning=from_beginning)]
        if self._view.topic == ALERTS and self._wanted.patient is None:
            pulses = build_pulse_log(settings, self._show_own)
            works += [pulses.run(), pulses.look()]
        tasks = [asyncio.create_task(work) for work in works]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _show_topic(self, settings: Settings, *, from_beginning: bool) -> None:
        async for message in _follow(settings, self._view.topic, from_beginning=from_beginning):
            line = self._line(message)
            if line is not None:
                self._show(line)
            if self._is_done.is_set():
                return

    def _show_own(self, event: AlarmEvent) -> None:
        """An alarm about the monitoring, which stands in no topic and is for every ward."""
        if self._as_json:
            nowhere = {"topic": None, "partition": None, "offset": None}
            self._show(
                json_line(nowhere | {"timestamp_ms": event.observed_at_ms, "record": alarm_fields(event)})
            )
        else:
            self._show(painted(alarm_line(event), event))

    def _show(self, line: str) -> None:
        if self._is_done.is_set():
            return
        click.echo(line, color=self._colour)
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._is_done.set()

    def _line(self, message: LogRecord) -> str | None:
        if message.value is None and self._view.topic in COMPACTED:
            return None  # a record that was taken back says nothing more
        try:
            record = self._view.decode(message.value)
            if not self._wanted.includes(record):
                return None
            if self._as_json:
                return json_line(self._place(message) | {"record": json.loads(message.value or b"")})
            return self._view.line(record, message)
        except Unreadable as fault:
            return self._line_of_unreadable(message, fault)
        except RecursionError:  # what can just be read may be nested too deeply to be written
            too_deep = Unreadable(Fault.NOT_JSON, "The payload is nested too deeply to be shown.")
            return self._line_of_unreadable(message, too_deep)

    def _line_of_unreadable(self, message: LogRecord, fault: Unreadable) -> str:
        if self._as_json:
            unreadable = {"fault": fault.fault.value, "detail": fault.detail}
            return json_line(self._place(message) | {"unreadable": unreadable})
        where = f"{self._view.topic}/{message.partition}@{message.offset}"
        return f"{time_of_day(message.timestamp_ms)}  unreadable  {where}  {printable(fault.detail)}"

    def _place(self, message: LogRecord) -> dict[str, Any]:
        return {
            "topic": self._view.topic,
            "partition": message.partition,
            "offset": message.offset,
            "timestamp_ms": message.timestamp_ms,
        }


async def _follow(settings: Settings, topic: str, *, from_beginning: bool) -> AsyncIterator[LogRecord]:
    """The topic's records without end; waits for a topic that is not there yet."""
    waiting = False
    while True:
        async with build_topic_reader(settings, topic) as reader:
            try:
                await reader.start()
            except TopicMissingError:
                if not waiting:
                    click.echo(
                        f"wardwatch: waiting for the topic {topic}, which does not exist yet", err=True
                    )
                waiting = True
            else:
                # All that a topic holds for which we have waited is new.
                async for record in _records(reader, from_beginning=from_beginning or waiting):
                    yield record
        await asyncio.sleep(_TOPIC_RETRY_S)


async def _records(reader: TopicReader, *, from_beginning: bool) -> AsyncIterator[LogRecord]:
    extents = await reader.extents()
    reader.read_from(
        {partition: extent.first if from_beginning else extent.end for partition, extent in extents.items()}
    )
    heard_at = time.monotonic()
    while True:
        for record in await reader.read(wait_s=_READ_WAIT_S):
            yield record
            heard_at = time.monotonic()
        if time.monotonic() - heard_at > _PROBE_AFTER_S:
            await reader.ends()
            heard_at = time.monotonic()
