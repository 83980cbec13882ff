"""The alarm log as the commands `alarms` and `burden` read it: whole, from Kafka."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from wardwatch.adapters.kafka_topic import LogRecord, TopicMissingError
from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.whole_topic import read_whole
from wardwatch.cli.progress_bars import Advance, progress_bars
from wardwatch.cli.reading import tell_left_out, told_where_unreadable
from wardwatch.composition import build_topic_reader
from wardwatch.core.alarming.commands import Receipt
from wardwatch.core.events import AlarmEvent, PatientStatus
from wardwatch.ledger.census import Census
from wardwatch.ledger.episode import instant_of
from wardwatch.ledger.ledger import Ledger
from wardwatch.settings import Settings
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.receipts import decode_receipt
from wardwatch.wire.status import decode_status
from wardwatch.wire.topics import ALERTS, RECEIPTS, STATUS


@dataclass(slots=True, kw_only=True)
class AlarmLog:
    """What is being read of the log; ``patient`` names the only one of interest, if there is one.

    ``is_whole`` says whether the broker still holds all alarm events that there were.
    """

    ledger: Ledger
    census: Census = field(default_factory=Census)
    patient: str | None = None
    is_whole: bool = True
    unreadable: dict[str, int] = field(default_factory=dict)

    def take_alarm(self, event: AlarmEvent) -> None:
        """Take in a record of the alerts."""
        if self.patient in (None, event.patient):
            self.ledger.take(event)
            self.census.see(event.patient, event.ward, instant_of(event))

    def take_receipt(self, receipt: Receipt) -> None:
        """Take in a record of the receipts."""
        if self.patient in (None, receipt.patient):
            self.ledger.answer(receipt)

    def take_status(self, status: PatientStatus) -> None:
        """Take in a record of the statuses; 0 is the time of a patient without readings."""
        if status.observed_at_ms > 0:
            self.census.see(status.patient, status.ward, status.observed_at_ms)


def read_log(settings: Settings, log: AlarmLog, *, statuses: bool) -> None:
    """Fill ``log`` with all that the topics hold now; ``statuses`` are only needed to count patients."""
    silence_kafka_client()
    with told_where_unreadable(settings, ALERTS), progress_bars() as bars:
        asyncio.run(_read(settings, log, bars, statuses=statuses))
    for topic, number in log.unreadable.items():
        tell_left_out(topic, number)


async def _read(settings: Settings, log: AlarmLog, bars: Advance, *, statuses: bool) -> None:
    async def read(topic: str, decode: Callable[[bytes | None], Any], take: Callable[[Any], None]) -> bool:
        def take_record(record: LogRecord) -> None:
            try:
                take(decode(record.value))
            # What can just be read may be nested too deeply to be told on.
            except (Unreadable, RecursionError):
                # The record of a key that was deleted has no payload, and says nothing.
                if record.value is not None:
                    log.unreadable[topic] = log.unreadable.get(topic, 0) + 1

        return await read_whole(build_topic_reader(settings, topic), take_record, partial(bars, topic))

    log.is_whole = await read(ALERTS, decode_alarm, log.take_alarm)
    others: list[tuple[str, Callable[[bytes | None], Any], Callable[[Any], None]]]
    others = [(RECEIPTS, decode_receipt, log.take_receipt)]
    if statuses:
        others.append((STATUS, decode_status, log.take_status))
    for topic, decode, take in others:
        with suppress(TopicMissingError):  # nobody has done anything yet
            await read(topic, decode, take)
