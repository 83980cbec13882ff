"""The feed's websocket server: consoles come and go, ask for wards, and are sent what the hub has for them.

One task a console sends and one receives, so that a console that does not read holds up nobody else.
"""

from __future__ import annotations

import asyncio
import http
import os
import re
from collections.abc import Callable, Sequence
from typing import NoReturn, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

import wardwatch
from wardwatch.adapters.feed.hub import FeedHub, Subscriber
from wardwatch.adapters.feed.outbox import Frame, OutboxFullError
from wardwatch.wire.feed import (
    CLOSE_SLOW_CONSUMER,
    MAXIMUM_REQUEST_BYTES,
    PROTOCOL,
    SLOW_CONSUMER,
    BadRequestError,
    Error,
    Heartbeat,
    Hello,
    decode_request,
    encode_message,
)

HEARTBEAT_INTERVAL_S = 1.0

# A console that is gone without a word is noticed after at most the sum of the two.
_PING_INTERVAL_S = 10.0
_PING_TIMEOUT_S = 10.0
# How long a console may take to answer the end of its connection before the socket is closed on it.
_CLOSE_TIMEOUT_S = 2.0

# Pages from elsewhere must not read the feed through a browser on this machine: a page's origin has to be on
# the loopback interface. Programs that are no browsers send no Origin.
_LOOPBACK_ORIGIN = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?")


class CannotListenError(Exception):
    """The port is taken, or the address is not this machine's."""


class FeedServer:
    """Serves a hub's alarms: ``async with`` opens and closes the port.

    ``state`` tells how fresh the hub's knowledge is; it is sent to every console every second by
    :meth:`beat`, and answers ``GET /health``.
    """

    def __init__(
        self,
        hub: FeedHub,
        state: Callable[[], Heartbeat],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        maximum_consoles: int = 2000,
        send_timeout_s: float = 10.0,
    ) -> None:
        """A console that does not take a message within ``send_timeout_s`` is cut off."""
        self._hub = hub
        self._state = state
        self._host = host
        self._port = port
        self._maximum_consoles = maximum_consoles
        self._send_timeout_s = send_timeout_s
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        try:
            self._server = await self._listen()
        except OSError as error:
            raise CannotListenError(
                f"can't listen at {self._host}:{self._port} ({_reason(error)})"
            ) from error
        return self

    async def _listen(self) -> Server:
        return await serve(
            self._attend,
            self._host,
            self._port,
            origins=[None, _LOOPBACK_ORIGIN],
            select_subprotocol=_select_version,
            compression=None,  # 64 KiB a connection with it, 15 without
            process_request=self._answer_http,
            max_size=MAXIMUM_REQUEST_BYTES,
            ping_interval=_PING_INTERVAL_S,
            ping_timeout=_PING_TIMEOUT_S,
            close_timeout=_CLOSE_TIMEOUT_S,
        )

    async def __aexit__(self, *_: object) -> None:
        server = self._running
        server.close()  # with code 1001, going away
        try:
            await asyncio.wait_for(server.wait_closed(), 2 * _CLOSE_TIMEOUT_S)
        except TimeoutError:
            for connection in list(server.connections):
                connection.transport.abort()  # it does not read, so it will not hear the end either
            await server.wait_closed()

    @property
    def url(self) -> str:
        """Where consoles connect."""
        host, port = self._running.sockets[0].getsockname()[:2]
        return f"ws://[{host}]:{port}/" if ":" in host else f"ws://{host}:{port}/"

    async def beat(self) -> NoReturn:
        """Tell every console every second how things stand."""
        while True:
            self._hub.heartbeat(encode_message(self._state()))
            await asyncio.sleep(HEARTBEAT_INTERVAL_S)

    @property
    def _running(self) -> Server:
        if self._server is None:
            raise RuntimeError("the server is not running")
        return self._server

    def _answer_http(self, connection: ServerConnection, request: Request) -> Response | None:
        if request.path == "/health":
            state = self._state()
            if state.live:
                return connection.respond(http.HTTPStatus.OK, "live\n")
            return connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, f"not live: {state.reason}\n")
        if request.path != "/":
            return connection.respond(http.HTTPStatus.NOT_FOUND, "The feed is at /.\n")
        if self._hub.counters.consoles >= self._maximum_consoles:
            self._hub.counters.consoles_refused += 1
            return connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "Too many consoles.\n")
        return None

    async def _attend(self, connection: ServerConnection) -> None:
        """One console, from its first to its last message."""
        subscriber = self._hub.join()
        hello = Hello(
            protocol=PROTOCOL,
            server=wardwatch.__version__,
            heartbeat_interval_ms=int(HEARTBEAT_INTERVAL_S * 1000),
        )
        self._hub.send(subscriber, Frame(encode_message(hello)))
        subscriber.outbox.put_heartbeat(Frame(encode_message(self._state())))
        sending = asyncio.create_task(self._send(connection, subscriber))
        try:
            await self._receive(connection, subscriber)
        finally:
            self._hub.leave(subscriber)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send(self, connection: ServerConnection, subscriber: Subscriber) -> None:
        outbox = subscriber.outbox
        try:
            while True:
                frame = await outbox.next()
                async with asyncio.timeout(self._send_timeout_s):
                    await connection.send(frame.payload, text=True)
                self._hub.counters.events_delivered += frame.is_event
        except (OutboxFullError, TimeoutError):
            self._hub.cut_off(subscriber)
            await _hang_up(connection)
        except ConnectionClosed:
            pass
        finally:
            outbox.close()

    async def _receive(self, connection: ServerConnection, subscriber: Subscriber) -> None:
        try:
            async for message in connection:
                self._answer(subscriber, message)
                # One question at a time: whoever asks without reading the answers fills no queue.
                await subscriber.outbox.flushed()
        except ConnectionClosed:
            pass

    def _answer(self, subscriber: Subscriber, message: str | bytes) -> None:
        try:
            request = decode_request(message)
        except BadRequestError as fault:
            self._hub.counters.bad_requests += 1
            reply = encode_message(Error(code=fault.code, message=fault.message))
            self._hub.send(subscriber, Frame(reply))
        else:
            self._hub.subscribe(subscriber, request.wards)


def _reason(error: OSError) -> str:
    """In the operating system's words: those of asyncio repeat the address."""
    if error.errno is None or error.errno < 1:  # not the operating system's: the name can't be looked up
        return error.strerror or str(error)
    return os.strerror(error.errno)


def _select_version(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """A console may name the version that it speaks, or leave it out."""
    return Subprotocol(PROTOCOL) if PROTOCOL in offered else None


async def _hang_up(connection: ServerConnection) -> None:
    """Close on a console that can't keep up: in order if it reads at all, else without more ado."""
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await connection.close(CLOSE_SLOW_CONSUMER, SLOW_CONSUMER)
    except TimeoutError:
        connection.transport.abort()
