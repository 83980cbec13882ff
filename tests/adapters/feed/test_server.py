"""The feed's server on real sockets: pages, messages, limits, and how it stops."""

from __future__ import annotations

import asyncio
import itertools
import logging
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
import trustme
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosedError, InvalidStatus
from websockets.typing import Origin, Subprotocol

from tests.support.alerts import alarm_event
from tests.support.feeds import eventually, live, not_live
from tests.support.stations import fresh_token, serving
from wardwatch.adapters.feed.certificate import Certificate
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.limits import Limits
from wardwatch.adapters.feed.pages import Pages
from wardwatch.adapters.feed.pending import FeedClosedError
from wardwatch.adapters.feed.server import Address, CannotListenError
from wardwatch.wire.feed.asked import Login, Subscribe, encode_request
from wardwatch.wire.feed.codes import ErrorCode
from wardwatch.wire.feed.told import (
    Error,
    Event,
    Heartbeat,
    Hello,
    ServerMessage,
    Snapshot,
    Subscribed,
    Welcome,
    decode_server_message,
)


async def receive(console: ClientConnection) -> ServerMessage:
    async with asyncio.timeout(10):
        return decode_server_message(await console.recv())


async def receive_reply(console: ClientConnection) -> ServerMessage:
    """The next message that is neither a hello nor a heartbeat."""
    while isinstance(message := await receive(console), Hello | Heartbeat):
        pass
    return message


@asynccontextmanager
async def logged_in(url: str, token: str | None = None) -> AsyncIterator[ClientConnection]:
    """A console without any cleverness, after its login."""
    async with connect(url, max_size=None) as console:
        await console.send(encode_request(Login(token=token or fresh_token())), text=True)
        assert isinstance(await receive_reply(console), Welcome)
        yield console


async def test_the_feed_says_hello_and_nothing_more_before_the_login() -> None:
    async with serving() as (behind, server), connect(server.url) as console:
        hello = await receive(console)
        assert isinstance(hello, Hello)
        assert (hello.protocol, hello.heartbeat_interval_ms, hello.login_within_ms) == (
            "wardwatch.v1",
            1000,
            5000,
        )
        behind.hub.heartbeat(live())
        await console.send('{"type":"subscribe","wards":["4B"],"request":"early"}')
        refused = await receive(console)
        assert isinstance(refused, Error)
        assert (refused.code, refused.request) == (ErrorCode.NOT_LOGGED_IN, "early")


async def test_a_subscriber_gets_the_snapshot_and_then_the_events_of_its_ward_as_text() -> None:
    async with serving() as (behind, server), logged_in(server.url) as console:
        start, update = alarm_event(sequence=1), alarm_event(sequence=2, phase="update")
        behind.happen(start)
        await console.send('{"type":"subscribe","wards":["4B"]}')
        assert isinstance(await receive_reply(console), Subscribed)
        snapshot = await receive_reply(console)
        assert isinstance(snapshot, Snapshot)
        assert snapshot.events() == [start]
        behind.happen(alarm_event(patient="p-9", ward="5A"), update)
        raw = await console.recv()
        assert isinstance(raw, str)
        event = decode_server_message(raw)
        assert isinstance(event, Event)
        assert event.event() == update
        assert behind.hub.counters.events_delivered == 1


async def test_heartbeats_come_every_second_with_the_state_of_that_moment() -> None:
    states = itertools.cycle([live(), not_live()])
    async with serving(state=lambda: next(states)) as (_, server), logged_in(server.url) as console:
        beating = asyncio.create_task(server.beat())
        beats = [await receive(console) for _ in range(3)]
        beating.cancel()
        assert [isinstance(beat, Heartbeat) for beat in beats] == [True, True, True]
        assert len({beat.live for beat in beats if isinstance(beat, Heartbeat)}) == 2


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
    async with serving() as (behind, server), logged_in(server.url) as console:
        await console.send(message)
        error = await receive_reply(console)
        assert isinstance(error, Error)
        assert error.code is code
        assert error.message.endswith(".")
        assert behind.hub.counters.bad_requests == 1
        await console.send('{"type":"subscribe","wards":["4B"]}')
        assert isinstance(await receive_reply(console), Subscribed)


