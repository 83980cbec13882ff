"""The feed's port: pages for browsers, websockets for consoles, and nobody for longer than allowed."""

from __future__ import annotations

import asyncio
import http
import logging
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NoReturn, Self, cast

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Origin, Subprotocol

import wardwatch
from wardwatch.adapters.feed.attendance import Attendance, Guest
from wardwatch.adapters.feed.certificate import Certificate
from wardwatch.adapters.feed.connection import FeedConnection
from wardwatch.adapters.feed.doorstep import ROOM_FOR_PAGES, Doorstep
from wardwatch.adapters.feed.limits import (
    REQUEST_WITHIN_S,
    SESSION_CHECK_INTERVAL_S,
    Limits,
)
from wardwatch.adapters.feed.pages import Pages, plain_answer
from wardwatch.adapters.feed.services import Services
from wardwatch.adapters.feed.session import EndOfSession
from wardwatch.wire.feed.codes import MAXIMUM_REQUEST_BYTES, PROTOCOL
from wardwatch.wire.feed.told import Heartbeat, Hello, encode_message

HEARTBEAT_INTERVAL_S = 1.0

# How long consoles may take to answer that the feed stops.
_STOP_WITHIN_S = 4.0
# All consoles may come back at once; whoever finds no room tries again only a second later, or three. The
# system has its own limit, which is 4096 with Linux.
_BACKLOG = 4096
# Frames of one console that have come and wait to be read; of the largest size it is a quarter of a megabyte.
_MAXIMUM_FRAMES_WAITING = 4

_SOCKETS = ("/", "/feed")

# Pages from elsewhere must not speak to the feed through a browser: unless others are named, a page's origin
# has to be on the loopback interface. Programs that are no browsers send no Origin.
_LOOPBACK_ORIGIN = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?")


class CannotListenError(Exception):
    """The port is taken, or the address is not this machine's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to listen, in what way, and for pages from where."""

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Certificate | None = None
    origins: Sequence[str] = ()


