"""How fast a feed tells a thousand consoles, beside `websockets.broadcast` on the same kind of server.

    python -m benchmarks.fanout --json

`wardwatch` is the feed's server with its hub, sessions, tokens and positions: it is given records of the log,
so many at once as a read of Kafka may bring (`events_a_batch`). `broadcast` is a plain server of the library,
which hands the same messages to `websockets.broadcast` one after the other; there is no way to hand it
several. Both are measured in turns, in one process, from the first record until the last byte has been read
by consoles in another process, in deliveries (an event to one console) a second; `ratio` is one by the other.
With `_one_event_a_batch` each event comes alone; with `_cpu` it is deliveries a second of the server's own
processor time, which goes by less of what else the machine has to do.

`bytes_per_idle_console` is by how much the server's memory grows with a console that has logged in, has
subscribed, and hears nothing but heartbeats.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import resource
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from websockets.asyncio.server import ServerConnection, broadcast, serve

from benchmarks.fanout_consoles import ConsoleProcess
from tests.support.alerts import alarm_event
from tests.support.feeds import live
from tests.support.stations import Station, fresh_token, serving, station
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.core.events import AlarmEvent
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.asked import Login, Subscribe, encode_request
from wardwatch.wire.feed.told import Event, encode_message, raw

CONSOLES = 1000
_EVENTS_A_BATCH = 50
_ROUNDS = 3
# As many as each does in some seconds.
_EVENTS, _BROADCAST_EVENTS, _SINGLE_EVENTS = 5000, 250, 500

# As much as a real one says.
_TEXT = "HR 152 > 130"
_WHY: dict[str, Any] = {
    "rule": "limit",
    "rule_version": 2,
    "limit": 130,
    "limit_of": "standard",
    "direction": "above",
    "band": 20,
    "lasted_s": 139.955,
    "vital": "heart_rate",
    "value": 152.0,
    "unit": "/min",
    "counterfactual": {"lasted_less_than_s": 139.955, "vitals": {"heart_rate": {"at_most": 130}}},
    "why_not_higher": None,
}


def requests() -> list[str]:
    """What a console says at first."""
    login, wish = Login(token=fresh_token()), Subscribe(wards=["*"])
    return [encode_request(login).decode(), encode_request(wish).decode()]


def events(first: int, count: int) -> list[AlarmEvent]:
    """One long alarm."""
    step = replace(alarm_event(phase="update", text=_TEXT), why=_WHY)
    return [
        replace(step, event=f"{step.alarm}-{number}", sequence=number)
        for number in range(first, first + count)
    ]


class Wardwatch:
    """The feed's server."""

    def __init__(self, behind: Station) -> None:
        self._behind = behind
        self._sequence = 1

    async def tell(self, count: int, events_a_batch: int) -> None:
        """Take so many records."""
        log = [(event, encode_alarm(event)) for event in events(self._sequence, count)]
        hub = self._behind.hub
        self._sequence += count
        for begin in range(0, count, events_a_batch):
            for event, record in log[begin : begin + events_a_batch]:
                hub.take(event, record, 0, event.sequence)
            hub.flush()
            await asyncio.sleep(0)
            # Consoles that are behind would be cut off in the end, and that is not what is measured.
            while any(each.outbox.events_waiting > events_a_batch for each in hub.subscribers):  # noqa: ASYNC110
                await asyncio.sleep(0)


class Broadcast:
    """The library's own way."""

    def __init__(self) -> None:
        self.connections: set[ServerConnection] = set()
        self._sequence = 1

    async def attend(self, connection: ServerConnection) -> None:
        """One console: it is ready as soon as it says anything."""
        await connection.recv()
        await connection.send("ready")
        self.connections.add(connection)
        await connection.wait_closed()
        self.connections.discard(connection)

    async def tell(self, count: int, _: int) -> None:
        """Broadcast so many messages."""
        log = events(self._sequence, count)
        records = [encode_alarm(event) for event in log]
        self._sequence += count
        for number, record in enumerate(records):
            message = Event(position=f"0123456789abcdef:{number}", alarm=raw((record,))[0])
            broadcast(self.connections, encode_message(message), text=True)
            await asyncio.sleep(0)


@asynccontextmanager
async def wardwatch_side(consoles: int) -> AsyncIterator[tuple[Wardwatch, ConsoleProcess]]:
    """A feed, and consoles that have logged in."""
    async with serving(station(hub=FeedHub())) as (behind, server):
        port = int(server.url.rstrip("/").rpartition(":")[2])
        async with _connected(port, consoles, requests(), '"type":"snapshot"') as process:
            yield Wardwatch(behind), process


