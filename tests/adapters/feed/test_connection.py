"""Frames that go past the library: on real sockets, beside its own, and never after the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosedError
from websockets.frames import Opcode
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from tests.support.feeds import eventually
from wardwatch.adapters.feed.connection import FeedConnection
from wardwatch.adapters.feed.counters import FeedCounters
from wardwatch.adapters.feed.frames import PING_FRAME, text_frame
from wardwatch.adapters.feed.outbox import Outbox, Parcel
from wardwatch.wire.feed.codes import CloseCode

LARGE = text_frame(b"x" * 1_000_000)


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[ClientConnection, FeedConnection]]:
    """Both ends of a connection."""
    ends: asyncio.Queue[FeedConnection] = asyncio.Queue()

    async def attend(connection: ServerConnection) -> None:
        assert isinstance(connection, FeedConnection)
        await ends.put(connection)
        async for message in connection:
            await connection.send(message)

    server = await serve(
        attend, "127.0.0.1", 0, create_connection=FeedConnection, compression=None, ping_interval=None
    )
    host, port = server.sockets[0].getsockname()[:2]
    try:
        async with connect(f"ws://{host}:{port}/", compression=None, max_size=None) as console:
            yield console, await ends.get()
    finally:
        server.close()
        await server.wait_closed()


async def received(console: ClientConnection) -> str | bytes:
    async with asyncio.timeout(10):
        return await console.recv()


def test_frames_are_the_bytes_that_the_library_would_send() -> None:
    protocol = ServerProtocol(state=OPEN)
    for text in ("", "x" * 125, "x" * 126, "HR 152 > 130 \u2265 \U0001f6cf" * 5000):
        protocol.send_text(text.encode())
        assert protocol.data_to_send() == [text_frame(text.encode())]


async def test_frames_arrive_as_text_in_order_with_those_of_the_library() -> None:
    async with connected() as (console, connection):
        connection.write(text_frame(b"one") + PING_FRAME + text_frame("zw\u00f6lf".encode()))
        await console.send("echo")
        assert [await received(console) for _ in range(3)] == ["one", "zw\u00f6lf", "echo"]


async def test_what_was_said_in_http_can_be_forgotten_and_the_connection_goes_on() -> None:
    async with connected() as (console, connection):
        assert connection.request is not None
        assert connection.request.headers
        connection.forget_handshake()
        assert not connection.request.headers
        await console.send("echo")
        assert await received(console) == "echo"


async def test_whoever_sends_anything_has_been_heard() -> None:
    async with connected() as (_, connection):
        connection.heard = False
        connection.write(PING_FRAME)
        await eventually(lambda: connection.heard, "the pong has come")


async def test_what_waits_is_written_when_the_console_reads_again() -> None:
    async with connected() as (console, connection):
        outbox = Outbox(connection, FeedCounters(), limit=10_000)
        console.transport.pause_reading()
        sent = 0
        while not connection.paused:
            outbox.put(Parcel(LARGE, events=1))
            sent += 1
        outbox.put(Parcel(text_frame(b"last"), events=1, number=7))
        assert outbox.written == 0
        console.transport.resume_reading()
        for _ in range(sent):
            assert len(await received(console)) == 1_000_000
        assert await received(console) == "last"
        assert outbox.written == 7


async def test_nothing_is_written_after_the_close_frame() -> None:
    async with connected() as (console, connection):
        connection.cut_off()
        await eventually(lambda: connection.state.name != "OPEN", "it is ending")
        connection.write(text_frame(b"too late"))
        with pytest.raises(ConnectionClosedError) as closed:
            await received(console)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == CloseCode.SLOW_CONSUMER


async def test_nothing_is_written_to_a_connection_that_is_lost(caplog: pytest.LogCaptureFixture) -> None:
    async with connected() as (_, connection):
        connection.give_up()
        for _ in range(20):
            connection.write(text_frame(b"too late"))
    assert "socket.send" not in caplog.text


async def test_who_does_not_read_at_all_is_cut_off_too() -> None:
    async with connected() as (console, connection):
        console.transport.pause_reading()
        while not connection.paused:
            connection.write(LARGE)
        connection.hang_up(CloseCode.SLOW_CONSUMER, "slow", within_s=0.05)
        async with asyncio.timeout(10):
            await connection.wait_closed()
        console.transport.abort()


async def test_who_is_no_longer_there_is_given_up_at_once() -> None:
    async with connected() as (_, connection):
        connection.give_up()
        async with asyncio.timeout(10):
            await connection.wait_closed()


async def test_a_client_that_knows_nothing_of_the_library_gets_plain_frames() -> None:
    ends: asyncio.Queue[FeedConnection] = asyncio.Queue()

    async def attend(connection: ServerConnection) -> None:
        assert isinstance(connection, FeedConnection)
        await ends.put(connection)
        await connection.wait_closed()

    async with serve(
        attend, "127.0.0.1", 0, create_connection=FeedConnection, compression=None, ping_interval=None
    ) as server:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
        writer.write(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
        )
        await reader.readuntil(b"\r\n\r\n")
        connection = await ends.get()
        connection.write(text_frame(b"hello"))
        assert await reader.readexactly(7) == bytes([0x80 | Opcode.TEXT, 5]) + b"hello"
        writer.close()
