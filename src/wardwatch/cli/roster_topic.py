"""The roster as the command `roster` reads and writes it: the topic, whole."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from wardwatch.adapters.kafka_producer import NotDeliveredError, ReadingProducer
from wardwatch.adapters.kafka_topic import LogRecord
from wardwatch.adapters.whole_topic import read_whole
from wardwatch.cli.errors import UsersError
from wardwatch.cli.reading import tell_left_out, told_where_unreadable
from wardwatch.composition import build_topic_reader, kafka_client_options
from wardwatch.core.roster import RosterEntry
from wardwatch.settings import Settings
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.roster import decode_placement, encode_placement
from wardwatch.wire.topics import ROSTER


@dataclass(slots=True)
class _Roster:
    """The latest line of each patient; of one partition they come in order."""

    entries: dict[str, RosterEntry] = field(default_factory=dict)
    unreadable: int = 0

    def take(self, record: LogRecord) -> None:
        try:
            entry = decode_placement(record.value)
        except Unreadable:
            # As the worker does: what can't be read changes nothing.
            self.unreadable += 1
        else:
            self.entries[entry.patient] = entry


def read_roster(settings: Settings) -> dict[str, RosterEntry]:
    """The line of each patient who is on the roster now, by the patient's name."""
    roster = _Roster()
    reading = read_whole(build_topic_reader(settings, ROSTER), roster.take, lambda _: None)
    with told_where_unreadable(settings, ROSTER):
        asyncio.run(reading)
    tell_left_out(ROSTER, roster.unreadable)
    return {patient: entry for patient, entry in roster.entries.items() if not entry.discharged}


def send_entries(settings: Settings, entries: Iterable[RosterEntry]) -> None:
    """Write lines, and wait until the broker has them."""
    try:
        asyncio.run(_send(settings, entries))
    except NotDeliveredError as error:
        raise UsersError(
            f"{settings.kafka_bootstrap_servers} does not take the roster ({error}): some lines may not have "
            "been written. Once it does, do the same again."
        ) from error


async def _send(settings: Settings, entries: Iterable[RosterEntry]) -> None:
    async with ReadingProducer(kafka_client_options(settings)) as producer:
        for entry in entries:
            now_ms = time.time_ns() // 1_000_000
            await producer.send(entry.patient, encode_placement(entry), now_ms, ROSTER)
        await producer.flush()