@pytest.mark.parametrize("first", [True, False])
async def test_a_frame_above_64_kib_ends_the_connection_with_1009(first: bool) -> None:  # noqa: FBT001
    async with serving() as (_, server), logged_in(server.url) as console, connect(server.url) as stranger:
        sender = stranger if first else console
        await sender.send(" " * (64 * 1024 + 1))
        with pytest.raises(ConnectionClosedError):
            await receive_reply(sender)
        assert sender.close_code == 1009


async def test_a_message_in_many_small_frames_is_not_larger_either() -> None:
    async with serving() as (_, server), connect(server.url) as console:
        assert isinstance(await receive(console), Hello)
        with suppress(ConnectionClosedError):
            await console.send([" " * 1024] * 65)
        with pytest.raises(ConnectionClosedError):
            await receive(console)
        assert console.close_code == 1009


LOOPBACK = [
    (None, 101),
    ("http://localhost:8000", 101),
    ("https://127.0.0.1", 101),
    ("http://[::1]:3000", 101),
    ("https://evil.example", 403),
    ("http://localhost.evil.example", 403),
    ("http://127.0.0.1:1@evil.example", 403),
    ("null", 403),
]
OWN = [
    (None, 101),
    ("https://ward.example", 101),
    ("http://other.example:8000", 101),
    ("http://ward.example", 403),
    ("https://ward.example:444", 403),
    ("https://ward.example.evil.example", 403),
    ("https://wardXexample", 403),
    ("http://localhost:8000", 403),
]


@pytest.mark.parametrize(
    ("allowed", "origin", "status"),
    [((), *each) for each in LOOPBACK]
    + [(("https://ward.example", "http://other.example:8000"), *each) for each in OWN],
)
async def test_pages_from_elsewhere_are_kept_out_by_their_origin(
    allowed: tuple[str, ...], origin: str | None, status: int
) -> None:
    header = None if origin is None else Origin(origin)
    async with serving(address=Address(origins=allowed)) as (_, server):
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


@pytest.mark.parametrize(
    ("path", "status"),
    [("", 101), ("feed", 101), ("elsewhere", 404), ("?token=abc", 404), ("feed?token=abc", 404)],
)
async def test_consoles_connect_at_two_addresses_and_leave_their_token_out_of_them(
    path: str, status: int
) -> None:
    async with serving() as (_, server):
        if status == 101:
            async with connect(server.url + path) as console:
                assert isinstance(await receive(console), Hello)
        else:
            with pytest.raises(InvalidStatus) as refused:
                await connect(server.url + path)
            assert refused.value.response.status_code == status


def get(url: str, tls: ssl.SSLContext | None = None) -> tuple[int, bytes, str]:
    """Status, body and policy of a page."""
    try:
        with urllib.request.urlopen(url, context=tls) as response:  # noqa: S310 (our own address)
            return response.status, response.read(), response.headers["Content-Security-Policy"]
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers["Content-Security-Policy"]


async def test_a_browser_gets_the_pages_whole_and_everything_with_a_strict_policy(tmp_path: Path) -> None:
    large = "x" * 5_000_000
    (tmp_path / "index.html").write_text("<!doctype html>")
    (tmp_path / "large.js").write_text(large)
    async with serving(pages=Pages(tmp_path)) as (_, server):
        for path, expected in (
            ("", (200, b"<!doctype html>")),
            ("large.js", (200, large.encode())),
            ("feed", (404, b"There is no such page.\n")),
            ("../../etc/passwd", (404, b"There is no such page.\n")),
            ("health", (200, b"live\n")),
        ):
            *answer, policy = await asyncio.to_thread(get, server.page_url + path)
            assert tuple(answer) == expected
            assert policy.startswith("default-src 'none'; script-src 'self'; ")