class FeedServer:
    """Serves a hub's alarms: ``async with`` opens and closes the port.

    ``state`` tells how fresh the hub's knowledge is; it is sent to every console every second by
    :meth:`beat`, and answers ``GET /health``. :meth:`watch` sends away whoever may no longer be here.
    """

    def __init__(
        self,
        services: Services,
        state: Callable[[], Heartbeat],
        *,
        address: Address | None = None,
        limits: Limits | None = None,
        pages: Pages | None = None,
    ) -> None:
        self._services = services
        self._hub = services.hub
        self._state = state
        self._address = address or Address()
        self._limits = limits or Limits()
        self._pages = pages or Pages()
        self._attendance = Attendance(services, self._limits)
        self._doorstep = Doorstep(self._limits.consoles + ROOM_FOR_PAGES)
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        try:
            self._server = await self._listen()
        except OSError as error:
            raise CannotListenError(
                f"can't listen at {self._address.host}:{self._address.port} ({_reason(error)})"
            ) from error
        return self

    async def _listen(self) -> Server:
        origins = [re.compile(re.escape(origin)) for origin in self._address.origins]
        certificate = self._address.certificate
        if certificate is not None:
            certificate.spare_memory()
        allowed: list[Origin | re.Pattern[str] | None] = [None, *(origins or [_LOOPBACK_ORIGIN])]
        return await serve(
            self._attend,
            self._address.host,
            self._address.port,
            ssl=None if certificate is None else certificate.context,
            origins=allowed,
            select_subprotocol=_select_version,
            compression=None,  # 64 KiB a connection with it, 15 without
            process_request=self._answer_http,
            server_header=None,
            open_timeout=REQUEST_WITHIN_S,
            close_timeout=REQUEST_WITHIN_S,
            ping_interval=None,  # the hub asks all of them at once
            max_size=MAXIMUM_REQUEST_BYTES,
            max_queue=_MAXIMUM_FRAMES_WAITING,
            logger=_quiet_log(),
            # Whatever makes connections will do, other than it says.
            create_connection=cast("type[FeedConnection]", partial(FeedConnection, doorstep=self._doorstep)),
            backlog=_BACKLOG,
        )

    async def __aexit__(self, *_: object) -> None:
        server = self._running
        server.close()  # with code 1001, going away
        try:
            await asyncio.wait_for(server.wait_closed(), _STOP_WITHIN_S)
        except TimeoutError:
            for connection in list(server.all_connections):
                connection.transport.abort()  # it does not read, so it will not hear the end either
            await server.wait_closed()

    @property
    def url(self) -> str:
        """Where consoles connect."""
        return f"{'ws' if self._address.certificate is None else 'wss'}://{self._authority}/"

    @property
    def page_url(self) -> str:
        """Where a browser finds the console."""
        return f"{'http' if self._address.certificate is None else 'https'}://{self._authority}/"

    @property
    def _authority(self) -> str:
        host, port = self._running.sockets[0].getsockname()[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"

    async def beat(self) -> NoReturn:
        """Tell every console every second how things stand."""
        while True:
            self._hub.heartbeat(self._state())
            await asyncio.sleep(HEARTBEAT_INTERVAL_S)

    async def watch(self) -> NoReturn:
        """Look several times a second whether everybody may still be here."""
        while True:
            self._services.gatekeeper.refresh()
            if self._address.certificate is not None:
                self._address.certificate.refresh()
            self._attendance.check(time.monotonic())
            await asyncio.sleep(SESSION_CHECK_INTERVAL_S)

    @property
    def _running(self) -> Server:
        if self._server is None:
            raise RuntimeError("the server is not running")
        return self._server

    def _answer_http(self, _connection: ServerConnection, request: Request) -> Response | None:
        """The answer to a request for a page, or ``None`` to let a websocket in."""
        if getattr(request, "method", "GET") != "GET":  # before websockets 17 there is no other
            return plain_answer(http.HTTPStatus.METHOD_NOT_ALLOWED, "All of this is to be read only.\n")
        path, _, query = request.path.partition("?")
        if path == "/health":
            return self._health()
        if not any("websocket" in value.lower() for value in request.headers.get_all("Upgrade")):
            return self._pages.answer(request.path)
        if path not in _SOCKETS or query:
            sentence = "The feed is at / and at /feed, without a query: a token is part of a message.\n"
            return plain_answer(http.HTTPStatus.NOT_FOUND, sentence)
        if self._attendance.is_full:
            self._hub.counters.consoles_refused += 1
            return plain_answer(http.HTTPStatus.SERVICE_UNAVAILABLE, "Too many consoles.\n")
        return None

    def _health(self) -> Response:
        state = self._state()
        if state.live:
            return plain_answer(http.HTTPStatus.OK, "live\n")
        return plain_answer(http.HTTPStatus.SERVICE_UNAVAILABLE, f"not live: {state.reason}\n")

    async def _attend(self, connection: ServerConnection) -> None:
        """One console, from its first to its last message."""
        assert isinstance(connection, FeedConnection)  # noqa: S101 (we have said that it is to be one)
        connection.forget_handshake()
        guest = self._attendance.admit(connection, time.monotonic())
        guest.say(encode_message(self._hello()))
        try:
            await self._converse(connection, guest)
        except (ConnectionClosed, OSError):
            pass
        finally:
            sent = connection.protocol.close_sent  # what the other side says of its end may never come
            self._attendance.dismiss(guest, connection.close_code if sent is None else sent.code)

    async def _converse(self, connection: FeedConnection, guest: Guest) -> None:
        try:
            async for message in connection:
                await guest.session.take(message)
        except EndOfSession as end:
            guest.send_away(end)
            async for _ in connection:
                pass  # else the console's answer to the end would wait behind what it has sent before

    def _hello(self) -> Hello:
        return Hello(
            protocol=PROTOCOL,
            server=wardwatch.__version__,
            heartbeat_interval_ms=round(HEARTBEAT_INTERVAL_S * 1000),
            login_within_ms=round(self._limits.login_within_s * 1000),
        )


def _quiet_log() -> logging.Logger:
    """A log in which the library never writes frames down, whatever the level elsewhere: some hold tokens."""
    log = logging.getLogger(f"{__name__}.websockets")
    log.setLevel(logging.WARNING)
    return log


def _reason(error: OSError) -> str:
    """In the operating system's words: those of asyncio repeat the address."""
    if error.errno is None or error.errno < 1:  # not the operating system's: the name can't be looked up
        return error.strerror or str(error)
    return os.strerror(error.errno)


def _select_version(_: ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """A console may name the version that it speaks, or leave it out."""
    return Subprotocol(PROTOCOL) if PROTOCOL in offered else None
