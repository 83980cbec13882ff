"""Receipts find the consoles that asked, once an asking."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from tests.support.apache_kafka import ApacheKafka
from tests.support.feeds import eventually
from tests.support.hubs import joined, messages, open_hub
from tests.support.kafka_fixtures import Broker
from wardwatch.adapters.embedded_broker import EmbeddedBroker
from wardwatch.adapters.feed.audience import Subscriber
from wardwatch.adapters.feed.orders import Orders
from wardwatch.adapters.feed.receipt_log import ReceiptLog
from wardwatch.adapters.kafka_producer import ReadingProducer
from wardwatch.adapters.kafka_topic import Extent, LogRecord, TopicReader
from wardwatch.core.alarming.commands import Receipt, Verb, Verdict
from wardwatch.core.permissions import ConsoleRole, Grant
from wardwatch.wire.feed.asked import Order
from wardwatch.wire.feed.codes import NotLive
from wardwatch.wire.feed.told import CommandReceipt
from wardwatch.wire.receipts import decode_receipt, encode_receipt
from wardwatch.wire.topics import RECEIPTS

ANNA = Grant(
    token_id="t-1",  # noqa: S106
    subject="s-1",
    name="Anna Berg",
    role=ConsoleRole.NURSE,
    wards=frozenset({"4B"}),
    expires_ms=2_000_000_000_000,
)


def order(number: int = 1) -> Order:
    return Order(command=f"c-{number}", patient="p-17", verb=Verb.ACKNOWLEDGE, alarm="a1b2c3")


def receipt(number: int = 1, verdict: Verdict = Verdict.DONE, patient: str = "p-17") -> Receipt:
    return Receipt(
        command=f"c-{number}",
        patient=patient,
        verb=Verb.ACKNOWLEDGE,
        by=ANNA.actor(),
        at_ms=1,
        verdict=verdict,
        sentence="So it is.",
    )


class Acts(list[tuple[Subscriber, Order]]):
    """In the place of the book of deliveries."""

    def acted(self, subscriber: Subscriber, done: Order) -> None:
        self.append((subscriber, done))


class Desk:
    """Orders that are given and never written, and what becomes of receipts."""

    def __init__(self, servers: str = "") -> None:
        self.hub = open_hub()
        self.orders = Orders({}, self.hub.send)
        self.acts = Acts()
        self.log = ReceiptLog(
            self.orders,
            cast("Any", self.acts),
            self.hub.send,
            lambda: TopicReader(RECEIPTS, {"bootstrap_servers": servers}),
        )

    def console(self, *orders: Order) -> Subscriber:
        """Somebody who gives these orders."""
        subscriber = joined(self.hub)
        for each in orders:
            self.orders.give(each, ANNA, subscriber)
        return subscriber

    def comes(self, record: Receipt | bytes | None) -> None:
        value = encode_receipt(record) if isinstance(record, Receipt) else record
        self.log._take(LogRecord(0, 0, 0, value))


def told(subscriber: Subscriber) -> list[Receipt]:
    receipts = []
    for message in messages(subscriber):
        assert isinstance(message, CommandReceipt)
        receipts.append(decode_receipt(bytes(message.receipt)))
    return receipts


def test_a_receipt_goes_to_who_has_asked_as_it_stands_in_the_log() -> None:
    desk = Desk()
    asker, other = desk.console(order()), desk.console(order(2))
    desk.comes(receipt())
    assert (told(asker), told(other)) == ([receipt()], [])
    assert desk.acts == [(asker, order())]


def test_what_was_refused_is_told_and_is_no_act() -> None:
    desk = Desk()
    asker = desk.console(order())
    desk.comes(receipt(verdict=Verdict.REFUSED))
    assert told(asker) == [receipt(verdict=Verdict.REFUSED)]
    assert desk.acts == []


def test_a_receipt_that_is_there_twice_is_told_once() -> None:
    desk = Desk()
    asker = desk.console(order())
    for _ in range(2):
        desk.comes(receipt())
    assert told(asker) == [receipt()]


def test_who_comes_back_and_asks_again_is_told_and_nobody_else_is() -> None:
    desk = Desk()
    gone = desk.console(order())
    desk.hub.leave(gone)
    back = desk.console(order())
    desk.comes(receipt())
    desk.comes(receipt())
    assert (told(gone), told(back)) == ([], [receipt()])
    # The worker answers what comes again with the same receipt.
    desk.orders.give(order(), ANNA, back)
    desk.comes(receipt())
    assert told(back) == [receipt()]


@pytest.mark.parametrize(
    "record", [None, b"", b"{", b"[" * 50_000, receipt(2), receipt(patient="p-18")], ids=repr
)
def test_what_nobody_can_read_or_has_asked_for_is_told_to_nobody(record: Receipt | bytes | None) -> None:
    desk = Desk()
    asker = desk.console(order())
    desk.comes(record)
    assert told(asker) == []
    assert desk.log.unreadable_records == (not isinstance(record, Receipt))
    desk.comes(receipt())
    assert told(asker) == [receipt()]


def test_it_begins_at_the_end_unless_the_log_is_a_new_one() -> None:
    extents = {0: Extent(3, 7), 1: Extent(0, 0)}
    desk = Desk()
    assert desk.log._begin_at(extents) == {0: 7, 1: 0}
    assert desk.log._begin_at(extents) == {0: 3, 1: 0}
    waiting = Desk()
    waiting.log._obstacle = NotLive.NO_TOPIC
    assert waiting.log._begin_at(extents) == {0: 3, 1: 0}


@pytest.fixture
def servers(broker: Broker) -> str:
    """A broker of either kind, with an empty topic for receipts."""
    if isinstance(broker, ApacheKafka):
        broker.delete_topics(RECEIPTS)
    assert isinstance(broker, ApacheKafka | EmbeddedBroker)
    broker.create_topics(RECEIPTS)
    return broker.bootstrap_servers


@contextlib.asynccontextmanager
async def following(desk: Desk) -> AsyncIterator[None]:
    running = asyncio.create_task(desk.log.run())
    try:
        await eventually(lambda: desk.log.obstacle() is None, "the log is known")
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_receipts_come_from_the_log_and_those_of_yesterday_do_not(servers: str) -> None:
    desk = Desk(servers)
    early, asker = desk.console(order(1)), desk.console(order(2))
    async with ReadingProducer({"bootstrap_servers": servers}) as producer:
        await producer.send("p-17", encode_receipt(receipt(1)), 1000, RECEIPTS)
        await producer.flush()
        async with following(desk):
            await producer.send("p-17", encode_receipt(receipt(2)), 2000, RECEIPTS)
            await producer.flush()
            await eventually(lambda: bool(desk.acts), "the receipt is there")
    assert (told(early), told(asker)) == ([], [receipt(2)])
