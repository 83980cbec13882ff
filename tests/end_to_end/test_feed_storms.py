"""Consoles in another process that lose their connections, or don't read: none of them misses anything.

How fast that is, is measured by ``benchmarks.storms``.
"""

from __future__ import annotations

import pytest

from benchmarks.fanout import allow_many_sockets
from benchmarks.storms import feed_of

CONSOLES = 100


@pytest.fixture(autouse=True, scope="module")
def _many_sockets() -> None:
    allow_many_sockets()


async def test_all_consoles_that_lose_their_connections_at_once_are_told_all_that_they_have_missed() -> None:
    async with feed_of(CONSOLES) as feed:
        for _ in range(5):
            feed.lose_all()
            for _ in range(20):
                feed.say()
        found = await feed.read()
        assert (found["missing"], found["repeated"]) == (0, 0)
        assert found["snapshots"] == CONSOLES, "one each, from the beginning"
        assert found["told"] == CONSOLES * feed.sequence
        assert found["recoveries"] >= CONSOLES


async def test_consoles_that_lose_their_connections_again_and_again_miss_nothing() -> None:
    async with feed_of(CONSOLES) as feed:
        for turn in range(1, 6):
            feed.lose_all()
            feed.say_at_once(7)
            found = await feed.read()
            assert found["recoveries"] == turn * CONSOLES
        assert (found["missing"], found["repeated"], found["snapshots"]) == (0, 0, CONSOLES)
        assert found["told"] == CONSOLES * feed.sequence


async def test_consoles_that_are_away_for_a_while_miss_nothing() -> None:
    async with feed_of(20) as feed:
        for _ in range(2):
            await feed.consoles.ask(do="stay away", for_s=0.2)
            feed.say_at_once(3)
            feed.say()
            found = await feed.read()
        assert (found["missing"], found["repeated"], found["snapshots"]) == (0, 0, 20)


async def test_consoles_that_do_not_read_hold_up_nobody_and_miss_nothing_once_they_read() -> None:
    stalled = 4
    async with feed_of(40, queue_limit=500) as feed:
        await feed.consoles.ask(do="stall", count=stalled)
        while feed.behind.hub.counters.consoles_cut_off < stalled:
            feed.say_at_once(1000)
            found = await feed.read(stalled)
        assert feed.behind.hub.counters.consoles_cut_off == stalled
        assert (found["missing"], found["repeated"]) == (0, 0)
        await feed.consoles.ask(do="go on", count=stalled)
        found = await feed.read()
        assert (found["missing"], found["repeated"], found["snapshots"]) == (0, 0, 40)
        assert found["told"] == 40 * feed.sequence
