"""A log that several feeds read, each in its own order, and a console that goes from one to the other.

What it is told is held against a plain model of what it has to be told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.support.alerts import alarm_event
from tests.support.feeds import live
from tests.support.hubs import joined, messages, offsets_in, position_in
from wardwatch.adapters.feed.audience import Subscriber
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.feed.subscription import Subscription
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.told import Event, Gone, ServerMessage, Snapshot, Subscribed

PARTITIONS = 3
PATIENTS = ("p-1", "p-2", "p-3", "p-4")
WARDS = ("4B", "5A")

# What a console is told of a patient: the name of an event, or of an alarm that is gone.
Word = tuple[str, str]


@dataclass
class Logged:
    """One record; ``event`` is ``None`` for what nobody can read."""

    partition: int
    offset: int
    event: AlarmEvent | None

    @property
    def value(self) -> bytes:
        return b"garbage" if self.event is None else encode_alarm(self.event)


class Ward:
    """The log, made of steps (what, patient, ward, priority)."""

    def __init__(self, steps: Sequence[tuple[str, int, int, str]]) -> None:
        self.partitions: dict[int, list[Logged]] = {number: [] for number in range(PARTITIONS)}
        self._episode: defaultdict[str, int] = defaultdict(int)
        for number, (what, who, where, priority) in enumerate(steps, 1):
            patient = PATIENTS[who % len(PATIENTS)]
            of_patient = [each for each in self.partitions[_partition(patient)] if each.event]
            if what == "garbage":
                self._append(_partition(patient), None)
            elif what == "repeat" and of_patient:
                self._append(_partition(patient), of_patient[where % len(of_patient)].event)
            else:
                self._append(
                    _partition(patient), self._step(patient, number, WARDS[where % 2], priority, what)
                )

    def _append(self, partition: int, event: AlarmEvent | None) -> None:
        self.partitions[partition].append(Logged(partition, len(self.partitions[partition]), event))

    def _step(self, patient: str, sequence: int, ward: str, priority: str, what: str) -> AlarmEvent:
        phase = "end" if what == "end" else "update"
        event = alarm_event(
            patient=patient,
            sequence=sequence,
            ward=ward,
            phase=phase,
            priority=priority,
            episode=self._episode[patient],
        )
        self._episode[patient] += phase == "end"
        return event

    def words(self, wanted: Subscription) -> dict[int, list[tuple[int, str, Word]]]:
        """All that an undisturbed console is told, by partition: at which offset, of whom, what."""
        return {number: list(self._words_of(number, wanted)) for number in self.partitions}

    def _words_of(self, number: int, wanted: Subscription) -> list[tuple[int, str, Word]]:
        words, latest, shown = [], dict[str, int](), set[str]()
        for record in self.partitions[number]:
            event = record.event
            if event is None or event.sequence <= latest.get(event.patient, 0):
                continue
            latest[event.patient] = event.sequence
            if _belongs(event, wanted):
                words.append((record.offset, event.patient, ("event", event.event)))
                shown.add(event.alarm)
            elif event.alarm in shown:
                words.append((record.offset, event.patient, ("gone", event.alarm)))
                shown.discard(event.alarm)
            if event.phase is Phase.END:
                shown.discard(event.alarm)
        return words

    def open_at(self, offsets: Mapping[int, int], wanted: Subscription) -> set[str]:
        """The latest events of the alarms that are open there, by name."""
        found: dict[str, AlarmEvent] = {}
        for number, records in self.partitions.items():
            latest = dict[str, int]()
            for record in records[: offsets[number]]:
                event = record.event
                if event is None or event.sequence <= latest.get(event.patient, 0):
                    continue
                latest[event.patient] = event.sequence
                found[event.alarm] = event
                if event.phase is Phase.END:
                    del found[event.alarm]
        return {event.event for event in found.values() if _belongs(event, wanted)}


def _partition(patient: str) -> int:
    return PATIENTS.index(patient) % PARTITIONS


def _belongs(event: AlarmEvent, wanted: Subscription) -> bool:
    return (
        ("*" in wanted.wards or event.ward in wanted.wards)
        and event.priority >= wanted.minimum_priority
        and (wanted.patients is None or event.patient in wanted.patients)
    )


class Feed:
    """A hub that reads the log in an order of its own: ``order`` says from which partition next."""

    def __init__(self, ward: Ward, order: Sequence[int], *, history_events: int) -> None:
        self.hub = FeedHub(history_events=history_events)
        self._ward = ward
        self._order = order
        self._turn = 0
        self._next = dict.fromkeys(ward.partitions, 0)
        self.hub.begin(self._next)
        self.hub.open_doors()

    def read(self, count: int) -> None:
        """One batch."""
        for _ in range(count):
            ready = [number for number, at in self._next.items() if at < len(self._ward.partitions[number])]
            if not ready:
                break
            choice = self._order[self._turn % len(self._order)] if self._order else 0
            self._turn += 1
            self._take(ready[choice % len(ready)])
        self.hub.flush()

    def read_all(self) -> None:
        self.read(sum(len(records) for records in self._ward.partitions.values()))

    def _take(self, number: int) -> None:
        record = self._ward.partitions[number][self._next[number]]
        self._next[number] += 1
        if record.event is None:
            self.hub.pass_over(record.value, number, record.offset)
        else:
            self.hub.take(record.event, record.value, number, record.offset)


@dataclass
class Traveller:
    """A console that goes from feed to feed, and checks each message that it is told."""

    ward: Ward
    wanted: Subscription
    position: str | None = None
    is_told: bool = False
    recoveries: int = 0
    snapshots: int = 0
    _since: Mapping[int, int] = field(default_factory=dict)
    _told: defaultdict[str, list[Word]] = field(default_factory=lambda: defaultdict(list))
    _feed: Feed | None = None
    _subscriber: Subscriber | None = None

    def __post_init__(self) -> None:
        self._words = self.ward.words(self.wanted)

    def go_to(self, feed: Feed) -> None:
        """The connection breaks: what has not been read of it is lost."""
        if self._feed is not None and self._subscriber is not None:
            self._feed.hub.leave(self._subscriber)
        self._feed = feed
        self._subscriber = joined(feed.hub)
        self._unread: list[ServerMessage] = []
        self.is_told = False
        feed.hub.subscribe(self._subscriber, self.wanted, self.position)

    def read(self, share: float = 1.0) -> None:
        """Some of what has come, from the front."""
        if self._subscriber is None:
            return
        self._unread += messages(self._subscriber)
        count = round(share * len(self._unread))
        for message in self._unread[:count]:
            self._take(message)
        del self._unread[:count]

    def beat(self) -> None:
        if self._feed is not None:
            self._feed.hub.heartbeat(live())

    def _take(self, message: ServerMessage) -> None:
        match message:
            case Subscribed():
                self.recoveries += message.recovered
                self.is_told = message.recovered
            case Snapshot():
                self.is_told = True
                self.snapshots += 1
                self._since = offsets_in(message.position)
                self._told.clear()
                expected = self.ward.open_at(self._since, self.wanted)
                assert {event.event for event in message.events()} == expected
            case Event():
                event = message.event()
                self._told[event.patient].append(("event", event.event))
            case Gone():
                (patient,) = {
                    who
                    for words in self._words.values()
                    for _, who, word in words
                    if word == ("gone", message.alarm)
                }
                self._told[patient].append(("gone", message.alarm))
        self.position = position_in([message]) or self.position
        if self.is_told and position_in([message]) is not None:
            self.check()

    def check(self) -> None:
        """Up to its position it has been told all that it has to be told, in order, once, and no more."""
        assert self.position is not None
        offsets = offsets_in(self.position)
        expected: defaultdict[str, list[Word]] = defaultdict(list)
        for number, words in self._words.items():
            for offset, patient, word in words:
                if self._since[number] <= offset < offsets[number]:
                    expected[patient].append(word)
        assert {who: words for who, words in self._told.items() if words} == dict(expected)
