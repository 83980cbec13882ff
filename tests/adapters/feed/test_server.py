"""The feed's server on real sockets: its messages, its limits, and who is cut off."""

from __future__ import annotations

import asyncio
import itertools
import socket
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.support.alerts import alarm_event
from tests.support.feeds import eventually, live, not_live
from wardwatch.adapters.feed.client import ConsoleClient, FeedClosedError
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.feed.server import CannotListenError, FeedServer
from wardwatch.wire.feed import (
    CLOSE_SLOW_CONSUMER,
    Error,
    ErrorCode,
    Event,
    Heartbeat,
    Hello,
    ServerMessage,
    Snapshot,
    decode_server_message,
)


@asynccontextmanager
async def serving(hub: FeedHub | None = None, **settings: Any) -> AsyncIterator[tuple[FeedHub, FeedServer]]:
    if hub is None:
        hub = FeedHub(queue_limit=1000)
        hub.open_doors()
    async with FeedServer(hub, settings.pop("state", live), **settings) as server:
        yield hub, server


async def receive(connection: ClientConnection) -> ServerMessage:
    async with asyncio.timeout(10):
        return decode_server_message(await connection.recv())


async def receive_reply(connection: ClientConnection) -> ServerMessage:
    """The next message that is neither a hello nor a heartbeat."""
    while isinstance(message := await receive(connection), Hello | Heartbeat):
        pass
    return message


async def test_the_feed_says_hello_and_how_things_stand_before_anything_is_asked() -> None:
    async with serving() as (_, server), connect(server.url) as console:
        hello = await receive(console)
        assert isinstance(hello, Hello)
        assert (hello.protocol, hello.heartbeat_interval_ms) == ("wardwatch.v1", 1000)
        assert await receive(console) == live()


async def test_a_subscriber_gets_the_snapshot_and_then_the_events_of_its_ward_as_text() -> None:
    async with serving() as (hub, server), connect(server.url) as console:
        start, update = alarm_event(sequence=1), alarm_event(sequence=2, phase="update")
        hub.take(start)
        await console.send('{"type":"subscribe","wards":["4B"]}')
        snapshot = await receive_reply(console)
        assert isinstance(snapshot, Snapshot)
        assert snapshot.events() == [start]
        hub.take(alarm_event(patient="p-9", ward="5A"))
        hub.take(update)
        raw = await console.recv()
        assert isinstance(raw, str)
        event = decode_server_message(raw)
        assert isinstance(event, Event)
        assert event.event() == update
        await eventually(lambda: hub.counters.events_delivered == 1, "the delivery is counted")


async def test_heartbeats_come_every_second_with_the_state_of_that_moment() -> None:
    states = itertools.cycle([live(), not_live()])
    async with serving(state=lambda: next(states)) as (_, server), connect(server.url) as console:
        beating = asyncio.create_task(server.beat())
        await receive(console)
        started = time.monotonic()
        lives = [message.live for message in [await receive(console) for _ in range(3)]]  # type: ignore[union-attr]
        beating.cancel()
        assert False in lives
        assert True in lives
        assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (b'{"type":"subscribe","wards":["4B"]}', ErrorCode.NOT_TEXT),
        ("subscribe 4B", ErrorCode.NOT_JSON),
        ("[" * 60_000, ErrorCode.NOT_JSON),
        ("[]", ErrorCode.BAD_REQUEST),
        ('{"wards":["4B"]}', ErrorCode.UNKNOWN_TYPE),
        ('{"type":"acknowledge","wards":["4B"]}', ErrorCode.UNKNOWN_TYPE),
        ('{"type":["subscribe"],"wards":["4B"]}', ErrorCode.UNKNOWN_TYPE),
        ('{"type":"subscribe"}', ErrorCode.BAD_REQUEST),
        ('{"type":"subscribe","wards":"4B"}', ErrorCode.BAD_REQUEST),
        ('{"type":"subscribe","wards":[]}', ErrorCode.BAD_REQUEST),
        ('{"type":"subscribe","wards":["4B\\u001b"]}', ErrorCode.BAD_REQUEST),
        ('{"type":"subscribe","wards":["4B"],"ward":"5A"}', ErrorCode.BAD_REQUEST),
        ('{"type":"subscribe","wards":[' + ",".join(['"4B"'] * 101) + "]}", ErrorCode.TOO_MANY_WARDS),
    ],
)
async def test_a_bad_message_is_answered_with_an_error_and_the_connection_stays(
    message: str | bytes, code: ErrorCode
) -> None:
    async with serving() as (hub, server), connect(server.url) as console:
        await console.send(message)
        error = await receive_reply(console)
        assert isinstance(error, Error)
        assert error.code is code
        assert error.message.endswith(".")
        assert hub.counters.bad_requests == 1
        await console.send('{"type":"subscribe","wards":["4B"]}')
        assert isinstance(await receive_reply(console), Snapshot)


async def test_a_frame_above_64_kib_ends_the_connection_with_1009() -> None:
    async with serving() as (_, server), connect(server.url) as console:
        await console.send(" " * (64 * 1024 + 1))
        with pytest.raises(ConnectionClosedError):
            await receive_reply(console)
        assert console.close_code == 1009


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 101),
        ("http://localhost:8000", 101),
        ("https://127.0.0.1", 101),
        ("http://[::1]:3000", 101),
        ("https://evil.example", 403),
        ("http://localhost.evil.example", 403),
        ("http://127.0.0.1:1@evil.example", 403),
        ("null", 403),
    ],
)
async def test_pages_from_elsewhere_are_kept_out_by_their_origin(origin: str | None, status: int) -> None:
    header = None if origin is None else Origin(origin)
    async with serving() as (_, server):
        if status == 101:
            async with connect(server.url, origin=header) as console:
                assert isinstance(await receive(console), Hello)
        else:
            with pytest.raises(InvalidStatus) as refused:
                await connect(server.url, origin=header)
            assert refused.value.response.status_code == status