async def test_health_tells_why_the_feed_is_not_live() -> None:
    async with serving(state=not_live) as (_, server):
        answer = await asyncio.to_thread(get, server.page_url + "health")
        assert answer[:2] == (503, b"not live: kafka_unreachable\n")


async def raw_answer(url: str, request: bytes) -> bytes:
    host, port = url.removeprefix("ws://").rstrip("/").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /../../../etc/passwd HTTP/1.1",
        b"GET //etc/passwd HTTP/1.1",
        b"GET /%2e%2e/%2e%2e/pyproject.toml HTTP/1.1",
    ],
)
async def test_no_path_leads_out_of_the_folder_of_pages(request_line: bytes) -> None:
    async with serving() as (_, server):
        answer = await raw_answer(server.url, request_line + b"\r\nHost: x\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 404 ")
        assert b"root:" not in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nUpgrade: a\r\nUpgrade: websocket\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
async def test_what_is_no_proper_request_gets_no_page_and_harms_nobody(request_bytes: bytes) -> None:
    async with serving() as (_, server), logged_in(server.url) as console:
        answer = await raw_answer(server.url, request_bytes)
        assert not answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 101", b"HTTP/1.1 500"))
        await console.send('{"type":"subscribe","wards":["4B"]}')
        assert isinstance(await receive_reply(console), Subscribed)