@asynccontextmanager
async def broadcast_side(
    consoles: int, side: Broadcast | None = None
) -> AsyncIterator[tuple[Broadcast, ConsoleProcess]]:
    """A plain server, and consoles that have said something."""
    side = side or Broadcast()
    # Consoles read only while they are measured: they would not answer pings in between.
    async with serve(side.attend, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        port = server.sockets[0].getsockname()[1]
        async with _connected(port, consoles, ["hello"], "ready") as process:
            yield side, process


@asynccontextmanager
async def _connected(
    port: int, count: int, first: list[str], last_word: str
) -> AsyncIterator[ConsoleProcess]:
    order = {"port": port, "count": count, "requests": first, "last_word": last_word}
    process = ConsoleProcess("benchmarks.fanout_consoles", order)
    try:
        await asyncio.to_thread(process.answer)
        yield process
    finally:
        process.end()


@dataclass(frozen=True)
class Job:
    """So many events, so many at once."""

    side: Wardwatch | Broadcast
    process: ConsoleProcess
    events: int
    events_a_batch: int

    async def rates(self, consoles: int) -> tuple[float, float]:
        """Deliveries a second, and a second of the server's processor time."""
        self.process.tell(events=self.events)
        gc.collect()
        began_s, began_cpu_s = time.monotonic(), time.process_time()
        await self.side.tell(self.events, self.events_a_batch)
        answer = await asyncio.to_thread(self.process.answer)
        deliveries = consoles * self.events
        return (
            deliveries / float(answer["done_at_s"] - began_s),
            deliveries / (time.process_time() - began_cpu_s),
        )


async def compared(consoles: int, rounds: int, events_a_batch: int, share: float) -> dict[str, Any]:
    """All in turns, and the median of each; ``share`` is of the usual number of events."""
    async with wardwatch_side(consoles) as (ours, first), broadcast_side(consoles) as (theirs, second):
        jobs = {
            "wardwatch": Job(ours, first, round(share * _EVENTS), events_a_batch),
            "wardwatch_one_event_a_batch": Job(ours, first, round(share * _SINGLE_EVENTS), 1),
            "broadcast": Job(theirs, second, round(share * _BROADCAST_EVENTS), 1),
        }
        rates: dict[str, list[tuple[float, float]]] = {name: [] for name in jobs}
        for _ in range(rounds):
            for name, job in jobs.items():
                rates[name].append(await job.rates(consoles))
    by_clock = {name: statistics.median(rate for rate, _ in found) for name, found in rates.items()}
    by_cpu = {name: statistics.median(rate for _, rate in found) for name, found in rates.items()}
    single = "wardwatch_one_event_a_batch"
    return {
        **{name: round(rate) for name, rate in by_clock.items()},
        **{f"{name}_cpu": round(rate) for name, rate in by_cpu.items()},
        "ratio": round(by_clock["wardwatch"] / by_clock["broadcast"], 1),
        "ratio_cpu": round(by_cpu["wardwatch"] / by_cpu["broadcast"], 1),
        "ratio_one_event_a_batch": round(by_clock[single] / by_clock["broadcast"], 1),
        "ratio_one_event_a_batch_cpu": round(by_cpu[single] / by_cpu["broadcast"], 1),
        "events_a_batch": events_a_batch,
        "bytes_an_event": len(encode_alarm(events(1, 1)[0])),
    }


async def idle_bytes(consoles: int) -> dict[str, Any]:
    """What a console that hears nothing but heartbeats takes of the server's memory."""
    async with serving(station(hub=FeedHub())) as (behind, server):
        port = int(server.url.rstrip("/").rpartition(":")[2])
        before = _resident_bytes()
        async with _connected(port, consoles, requests(), '"type":"snapshot"'):
            for _ in range(3):
                behind.hub.heartbeat(live())
                await asyncio.sleep(0)
            grown = _resident_bytes() - before
    return {"consoles": consoles, "bytes_per_idle_console": round(grown / consoles)}


def _resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def allow_many_sockets() -> None:
    """As many as the system lets us."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def measure(consoles: int, rounds: int, events_a_batch: int, share: float = 1.0) -> dict[str, Any]:
    """Memory first: what is measured later would leave some behind."""
    allow_many_sockets()
    idle = asyncio.run(idle_bytes(consoles))
    return {**asyncio.run(compared(consoles, rounds, events_a_batch, share)), **idle}


def show(figures: dict[str, Any], *, as_json: bool) -> None:
    """Print them, for machines or for people."""
    if as_json:
        print(json.dumps(figures))
        return
    for name, figure in figures.items():
        print(f"{name:30} {figure}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Deliveries a second, beside websockets.broadcast.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--consoles", type=int, default=CONSOLES)
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="the median of so many counts")
    parser.add_argument("--events-a-batch", type=int, default=_EVENTS_A_BATCH)
    arguments = parser.parse_args()
    figures = measure(arguments.consoles, arguments.rounds, arguments.events_a_batch)
    show(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
