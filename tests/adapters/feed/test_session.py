"""Sessions over real sockets: who is let in, for how long, and when a session ends by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.support.access import HOUR_MS, replace, write_keys
from tests.support.alerts import alarm_event
from tests.support.feeds import eventually
from tests.support.stations import KEY, fresh_token, now_ms, serving, station
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.limits import Limits
from wardwatch.adapters.feed.pending import FeedClosedError, RefusedError
from wardwatch.adapters.feed.server import FeedServer
from wardwatch.adapters.token_keys import SigningKey
from wardwatch.wire.feed.asked import Login, Subscribe, encode_request
from wardwatch.wire.feed.codes import ErrorCode
from wardwatch.wire.feed.told import Error, Event, Hello, Snapshot, Welcome, decode_server_message

ANOTHER: dict[str, Any] = {"token_id": "token-2"}


@asynccontextmanager
async def watched(server: FeedServer) -> AsyncIterator[None]:
    """The server looks after its sessions."""
    watching = asyncio.create_task(server.watch())
    try:
        yield
    finally:
        watching.cancel()


async def end_of(console: ClientConnection) -> int | None:
    """The close code, once the feed has ended the connection."""
    async with asyncio.timeout(10):
        try:
            while True:
                await console.recv()
        except ConnectionClosed:
            return console.close_code


async def test_a_token_is_answered_with_who_one_is_and_what_one_may_do() -> None:
    async with serving() as (behind, server):
        token = fresh_token("nurse", "4B", "5A")
        async with ConsoleClient(server.url, token, ["4B"], console="station-4B") as console:
            welcome = console.welcome
            assert welcome is not None
            assert (welcome.name, welcome.role, welcome.wards) == ("Anna Berg", "nurse", ["4B", "5A"])
            assert "acknowledge" in welcome.may
            assert "alarm_off" not in welcome.may
            assert welcome.expires_ms == pytest.approx(now_ms() + HOUR_MS, abs=60_000)
        await eventually(lambda: "closed" in behind.written.kinds(), "the end is noted")
    assert [(kind, console) for kind, _, console, _ in behind.written.notes] == [
        ("login", "station-4B"),
        ("subscribed", "station-4B"),
        ("closed", "station-4B"),
    ]
    assert behind.written.of_kind("closed") == [{"code": 1000}]


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        fresh_token(key=SigningKey.make()),
        fresh_token(expires_ms=now_ms() - 1000),
        fresh_token()[:-2],
    ],
    ids=["empty", "nonsense", "three parts", "of a strange key", "expired", "cut off"],
)
async def test_a_bad_token_is_answered_with_why_and_the_connection_ends_with_4001(token: str) -> None:
    async with serving() as (behind, server), connect(server.url) as console:
        await console.send(encode_request(Login(token=token, request="in")), text=True)
        assert isinstance(decode_server_message(await console.recv()), Hello)
        refused = decode_server_message(await console.recv())
        assert isinstance(refused, Error)
        assert (refused.code, refused.request) == (ErrorCode.BAD_TOKEN, "in")
        assert not token or token not in refused.message
        assert await end_of(console) == 4001
        assert behind.written.kinds() == ["login_refused"]
        assert behind.hub.counters.consoles == 0


async def test_who_does_not_log_in_in_time_is_sent_away_with_4004() -> None:
    async with serving(limits=Limits(login_within_s=0.1)) as (_, server), watched(server):
        async with connect(server.url) as silent:
            assert await end_of(silent) == 4004
        async with connect(server.url) as chatting:
            await chatting.send(encode_request(Subscribe(wards=["4B"])), text=True)
            assert await end_of(chatting) == 4004


async def test_who_has_logged_in_stays() -> None:
    async with (
        serving(limits=Limits(login_within_s=0.1)) as (behind, server),
        watched(server),
        ConsoleClient(server.url, fresh_token(), ["4B"]) as console,
        connect(server.url) as silent,
    ):
        stream = aiter(console)
        assert isinstance(await anext(stream), Snapshot)
        assert await end_of(silent) == 4004
        behind.happen(alarm_event())
        assert isinstance(await anext(stream), Event)


async def test_an_expired_session_ends_with_4002_and_hears_nothing_more() -> None:
    clock = [now_ms()]
    behind = station(now_ms=lambda: clock[0])
    async with serving(behind) as (_, server), watched(server):
        token = fresh_token(expires_ms=clock[0] + 10_000)
        async with ConsoleClient(server.url, token, ["4B"]) as console:
            stream = aiter(console)
            assert isinstance(await anext(stream), Snapshot)
            clock[0] += 10_000
            expired_at_s = time.monotonic()
            await eventually(lambda: behind.hub.counters.consoles == 0, "the feed has let go of it")
            behind.happen(alarm_event())
            with pytest.raises(FeedClosedError) as closed:
                await anext(stream)
            assert closed.value.code == 4002
            assert time.monotonic() - expired_at_s < 1


async def test_between_two_looks_an_expired_session_can_not_do_anything_either() -> None:
    clock = [now_ms()]
    behind = station(now_ms=lambda: clock[0])
    token = fresh_token(expires_ms=clock[0] + 10_000)
    async with serving(behind) as (_, server), ConsoleClient(server.url, token, ["4B"]) as console:
        clock[0] += 10_000  # and nobody watches
        with pytest.raises(FeedClosedError) as closed:
            await console.name_of("p-1")
        assert closed.value.code == 4002


@pytest.mark.parametrize("line", ["token-1", "sub:anna@ward.example"])
async def test_a_revoked_session_ends_with_4003_within_a_second(line: str, tmp_path: Path) -> None:
    revoked = tmp_path / "revoked"
    revoked.write_text("# nobody yet\n")
    async with serving(station(revoked=revoked)) as (_, server), watched(server):
        other = fresh_token("nurse", "4B", **ANOTHER, subject="ben@ward.example")
        async with (
            ConsoleClient(server.url, fresh_token("nurse", "4B"), ["4B"]) as console,
            ConsoleClient(server.url, other, ["4B"]) as bystander,
        ):
            stream = aiter(console)
            assert isinstance(await anext(stream), Snapshot)
            replace(revoked, f"{line}\n")
            revoked_at_s = time.monotonic()
            with pytest.raises(FeedClosedError) as closed:
                await anext(stream)
            assert closed.value.code == 4003
            assert time.monotonic() - revoked_at_s < 1
            with pytest.raises(RefusedError, match="withdrawn"):
                await ConsoleClient(server.url, fresh_token("nurse", "4B"), ["4B"]).__aenter__()
            assert await bystander.renew(other)


async def test_a_revoked_console_that_does_not_answer_is_hung_up_on_within_a_second(tmp_path: Path) -> None:
    revoked = tmp_path / "revoked"
    revoked.write_text("")
    async with serving(station(revoked=revoked)) as (behind, server), watched(server):
        reader, writer = await raw_console(server.url, fresh_token("nurse", "4B"))
        await eventually(lambda: behind.hub.counters.consoles == 1, "it has logged in")
        replace(revoked, "token-1\n")
        revoked_at_s = time.monotonic()
        with suppress(ConnectionError):
            assert await reader.read()  # to the end of the connection
        assert time.monotonic() - revoked_at_s < 1
        writer.close()


async def raw_console(url: str, token: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A console that logs in and then leaves the websocket's rules alone."""
    host, port = url.removeprefix("ws://").rstrip("/").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    await reader.readuntil(b"\r\n\r\n")
    login = encode_request(Login(token=token))
    writer.write(b"\x81\xfe" + len(login).to_bytes(2) + bytes(4) + login)
    return reader, writer


