"""A client of the feed, for the demo and for tests: what a nurse-station console receives, and may ask."""

from __future__ import annotations

import asyncio
import itertools
import random
import ssl
from collections.abc import AsyncIterator, Iterator, Sequence
from copy import copy
from typing import Self, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from wardwatch.adapters.feed.pending import FeedClosedError, PendingRequests, RefusedError, closed_error
from wardwatch.core.alarming.commands import Receipt
from wardwatch.wire.feed.asked import (
    AskDeliveries,
    AskHistory,
    AskName,
    ClientMessage,
    Login,
    Order,
    Shown,
    Subscribe,
    encode_request,
)
from wardwatch.wire.feed.codes import PROTOCOL, CloseCode
from wardwatch.wire.feed.told import (
    CommandReceipt,
    Deliveries,
    Error,
    Event,
    Gone,
    Heartbeat,
    Hello,
    History,
    Left,
    NameOf,
    ServerMessage,
    Snapshot,
    Status,
    Subscribed,
    Welcome,
    decode_server_message,
)
from wardwatch.wire.receipts import decode_receipt

# A snapshot is one message, however many alarms are open.
_MAXIMUM_MESSAGE_BYTES = 64 * 1024 * 1024
_OPEN_WITHIN_S = 10.0
_ANSWER_WITHIN_S = 30.0

# Many consoles lose their feed at the same instant, and must not come back at the same instant.
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 5.0

# Whoever was sent away for these comes back with another token, or another program.
_FOR_GOOD = {
    CloseCode.UNAUTHORIZED,
    CloseCode.EXPIRED,
    CloseCode.REVOKED,
    CloseCode.TOO_MANY_MESSAGES,
}

Told = Subscribed | Snapshot | Event | Gone | Status | Left
_Answer = TypeVar("_Answer", bound=ServerMessage)


