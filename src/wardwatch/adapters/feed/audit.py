"""Notes who saw what and who did what, and writes it to ``vitals.audit`` as a chain of its own."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import islice
from typing import Any, NoReturn

from wardwatch.adapters.kafka_producer import NoAnswerError, NotDeliveredError, ReadingProducer
from wardwatch.adapters.kafka_topic import LogRecord, LogUnavailableError, TopicReader
from wardwatch.adapters.whole_topic import read_whole
from wardwatch.core.permissions import Grant
from wardwatch.wire.audit import (
    NOTHING_BEFORE,
    AuditKind,
    AuditRecord,
    Head,
    Note,
    canonical,
    chained,
    decode_audit,
    encode_audit,
    who_of,
)
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.roster import is_name
from wardwatch.wire.topics import AUDIT

_log = logging.getLogger(__name__)

# All of these are our own choices. What waits may take so much, in notes and in bytes; the last tenth is kept
# for what goes on happening while commands are refused already.
MOST_WAITING = 10_000
_MOST_BYTES = 32 * 1024 * 1024
_BEHIND_SHARE = 0.9
# So much is on its way to the broker at once.
_BATCH_NOTES = 200
_BATCH_BYTES = 64 * 1024
# What a record takes beside what it tells; roughly.
_FRAME_BYTES = 500
# How far back in each partition a new chain looks for the heads of others.
_LATEST_RECORDS = 2000
_FIRST_RETRY_S = 0.5
_LONGEST_RETRY_S = 5.0
_LONGEST_FINISH_S = 5.0


class Audit:
    """Takes notes without ever making anybody wait, and writes them in the order in which they were taken.

    While Kafka takes nothing, notes wait. When too many do, :attr:`is_behind` says so: then nothing may be
    done any more that must be noted. What is noted all the same is counted once there is no room left, and
    how much was lost stands in the chain later.
    """

    def __init__(
        self,
        client_options: Mapping[str, Any],
        open_reader: Callable[[], TopicReader],
        *,
        server: str,
        limit: int = MOST_WAITING,
        answer_timeout_s: float = 5.0,
    ) -> None:
        """``client_options`` are aiokafka's, ``open_reader`` reads the topic; ``server`` is our version."""
        self._client_options = dict(client_options)
        self._open_reader = open_reader
        self._server = server
        self._limit = limit
        self._answer_timeout_s = answer_timeout_s
        self._waiting: deque[tuple[Note, int]] = deque()
        self._waiting_bytes = 0
        self._not_yet_told_lost = 0
        self._something_waits = asyncio.Event()
        self._all_written = asyncio.Event()
        self._all_written.set()
        self._in_trouble = False
        self.notes_taken = 0
        self.notes_lost = 0
        self.notes_written = 0

    @property
    def is_behind(self) -> bool:
        """Whether so much waits that commands must be refused."""
        return self._is_filled(_BEHIND_SHARE)

    def note(self, kind: str, grant: Grant | None, console: str | None, **what: Any) -> None:
        """Note that something has happened now; ``grant`` is whose doing it was.

        ``what`` is text, numbers, lists of them, or another's grant; what is ``None`` is left out.
        """
        self.notes_taken += 1
        if self._not_yet_told_lost and not self._is_filled(_BEHIND_SHARE):
            lost, self._not_yet_told_lost = self._not_yet_told_lost, 0
            self._keep(_note(AuditKind.LOST, None, None, {"notes": lost}))
        self._keep(_note(AuditKind(kind), grant, console, what))

    def _keep(self, note: Note) -> None:
        # What can't be written is found out now, by whoever wants it noted.
        size = _FRAME_BYTES + len(canonical(note.what))
        if note.console is not None and not is_name(note.console):
            raise ValueError("a console can't be called so")
        if self._is_filled(1.0):
            if not self._not_yet_told_lost:
                _log.error("there is no more room for notes: who does what is not audited")
            self._not_yet_told_lost += 1
            self.notes_lost += 1
            return
        self._waiting.append((note, size))
        self._waiting_bytes += size
        self._all_written.clear()
        self._something_waits.set()

    def _is_filled(self, share: float) -> bool:
        return len(self._waiting) >= share * self._limit or self._waiting_bytes >= share * _MOST_BYTES

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Write while inside; at the end note that, and wait a moment until all is written.

        To be entered before the server, so that the ends of its sessions are noted, too.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                writing = tasks.create_task(self.run())
                try:
                    yield
                finally:
                    self.note(AuditKind.STOPPED, None, None)
                    await self._finish()
                    writing.cancel()
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    async def run(self) -> NoReturn:
        """Write what is noted, until cancelled."""
        retry_s = _FIRST_RETRY_S
        while True:
            written_before = self.notes_written
            try:
                heads = await self._heads_before()
                async with ReadingProducer(
                    self._client_options, answer_timeout_s=self._answer_timeout_s
                ) as producer:
                    await self._write_chain(producer, heads)
            except (LogUnavailableError, NotDeliveredError) as error:
                self._tell_trouble(error)
            if self.notes_written != written_before:
                retry_s = _FIRST_RETRY_S
            await asyncio.sleep(retry_s)
            retry_s = min(2 * retry_s, _LONGEST_RETRY_S)

    async def _finish(self) -> None:
        try:
            await asyncio.wait_for(self._all_written.wait(), _LONGEST_FINISH_S)
        except TimeoutError:
            _log.error("%d notes for the audit could not be written, and are lost", len(self._waiting))

    async def _heads_before(self) -> list[Head]:
        """The heads of the chains that are in the topic, as far as anything was written to them lately."""
        heads: dict[str, Head] = {}

        def take(record: LogRecord) -> None:
            try:
                found = decode_audit(record.value)
            except Unreadable:
                return
            heads[found.chain] = found.head

        await read_whole(self._open_reader(), take, lambda _: None, latest=_LATEST_RECORDS)
        return sorted(heads.values())

    async def _write_chain(self, producer: ReadingProducer, heads: list[Head]) -> NoReturn:
        """A chain goes on as long as it is certain what was written of it."""
        chain = secrets.token_hex(8)
        what = {"heads": [str(head) for head in heads], "server": self._server, "host": socket.gethostname()}
        started = _note(AuditKind.STARTED, None, None, what)
        if self._waiting:  # what could not be written until now was noted before
            started = replace(started, at_ms=min(started.at_ms, self._waiting[0][0].at_ms))
        record = chained(started, chain, 0, NOTHING_BEFORE)
        await self._send(producer, record)
        await self._delivered(producer)
        while True:
            await self._something_waits.wait()
            batch = self._next_batch()
            for note in batch:
                record = chained(note, chain, record.number + 1, record.hash)
                await self._send(producer, record)
            await self._delivered(producer)
            self._forget(len(batch))

    def _next_batch(self) -> list[Note]:
        batch: list[Note] = []
        batch_bytes = 0
        for note, size in islice(self._waiting, _BATCH_NOTES):
            if batch and batch_bytes + size > _BATCH_BYTES:
                break
            batch.append(note)
            batch_bytes += size
        return batch

    async def _send(self, producer: ReadingProducer, record: AuditRecord) -> None:
        await producer.send(record.chain, encode_audit(record), record.at_ms, AUDIT)

    async def _delivered(self, producer: ReadingProducer) -> None:
        while True:
            try:
                await producer.flush()
            except NoAnswerError as error:
                # Nothing is lost: the producer goes on trying, and writes each once.
                self._tell_trouble(error)
            else:
                break
        if self._in_trouble:
            _log.info("who does what is written to %s again", AUDIT)
            self._in_trouble = False

    def _forget(self, count: int) -> None:
        for _ in range(count):
            self._waiting_bytes -= self._waiting.popleft()[1]
        self.notes_written += count
        if not self._waiting:
            self._something_waits.clear()
            self._all_written.set()

    def _tell_trouble(self, error: Exception) -> None:
        if not self._in_trouble:
            _log.error("who does what can't be written to %s, and waits: %s", AUDIT, error)
        self._in_trouble = True


def _note(kind: AuditKind, grant: Grant | None, console: str | None, what: Mapping[str, Any]) -> Note:
    return Note(
        at_ms=time.time_ns() // 1_000_000,
        kind=kind.value,
        who=None if grant is None else who_of(grant),
        console=console,
        what={name: _plain(value) for name, value in what.items() if value is not None},
    )


def _plain(value: Any) -> Any:
    match value:
        case Grant():
            return {
                "subject": value.subject,
                "name": value.name,
                "role": value.role.value,
                "token_id": value.token_id,
            }
        case set() | frozenset():
            return sorted(value)
        case _:
            return value
