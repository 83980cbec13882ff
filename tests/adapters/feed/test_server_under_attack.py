"""What is tried by those who mean ill, or whose program has gone mad, over real sockets."""

from __future__ import annotations

import asyncio
import json
from contextlib import AsyncExitStack
from dataclasses import replace as replaced
from itertools import pairwise

import pytest
from websockets.asyncio.client import connect

from tests.adapters.feed.test_requests import FOREIGN, OWN, answers_to, inhabited, logged_in
from tests.support.alerts import alarm_event
from tests.support.stations import fresh_token, now_ms, serving, station
from wardwatch.adapters.feed.client import ConsoleClient
from wardwatch.adapters.feed.doorstep import ROOM_FOR_PAGES
from wardwatch.adapters.feed.limits import Allowance, Limits
from wardwatch.adapters.feed.pending import RefusedError


async def test_many_questions_at_once_take_turns_with_everything_else() -> None:
    async with serving(inhabited()) as (behind, server), logged_in(server.url, fresh_token()) as console:
        at_each_turn = [0]

        async def take_turns() -> None:
            while at_each_turn[-1] < 100:
                at_each_turn.append(len(behind.written.orders))
                await asyncio.sleep(0)

        turns = asyncio.create_task(take_turns())
        for number in range(100):
            command = {"type": "command", "command": f"c-{number}", "patient": "p-own", "verb": "pause_audio"}
            await console.send(json.dumps(command))
        async with asyncio.timeout(10):
            await turns
        steps = [after - before for before, after in pairwise(at_each_turn)]
        assert max(steps) == 1


async def test_the_audit_says_after_whose_histories_somebody_has_asked_in_a_record_for_all() -> None:
    token = fresh_token("nurse", OWN)
    async with serving(inhabited()) as (behind, server), logged_in(server.url, token) as console:
        wanted = ["p-own", "p-foreign", "p-nobody", "p-own"]
        answers = await answers_to(console, {"type": "history", "patients": wanted, "minutes": 5})
        assert [answer["type"] for answer in answers] == ["history", "error", "error", "history"]
        assert behind.written.of_kind("history") == [{"patients": ["p-own"], "wards": {OWN}, "minutes": 5}]
        assert behind.written.of_kind("refused") == [
            {"code": "unknown_patient", "patients": ["p-foreign", "p-nobody"]}
        ]


async def test_the_audit_believes_no_console_that_claims_to_have_shown_what_it_was_not_sent() -> None:
    token = fresh_token("device", OWN)
    own, foreign = alarm_event(patient="p-own").alarm, alarm_event(patient="p-foreign", ward=FOREIGN).alarm
    async with serving(inhabited()) as (behind, server), logged_in(server.url, token) as console:
        await answers_to(console, {"type": "subscribe", "wards": [OWN]})
        for _ in range(3):
            await answers_to(console, {"type": "shown", "alarms": [foreign, own, "made-up"]})
        assert behind.written.of_kind("shown") == [{"alarms": [own]}]


async def test_strangers_can_not_fill_the_audit() -> None:
    behind = station()
    behind.services = replaced(behind.services, strangers_noted=Allowance(a_second=0, at_once=3))
    async with serving(behind) as (_, server):
        for _ in range(5):
            with pytest.raises(RefusedError):
                await ConsoleClient(server.url, "nonsense", ["4B"]).__aenter__()
        assert behind.written.kinds() == 3 * ["login_refused"]


async def test_a_token_that_is_no_longer_good_can_not_fill_the_audit() -> None:
    expired = fresh_token(expires_ms=now_ms() - 1000)
    behind = station()
    behind.services = replaced(behind.services, outdated_noted=Allowance(a_second=0, at_once=3))
    async with serving(behind) as (_, server):
        for token in [expired] * 5 + ["nonsense"]:  # strangers have room of their own
            with pytest.raises(RefusedError):
                await ConsoleClient(server.url, token, ["4B"]).__aenter__()
        reasons = [what["reason"] for what in behind.written.of_kind("login_refused")]
        assert reasons == ["expired", "expired", "expired", "malformed"]


async def test_the_audit_says_whose_token_was_tried_on_the_connection_of_another() -> None:
    async with serving(inhabited()) as (behind, server), connect(server.url) as console:
        for token in fresh_token(), fresh_token(subject="somebody@else"):
            await console.send(json.dumps({"type": "login", "token": token}))
        async with asyncio.timeout(10):
            await console.wait_closed()
        assert console.close_code == 4001
        ((_, grant, _, what),) = [note for note in behind.written.notes if note[0] == "login_refused"]
        assert grant is not None
        assert what["reason"] == "no_renewal"
        assert what["refused"].subject == "somebody@else" != grant.subject


async def test_those_who_connect_and_say_nothing_keep_nobody_out() -> None:
    limits = Limits(consoles=4)
    async with serving(limits=limits) as (_, server), AsyncExitStack() as open_ones:
        host, port = server.url.removeprefix("ws://").removesuffix("/").split(":")
        silent = []
        for _ in range(limits.consoles + ROOM_FOR_PAGES + 10):
            reader, writer = await asyncio.open_connection(host, int(port))
            open_ones.callback(writer.close)
            writer.write(b"GET /feed HTTP/1.1\r\nHost:")
            silent.append(reader)
        async with ConsoleClient(server.url, fresh_token(), ["4B"]):
            async with asyncio.timeout(10):
                for reader in silent[:11]:  # who came first has to go, one more for the console
                    assert await reader.read() == b""
            assert not any(reader.at_eof() for reader in silent[11:])
