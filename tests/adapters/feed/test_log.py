"""How the feed follows the log when the log misbehaves, with a log in memory in the broker's place."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from tests.support.alerts import T0_MS, alarm_event
from tests.support.feeds import eventually
from tests.support.hubs import events, messages, offsets_in, open_alarms, sink_of, subscriber_of
from wardwatch.adapters.feed import log as feed_log
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.feed.log import AlertLog
from wardwatch.adapters.kafka_topic import (
    BrokerUnreachableError,
    Extent,
    LogRecord,
    TopicMissingError,
    TopicReader,
)
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.codes import NotLive


class LogInMemory:
    """Partitions as lists, and what is wrong with the broker at the moment."""

    def __init__(self) -> None:
        self.partitions: dict[int, list[bytes | None]] = {0: [], 1: []}
        self.first = dict.fromkeys(self.partitions, 0)
        self.failure: Exception | None = None
        self.hides_records = False
        self.readers_opened = 0

    def append(self, value: bytes | None, partition: int = 0) -> None:
        self.partitions[partition].append(value)

    def open(self) -> TopicReader:
        self.readers_opened += 1
        return ReaderInMemory(self)


class ReaderInMemory(TopicReader):
    def __init__(self, log: LogInMemory) -> None:
        super().__init__("vitals.alerts", {})
        self._log = log
        self._next: dict[int, int] = {}

    async def start(self) -> None:
        self._check()

    async def extents(self) -> dict[int, Extent]:
        self._check()
        return {
            number: Extent(self._log.first[number], len(records))
            for number, records in self._log.partitions.items()
        }

    async def ends(self) -> dict[int, int]:
        return {number: extent.end for number, extent in (await self.extents()).items()}

    def read_from(self, offsets: Mapping[int, int]) -> None:
        self._next = dict(offsets)

    async def read(self, *, wait_s: float) -> list[LogRecord]:
        await asyncio.sleep(min(wait_s, 0.01))
        self._check()
        if self._log.hides_records:
            return []
        found = [
            LogRecord(number, offset, T0_MS + offset, records[offset])
            for number, records in self._log.partitions.items()
            for offset in range(self._next[number], len(records))
        ]
        self._next = {number: len(records) for number, records in self._log.partitions.items()}
        return found

    async def positions(self) -> dict[int, int]:
        return dict(self._next)

    def _check(self) -> None:
        if self._log.failure is not None:
            raise self._log.failure


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (
        ("STALE_AFTER_S", 0.3),
        ("PROBE_INTERVAL_S", 0.05),
        ("FIRST_RETRY_S", 0.05),
        ("LONGEST_RETRY_S", 0.1),
        ("STUCK_AFTER_S", 0.5),
    ):
        monkeypatch.setattr(feed_log, name, seconds)


@asynccontextmanager
async def following(log: LogInMemory) -> AsyncIterator[tuple[AlertLog, FeedHub]]:
    hub = FeedHub()
    alert_log = AlertLog(hub, log.open)
    running = asyncio.create_task(alert_log.run())
    try:
        yield alert_log, hub
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def open_sequences(hub: FeedHub) -> list[int]:
    """What a console that comes now is shown."""
    return sorted(event.sequence for event in open_alarms(subscriber_of(hub, "*")))


async def test_at_first_the_feed_says_that_it_is_starting() -> None:
    beat = AlertLog(FeedHub(), LogInMemory().open).heartbeat()
    assert (beat.live, beat.reason, beat.known_until_ms) == (False, NotLive.STARTING, None)


async def test_having_read_everything_the_feed_is_live_and_says_how_far_it_has_come() -> None:
    log = LogInMemory()
    log.append(encode_alarm(alarm_event(patient="p-1", sequence=1)))
    log.append(encode_alarm(alarm_event(patient="p-1", sequence=2, phase="update")))
    log.append(encode_alarm(alarm_event(patient="p-2", sequence=7)), partition=1)
    async with following(log) as (alert_log, hub):
        await eventually(lambda: alert_log.heartbeat().live, "it is live")
        beat = alert_log.heartbeat()
        assert beat.reason is None
        assert offsets_in(beat.position) == {0: 2, 1: 1}
        assert beat.last_record_ms is not None
        assert beat.last_record_ms >= T0_MS
        assert beat.known_until_ms is not None
        assert 0 <= beat.now_ms - beat.known_until_ms <= 1000
        assert open_sequences(hub) == [2, 7]


async def test_what_one_read_brings_is_told_at_once() -> None:
    log = LogInMemory()
    async with following(log) as (alert_log, hub):
        await eventually(lambda: alert_log.heartbeat().live, "it is live")
        console = subscriber_of(hub, "*")
        messages(console)
        log.append(encode_alarm(alarm_event(patient="p-1", sequence=1)))
        log.append(b"garbage")
        log.append(encode_alarm(alarm_event(patient="p-2", sequence=1)), partition=1)
        await eventually(lambda: bool(sink_of(console).writes), "it is told")
        assert len(sink_of(console).writes) == 1
        assert len(events(console)) == 2


async def test_others_hear_of_what_the_hub_has_taken_and_not_of_repeats() -> None:
    log = LogInMemory()
    heard: list[tuple[int, int]] = []
    for sequence in (1, 2, 1, 3):
        log.append(encode_alarm(alarm_event(sequence=sequence)))
    hub = FeedHub()
    alert_log = AlertLog(hub, log.open, heard=lambda event: heard.append((event.sequence, hub.number)))
    running = asyncio.create_task(alert_log.run())
    await eventually(lambda: alert_log.heartbeat().live, "it is live")
    running.cancel()
    assert heard == [(1, 1), (2, 2), (3, 4)]


async def test_the_heartbeat_tells_the_watermark() -> None:
    log = AlertLog(FeedHub(), LogInMemory().open, watched_until_ms=lambda: 1_795_288_033_000)
    assert log.heartbeat().watched_until_ms == 1_795_288_033_000


async def test_an_empty_log_is_live_too() -> None:
    async with following(LogInMemory()) as (alert_log, hub):
        await eventually(lambda: alert_log.heartbeat().live, "it is live")
        assert open_sequences(hub) == []


async def test_without_the_topic_the_feed_says_so_and_goes_live_when_it_appears() -> None:
    log = LogInMemory()
    log.failure = TopicMissingError("no such topic")
    async with following(log) as (alert_log, _):
        await eventually(lambda: alert_log.heartbeat().reason is NotLive.NO_TOPIC, "it says so")
        log.failure = None
        await eventually(lambda: alert_log.heartbeat().live, "it is live")


async def test_when_the_broker_goes_the_feed_says_since_when_and_later_catches_up_exactly() -> None:
    log = LogInMemory()
    log.append(encode_alarm(alarm_event(sequence=1)))
    async with following(log) as (alert_log, hub):
        await eventually(lambda: alert_log.heartbeat().live, "it is live")
        log.failure = BrokerUnreachableError("gone")
        await eventually(lambda: not alert_log.heartbeat().live, "it is no longer live")
        first, second = alert_log.heartbeat(), alert_log.heartbeat()
        assert first.reason is NotLive.KAFKA_UNREACHABLE
        assert first.known_until_ms is not None
        assert second.known_until_ms is not None
        assert abs(first.known_until_ms - second.known_until_ms) <= 1
        assert open_sequences(hub) == [1], "what was known last is still shown"
        log.append(encode_alarm(alarm_event(sequence=2, phase="end")))
        log.failure = None
        await eventually(lambda: alert_log.heartbeat().live, "it is live again")
        assert open_sequences(hub) == []
        assert hub.counters.repeats_dropped == 0, "it went on where it was left"


async def test_garbage_is_counted_and_passed_over() -> None:
    log = LogInMemory()
    log.append(encode_alarm(alarm_event(sequence=1)))
    for garbage in (None, b"", b"\xff\xfe", b"{}", b"[1]", b"x" * 100_000, b'{"v":2}'):
        log.append(garbage)
    log.append(encode_alarm(alarm_event(sequence=2, phase="update")))
    async with following(log) as (alert_log, hub):
        await eventually(lambda: alert_log.heartbeat().live, "it is live")
        assert open_sequences(hub) == [2]
        assert hub.counters.unreadable_records == 7
        assert offsets_in(alert_log.heartbeat().position) == {0: 9, 1: 0}


async def test_a_record_nested_to_the_edge_of_what_can_be_read_does_not_end_the_feed() -> None:
    log = LogInMemory()
    record = encode_alarm(alarm_event(sequence=1))
    for depth in range(850, 1050):
        log.append(record.replace(b'{"value":152}', b'{"a":' * depth + b"1" + b"}" * depth))
    log.append(encode_alarm(alarm_event(sequence=2, phase="update")))
    async with following(log) as (alert_log, hub):
        await eventually(lambda: alert_log.heartbeat().live, "it is live")
        assert open_sequences(hub) == [2]


@pytest.mark.parametrize(
    "loss",
    ["another, shorter log", "another log, as long", "fewer partitions", "a part has been deleted"],
)
async def test_where_the_log_does_not_go_on_it_is_read_anew_and_consoles_get_a_fresh_snapshot(
    loss: str,
) -> None:
    log = LogInMemory()
    for sequence in (1, 2, 3):
        log.append(encode_alarm(alarm_event(patient=f"p-{sequence}", sequence=sequence)), partition=1)
    async with following(log) as (alert_log, hub):
        await eventually(lambda: alert_log.heartbeat().live, "it is live")
        console = subscriber_of(hub, "4B")
        messages(console)
        log.failure = BrokerUnreachableError("gone")
        await eventually(lambda: not alert_log.heartbeat().live, "it is no longer live")
        fresh = encode_alarm(alarm_event(patient="p-3", sequence=1))
        if loss == "a part has been deleted":
            log.partitions[1] += [None] * 5
            log.append(fresh, partition=0)
            log.first[1] = 6
        elif loss == "another log, as long":
            log.partitions = {0: [fresh], 1: [None] * 5}
        else:
            log.partitions = {0: [fresh], 1: []} if loss == "another, shorter log" else {0: [fresh]}
        log.failure = None
        await eventually(lambda: alert_log.heartbeat().live, "it is live again")
        assert [event.sequence for event in open_alarms(console)] == [1]
        assert hub.counters.log_restarts == 1


async def test_a_reader_that_gets_nothing_although_there_is_something_is_replaced() -> None:
    log = LogInMemory()
    async with following(log) as (alert_log, hub):
        await eventually(lambda: alert_log.heartbeat().live, "it is live")
        log.hides_records = True
        log.append(encode_alarm(alarm_event()))
        await eventually(lambda: not alert_log.heartbeat().live, "silence does not look like safety")
        assert alert_log.heartbeat().reason is NotLive.CATCHING_UP
        await eventually(lambda: log.readers_opened == 2, "there is a second reader")
        log.hides_records = False
        await eventually(lambda: alert_log.heartbeat().live, "it is live again")
        assert open_sequences(hub) == [1]


async def test_a_fault_of_the_feed_itself_ends_it_instead_of_being_retried_in_silence() -> None:
    log = LogInMemory()
    log.failure = ZeroDivisionError("a bug")
    with pytest.raises(ZeroDivisionError):
        await asyncio.wait_for(AlertLog(FeedHub(), log.open).run(), 5)


async def test_an_outage_and_its_end_are_logged_once_and_without_patients(
    caplog: pytest.LogCaptureFixture,
) -> None:
    log = LogInMemory()
    log.append(encode_alarm(alarm_event(patient="p-secret")))
    log.append(b'{"v":1,"patient":"p-secret"}')
    async with following(log) as (alert_log, _):
        await eventually(lambda: alert_log.heartbeat().live, "it is live")
        log.failure = BrokerUnreachableError("127.0.0.1:9092 refuses")
        opened = log.readers_opened
        await eventually(lambda: log.readers_opened > opened + 3, "it has tried a few times")
        log.failure = None
        with caplog.at_level("INFO"):
            await eventually(lambda: alert_log.heartbeat().live, "it is live again")
    assert caplog.text.count("127.0.0.1:9092 refuses") == 1
    assert caplog.text.count("consoles are told that the feed is live") == 1
    assert "secret" not in caplog.text
