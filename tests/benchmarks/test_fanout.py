"""The comparison of ways to tell many consoles must compare the same deliveries, whole."""

from __future__ import annotations

import pytest

from benchmarks.fanout import Broadcast, Job, allow_many_sockets, broadcast_side, measure, wardwatch_side

CONSOLES = 20


def test_what_is_measured_is_told_by_name() -> None:
    allow_many_sockets()
    figures = measure(CONSOLES, 1, 5, share=0.02)
    for name in ("wardwatch", "broadcast", "ratio", "bytes_per_idle_console", "ratio_one_event_a_batch"):
        assert figures[name] > 0
    assert (figures["consoles"], figures["events_a_batch"]) == (CONSOLES, 5)


async def test_both_sides_deliver_each_event_to_each_console() -> None:
    async with wardwatch_side(CONSOLES) as (ours, first), broadcast_side(CONSOLES) as (theirs, second):
        for side, process in ((ours, first), (theirs, second)):
            for events in (30, 10):
                rates = await Job(side, process, events, 7).rates(CONSOLES)
                assert min(rates) > 0


async def test_a_side_that_leaves_something_out_is_no_side() -> None:
    class Careless(Broadcast):
        async def tell(self, count: int, batch: int) -> None:
            await super().tell(count // 2, batch)
            self._sequence += 1
            await super().tell(count - count // 2, batch)

    async with broadcast_side(CONSOLES, Careless()) as (side, process):
        with pytest.raises(Exception, match="the consoles have failed"):
            await Job(side, process, 10, 1).rates(CONSOLES)
