"""A hub without sockets, and what its consoles would be sent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from wardwatch.adapters.feed.audience import Subscriber
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.feed.outbox import Outbox
from wardwatch.adapters.feed.subscription import Subscription
from wardwatch.core.events import AlarmEvent, Priority
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.told import Event, ServerMessage, Snapshot, Subscribed, decode_server_message


class FakeSink:
    """A connection that takes everything, or while ``paused`` nothing more."""

    def __init__(self) -> None:
        self.paused = False
        self.heard = True
        self.outbox: Outbox | None = None
        self.writes: list[bytes] = []
        self.is_cut_off = False
        self.is_given_up = False

    def write(self, frames: bytes) -> None:
        self.writes.append(frames)

    def cut_off(self) -> None:
        self.is_cut_off = True

    def give_up(self) -> None:
        self.is_given_up = True

    def resume(self) -> None:
        self.paused = False
        assert self.outbox is not None
        self.outbox.pump()

    def taken(self) -> bytes:
        """What has been written since the last call."""
        taken, self.writes[:] = b"".join(self.writes), []
        return taken


class Log:
    """Partitions of records, and hubs that take them; a record is taken as soon as it is written."""

    def __init__(self, *hubs: FeedHub, partitions: int = 1) -> None:
        self.hubs = hubs
        self.ends = dict.fromkeys(range(partitions), 0)
        for hub in hubs:
            hub.begin(self.ends)

    def say(self, event: AlarmEvent, partition: int = 0) -> None:
        offset, self.ends[partition] = self.ends[partition], self.ends[partition] + 1
        for hub in self.hubs:
            hub.take(event, encode_alarm(event), partition, offset)
            hub.flush()


def open_hub(**limits: int) -> FeedHub:
    hub = FeedHub(**limits)
    hub.open_doors()
    return hub


def hub_and_log(**limits: int) -> tuple[FeedHub, Log]:
    hub = open_hub(**limits)
    return hub, Log(hub)


def subscription(*wards: str, **wanted: Any) -> Subscription:
    """Priorities and patients as a console names them."""
    if "minimum_priority" in wanted:
        wanted["minimum_priority"] = Priority[wanted["minimum_priority"].upper()]
    if wanted.get("patients") is not None:
        wanted["patients"] = frozenset(wanted["patients"])
    return Subscription(frozenset(wards), **wanted)


def joined(hub: FeedHub) -> Subscriber:
    return hub.join(FakeSink())


def subscriber_of(hub: FeedHub, *wards: str, position: str | None = None, **wanted: Any) -> Subscriber:
    subscriber = joined(hub)
    hub.subscribe(subscriber, subscription(*wards, **wanted), position)
    return subscriber


def sink_of(subscriber: Subscriber) -> FakeSink:
    assert isinstance(subscriber.sink, FakeSink)
    return subscriber.sink


def payloads(frames: bytes) -> list[bytes]:
    """The text messages in what a server has written; pings are passed over."""
    found = []
    place = 0
    while place < len(frames):
        opcode, length = frames[place] & 0x0F, frames[place + 1]
        place += 2
        for short, size in ((126, 2), (127, 8)):
            if length == short:
                length = int.from_bytes(frames[place : place + size])
                place += size
                break
        if opcode == 1:
            found.append(frames[place : place + length])
        place += length
    assert place == len(frames), "a frame was cut"
    return found


def messages(subscriber: Subscriber) -> list[ServerMessage]:
    """What has been written to a console since the last call."""
    return [decode_server_message(payload) for payload in payloads(sink_of(subscriber).taken())]


def events_in(told: Iterable[ServerMessage]) -> list[AlarmEvent]:
    return [message.event() for message in told if isinstance(message, Event)]


def events(subscriber: Subscriber) -> list[AlarmEvent]:
    return events_in(messages(subscriber))


def open_alarms(subscriber: Subscriber) -> list[AlarmEvent]:
    """What the snapshot after a subscription has."""
    *answers, snapshot = messages(subscriber)
    assert all(isinstance(answer, Subscribed) and not answer.recovered for answer in answers)
    assert isinstance(snapshot, Snapshot)
    return snapshot.events()


def position_in(told: Iterable[ServerMessage]) -> str | None:
    """What a console that was told this names when it comes back."""
    known = None
    for message in told:
        known = getattr(message, "position", None) or known
    return known


def offsets_in(position: str) -> Mapping[int, int]:
    """Partition to the offset of its next record."""
    return dict(enumerate(map(int, position.partition(":")[2].split("."))))