async def test_the_tokens_of_a_key_that_is_no_longer_trusted_end_with_it(tmp_path: Path) -> None:
    keys, new = tmp_path / "keys.json", SigningKey.make()
    write_keys(keys, KEY, new)
    async with (
        serving(station(keys=keys)) as (_, server),
        watched(server),
        ConsoleClient(server.url, fresh_token("nurse", "4B"), ["4B"]) as old_one,
        ConsoleClient(server.url, fresh_token("nurse", "4B", key=new), ["4B"]) as new_one,
    ):
        write_keys(keys, new)
        with pytest.raises(FeedClosedError) as closed:
            async for _ in old_one:
                pass
        assert closed.value.code == 4003
        assert await new_one.renew(fresh_token("nurse", "4B", key=new))


async def test_a_token_is_renewed_on_the_open_connection() -> None:
    clock = [now_ms()]
    behind = station(now_ms=lambda: clock[0])
    async with serving(behind) as (_, server), watched(server):
        token = fresh_token(expires_ms=clock[0] + 10_000)
        async with ConsoleClient(server.url, token, ["4B"]) as console:
            stream = aiter(console)
            assert isinstance(await anext(stream), Snapshot)
            welcome = await console.renew(fresh_token(expires_ms=clock[0] + 60_000, **ANOTHER))
            assert welcome.expires_ms > clock[0] + 50_000
            clock[0] += 10_000
            behind.happen(alarm_event())
            assert isinstance(await anext(stream), Event)
        assert behind.written.kinds().count("login") == 2