async def test_the_version_is_agreed_on_as_a_subprotocol() -> None:
    async with (
        serving() as (_, server),
        connect(server.url, subprotocols=[Subprotocol("wardwatch.v1")]) as console,
    ):
        assert console.subprotocol == "wardwatch.v1"


async def test_one_console_too_many_is_refused_and_counted_and_a_place_becomes_free_again() -> None:
    async with serving(maximum_consoles=1) as (hub, server):
        async with connect(server.url):
            with pytest.raises(InvalidStatus) as refused:
                await connect(server.url)
            assert refused.value.response.status_code == 503
        assert hub.counters.consoles_refused == 1
        await eventually(lambda: hub.counters.consoles == 0, "the console has left")
        async with connect(server.url) as console:
            assert isinstance(await receive(console), Hello)


async def test_health_tells_whether_the_feed_is_live() -> None:
    def get(url: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(url) as response:  # noqa: S310 (our own address)
                return response.status, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    for state, path, expected in (
        (live, "health", (200, b"live\n")),
        (not_live, "health", (503, b"not live: kafka_unreachable\n")),
        (live, "elsewhere", (404, b"The feed is at /.\n")),
    ):
        async with serving(state=state) as (_, server):
            url = server.url.replace("ws:", "http:") + path
            assert await asyncio.to_thread(get, url) == expected


async def test_who_does_not_read_is_cut_off_while_another_gets_everything_in_time() -> None:
    async with serving(FeedHub(queue_limit=50), send_timeout_s=2.0) as (hub, server):
        hub.open_doors()
        async with ConsoleClient(server.url, ["4B"]) as quick, stalled_console(server.url):
            await eventually(lambda: hub.counters.consoles == 2, "both are connected")
            stream = aiter(quick)
            assert isinstance(await anext(stream), Snapshot)
            slowest_s = 0.0
            for sequence in range(1, 401):
                started = time.monotonic()
                hub.take(alarm_event(sequence=sequence, phase="update", text="x" * 60_000))
                message = await anext(stream)
                slowest_s = max(slowest_s, time.monotonic() - started)
                assert isinstance(message, Event)
                assert message.event().sequence == sequence
            assert hub.counters.consoles_cut_off == 1
            assert slowest_s < 1.0  # nowhere near the 2 s for which the stalled one was waited for
            await eventually(lambda: len(server._running.connections) == 1, "the other's socket is closed")


@asynccontextmanager
async def stalled_console(url: str) -> AsyncIterator[None]:
    """A console that subscribes and then never reads, with as small a buffer as the system allows."""
    host, port = url.removeprefix("ws://").rstrip("/").split(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect((host, int(port)))
    connection = await connect(url, sock=raw, max_queue=1)
    await connection.send('{"type":"subscribe","wards":["4B"]}')
    try:
        yield
    finally:
        connection.transport.abort()


async def test_a_console_that_reads_too_slowly_learns_why_it_was_cut_off() -> None:
    async with serving(FeedHub(queue_limit=5)) as (hub, server):
        hub.open_doors()
        async with ConsoleClient(server.url, ["4B"]) as console:
            stream = aiter(console)
            assert isinstance(await anext(stream), Snapshot)
            for sequence in range(1, 30):  # in one step: the server has no chance to send in between
                hub.take(alarm_event(sequence=sequence, phase="update"))
            with pytest.raises(FeedClosedError, match="fresh snapshot") as closed:
                await anext(stream)
            assert closed.value.code == CLOSE_SLOW_CONSUMER


async def test_questions_without_reading_the_answers_do_not_pile_up() -> None:
    async with serving(FeedHub(queue_limit=5), send_timeout_s=0.5) as (hub, server):
        hub.open_doors()
        async with connect(server.url) as console:
            for _ in range(100):
                await console.send('{"type":"subscribe","wards":["4B"]}')
            for _ in range(100):
                assert isinstance(await receive_reply(console), Snapshot)
        assert hub.counters.consoles_cut_off == 0


async def test_stopping_tells_every_console_that_the_feed_goes_away() -> None:
    async with serving() as (_, server), ConsoleClient(server.url, ["4B"]) as console:
        stream = aiter(console)
        assert isinstance(await anext(stream), Snapshot)
        stopping = asyncio.create_task(server.__aexit__(None, None, None))
        with pytest.raises(FeedClosedError, match="1001") as closed:
            await anext(stream)
        assert closed.value.code == 1001
        await stopping


async def test_stopping_does_not_wait_for_a_console_that_does_not_read() -> None:
    async with serving() as (hub, server), stalled_console(server.url):
        await eventually(lambda: hub.counters.consoles == 1, "it is connected")
        for sequence in range(200):
            hub.take(alarm_event(sequence=sequence + 1, phase="update", text="x" * 60_000))
        await asyncio.wait_for(server.__aexit__(None, None, None), 10)


async def test_unless_told_otherwise_only_this_machine_can_connect() -> None:
    async with serving() as (_, server):
        assert server.url.startswith("ws://127.0.0.1:")


async def test_a_port_that_is_taken_is_named() -> None:
    async with serving() as (_, server):
        port = int(server.url.rstrip("/").rpartition(":")[2])
        with pytest.raises(CannotListenError, match=f"127.0.0.1:{port}"):
            async with serving(port=port):
                pass
