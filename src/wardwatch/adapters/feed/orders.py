"""What people at consoles want done: written to ``vitals.commands``, and known until the receipt comes."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from wardwatch.adapters.kafka_producer import NotDeliveredError, ReadingProducer
from wardwatch.core.alarming.commands import Command
from wardwatch.wire.commands import encode_checked
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.feed.asked import BadRequestError, Order
from wardwatch.wire.feed.codes import ErrorCode
from wardwatch.wire.feed.told import Error, encode_message
from wardwatch.wire.topics import COMMANDS

if TYPE_CHECKING:
    from wardwatch.adapters.feed.audience import Subscriber
    from wardwatch.core.permissions import Grant

_log = logging.getLogger(__name__)

# All of these are our own choices. Nobody waits longer for an answer at the bedside; people give commands by
# hand, so a thousand that wait mean that none is taken; a receipt that has not come by then never will.
ANSWER_TIMEOUT_S = 5.0
_MOST_WAITING = 1000
_ASKED_FOR_S = 600.0
_MOST_ASKED = 10_000

_AGAIN = "give it again with the same `command`: what comes twice is done once"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    """A command on its way to Kafka."""

    order: Order
    payload: bytes
    at_ms: int
    subscriber: Subscriber


@dataclass(slots=True)
class Asked:
    """A command that has been given, and by which consoles."""

    order: Order
    until_s: float
    subscribers: dict[Subscriber, None] = field(default_factory=dict)


class Orders:
    """Takes orders from consoles without ever making them wait; :meth:`run` writes them.

    An order that could not be written is answered with an error `not_delivered`. One that was written is
    answered by its receipt: :meth:`asked` tells whose it is.
    """

    def __init__(
        self,
        client_options: Mapping[str, Any],
        send: Callable[[Subscriber, bytes], None],
        *,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """``client_options`` are aiokafka's; ``send`` gives a console its answer."""
        self._client_options = dict(client_options)
        self._send = send
        self._answer_timeout_s = answer_timeout_s
        self._monotonic_s = monotonic_s
        self._waiting: asyncio.Queue[_Waiting] = asyncio.Queue(_MOST_WAITING)
        self._asked: OrderedDict[tuple[str, str], Asked] = OrderedDict()
        self.orders_given = 0
        self.orders_not_delivered = 0

    def give(self, order: Order, grant: Grant, subscriber: Subscriber) -> None:
        """Have it done in the name of the grant's owner; raises :class:`BadRequestError`.

        Whether the grant allows it, is for the caller to know.
        """
        at_ms = time.time_ns() // 1_000_000
        try:
            payload = encode_checked(_command_of(order, grant, at_ms))
        except Unreadable as error:
            raise BadRequestError(ErrorCode.BAD_REQUEST, error.detail, order.request) from None
        waiting = _Waiting(order=order, payload=payload, at_ms=at_ms, subscriber=subscriber)
        try:
            self._waiting.put_nowait(waiting)
        except asyncio.QueueFull:
            self.orders_not_delivered += 1
            sentence = f"Too many commands wait to be written: {_AGAIN}."
            raise BadRequestError(ErrorCode.NOT_DELIVERED, sentence, order.request) from None
        self.orders_given += 1
        self._remember(order, subscriber)

    def _remember(self, order: Order, subscriber: Subscriber) -> None:
        now_s = self._monotonic_s()
        key = order.patient, order.command
        asked = self._asked.pop(key, None) or Asked(order, now_s)
        asked.until_s = now_s + _ASKED_FOR_S
        asked.subscribers[subscriber] = None
        self._asked[key] = asked
        while len(self._asked) > _MOST_ASKED or next(iter(self._asked.values())).until_s <= now_s:
            self._asked.popitem(last=False)

    def answered(self, patient: str, command: str) -> Asked | None:
        """Who has given this command, and has had no receipt since; from now on nobody has."""
        return self._asked.pop((patient, command), None)

    async def run(self) -> NoReturn:
        """Write what is given, until cancelled."""
        async with _Line(self._client_options, self._answer_timeout_s) as line:
            while True:
                batch = [await self._waiting.get()]
                while not self._waiting.empty():
                    batch.append(self._waiting.get_nowait())
                try:
                    await line.write(batch)
                except NotDeliveredError as error:
                    _log.warning("%d commands could not be written: %s", len(batch), error)
                    self._refuse(batch)

    def _refuse(self, batch: list[_Waiting]) -> None:
        # A part of it may be written all the same; then the receipt comes, too.
        sentence = f"Kafka has not confirmed the command; it may be done all the same, or not: {_AGAIN}."
        for each in batch:
            self.orders_not_delivered += 1
            answer = Error(code=ErrorCode.NOT_DELIVERED, message=sentence, request=each.order.request)
            self._send(each.subscriber, encode_message(answer))


def _command_of(order: Order, grant: Grant, at_ms: int) -> Command:
    return Command(
        command=order.command,
        patient=order.patient,
        verb=order.verb,
        by=grant.actor(),
        at_ms=at_ms,
        alarm=order.alarm,
        condition=order.condition,
        duration_s=order.duration_s,
        text=order.text,
        label=order.label,
    )


class _Line:
    """The way to Kafka: opened when it is needed, and anew after any failure."""

    def __init__(self, client_options: Mapping[str, Any], answer_timeout_s: float) -> None:
        self._client_options = client_options
        self._answer_timeout_s = answer_timeout_s
        self._opened = AsyncExitStack()
        self._producer: ReadingProducer | None = None

    async def __aenter__(self) -> _Line:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    async def write(self, batch: list[_Waiting]) -> None:
        """Returns when all are in the log; raises :class:`NotDeliveredError` where that is not known."""
        if self._producer is not None:
            try:
                await self._write(self._producer, batch)
            except NotDeliveredError:
                # What has been open for long may be open no more on the other side. To write twice what is
                # done once does no harm.
                await self._close()
            else:
                return
        try:
            await self._write(await self._open(), batch)
        except NotDeliveredError:
            await self._close()
            raise

    async def _write(self, producer: ReadingProducer, batch: list[_Waiting]) -> None:
        for each in batch:
            await producer.send(each.order.patient, each.payload, each.at_ms, COMMANDS)
        await producer.flush()

    async def _open(self) -> ReadingProducer:
        producer = ReadingProducer(self._client_options, answer_timeout_s=self._answer_timeout_s)
        self._producer = await self._opened.enter_async_context(producer)
        # Sending to a topic that is not there would make it, and wrongly.
        if COMMANDS not in await self._producer.topics():
            raise NotDeliveredError(f"there is no topic {COMMANDS} yet")
        return self._producer

    async def _close(self) -> None:
        self._producer = None
        await self._opened.aclose()
