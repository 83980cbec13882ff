"""Consoles with the same subscription are told the same: it is made once, and written to each of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from wardwatch.adapters.feed.frames import framed, in_pieces
from wardwatch.adapters.feed.history import Happened
from wardwatch.adapters.feed.outbox import Outbox, Parcel, Sink
from wardwatch.adapters.feed.positions import written
from wardwatch.adapters.feed.subscription import Said, Subscription
from wardwatch.core.permissions import EVERY_WARD
from wardwatch.wire.feed.told import Event, Gone, raw


@dataclass(eq=False, slots=True)
class Subscriber:
    """One connected console; ``subscription`` is ``None`` until it has asked for something."""

    sink: Sink
    outbox: Outbox
    subscription: Subscription | None = None
    wards_told: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class Audience:
    """All consoles of one subscription."""

    subscription: Subscription
    members: set[Subscriber] = field(default_factory=set)


class Audiences:
    """The consoles that are told what happens, by what they have asked for."""

    def __init__(self) -> None:
        self._of: dict[Subscription, Audience] = {}
        self._by_ward: defaultdict[str, set[Audience]] = defaultdict(set)

    def __iter__(self) -> Iterator[Audience]:
        return iter(self._of.values())

    def add(self, subscriber: Subscriber, subscription: Subscription) -> None:
        """From now on it is told."""
        audience = self._of.get(subscription)
        if audience is None:
            audience = self._of[subscription] = Audience(subscription)
            for ward in subscription.wards:
                self._by_ward[ward].add(audience)
        subscriber.subscription = audience.subscription  # one object for all of them
        audience.members.add(subscriber)

    def discard(self, subscriber: Subscriber) -> None:
        """From now on it is told nothing."""
        audience = self._of.get(subscriber.subscription) if subscriber.subscription is not None else None
        if audience is None:
            return
        audience.members.discard(subscriber)
        if not audience.members:
            del self._of[audience.subscription]
            for ward in audience.subscription.wards:
                self._by_ward[ward].discard(audience)
                if not self._by_ward[ward]:
                    del self._by_ward[ward]

    def clear(self) -> None:
        """Nobody is told anything."""
        self._of.clear()
        self._by_ward.clear()

    def of_wards(self, wards: Iterable[str]) -> set[Audience]:
        """Those who may have to hear of what happens in these wards."""
        return set().union(*(self._by_ward.get(ward, ()) for ward in (*wards, EVERY_WARD)))


def frames_of(subscription: Subscription, happened: Iterable[Happened]) -> list[bytes]:
    """What the consoles of a subscription are told of events, whether live or afterwards."""
    frames = []
    for step, check, offsets in happened:
        said = subscription.said_of(step)
        if said is Said.NOTHING:
            continue
        position = written(check ^ subscription.digest, offsets)
        if said is Said.EVENT:
            frames.append(framed(Event(position=position, alarm=raw((step.record,))[0])))
        else:
            frames.append(framed(Gone(position=position, alarm=step.alarm)))
    return frames


def parcels_of(frames: list[bytes], number: int) -> list[Parcel]:
    """Events' frames as they are written: the last parcel tells the number."""
    pieces = in_pieces(frames)
    return [
        Parcel(joined, count, number if place == len(pieces) else 0)
        for place, (joined, count) in enumerate(pieces, 1)
    ]
