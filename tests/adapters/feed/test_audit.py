"""What is noted reaches the topic as a chain that holds, whatever Kafka does meanwhile."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from tests.support.access import grant_of
from tests.support.apache_kafka import ApacheKafka
from tests.support.feeds import eventually
from tests.support.kafka_fixtures import Broker
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.feed import audit as audit_module
from wardwatch.adapters.feed.audit import Audit
from wardwatch.adapters.kafka_producer import NoAnswerError, NotDeliveredError, ReadingProducer
from wardwatch.adapters.kafka_topic import LogRecord, TopicReader
from wardwatch.adapters.whole_topic import read_whole
from wardwatch.core.permissions import Action, ConsoleRole
from wardwatch.wire.audit import AuditRecord, audit_fields, decode_audit
from wardwatch.wire.audit_check import AuditCheck
from wardwatch.wire.topics import AUDIT

NOBODY_LISTENS = "127.0.0.1:1"


@pytest.fixture
def kafka(embedded_broker: EmbeddedBroker) -> EmbeddedBroker:
    embedded_broker.create_topics(AUDIT)
    return embedded_broker


def audit_at(servers: str, **others: Any) -> Audit:
    options = {"bootstrap_servers": servers}
    return Audit(options, lambda: TopicReader(AUDIT, options), server="1.2.3", **others)


@asynccontextmanager
async def running(broker: Broker, **others: Any) -> AsyncIterator[Audit]:
    audit = audit_at(broker.bootstrap_servers, **others)
    async with asyncio.timeout(60), audit.running():
        yield audit


async def stored(broker: Broker) -> list[LogRecord]:
    records: list[LogRecord] = []
    reader = TopicReader(AUDIT, {"bootstrap_servers": broker.bootstrap_servers})
    async with asyncio.timeout(30):
        await read_whole(reader, records.append, lambda _: None)
    return records


async def checked(broker: Broker) -> tuple[AuditCheck, list[AuditRecord]]:
    """The topic, which must be intact."""
    check = AuditCheck()
    records = await stored(broker)
    for record in records:
        check.take(record.partition, record.offset, record.value)
    check.finish()
    assert check.problems == []
    found = [decode_audit(record.value) for record in records]
    # Of several partitions, whatever came first is read first.
    began_ms = {record.chain: record.at_ms for record in found if record.number == 0}
    return check, sorted(found, key=lambda record: (began_ms[record.chain], record.number))


@pytest.fixture(params=["kafka", pytest.param("audited_kafka", marks=pytest.mark.kafka)])
def either(request: pytest.FixtureRequest) -> Broker:
    """Each broker in turn, with the topic empty."""
    chosen: Broker = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def audited_kafka(apache_kafka: ApacheKafka) -> Iterator[ApacheKafka]:
    apache_kafka.create_topics(AUDIT)
    yield apache_kafka
    apache_kafka.delete_topics(AUDIT)


async def test_what_is_noted_is_written_in_order_between_start_and_stop(either: Broker) -> None:
    async with running(either) as audit:
        nurse, device = grant_of(), grant_of(ConsoleRole.DEVICE, subject="screen-3", name="Screen 3")
        audit.note("login", nurse, "station-1", wards={"5A", "4B"})
        audit.note("login_refused", None, "station-2", reason="expired", refused=nurse)
        audit.note("subscribed", device, "screen", wards=["4B"], patients=None, vitals=True)
        audit.note("command", nurse, "station-1", patient="p-17", verb=Action.NOTE)
        audit.note("closed", nurse, "station-1", code=1001)
    _, records = await checked(either)
    assert [(record.number, record.kind) for record in records] == list(
        enumerate(["started", "login", "login_refused", "subscribed", "command", "closed", "stopped"])
    )
    started, login, refused, subscribed, command, closed, stopped = records
    assert started.what.items() >= {"heads": [], "server": "1.2.3"}.items()
    assert login.who is not None
    assert (login.who.name, login.who.role, login.console) == ("Anna Berg", "nurse", "station-1")
    assert login.what == {"wards": ["4B", "5A"]}
    assert refused.who is None
    assert refused.what["refused"] == audit_fields(login)["who"]
    assert subscribed.what == {"wards": ["4B"], "vitals": True}
    assert command.what == {"patient": "p-17", "verb": "note"}
    assert closed.what == {"code": 1001}
    assert (stopped.who, stopped.console, stopped.what) == (None, None, {})


async def test_a_chain_names_the_heads_of_those_before_it(kafka: EmbeddedBroker) -> None:
    for number in range(3):
        async with running(kafka) as audit:
            for _ in range(number):
                audit.note("login", grant_of(), "station-1")
    check, records = await checked(kafka)
    assert len(check.chains) == 3
    starts = [record for record in records if record.kind == "started"]
    ends = [record.head for record in records if record.kind == "stopped"]
    assert [sorted(start.heads()) for start in starts] == [[], ends[:1], sorted(ends[:2])]


async def test_many_notes_at_once_are_written_each_once(kafka: EmbeddedBroker) -> None:
    async with running(kafka) as audit:
        for number in range(3000):
            audit.note("shown", grant_of(), "station-1", alarms=[f"a-{number}"])
        assert audit.notes_lost == 0
    _, records = await checked(kafka)
    assert [record.what["alarms"] for record in records[1:-1]] == [[f"a-{n}"] for n in range(3000)]
    assert (audit.notes_taken, audit.notes_written) == (3001, 3001)


async def test_notes_as_large_as_they_can_be_are_written(kafka: EmbeddedBroker) -> None:
    async with running(kafka) as audit:
        for _ in range(10):
            audit.note("shown", grant_of(), "station-1", alarms=["a" * 64] * 1000)
    _, records = await checked(kafka)
    assert len(records) == 12


async def test_records_of_others_and_what_is_none_are_no_hindrance(kafka: EmbeddedBroker) -> None:
    async with AIOKafkaProducer(bootstrap_servers=kafka.bootstrap_servers) as producer:
        for value in (b"{", b"x" * 100, None):
            await producer.send_and_wait(AUDIT, value, key=b"x")
    async with running(kafka) as audit:
        audit.note("login", grant_of(), "station-1")
    assert audit.notes_written == 2


async def test_while_kafka_is_away_notes_wait_and_then_commands_must_not_be_given(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "_LONGEST_FINISH_S", 0.1)
    audit = audit_at(NOBODY_LISTENS, limit=100)
    async with audit.running():
        for number in range(90):
            assert not audit.is_behind
            audit.note("shown", grant_of(), "station-1", alarms=[f"a-{number}"])
        assert audit.is_behind
        assert audit.notes_lost == 0
        for _ in range(50):
            audit.note("closed", grant_of(), "station-1")
        assert audit.notes_lost == 40
        await eventually(lambda: "waits" in caplog.text, "the trouble is told")
    told = [record.getMessage() for record in caplog.records if record.name == audit_module.__name__]
    assert len([line for line in told if "no more room" in line]) == 1
    assert len([line for line in told if "can't be written to" in line]) == 1
    assert any("100 notes" in line for line in told)
    assert "Anna" not in caplog.text


async def test_large_notes_fill_the_room_as_many_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_module, "_MOST_BYTES", 200_000)
    audit = audit_at(NOBODY_LISTENS)
    for _ in range(3):
        assert not audit.is_behind
        audit.note("shown", grant_of(), "station-1", alarms=["a" * 64] * 1000)
    assert audit.is_behind


async def test_what_was_lost_is_told_in_the_chain_once_there_is_room(kafka: EmbeddedBroker) -> None:
    audit = audit_at(kafka.bootstrap_servers, limit=10)
    for _ in range(15):
        audit.note("login", grant_of(), "station-1")
    async with asyncio.timeout(60), audit.running():
        await eventually(lambda: audit.notes_written == 10, "what has waited is written")
        assert not audit.is_behind
        audit.note("login", grant_of(), "station-1")
    _, records = await checked(kafka)
    assert [record.kind for record in records] == ["started", *["login"] * 10, "lost", "login", "stopped"]
    assert records[11].what == {"notes": 5}


async def test_a_broker_that_comes_late_gets_all_that_was_noted_before(
    kafka: EmbeddedBroker, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    servers = [NOBODY_LISTENS]
    options: dict[str, Any] = {}

    def open_reader() -> TopicReader:
        options["bootstrap_servers"] = servers[0]
        return TopicReader(AUDIT, options)

    audit = Audit(options, open_reader, server="1")
    audit._client_options = options  # the one that changes
    async with asyncio.timeout(60), audit.running():
        audit.note("login", grant_of(), "station-1")
        await eventually(lambda: "waits" in caplog.text, "the trouble is told")
        servers[0] = kafka.bootstrap_servers
        await eventually(lambda: audit.notes_written == 1, "what has waited is written")
        assert "again" in caplog.text
    _, records = await checked(kafka)
    assert [record.kind for record in records] == ["started", "login", "stopped"]


@pytest.mark.kafka
async def test_a_broker_that_hangs_gets_each_record_once_and_in_the_same_chain(
    audited_kafka: ApacheKafka, caplog: pytest.LogCaptureFixture
) -> None:
    assert audited_kafka._process is not None
    async with running(audited_kafka, answer_timeout_s=1.0) as audit:
        audit.note("login", grant_of(), "station-1")
        await eventually(lambda: audit.notes_written == 1, "the first is written")
        audited_kafka._process.send_signal(signal.SIGSTOP)
        try:
            for number in range(200):
                audit.note("shown", grant_of(), "station-1", alarms=[f"a-{number}"])
            await eventually(lambda: "waits" in caplog.text, "the trouble is told")
            assert audit.notes_written == 1
        finally:
            audited_kafka._process.send_signal(signal.SIGCONT)
        await eventually(lambda: audit.notes_written == 201, "what has waited is written")
    check, records = await checked(audited_kafka)
    assert len(check.chains) == 1
    assert len(records) == 203


async def test_a_topic_that_is_not_there_is_waited_for_and_not_made(
    embedded_broker: EmbeddedBroker, caplog: pytest.LogCaptureFixture
) -> None:
    async with running(embedded_broker) as audit:
        audit.note("login", grant_of(), "station-1")
        await eventually(lambda: AUDIT in caplog.text, "it is told that the topic is missing")
        assert audit.notes_written == 0
        embedded_broker.create_topics(AUDIT)
        await eventually(lambda: audit.notes_written == 1, "it is written", deadline_s=20)
    await checked(embedded_broker)


async def test_after_a_record_that_was_not_taken_another_chain_goes_on_and_names_the_one_before(
    kafka: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether a record stands in the log is not known then: nothing may be put after it."""
    send = ReadingProducer.send
    failures = fail_at(4)

    async def failing(self: ReadingProducer, *arguments: Any) -> None:
        await send(self, *arguments)
        failures()

    monkeypatch.setattr(ReadingProducer, "send", failing)
    async with running(kafka) as audit:
        for number in range(6):
            audit.note("shown", grant_of(), "station-1", alarms=[f"a-{number}"])
            await asyncio.sleep(0)
    check, records = await checked(kafka)
    assert len(check.chains) == 2
    shown = {record.what["alarms"][0] for record in records if record.kind == "shown"}
    assert shown == {f"a-{number}" for number in range(6)}
    starts = {record.chain: record.heads() for record in records if record.kind == "started"}
    (first,) = [chain for chain, heads in starts.items() if not heads]
    assert [[head.chain for head in heads] for heads in starts.values() if heads] == [[first]]


