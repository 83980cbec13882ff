"""What becomes of consoles when all of them lose their connections, and when some of them don't read.

    python -m benchmarks.storms --json

All consoles log in with tokens, subscribe, and hold each event against the one before it.

`resume_s` is how long it takes from the moment at which all lose their connections until the last one has
logged in again and has been told all that has happened since, and `resume_cpu_s` how much of the server's
processor that takes. `delivered_share` is which share of the events consoles have been told, exactly once,
that for a minute lost their connections for 2 s again and again. `p99_ratio_stalled` is the 99th percentile
of the time from a record to the consoles that read, while a tenth of all don't read, by that while all do.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from benchmarks.fanout import allow_many_sockets, show
from benchmarks.fanout_consoles import ConsoleProcess
from tests.support.alerts import alarm_event
from tests.support.feeds import live
from tests.support.stations import Station, fresh_token, serving, station
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.feed.limits import Limits
from wardwatch.adapters.feed.server import FeedServer
from wardwatch.wire.feed.asked import Login, encode_request

_CONSOLES = 2000
_CONSOLES_OF_STALL = 1000
_EVENTS_WHILE_AWAY = 100
_EVENT_INTERVAL_S = 0.1
_AWAY_S, _BETWEEN_S = 2.0, 4.0
_EVENTS_TO_FILL, _REASONS = 50, {"filling": "x" * 30_000}


@dataclass
class Feed:
    """A server, its consoles, and the one alarm that it tells of."""

    behind: Station
    server: FeedServer
    consoles: ConsoleProcess
    sequence: int = 0
    _beating: list[asyncio.Task[None]] = field(default_factory=list)

    def say(self) -> None:
        """One event."""
        self.say_at_once(1)

    def say_at_once(self, count: int, *, reasons: Mapping[str, Any] | None = None) -> None:
        """As many events as one read may bring, each with the instant at which it was told."""
        text = str(time.monotonic_ns())
        numbers = range(self.sequence + 1, self.sequence + 1 + count)
        self.sequence += count
        steps = [alarm_event(sequence=number, phase="update") for number in numbers]
        self.behind.happen(*(replace(step, text=text, why=reasons or step.why) for step in steps))

    def paused(self) -> int:
        """How many consoles take nothing more."""
        return sum(subscriber.sink.paused for subscriber in self.behind.hub.subscribers)

    async def say_for(self, seconds: float, interval_s: float) -> None:
        """An event every so often."""
        ends_s = time.monotonic() + seconds
        while time.monotonic() < ends_s:
            self.say()
            await asyncio.sleep(interval_s)

    def lose_all(self) -> None:
        """All connections break, on the server's side too."""
        for subscriber in list(self.behind.hub.subscribers):
            subscriber.sink.give_up()

    async def read(self, first: int = 0) -> dict[str, Any]:
        """Wait until all consoles from ``first`` on are told everything."""
        return await self.consoles.ask(**{"do": "read", "until": self.sequence, "from": first})

    async def beat(self) -> None:
        """Heartbeats, as in life."""
        while True:
            self.behind.hub.heartbeat(live())
            await asyncio.sleep(1.0)


@asynccontextmanager
async def feed_of(consoles: int, *, queue_limit: int = 1000) -> AsyncIterator[Feed]:
    """A feed, and consoles that are told of one alarm."""
    limits = Limits(consoles=consoles + 100)
    hub = FeedHub(queue_limit=queue_limit)
    async with serving(station(hub=hub), limits=limits) as (behind, server):
        order = {
            "port": int(server.url.rstrip("/").rpartition(":")[2]),
            "count": consoles,
            "login": encode_request(Login(token=fresh_token())).decode(),
            "wish": {"type": "subscribe", "wards": ["*"]},
        }
        process = ConsoleProcess("benchmarks.storm_consoles", order)
        feed = Feed(behind, server, process)
        beating = asyncio.create_task(feed.beat())
        try:
            feed.say()
            await asyncio.to_thread(process.answer)
            yield feed
        finally:
            beating.cancel()
            process.end()