async def test_a_bad_token_does_not_end_a_session_that_is_open() -> None:
    async with (
        serving() as (behind, server),
        ConsoleClient(server.url, fresh_token("nurse", "4B"), ["4B"]) as console,
    ):
        with pytest.raises(RefusedError) as refused:
            await console.renew("nonsense")
        assert refused.value.code is ErrorCode.BAD_TOKEN
        assert await console.renew(fresh_token("nurse", "4B"))
        assert behind.written.of_kind("login_refused") == [{"reason": "malformed", "refused": None}]


@pytest.mark.parametrize(
    "token",
    [
        fresh_token("nurse", "4B", subject="ben@ward.example"),
        fresh_token("nurse", "5A"),
    ],
    ids=["somebody else's", "for another ward"],
)
async def test_a_renewal_that_does_not_fit_ends_the_session(token: str) -> None:
    async with (
        serving() as (_, server),
        ConsoleClient(server.url, fresh_token("nurse", "4B"), ["4B"]) as console,
    ):
        assert isinstance(await anext(aiter(console)), Snapshot)
        with pytest.raises(FeedClosedError) as closed:
            await console.renew(token)
        assert closed.value.code == 4001


async def test_too_many_messages_end_the_session_with_4029() -> None:
    limits = Limits(messages_at_once=10, messages_a_second=1)
    async with serving(limits=limits) as (behind, server), connect(server.url) as console:
        await console.send(encode_request(Login(token=fresh_token())), text=True)
        for _ in range(30):
            await console.send('{"type":"nonsense"}')
        assert await end_of(console) == 4029
        assert behind.hub.counters.bad_requests == 9
        assert behind.written.of_kind("closed") == [{"code": 4029}]


async def test_strangers_may_not_talk_either() -> None:
    limits = Limits(messages_at_once=10, messages_a_second=1)
    async with serving(limits=limits) as (_, server), connect(server.url) as stranger:
        for _ in range(30):
            await stranger.send('{"type":"nonsense"}')
        assert await end_of(stranger) == 4029


async def test_the_first_login_tells_the_feed_who_it_is_before_anything_else_is_answered() -> None:
    async with serving() as (_, server), connect(server.url) as console:
        await console.send(encode_request(Subscribe(wards=["4B"], request="a")), text=True)
        await console.send(encode_request(Login(token=fresh_token(), request="b")), text=True)
        assert isinstance(decode_server_message(await console.recv()), Hello)
        early = decode_server_message(await console.recv())
        assert isinstance(early, Error)
        assert (early.code, early.request) == (ErrorCode.NOT_LOGGED_IN, "a")
        welcome = decode_server_message(await console.recv())
        assert isinstance(welcome, Welcome)
        assert welcome.request == "b"
