"""What the feed knows, and who hears of it.

No sockets and no Kafka here, and nothing that waits: every method is one step, so that no event can slip
between what a console is told when it subscribes and what it is told from then on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from dataclasses import dataclass

from wardwatch.adapters.feed.audience import Subscriber, frames_of, parcels_of
from wardwatch.adapters.feed.board import Bed, Board
from wardwatch.adapters.feed.counters import FeedCounters
from wardwatch.adapters.feed.fanout import Fanout
from wardwatch.adapters.feed.frames import framed, text_frame
from wardwatch.adapters.feed.history import Happened, History, Reach
from wardwatch.adapters.feed.outbox import Parcel, Sink
from wardwatch.adapters.feed.positions import Position, parsed
from wardwatch.adapters.feed.subscription import Subscription
from wardwatch.core.events import AlarmEvent, PatientStatus
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.told import Event, Heartbeat, Snapshot, Subscribed, raw

# For how many heartbeats a console that has seen more of the log than this feed waits for the feed to get
# there: about 3 s. Our own choice.
HOLD_BEATS = 3

# Answers to consoles that come back together are made once, as long as nothing happens between them; so much
# of them is kept. Our own choice.
_MOST_ANSWER_BYTES = 32 * 1024 * 1024
_ENTRY_BYTES = 1024  # what an empty one takes, too


@dataclass(slots=True)
class _Wish:
    """A subscription that has not been granted yet; ``position`` is without it in its check."""

    subscription: Subscription
    position: Position | None = None
    request: str | None = None
    is_answered: bool = False
    beats: int = 0


class FeedHub:
    """Takes in what the logs say, keeps what consoles that come back may have missed, and tells consoles.

    Until :meth:`open_doors` the hub only learns: a snapshot of half the log would be a false one.
    """

    def __init__(self, *, history_events: int = 20_000, queue_limit: int = 1000) -> None:
        """So many records of the log are kept, and so many events may wait for one console."""
        self.counters = FeedCounters()
        self._fanout = Fanout(self.counters, queue_limit=queue_limit)
        self._history = History(history_events)
        self._board = Board()
        self._wishes: dict[Subscriber, _Wish] = {}
        self._batch: list[Happened] = []
        self._beds_before: dict[str, Bed | None] = {}
        self._answers: dict[Hashable, list[Parcel]] = {}
        self._answer_bytes = 0
        self._is_open_to_consoles = False

    @property
    def subscribers(self) -> Set[Subscriber]:
        """All who are connected; to be looked at only."""
        return self._fanout.subscribers

    @property
    def number(self) -> int:
        """That of the newest record: an outbox that has written it has written all events so far."""
        return self._history.number

    def position(self) -> str:
        """How far the log has been read; consoles are told it with their subscription in its check."""
        return self._history.position()

    def alarms_of(self, patient: str, covers: Callable[[str], bool] = lambda _: True) -> list[bytes]:
        """The records of a patient's latest events in wards that are covered, the oldest first."""
        return [step.record for step in self._history.of_patient(patient) if covers(step.now.ward)]

    def open_alarm(self, alarm: str) -> AlarmEvent | None:
        """The latest event of an alarm of a patient, while it is open."""
        return self._board.open_alarm(alarm)

    # Consoles

    def join(self, sink: Sink) -> Subscriber:
        """A console has connected."""
        return self._fanout.join(sink)

    def leave(self, subscriber: Subscriber) -> None:
        """A console is gone, or is to go."""
        self._wishes.pop(subscriber, None)
        self._fanout.leave(subscriber)

    def send(self, subscriber: Subscriber, payload: bytes) -> None:
        """Send an answer to one console, after all that it has been told before."""
        if subscriber in self.subscribers:
            self.flush()
            self._fanout.give((subscriber,), [Parcel(text_frame(payload))])

    def subscribe(
        self,
        subscriber: Subscriber,
        subscription: Subscription,
        position: str | None = None,
        request: str | None = None,
        wards_told: Iterable[str] = (),
    ) -> None:
        """From now on the console hears of this, and first of what it has missed, or of all that is open.

        ``wards_told`` are the wards that it is told it has; the answer repeats ``request``.
        """
        if subscriber not in self.subscribers:
            return
        self.flush()
        self._fanout.hush(subscriber)
        subscriber.subscription = subscription
        subscriber.wards_told = tuple(wards_told) or tuple(sorted(subscription.wards))
        known = None if position is None else parsed(position)
        if known is not None:
            known = known._replace(check=known.check ^ subscription.digest)
        self._wishes[subscriber] = _Wish(subscription, known, request)
        self._grant(subscriber)

    def _grant(self, subscriber: Subscriber) -> None:
        """Tell a console where it stands, or let it wait until that is known."""
        wish = self._wishes[subscriber]
        reach = Reach.LOST if wish.position is None else self._history.reach(wish.position)
        is_to_wait = reach is Reach.AHEAD and wish.beats < HOLD_BEATS
        if is_to_wait or not self._is_open_to_consoles:
            return
        del self._wishes[subscriber]
        self._fanout.tell(subscriber, wish.subscription)
        recovered = wish.position is not None and reach is Reach.KNOWN
        if not wish.is_answered:
            answer = self._answer(subscriber, wish, recovered=recovered)
            self._fanout.give((subscriber,), [Parcel(framed(answer))])
        if wish.position is not None and recovered:
            self.counters.consoles_resumed += 1
            parcels = self._missed(wish.subscription, wish.position)
        else:
            parcels = self._snapshot(wish.subscription, subscriber.wards_told)
        self._fanout.give((subscriber,), parcels)

    def _answer(self, subscriber: Subscriber, wish: _Wish, *, recovered: bool) -> Subscribed:
        return Subscribed(
            wards=list(subscriber.wards_told),
            recovered=recovered,
            monitoring=raw(self._board.monitoring()),
            patients=raw(self._board.patients_for(wish.subscription)) if recovered else [],
            request=wish.request,
        )

    def _missed(self, subscription: Subscription, position: Position) -> list[Parcel]:
        def make() -> list[Parcel]:
            frames = frames_of(subscription, self._history.since(position))
            # Where nothing was missed, that is told by the number alone.
            parcels = parcels_of(frames, self.number) or [Parcel(b"", number=self.number)]
            return [parcel._replace(is_answer=True) for parcel in parcels]

        return self._made_once((subscription, position), make)

    def _snapshot(self, subscription: Subscription, wards_told: tuple[str, ...]) -> list[Parcel]:
        def make() -> list[Parcel]:
            snapshot = Snapshot(
                wards=list(wards_told),
                position=self._history.position(subscription.digest),
                alarms=raw([*self._board.monitoring(), *self._board.alarms_for(subscription)]),
                patients=raw(self._board.patients_for(subscription)),
            )
            return [Parcel(framed(snapshot), number=self.number)]

        return self._made_once((subscription, wards_told), make)

    def _made_once(self, key: Hashable, make: Callable[[], list[Parcel]]) -> list[Parcel]:
        parcels = self._answers.get(key)
        if parcels is None:
            parcels = make()
            size = sum(len(parcel.frames) for parcel in parcels) + _ENTRY_BYTES
            if self._answer_bytes + size > _MOST_ANSWER_BYTES:
                self._forget_answers()
            self._answer_bytes += size
            self._answers[key] = parcels
        return parcels

    def _forget_answers(self) -> None:
        self._answers.clear()
        self._answer_bytes = 0

    # The log of alarms

    def begin(self, offsets: Mapping[int, int]) -> None:
        """The log has these partitions, and reading begins or goes on there."""
        self._forget_answers()
        self._history.begin(offsets)

    def open_doors(self) -> None:
        """The log has been read to its end: from now on, snapshots are whole."""
        if not self._is_open_to_consoles:
            self._is_open_to_consoles = True
            for subscriber in list(self._wishes):
                self._grant(subscriber)

    def start_over(self) -> None:
        """The log is not the one that was read: forget it. Consoles get a snapshot when it is read anew."""
        self.flush()
        self.counters.log_restarts += 1
        self._is_open_to_consoles = False
        self._forget_answers()
        self._history.forget()
        self._board.forget()
        for subscriber in self._fanout.hush_all():
            if subscriber.subscription is not None:
                self._wishes[subscriber] = _Wish(subscriber.subscription, is_answered=True)

    def take(self, event: AlarmEvent, record: bytes, partition: int, offset: int) -> bool:
        """The next record of the log; consoles are told at the next :meth:`flush`. ``False`` if a repeat."""
        step = self._board.take(event, record)
        self._history.append(partition, offset, record, step)
        self._forget_answers()
        if step is None:
            self.counters.repeats_dropped += 1
        elif self._is_open_to_consoles:
            self._batch.append(self._history.latest(step))
        return step is not None

    def pass_over(self, record: bytes | None, partition: int, offset: int) -> None:
        """The next record of the log, which nobody can read."""
        self._history.append(partition, offset, record or b"", None)
        self._forget_answers()
        self.counters.unreadable_records += 1

    def announce(self, event: AlarmEvent) -> None:
        """The next event of an alarm that is the feed's own, and stands in no log: it is for every ward."""
        self.flush()
        self._forget_answers()
        record = encode_alarm(event)
        self._board.announce(event, record)
        message = Event(position=None, alarm=raw((record,))[0])
        self._fanout.tell_all(Parcel(framed(message), events=1))

    # Patients

    def show(self, status: PatientStatus, record: bytes) -> None:
        """The latest of a patient; consoles are told at the next :meth:`flush`."""
        self._forget_answers()
        self._beds_before.setdefault(status.patient, self._board.bed(status.patient))
        self._board.lay(status, record)

    def remove(self, patient: str) -> None:
        """A patient lies in no ward any more; consoles are told at the next :meth:`flush`."""
        self._forget_answers()
        self._beds_before.setdefault(patient, self._board.bed(patient))
        self._board.remove(patient)

    # Telling

    def flush(self) -> None:
        """Tell consoles what has happened since the last time: all that one fetch brought, at once."""
        if self._batch:
            batch, self._batch = self._batch, []
            self._fanout.tell_events(batch, self.number)
            self._grant_who_waited()
        if self._beds_before:
            beds_before, self._beds_before = self._beds_before, {}
            self._fanout.tell_statuses(beds_before, self._board)

    def heartbeat(self, beat: Heartbeat) -> None:
        """Tell every console how things stand, each with its own position; once a second."""
        self.flush()
        for wish in self._wishes.values():
            wish.beats += self._is_open_to_consoles
        self._grant_who_waited()
        self._fanout.beat(beat, lambda subscription: self._history.position(subscription.digest))

    def _grant_who_waited(self) -> None:
        for subscriber in list(self._wishes):
            self._grant(subscriber)
