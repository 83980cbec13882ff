"""What `wardwatch whatif` plays: a recording, or a topic from its beginning to the end that it has now."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Protocol

import click

from wardwatch.adapters.kafka_topic import LogRecord, LogUnavailableError, TopicMissingError
from wardwatch.adapters.logs import silence_kafka_client
from wardwatch.adapters.whole_topic import read_whole
from wardwatch.cli.errors import UsersError
from wardwatch.cli.progress_bars import Advance, progress_bars
from wardwatch.cli.reading import tell_left_out
from wardwatch.cli.recordings import opened
from wardwatch.composition import build_topic_reader
from wardwatch.core.roster import RosterEntry
from wardwatch.replaying import Tally, replay
from wardwatch.settings import Settings
from wardwatch.whatif.comparison import TimedWatcher
from wardwatch.whatif.interleaving import Interleaved
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.recordings.opening import Recording
from wardwatch.wire.recordings.recording import FileFault
from wardwatch.wire.roster import decode_placement
from wardwatch.wire.topics import ROSTER

# What Kafka lets a topic be called.
_TOPIC_NAME = re.compile(r"[A-Za-z0-9._-]{1,249}")


class Log(Protocol):
    """A log of readings that can be played as often as one likes."""

    def play(self, watcher: TimedWatcher, *, again: bool = False) -> None:
        """Hand all of it to a watcher; ``again`` says nothing of what was left out."""


def log_of(source: str, settings: Settings) -> Log:
    """The recording at a path, else the topic of that name; raises :class:`UsersError`."""
    path = Path(source)
    if path.exists():
        return RecordingLog(opened(path))
    if _TOPIC_NAME.fullmatch(source):
        silence_kafka_client()
        return TopicLog(source, settings)
    raise UsersError(f"there is no file or folder {source}, and no topic can have that name.")


class RecordingLog:
    """A recording of any layout that replay reads."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def play(self, watcher: TimedWatcher, *, again: bool = False) -> None:
        """Hand all of it to a watcher."""
        recording, tally = self._recording, Tally()
        name, size = recording.path.name, max(recording.size_bytes, 1)
        with progress_bars() as advance:
            for _ in replay(recording.streams(), watcher, tally):
                advance(name, min(recording.bytes_read / size, 1.0))
        watcher.drain()
        unread = sum(
            number
            for reason, number in tally.rejected_by_reason.items()
            if isinstance(reason, Fault | FileFault)
        )
        if unread and not again:
            click.echo(
                f"wardwatch: left out {unread:,} rows that can't be read; `wardwatch replay` tells where.",
                err=True,
            )


class TopicLog:
    """A topic of readings, with the roster beside it."""

    def __init__(self, topic: str, settings: Settings) -> None:
        self._topic = topic
        self._settings = settings

    def play(self, watcher: TimedWatcher, *, again: bool = False) -> None:
        """Hand all of it to a watcher."""
        topic, servers = self._topic, self._settings.kafka_bootstrap_servers
        try:
            with progress_bars() as bars:
                unread, is_whole = asyncio.run(self._play(watcher, bars))
        except TopicMissingError:
            raise UsersError(
                f"there is no file or folder {topic} here, and no topic {topic} at {servers}."
            ) from None
        except LogUnavailableError as error:
            raise UsersError(
                f"there is no file or folder {topic} here, and Kafka can't be read at {servers}: {error}. "
                "Start it, or name another broker in WARDWATCH_KAFKA_BOOTSTRAP_SERVERS."
            ) from None
        if again:
            return
        for name, number in unread.items():
            tell_left_out(name, number)
        if not is_whole:
            click.echo(
                f"wardwatch: {topic} no longer has its beginning: what was learned before is missing to both "
                "sides.",
                err=True,
            )

    async def _play(self, watcher: TimedWatcher, bars: Advance) -> tuple[dict[str, int], bool]:
        """What could not be read, by topic, and whether the topic still holds all that there was."""
        unread = dict.fromkeys((ROSTER, self._topic), 0)
        lines = await self._roster(unread, bars)
        played = Interleaved(watcher, lines)
        decode = ReadingDecoder().decode

        def take(record: LogRecord) -> None:
            try:
                played.take(decode(record.value), record.timestamp_ms)
            except Unreadable:
                unread[self._topic] += 1

        reader = build_topic_reader(self._settings, self._topic)
        is_whole = await read_whole(reader, take, partial(bars, self._topic))
        played.finish()
        return unread, is_whole

    async def _roster(self, unread: dict[str, int], bars: Advance) -> list[tuple[int, RosterEntry]]:
        lines: list[tuple[int, RosterEntry]] = []

        def take(record: LogRecord) -> None:
            try:
                lines.append((record.timestamp_ms, decode_placement(record.value)))
            except Unreadable:
                unread[ROSTER] += 1

        with suppress(TopicMissingError):  # nobody has told where anybody lies
            await read_whole(build_topic_reader(self._settings, ROSTER), take, partial(bars, ROSTER))
        return lines
