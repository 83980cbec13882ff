"""A hub without sockets, and what its consoles would be sent."""

from __future__ import annotations

from wardwatch.adapters.feed.hub import FeedHub, Subscriber
from wardwatch.adapters.feed.outbox import Frame
from wardwatch.core.events import AlarmEvent
from wardwatch.wire.feed import Event, ServerMessage, Snapshot, decode_server_message


def open_hub(queue_limit: int = 1000) -> FeedHub:
    hub = FeedHub(queue_limit=queue_limit)
    hub.open_doors()
    return hub


def subscriber_of(hub: FeedHub, *wards: str) -> Subscriber:
    subscriber = hub.join()
    hub.subscribe(subscriber, wards)
    return subscriber


def frames(subscriber: Subscriber) -> list[Frame]:
    taken = []
    while (frame := subscriber.outbox.take()) is not None:
        taken.append(frame)
    return taken


def messages(subscriber: Subscriber) -> list[ServerMessage]:
    return [decode_server_message(frame.payload) for frame in frames(subscriber)]


def events(subscriber: Subscriber) -> list[AlarmEvent]:
    return [message.event() for message in messages(subscriber) if isinstance(message, Event)]


def open_alarms(subscriber: Subscriber) -> list[AlarmEvent]:
    (snapshot,) = messages(subscriber)
    assert isinstance(snapshot, Snapshot)
    return snapshot.events()
