"""Orders from consoles: written for a worker to read, or answered with why not."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

import pytest
from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from tests.support.apache_kafka import ApacheKafka
from tests.support.feeds import eventually
from tests.support.kafka_fixtures import Broker
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.feed import orders as feed_orders
from wardwatch.adapters.feed.orders import Orders
from wardwatch.adapters.kafka_producer import ReadingProducer
from wardwatch.core.alarming.commands import Verb
from wardwatch.core.events import Actor, Role
from wardwatch.core.permissions import ConsoleRole, Grant
from wardwatch.wire.commands import decode_command
from wardwatch.wire.feed.asked import BadRequestError, Order
from wardwatch.wire.feed.codes import ErrorCode
from wardwatch.wire.feed.told import Error, decode_server_message
from wardwatch.wire.topics import COMMANDS

if TYPE_CHECKING:
    from wardwatch.adapters.feed.audience import Subscriber

ANNA = Grant(
    token_id="t-1",  # noqa: S106
    subject="s-1",
    name="Anna Berg",
    role=ConsoleRole.NURSE,
    wards=frozenset({"4B"}),
    expires_ms=2_000_000_000_000,
)


def console() -> Subscriber:
    """Orders never look into a console: they only tell them apart."""
    return cast("Subscriber", object())


def order(number: int = 1, **fields: Any) -> Order:
    wishes = {"verb": Verb.ACKNOWLEDGE, "alarm": "a1b2c3", "patient": "p-17", "request": f"r-{number}"}
    return Order(command=f"c-{number}", **wishes | fields)


class Answers(list["tuple[Subscriber, Error]"]):
    """What the consoles were told."""

    def send(self, subscriber: Subscriber, payload: bytes) -> None:
        message = decode_server_message(payload)
        assert isinstance(message, Error)
        self.append((subscriber, message))


@asynccontextmanager
async def taking_orders(
    servers: str, *, answer_timeout_s: float = 5.0
) -> AsyncIterator[tuple[Orders, Answers]]:
    answers = Answers()
    orders = Orders({"bootstrap_servers": servers}, answers.send, answer_timeout_s=answer_timeout_s)
    running = asyncio.create_task(orders.run())
    try:
        yield orders, answers
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


def idle_orders(now_s: list[float] | None = None) -> Orders:
    """Orders that nobody writes."""
    instants = now_s or [0.0]
    return Orders({}, lambda *_: None, monotonic_s=lambda: instants[0])


@asynccontextmanager
async def written(servers: str) -> AsyncIterator[list[ConsumerRecord]]:
    """The commands that come into the log, as they come."""
    found: list[ConsumerRecord] = []
    consumer = AIOKafkaConsumer(bootstrap_servers=servers, auto_offset_reset="latest", fetch_max_wait_ms=50)
    await consumer.start()
    consumer.assign([TopicPartition(COMMANDS, number) for number in range(4)])
    for part in consumer.assignment():
        await consumer.position(part)

    async def read() -> None:
        while True:
            batches = await consumer.getmany(timeout_ms=50)
            found.extend(record for batch in batches.values() for record in batch)

    reading = asyncio.create_task(read())
    try:
        yield found
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await consumer.stop()


@pytest.fixture
def servers(broker: Broker) -> str:
    """A broker of either kind, with an empty topic for commands."""
    if isinstance(broker, ApacheKafka):
        broker.delete_topics(COMMANDS)
    assert isinstance(broker, ApacheKafka | EmbeddedBroker)
    broker.create_topics(COMMANDS)
    return broker.bootstrap_servers


async def test_an_order_is_written_in_the_name_of_the_tokens_owner_where_the_patients_readings_are(
    servers: str,
) -> None:
    async with written(servers) as records, taking_orders(servers) as (orders, answers):
        for number in range(20):
            orders.give(order(number, patient=f"p-{number}"), ANNA, console())
        await eventually(lambda: len(records) == 20, "the commands are in the log")
        assert answers == []
    chosen, partitions = DefaultPartitioner(), list(range(4))
    for record in records:
        command = decode_command(record.value, record.timestamp)
        assert command.by == Actor(name="Anna Berg", role=Role.NURSE)
        assert (command.verb, command.alarm) == (Verb.ACKNOWLEDGE, "a1b2c3")
        assert record.key == command.patient.encode()
        assert record.partition == chosen(record.key, partitions, partitions)
    assert {decode_command(each.value, 0).command for each in records} == {f"c-{n}" for n in range(20)}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"alarm": None}, "A command `acknowledge` needs the field `alarm`"),
        ({"text": "Hm."}, "A command `acknowledge` has no use for `text`."),
        ({"verb": Verb.NOTE}, "A command `note` needs the field `text`"),
        ({"verb": Verb.PAUSE_AUDIO}, "A command `pause_audio` has no use for `alarm`."),
        ({"verb": Verb.ALARM_OFF, "alarm": None, "condition": "hihg"}, "`condition` names none"),
        ({"verb": Verb.NOTE, "text": "two\nlines"}, "`text` has a character"),
        ({"verb": Verb.NOTE, "text": "x" * 501}, r"`\$\.text`"),
    ],
    ids=str,
)
def test_what_no_worker_could_do_is_refused_at_once(fields: dict[str, Any], says: str) -> None:
    orders = idle_orders()
    with pytest.raises(BadRequestError, match=says) as refusal:
        orders.give(order(**fields), ANNA, console())
    assert (refusal.value.code, refusal.value.request) == (ErrorCode.BAD_REQUEST, "r-1")
    assert orders.answered("p-17", "c-1") is None


def test_a_receipt_is_for_every_console_that_has_asked_since_the_last_one() -> None:
    orders, first, second = idle_orders(), console(), console()
    for asker in (first, second, first):
        orders.give(order(), ANNA, asker)
    assert orders.answered("p-18", "c-1") is None
    asked = orders.answered("p-17", "c-1")
    assert asked is not None
    assert list(asked.subscribers) == [first, second]
    assert asked.order == order()
    assert orders.answered("p-17", "c-1") is None
    orders.give(order(), ANNA, second)
    again = orders.answered("p-17", "c-1")
    assert again is not None
    assert list(again.subscribers) == [second]


async def test_what_is_never_answered_is_forgotten_after_ten_minutes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now_s = [0.0]
    orders = idle_orders(now_s)
    orders.give(order(1), ANNA, console())
    now_s[0] = 599.0
    orders.give(order(2), ANNA, console())
    now_s[0] = 600.0
    orders.give(order(3), ANNA, console())
    assert orders.answered("p-17", "c-1") is None
    assert orders.answered("p-17", "c-2") is not None
    monkeypatch.setattr(feed_orders, "_MOST_ASKED", 2)
    for number in range(4, 8):
        orders.give(order(number), ANNA, console())
    assert [n for n in range(8) if orders.answered("p-17", f"c-{n}") is not None] == [6, 7]


def test_when_too_many_wait_the_next_is_told_so() -> None:
    orders = idle_orders()
    for number in range(1000):
        orders.give(order(number), ANNA, console())
    with pytest.raises(BadRequestError, match="give it again with the same `command`") as refusal:
        orders.give(order(1000), ANNA, console())
    assert (refusal.value.code, refusal.value.request) == (ErrorCode.NOT_DELIVERED, "r-1000")
    assert (orders.orders_given, orders.orders_not_delivered) == (1000, 1)


async def test_without_a_broker_each_is_told_and_the_next_is_tried_again() -> None:
    asker = console()
    async with taking_orders("127.0.0.1:1", answer_timeout_s=0.5) as (orders, answers):
        for number in (1, 2):
            orders.give(order(number), ANNA, asker)
            await eventually(lambda: len(answers) == number, "the console is told")  # noqa: B023
    assert [(who, error.code, error.request) for who, error in answers] == [
        (asker, ErrorCode.NOT_DELIVERED, "r-1"),
        (asker, ErrorCode.NOT_DELIVERED, "r-2"),
    ]
    assert "the same `command`" in answers[0][1].message
    assert orders.orders_not_delivered == 2


async def test_no_topic_is_made_by_writing_to_it(embedded_broker: EmbeddedBroker) -> None:
    servers = embedded_broker.bootstrap_servers
    async with taking_orders(servers) as (orders, answers):
        orders.give(order(1), ANNA, console())
        await eventually(lambda: len(answers) == 1, "the console is told")
        embedded_broker.create_topics(COMMANDS)
        async with written(servers) as records:
            orders.give(order(2), ANNA, console())
            await eventually(lambda: len(records) == 1, "the second is written")
    assert decode_command(records[0].value, 0).command == "c-2"
    assert len(answers) == 1


async def test_after_a_broken_connection_an_order_is_written_by_the_next(
    servers: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    producers: list[ReadingProducer] = []

    class Noted(ReadingProducer):
        async def __aenter__(self) -> Noted:
            producers.append(self)
            return await super().__aenter__()

    monkeypatch.setattr(feed_orders, "ReadingProducer", Noted)
    async with written(servers) as records, taking_orders(servers) as (orders, answers):
        orders.give(order(1), ANNA, console())
        await eventually(lambda: len(records) == 1, "the first is written")
        producers[0]._failure = OSError("the other side has forgotten us")
        orders.give(order(2), ANNA, console())
        await eventually(lambda: any(b'"c-2"' in each.value for each in records), "the second is written")
    assert answers == []
    assert len(producers) == 2