def fail_at(count: int) -> Callable[[], None]:
    calls = 0

    def call() -> None:
        nonlocal calls
        calls += 1
        if calls == count:
            raise NotDeliveredError("out of order")

    return call


async def test_an_answer_that_does_not_come_is_waited_for_in_the_same_chain(
    kafka: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    flush = ReadingProducer.flush
    failures = 3

    async def slow(self: ReadingProducer) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise NoAnswerError("no answer within 5 s")
        await flush(self)

    monkeypatch.setattr(ReadingProducer, "flush", slow)
    async with running(kafka) as audit:
        audit.note("login", grant_of(), "station-1")
    check, _ = await checked(kafka)
    assert len(check.chains) == 1
    told = [record.getMessage() for record in caplog.records if record.name == audit_module.__name__]
    assert [("waits" in line, "again" in line) for line in told] == [(True, False), (False, True)]


async def test_what_can_not_be_written_is_the_error_of_whoever_wants_it_noted() -> None:
    audit = audit_at(NOBODY_LISTENS)
    with pytest.raises(ValueError, match="of_nothing"):
        audit.note("of_nothing", None, None)
    with pytest.raises(ValueError, match="console"):
        audit.note("login", None, "two\nlines")
    with pytest.raises(TypeError):
        audit.note("login", None, None, what=object())
    assert not audit._waiting
