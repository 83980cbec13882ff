"""A console's queue: in order, bounded, and given up as a whole rather than in part."""

from __future__ import annotations

import asyncio

import pytest

from wardwatch.adapters.feed.outbox import Frame, Outbox, OutboxFullError

FIRST, SECOND, THIRD = (Frame(payload) for payload in (b"1", b"2", b"3"))


def test_frames_come_out_as_they_went_in() -> None:
    outbox = Outbox(limit=2)
    assert outbox.put(FIRST)
    assert outbox.put(SECOND)
    assert [outbox.take(), outbox.take(), outbox.take()] == [FIRST, SECOND, None]


def test_one_too_many_gives_up_all_and_for_good() -> None:
    outbox = Outbox(limit=1)
    outbox.put(FIRST)
    assert not outbox.put(SECOND)
    for _ in range(2):
        with pytest.raises(OutboxFullError):
            outbox.take()
    assert not outbox.put(THIRD)


def test_heartbeats_take_no_room_and_the_latest_goes_last() -> None:
    outbox = Outbox(limit=1)
    outbox.put_heartbeat(FIRST)
    outbox.put_heartbeat(SECOND)
    assert outbox.put(THIRD)
    assert [outbox.take(), outbox.take(), outbox.take()] == [THIRD, SECOND, None]


async def test_whoever_waits_for_a_frame_gets_it_when_it_comes() -> None:
    outbox = Outbox(limit=1)
    waiting = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.put(FIRST)
    assert await asyncio.wait_for(waiting, 5) is FIRST


async def test_the_queue_is_flushed_once_the_sender_asks_for_more_than_there_is() -> None:
    outbox = Outbox(limit=1)
    outbox.put(FIRST)
    flushed = asyncio.create_task(outbox.flushed())
    await outbox.next()
    await asyncio.sleep(0)
    assert not flushed.done(), "it has been taken, but not sent yet"
    sender = asyncio.create_task(outbox.next())
    await asyncio.wait_for(flushed, 5)
    sender.cancel()


async def test_nobody_waits_for_a_sender_that_has_ended() -> None:
    outbox = Outbox(limit=1)
    outbox.put(FIRST)
    outbox.close()
    await asyncio.wait_for(outbox.flushed(), 5)