async def test_with_a_certificate_it_speaks_tls_alone(tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
    ours = Certificate(tmp_path / "both.pem")
    theirs = ssl.create_default_context()
    authority.configure_trust(theirs)
    (tmp_path / "index.html").write_text("<!doctype html>")
    async with serving(address=Address(certificate=ours), pages=Pages(tmp_path)) as (_, server):
        assert server.url.startswith("wss://127.0.0.1:")
        assert server.page_url.startswith("https://127.0.0.1:")
        async with ConsoleClient(server.url, fresh_token(), ["4B"], tls=theirs) as console:
            assert isinstance(await anext(aiter(console)), Snapshot)
        assert (await asyncio.to_thread(get, server.page_url, theirs))[:2] == (200, b"<!doctype html>")
        with pytest.raises(FeedClosedError, match="can't be reached"):
            await ConsoleClient(server.url.replace("wss:", "ws:"), fresh_token(), ["4B"]).__aenter__()
        with pytest.raises(FeedClosedError, match="certificate"):
            await ConsoleClient(server.url, fresh_token(), ["4B"]).__aenter__()


async def test_one_console_too_many_is_refused_and_counted_and_a_place_becomes_free_again() -> None:
    async with serving(limits=Limits(consoles=2)) as (behind, server), logged_in(server.url):
        async with connect(server.url) as late:
            await receive(late)
            async with logged_in(server.url):
                with pytest.raises(InvalidStatus) as refused:
                    await connect(server.url)
                assert refused.value.response.status_code == 503
                assert behind.hub.counters.consoles_refused == 1
                await late.send(encode_request(Login(token=fresh_token())), text=True)
                with pytest.raises(ConnectionClosedError):
                    await receive(late)
                assert late.close_code == 1013
        await eventually(lambda: behind.hub.counters.consoles == 1, "the console has left")
        async with logged_in(server.url):
            assert behind.hub.counters.consoles == 2


async def test_whoever_holds_places_without_logging_in_makes_room_for_the_next() -> None:
    async with serving(limits=Limits(consoles=3)) as (behind, server):
        idlers = [await connect(server.url) for _ in range(3)]
        async with logged_in(server.url):
            await eventually(lambda: idlers[0].close_code == 4004, "who has waited longest has to go")
            assert [idler.close_code for idler in idlers[1:]] == [None, None]
        for idler in idlers:
            await idler.close()
        assert behind.hub.counters.consoles_refused == 0


async def test_frames_are_never_written_into_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    token = fresh_token()
    async with serving() as (_, server), logged_in(server.url, token) as console:
        await console.send('{"type":"subscribe","wards":["4B"]}')
        assert isinstance(await receive_reply(console), Subscribed)
    ours = [record.getMessage() for record in caplog.records if record.name != "websockets.client"]
    assert not [line for line in ours if token[:20] in line or token[-20:] in line]


async def test_stopping_tells_every_console_that_the_feed_goes_away() -> None:
    async with serving() as (_, server), ConsoleClient(server.url, fresh_token(), ["4B"]) as console:
        stream = aiter(console)
        assert isinstance(await anext(stream), Snapshot)
        stopping = asyncio.create_task(server.__aexit__(None, None, None))
        with pytest.raises(FeedClosedError, match="1001") as closed:
            await anext(stream)
        assert closed.value.code == 1001
        await stopping


async def test_stopping_does_not_wait_for_a_console_that_does_not_read() -> None:
    async with serving() as (behind, server), stalled_console(server.url):
        await eventually(lambda: "subscribed" in behind.written.kinds(), "it has subscribed")
        for sequence in range(200):
            behind.happen(alarm_event(sequence=sequence + 1, phase="update", text="x" * 60_000))
        await asyncio.wait_for(server.__aexit__(None, None, None), 10)


@asynccontextmanager
async def stalled_console(url: str) -> AsyncIterator[None]:
    """A console that subscribes and then never reads, with as small a buffer as the system allows."""
    host, port = url.removeprefix("ws://").rstrip("/").split(":")
    raw = socket.socket()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    raw.connect((host, int(port)))
    connection = await connect(url, sock=raw, max_queue=1)
    await connection.send(encode_request(Login(token=fresh_token())), text=True)
    await connection.send(encode_request(Subscribe(wards=["4B"])), text=True)
    try:
        yield
    finally:
        connection.transport.abort()


async def test_who_does_not_read_is_cut_off_while_another_gets_everything() -> None:
    async with (
        serving() as (behind, server),
        stalled_console(server.url),
        ConsoleClient(server.url, fresh_token(), ["4B"]) as quick,
    ):
        stream = aiter(quick)
        assert isinstance(await anext(stream), Snapshot)
        await eventually(lambda: behind.hub.counters.consoles == 2, "both are connected")
        for sequence in range(1, 1201):
            behind.happen(alarm_event(sequence=sequence, phase="update", text="x" * 20_000))
            message = await anext(stream)
            assert isinstance(message, Event)
            assert message.event().sequence == sequence
        assert (behind.hub.counters.consoles_cut_off, behind.hub.counters.consoles) == (1, 1)
        await eventually(lambda: "closed" in behind.written.kinds(), "the other's connection is closed")
        assert behind.written.of_kind("closed")[0]["code"] == 4008


async def test_questions_without_reading_the_answers_do_not_pile_up() -> None:
    behind_alarms = [alarm_event(patient=f"p-{number}", text="x" * 60_000) for number in range(20)]
    async with serving() as (behind, server):
        behind.happen(*behind_alarms)
        async with logged_in(server.url) as console:
            for _ in range(100):
                await console.send('{"type":"subscribe","wards":["4B"]}')
            for _ in range(100):
                assert isinstance(await receive_reply(console), Subscribed)
                assert isinstance(await receive_reply(console), Snapshot)
        assert behind.hub.counters.consoles_cut_off == 0


async def test_unless_told_otherwise_only_this_machine_can_connect() -> None:
    async with serving() as (_, server):
        assert server.url.startswith("ws://127.0.0.1:")


async def test_a_port_that_is_taken_is_named() -> None:
    async with serving() as (_, server):
        port = int(server.url.rstrip("/").rpartition(":")[2])
        with pytest.raises(CannotListenError, match=f"127.0.0.1:{port}"):
            async with serving(address=Address(port=port)):
                pass