async def resuming(consoles: int) -> dict[str, Any]:
    """All lose their connections at once, while things happen."""
    async with feed_of(consoles) as feed:
        await feed.read()
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        feed.lose_all()
        for _ in range(_EVENTS_WHILE_AWAY):
            feed.say()
        found = await feed.read()
        cpu_s = time.process_time() - began_cpu_s
    return {
        "resume_consoles": consoles,
        "resume_s": round(found["at_s"] - began_s, 2),
        "resume_cpu_s": round(cpu_s, 2),
        "resume_recovered": found["recoveries"],
        "resume_missing": found["missing"],
        "resume_repeated": found["repeated"],
    }


async def dropping(consoles: int, minutes: float) -> dict[str, Any]:
    """They are away for 2 s again and again."""
    async with feed_of(consoles) as feed:
        drops = round(minutes * 60 / _BETWEEN_S)
        for _ in range(drops):
            await feed.consoles.ask(do="stay away", for_s=_AWAY_S)
            await feed.say_for(_BETWEEN_S, _EVENT_INTERVAL_S)
        found = await feed.read()
    faults = found["missing"] + found["repeated"] + found["snapshots"] - consoles
    return {
        "drops": drops,
        "drop_consoles": consoles,
        "drop_events": feed.sequence,
        "delivered_share": 1 - faults / (consoles * feed.sequence),
    }


async def stalling(consoles: int, seconds: float) -> dict[str, Any]:
    """A tenth of them stop reading."""
    stalled = consoles // 10
    async with feed_of(consoles, queue_limit=10_000) as feed:
        quiet_ms = await _p99_ms(feed, stalled, seconds)
        await feed.consoles.ask(do="stall", count=stalled)
        while (paused := feed.paused()) < stalled and not feed.behind.hub.counters.consoles_cut_off:
            feed.say_at_once(_EVENTS_TO_FILL, reasons=_REASONS)  # the system has buffers of megabytes
            await feed.read(stalled)
        stalled_ms = await _p99_ms(feed, stalled, seconds)
        await feed.consoles.ask(do="go on", count=stalled)
        found = await feed.read()
    return {
        "stall_consoles": consoles,
        "stalled": paused,
        "p99_ms_quiet": round(quiet_ms, 1),
        "p99_ms_stalled": round(stalled_ms, 1),
        "p99_ratio_stalled": round(stalled_ms / quiet_ms, 2),
        "stall_cut_off": found["cut_off"],
        "stall_missing": found["missing"],
        "stall_repeated": found["repeated"],
    }


async def _p99_ms(feed: Feed, first: int, seconds: float) -> float:
    await feed.consoles.ask(**{"do": "measure", "on": True, "from": first})
    await feed.say_for(seconds, _EVENT_INTERVAL_S)
    await feed.read(first)
    answer = await feed.consoles.ask(**{"do": "measure", "on": False, "from": first})
    latencies_ms = answer["latencies_ms"]
    return float(latencies_ms[round(0.99 * (len(latencies_ms) - 1))])


async def _measure(arguments: argparse.Namespace) -> dict[str, Any]:
    figures = [
        await resuming(arguments.consoles),
        await dropping(arguments.consoles, arguments.minutes),
        await stalling(min(arguments.consoles, _CONSOLES_OF_STALL), arguments.seconds),
    ]
    return dict(itertools.chain.from_iterable(each.items() for each in figures))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Consoles that come back, and consoles that don't read.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--consoles", type=int, default=_CONSOLES)
    parser.add_argument(
        "--minutes", type=float, default=1.0, help="how long connections are lost again and again"
    )
    parser.add_argument("--seconds", type=float, default=8.0, help="how long latencies are measured")
    arguments = parser.parse_args()
    allow_many_sockets()
    show(asyncio.run(_measure(arguments)), as_json=arguments.json)


if __name__ == "__main__":
    main()