class ConsoleClient:
    """Logs in, subscribes, and yields the snapshot and then every change.

    ``async with ConsoleClient(url, token, ["4B"]) as console: async for message in console: ...``

    Heartbeats are not yielded: the latest is :attr:`last_heartbeat`. What can be asked has methods of its
    own, which work while somebody iterates, and while nobody does. A `subscribed` is yielded where the feed
    goes on at a position, because it tells anew which alarms about the monitoring there are.

    The end of the connection raises :class:`FeedClosedError`, a refusal :class:`RefusedError`. With
    ``resumes`` a connection that ends is no error: the console comes back, and goes on where it was.
    """

    def __init__(
        self,
        url: str,
        token: str,
        wish: Subscribe | Sequence[str],
        *,
        console: str | None = None,
        resumes: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """``wish`` is a subscription, or just the wards."""
        self.hello: Hello | None = None
        self.welcome: Welcome | None = None
        self.last_heartbeat: Heartbeat | None = None
        self.position: str | None = None
        self.reconnections = 0
        self._url = url
        self._tls = tls
        self._login = Login(token=token, console=console)
        self._wish = copy(wish) if isinstance(wish, Subscribe) else Subscribe(wards=list(wish))
        self._resumes = resumes
        self._received_position = self._wish.position
        self._connection: ClientConnection | None = None
        self._numbers = itertools.count(1)
        self._pending = PendingRequests()
        self._told: asyncio.Queue[ServerMessage | Exception] = asyncio.Queue()
        self._pauses = _pauses()
        self._running: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        if not self._resumes:
            await self._open()
        self._running = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        await self.drop()

    async def drop(self) -> None:
        """End the connection; one that resumes comes back."""
        if self._connection is not None:
            await self._connection.close()

    async def __aiter__(self) -> AsyncIterator[Told]:
        while True:
            match await self._told.get():
                case Exception() as end:
                    self._told.put_nowait(end)  # for whoever asks again
                    raise end
                case Heartbeat() as heartbeat:
                    self.last_heartbeat = heartbeat
                    self.position = heartbeat.position or self.position
                case Subscribed() as subscribed:
                    if subscribed.recovered:
                        yield subscribed
                case Snapshot() | Event() | Gone() | Status() | Left() as message:
                    self.position = _position_in(message) or self.position
                    yield message

    async def command(self, order: Order) -> Receipt:
        """Give a command, and wait for what became of it."""
        # The receipt is known by the command's name, an error by the request's: here they are the same.
        named = copy(order)
        named.request = order.command
        answer = await self._ask(named, order.command, CommandReceipt)
        return decode_receipt(bytes(answer.receipt))

    async def history(self, patients: Sequence[str], *, minutes: int = 240) -> list[History]:
        """The last minutes of patients, one answer each."""
        name = self._next_name()
        request = AskHistory(patients=list(patients), minutes=minutes, request=name)
        answers = await self._exchange(request, name, count=len(patients))
        return [_expected(answer, History) for answer in answers]

    async def name_of(self, patient: str) -> str | None:
        """The name behind a pseudonym."""
        name = self._next_name()
        return (await self._ask(AskName(patient=patient, request=name), name, NameOf)).name

    async def deliveries(self, alarm: str) -> Deliveries:
        """At which consoles an alarm has arrived."""
        name = self._next_name()
        return await self._ask(AskDeliveries(alarm=alarm, request=name), name, Deliveries)

    async def shown(self, alarms: Sequence[str]) -> None:
        """Report alarms that are on the screen; there is no answer."""
        await self._send(Shown(alarms=list(alarms)))

    async def renew(self, token: str) -> Welcome:
        """Log in again, before the token that is in use expires."""
        name = self._next_name()
        self._login.token = token
        renewed = copy(self._login)
        renewed.request = name
        return await self._ask(renewed, name, Welcome)

    async def subscribe(self, wish: Subscribe) -> None:
        """Ask for something else from now on; the answer is yielded."""
        self._wish = copy(wish)
        self._wish.request = self._next_name()
        await self._send(self._wish)

    async def _ask(self, request: ClientMessage, name: str, kind: type[_Answer]) -> _Answer:
        (answer,) = await self._exchange(request, name, count=1)
        return _expected(answer, kind)

    async def _exchange(self, request: ClientMessage, name: str, *, count: int) -> list[ServerMessage]:
        waiting = self._pending.expect(name, count)
        try:
            await self._send(request)
            async with asyncio.timeout(_ANSWER_WITHIN_S):
                return await waiting
        finally:
            self._pending.forget(name)

    async def _send(self, request: ClientMessage) -> None:
        if self._connection is None:
            raise FeedClosedError("there is no connection to the feed")
        try:
            await self._connection.send(encode_request(request), text=True)
        except ConnectionClosed as closed:
            raise closed_error(closed) from closed

    def _next_name(self) -> str:
        return f"r{next(self._numbers)}"

    async def _run(self) -> None:
        """Receive for as long as there is a connection, and there is one again."""
        while True:
            try:
                if self._connection is None:
                    await self._open()
                end = await self._receive()
            except FeedClosedError as failed:
                end = failed
            except RefusedError as refused:
                self._told.put_nowait(refused)
                return
            self._connection = None
            self._pending.fail(end)
            if not self._resumes or end.code in _FOR_GOOD:
                self._told.put_nowait(end)
                return
            self.reconnections += 1
            await asyncio.sleep(next(self._pauses))

    async def _open(self) -> None:
        """Connect, log in, and ask for what is wished, from where we were."""
        try:
            async with asyncio.timeout(_OPEN_WITHIN_S):
                self._connection = await connect(
                    self._url,
                    subprotocols=[Subprotocol(PROTOCOL)],
                    compression=None,
                    max_size=_MAXIMUM_MESSAGE_BYTES,
                    proxy=None,
                    ssl=self._tls or self._url.startswith("wss:") or None,
                )
                await self._connection.send(encode_request(self._login), text=True)
                await self._be_welcomed(self._connection)
                self._wish.position = self._received_position
                self._wish.request = self._next_name()
                await self._connection.send(encode_request(self._wish), text=True)
        except ConnectionClosed as closed:
            raise closed_error(closed) from closed
        except (OSError, WebSocketException, TimeoutError) as error:
            raise FeedClosedError(f"the feed can't be reached: {error}") from error

    async def _be_welcomed(self, connection: ClientConnection) -> None:
        while True:
            match decode_server_message(await connection.recv()):
                case Hello() as hello:
                    self.hello = hello
                case Welcome() as welcome:
                    self.welcome = welcome
                    return
                case Error() as refused:
                    raise RefusedError(refused.code, refused.message)

    async def _receive(self) -> FeedClosedError:
        """Pass on all that comes; returns why it has ended."""
        assert self._connection is not None  # noqa: S101 (`_run` has seen to it)
        try:
            while True:
                message = decode_server_message(await self._connection.recv())
                if self._pending.answer(message):
                    continue
                if isinstance(message, Error):
                    raise RefusedError(message.code, message.message)
                if isinstance(message, Subscribed):
                    self._pauses = _pauses()
                self._received_position = _position_in(message) or self._received_position
                self._told.put_nowait(message)
        except ConnectionClosed as closed:
            return closed_error(closed)


def _expected(answer: ServerMessage, kind: type[_Answer]) -> _Answer:
    if not isinstance(answer, kind):
        raise TypeError(f"the feed answered with {type(answer).__name__} where {kind.__name__} was asked for")
    return answer


def _position_in(message: ServerMessage) -> str | None:
    return message.position if isinstance(message, Snapshot | Event | Gone | Heartbeat) else None


def _pauses() -> Iterator[float]:
    longest_s = _FIRST_PAUSE_S
    while True:
        yield random.uniform(0, longest_s)  # noqa: S311 (no secret)
        longest_s = min(2 * longest_s, _LONGEST_PAUSE_S)
