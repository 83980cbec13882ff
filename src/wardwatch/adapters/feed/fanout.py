"""Hands what there is to tell to the consoles, and ends the connections of those who don't take it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set

from wardwatch.adapters.feed.audience import Audience, Audiences, Subscriber, frames_of, parcels_of
from wardwatch.adapters.feed.board import Bed, Board
from wardwatch.adapters.feed.counters import FeedCounters
from wardwatch.adapters.feed.frames import PING_FRAME, framed
from wardwatch.adapters.feed.history import Happened
from wardwatch.adapters.feed.outbox import Outbox, Parcel, Sink
from wardwatch.adapters.feed.positions import NOWHERE
from wardwatch.adapters.feed.subscription import Subscription
from wardwatch.wire.feed.told import Heartbeat, Left, Status, raw

# Both are counted in heartbeats, of which there is one a second, and our own choices: for how long a console
# may take nothing; and how often all are asked whether they are there, and have to have said anything since
# they were asked the last time.
PAUSED_BEATS = 10
PING_BEATS = 10


class Fanout:
    """All connected consoles. Those that have a subscription and are up to date are in an audience, too."""

    def __init__(self, counters: FeedCounters, *, queue_limit: int) -> None:
        self._counters = counters
        self._queue_limit = queue_limit
        self._everybody: set[Subscriber] = set()
        self._audiences = Audiences()
        self._beats = 0

    @property
    def subscribers(self) -> Set[Subscriber]:
        """All who are connected; to be looked at only."""
        return self._everybody

    def join(self, sink: Sink) -> Subscriber:
        """A console has connected."""
        subscriber = Subscriber(sink, Outbox(sink, self._counters, limit=self._queue_limit))
        self._everybody.add(subscriber)
        self._counters.consoles += 1
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """A console is gone, or is to go."""
        if subscriber in self._everybody:
            self._everybody.remove(subscriber)
            self._audiences.discard(subscriber)
            self._counters.consoles -= 1

    def tell(self, subscriber: Subscriber, subscription: Subscription) -> None:
        """From now on it is told what happens, if it is connected."""
        if subscriber in self._everybody:
            self._audiences.add(subscriber, subscription)

    def hush(self, subscriber: Subscriber) -> None:
        """From now on it is not told what happens."""
        self._audiences.discard(subscriber)

    def hush_all(self) -> list[Subscriber]:
        """From now on nobody is told what happens; gives those who were."""
        hushed = [subscriber for audience in self._audiences for subscriber in audience.members]
        self._audiences.clear()
        return hushed

    def tell_events(self, batch: Iterable[Happened], number: int) -> None:
        """Tell everybody what of these events is theirs; ``number`` is that of the last one."""
        to_tell: dict[Audience, list[Happened]] = {}
        for happened in batch:
            step = happened.step
            wards = {step.now.ward} if step.before is None else {step.now.ward, step.before.ward}
            for audience in self._audiences.of_wards(wards):
                to_tell.setdefault(audience, []).append(happened)
        for audience, theirs in to_tell.items():
            self.give(audience.members, parcels_of(frames_of(audience.subscription, theirs), number))

    def tell_all(self, parcel: Parcel) -> None:
        """Tell all who are told anything."""
        for audience in list(self._audiences):
            self.give(audience.members, [parcel])

    def tell_statuses(self, beds_before: Mapping[str, Bed | None], board: Board) -> None:
        """Tell everybody how these patients are, who were there before: or that they have left."""
        to_tell: dict[Audience, dict[str, bytes]] = {}
        for patient, before in beds_before.items():
            now = board.bed(patient)
            status = b"" if now is None else framed(Status(status=raw((now.record,))[0]))
            # Who has stayed in a ward has left nobody.
            has_moved = before is not None and (now is None or now.ward != before.ward)
            left = framed(Left(patient=patient)) if has_moved else b""
            wards = {bed.ward for bed in (now, before) if bed is not None}
            for audience in self._audiences.of_wards(wards):
                wanted = audience.subscription
                if not wanted.vitals:
                    continue
                if now is not None and wanted.covers_patient(patient, now.ward):
                    to_tell.setdefault(audience, {})[patient] = status
                elif before is not None and wanted.covers_patient(patient, before.ward):
                    to_tell.setdefault(audience, {})[patient] = left
        for audience, frames in to_tell.items():
            joined = b"".join(frames.values())
            for subscriber in audience.members:
                subscriber.outbox.put_statuses(frames, joined)

    def beat(self, beat: Heartbeat, position_of: Callable[[Subscription], str]) -> None:
        """Tell everybody how things stand, each with the position up to which it has been told."""
        self._beats += 1
        ping = PING_FRAME if self._beats % PING_BEATS == 0 else b""
        self._end_dead_connections(is_ping_due=bool(ping))
        told: set[Subscriber] = set()
        for audience in self._audiences:
            beat.position = position_of(audience.subscription)
            _beat(audience.members, framed(beat) + ping)
            told |= audience.members
        beat.position = NOWHERE
        _beat(self._everybody - told, framed(beat) + ping)

    def _end_dead_connections(self, *, is_ping_due: bool) -> None:
        for subscriber in list(self._everybody):
            sink, outbox = subscriber.sink, subscriber.outbox
            if sink.paused:
                outbox.beats_paused += 1
                if outbox.beats_paused > PAUSED_BEATS:
                    self._cut_off(subscriber)
            elif is_ping_due:
                if not sink.heard:
                    self._counters.consoles_lost += 1
                    self.leave(subscriber)
                    sink.give_up()
                sink.heard = False

    def give(self, subscribers: Collection[Subscriber], parcels: list[Parcel]) -> None:
        """Send to these, and cut off whoever has too much waiting."""
        too_slow = []
        for subscriber in subscribers:
            put = subscriber.outbox.put
            for parcel in parcels:
                if not put(parcel):
                    too_slow.append(subscriber)
                    break
        for subscriber in too_slow:
            self._cut_off(subscriber)

    def _cut_off(self, subscriber: Subscriber) -> None:
        self._counters.consoles_cut_off += 1
        self.leave(subscriber)
        subscriber.sink.cut_off()


def _beat(subscribers: Collection[Subscriber], frames: bytes) -> None:
    parcel = Parcel(frames)
    for subscriber in subscribers:
        subscriber.outbox.put_heartbeat(parcel)
