"""What waits to be sent to one console: bounded, and never shortened in silence."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from itertools import islice
from typing import NamedTuple, Protocol

from wardwatch.adapters.feed.counters import FeedCounters

# How many statuses are written together where they have waited. Our own choice.
_STATUSES_AT_ONCE = 64


class Sink(Protocol):
    """A console's connection, as far as the feed needs it.

    While ``paused`` it takes no more; when that is over it pumps its ``outbox``. ``heard`` is set when
    anything has come from the console.
    """

    paused: bool
    heard: bool
    outbox: Outbox | None

    def write(self, frames: bytes) -> None:
        """Send whole frames."""

    def cut_off(self) -> None:
        """End the connection, with a code, to a console that does not keep up."""

    def give_up(self) -> None:
        """End the connection to a console that is no longer there."""


class Parcel(NamedTuple):
    """Frames that are written together.

    ``events`` is how many of them are events. ``number`` is that of the latest event of which the console has
    been told once it has these; 0 where the rest of it follows. An answer is what the console has asked for
    itself: however much that is, it does not count as not keeping up.
    """

    frames: bytes
    events: int = 0
    number: int = 0
    is_answer: bool = False


class Outbox:
    """Writes at once what the connection takes, and keeps the rest in order.

    At most ``limit`` events wait. Of statuses only the latest of each patient is kept, for after all events.
    Of heartbeats only the latest is kept, too, but it keeps its place among the events: it tells the position
    between those before and those after it.
    """

    __slots__ = ("_counters", "_heartbeat", "_limit", "_queue", "_sink", "_statuses", "beats_paused",
                 "events_waiting", "written")  # fmt: skip

    def __init__(self, sink: Sink, counters: FeedCounters, *, limit: int) -> None:
        self._sink = sink
        self._counters = counters
        self._limit = limit
        # Made when something waits: most consoles of a thousand never have anything that does.
        self._queue: deque[Parcel] | None = None
        self._statuses: dict[str, bytes] | None = None
        self._heartbeat: Parcel | None = None
        self.events_waiting = 0
        self.written = 0
        self.beats_paused = 0
        sink.outbox = self

    def put(self, parcel: Parcel) -> bool:
        """Send it after all that waits; ``False`` if too much waits already."""
        if not self._queue and not self._sink.paused:
            self._write(parcel)
            return True
        if self._queue is None:
            self._queue = deque()
        self._queue.append(parcel)
        if not parcel.is_answer:
            self.events_waiting += parcel.events
        return self.events_waiting <= self._limit

    def put_heartbeat(self, parcel: Parcel) -> None:
        """Send it in its place, instead of an older one that waits."""
        if self._queue and self._heartbeat is not None:
            self._queue.remove(self._heartbeat)
        self.put(parcel)
        self._heartbeat = parcel if self._queue else None

    def put_statuses(self, of_patients: Mapping[str, bytes], joined: bytes) -> None:
        """Send the latest of patients: as frames by patient, and the same as one."""
        if not self._queue and not self._statuses and not self._sink.paused:
            self._sink.write(joined)
            return
        if self._statuses is None:
            self._statuses = {}
        self._statuses.update(of_patients)

    def pump(self) -> None:
        """Write what the connection takes now of what waits."""
        self.beats_paused = 0
        while self._queue and not self._sink.paused:
            parcel = self._queue.popleft()
            if not parcel.is_answer:
                self.events_waiting -= parcel.events
            if parcel is self._heartbeat:
                self._heartbeat = None
            self._write(parcel)
        while self._statuses and not self._sink.paused:
            patients = list(islice(self._statuses, _STATUSES_AT_ONCE))
            self._sink.write(b"".join(map(self._statuses.pop, patients)))
        if not self._queue and not self._statuses:
            self._queue = self._statuses = None

    def _write(self, parcel: Parcel) -> None:
        self._sink.write(parcel.frames)
        self._counters.events_delivered += parcel.events
        if parcel.number:
            self.written = parcel.number
