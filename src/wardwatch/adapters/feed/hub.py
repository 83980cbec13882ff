"""What the feed knows: which alarms are open, and which consoles want to hear of which wards.

No sockets and no Kafka here, and nothing that waits: every method is one step, so that no event can slip
between a console's snapshot and the events that follow it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Set
from dataclasses import dataclass, field

from wardwatch.adapters.feed.outbox import Frame, Outbox
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed import ALL_WARDS, Gone, encode_event, encode_message, encode_snapshot


@dataclass(slots=True)
class FeedCounters:
    """What the feed has done since it started; ``consoles`` is how many are connected now."""

    consoles: int = 0
    consoles_cut_off: int = 0
    consoles_refused: int = 0
    bad_requests: int = 0
    events_delivered: int = 0
    repeats_dropped: int = 0
    unreadable_records: int = 0
    log_restarts: int = 0


@dataclass(eq=False, slots=True)
class Subscriber:
    """One connected console; ``wards`` is empty until it has asked for some."""

    outbox: Outbox
    wards: frozenset[str] = field(default_factory=frozenset)


class FeedHub:
    """Folds alarm events into the set of open alarms, and hands them to the consoles of their ward.

    Until :meth:`open_doors` the hub only learns: a snapshot of half the log would be a false one.
    """

    def __init__(self, *, queue_limit: int) -> None:
        self.counters = FeedCounters()
        self._queue_limit = queue_limit
        self._everybody: set[Subscriber] = set()
        self._by_ward: defaultdict[str, set[Subscriber]] = defaultdict(set)
        self._announced: dict[str, bytes] = {}
        self._forget()

    def _forget(self) -> None:
        self._is_open_to_consoles = False
        self._alarms_of_ward: dict[str, dict[str, bytes]] = {}
        self._ward_of_alarm: dict[str, str] = {}
        self._last_sequence: dict[str, int] = {}

    def join(self) -> Subscriber:
        """A console has connected."""
        subscriber = Subscriber(Outbox(limit=self._queue_limit))
        self._everybody.add(subscriber)
        self.counters.consoles += 1
        return subscriber

    def leave(self, subscriber: Subscriber) -> None:
        """A console is gone, or is to go."""
        if subscriber in self._everybody:
            self._everybody.remove(subscriber)
            self.counters.consoles -= 1
            self._unlist(subscriber)

    def subscribe(self, subscriber: Subscriber, wards: Iterable[str]) -> None:
        """From now on the console hears of these wards, and first of what is open there."""
        if subscriber not in self._everybody:
            return
        self._unlist(subscriber)
        subscriber.wards = frozenset(wards)
        for ward in subscriber.wards:
            self._by_ward[ward].add(subscriber)
        if self._is_open_to_consoles:
            self._send_snapshot(subscriber)

    def open_doors(self) -> None:
        """The log has been read to its end: from now on, snapshots are whole."""
        if not self._is_open_to_consoles:
            self._is_open_to_consoles = True
            for subscriber in list(self._everybody):
                if subscriber.wards:
                    self._send_snapshot(subscriber)

    def start_over(self) -> None:
        """The log is not the one that was read: forget it. Consoles get a snapshot when it is read anew."""
        self.counters.log_restarts += 1
        self._forget()

    def take(self, event: AlarmEvent) -> None:
        """The next event of the log."""
        if event.sequence <= self._last_sequence.get(event.patient, -1):
            self.counters.repeats_dropped += 1
            return
        self._last_sequence[event.patient] = event.sequence
        record = encode_alarm(event)
        previous_ward = self._file(event, record)
        if self._is_open_to_consoles:
            self._tell(event, record, previous_ward)

    def announce(self, event: AlarmEvent) -> None:
        """The next event of an alarm that is the feed's own, and stands in no log: it is for every ward."""
        record = encode_alarm(event)
        if event.phase is Phase.END:
            self._announced.pop(event.alarm, None)
        else:
            self._announced[event.alarm] = record
        if self._is_open_to_consoles:
            frame = Frame(encode_event(record), is_event=True)
            for subscriber in [each for each in self._everybody if each.wards]:
                self.send(subscriber, frame)

    def heartbeat(self, payload: bytes) -> None:
        """Pass the feed's state on to every console."""
        frame = Frame(payload)
        for subscriber in self._everybody:
            subscriber.outbox.put_heartbeat(frame)

    def send(self, subscriber: Subscriber, frame: Frame) -> None:
        """Queue a frame for one console, or cut it off if it does not keep up."""
        if not subscriber.outbox.put(frame):
            self.cut_off(subscriber)

    def cut_off(self, subscriber: Subscriber) -> None:
        """This console does not keep up; its connection's end is the server's work."""
        if subscriber in self._everybody:
            self.counters.consoles_cut_off += 1
            self.leave(subscriber)

    def _file(self, event: AlarmEvent, record: bytes) -> str:
        """Put the alarm where it belongs now; returns the ward in which it was before."""
        previous_ward = self._ward_of_alarm.pop(event.alarm, event.ward)
        previous = self._alarms_of_ward.get(previous_ward, {})
        if event.phase is Phase.END or previous_ward != event.ward:
            previous.pop(event.alarm, None)
            if not previous:
                self._alarms_of_ward.pop(previous_ward, None)
        if event.phase is not Phase.END:
            self._ward_of_alarm[event.alarm] = event.ward
            self._alarms_of_ward.setdefault(event.ward, {})[event.alarm] = record
        return previous_ward

    def _tell(self, event: AlarmEvent, record: bytes, previous_ward: str) -> None:
        receivers = self._audience(event.ward)
        frame = Frame(encode_event(record), is_event=True)
        for subscriber in receivers:
            self.send(subscriber, frame)
        if previous_ward != event.ward:
            gone = Frame(encode_message(Gone(alarm=event.alarm)), is_event=True)
            for subscriber in self._audience(previous_ward) - receivers:
                self.send(subscriber, gone)

    def _audience(self, ward: str) -> Set[Subscriber]:
        return self._by_ward.get(ward, set()) | self._by_ward.get(ALL_WARDS, set())

    def _send_snapshot(self, subscriber: Subscriber) -> None:
        wards = self._alarms_of_ward if ALL_WARDS in subscriber.wards else subscriber.wards
        alarms = [record for ward in sorted(wards) for record in self._alarms_of_ward.get(ward, {}).values()]
        self.send(subscriber, Frame(encode_snapshot(subscriber.wards, [*self._announced.values(), *alarms])))

    def _unlist(self, subscriber: Subscriber) -> None:
        for ward in subscriber.wards:
            listeners = self._by_ward[ward]
            listeners.discard(subscriber)
            if not listeners:
                del self._by_ward[ward]
