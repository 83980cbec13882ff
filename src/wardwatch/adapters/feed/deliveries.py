"""At which consoles of this feed an alarm has arrived: sent, shown on the screen, acted on.

Nothing is noted for each event at each console. What a console was sent follows from what it had subscribed
to when, and from the number up to which its outbox had been written: that is worked out when somebody asks.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from wardwatch.adapters.feed.subscription import Standing, Subscription, standing_of
from wardwatch.core.alarming.commands import Verb
from wardwatch.core.events import AlarmEvent
from wardwatch.wire.feed.told import Deliveries, Delivery

if TYPE_CHECKING:
    from wardwatch.adapters.feed.audience import Subscriber
    from wardwatch.adapters.feed.hub import FeedHub
    from wardwatch.adapters.feed.outbox import Outbox
    from wardwatch.core.permissions import Grant
    from wardwatch.wire.feed.asked import Order

LOOK_INTERVAL_S = 1.0

# All of these are our own choices. What is over, and who is gone, stays known for some minutes, and a
# connection that is gone until its last receipts are there. A console that comes and goes, an alarm that
# wanders, and an outbox that is behind again and again are known by their latest steps.
_KEPT_MS = 600_000
_RECEIPTS_COME_WITHIN_MS = 60_000
_MOST_STEPS = 16
_MOST_CONSOLES = 10_000

# What ends or undoes something is no answer to an alarm.
_NO_ANSWERS = {Verb.RESUME_AUDIO, Verb.RESUME_ALARM}

_ConsoleKey = tuple[str, str]


@dataclass(slots=True)
class _Span:
    """One subscription of one connection: all that came after the number ``since`` was told as it happened.

    ``late`` tells of the times when the outbox was behind: up to which number it had been written, and when
    that was seen. ``until`` is set when the span is over, and ``outbox`` is then let go with the connection.
    """

    subscription: Subscription
    outbox: Outbox | None
    since: int
    since_ms: int
    until: int | None = None
    late: list[tuple[int, int]] = field(default_factory=list)
    finally_written: int = 0

    @property
    def written(self) -> int:
        """Up to which number everything has gone out."""
        written = self.finally_written if self.outbox is None else self.outbox.written
        return written if self.until is None else min(written, self.until)

    def close(self) -> None:
        """The connection is gone: what has not gone out by now never will."""
        self.finally_written, self.outbox = self.written, None

    def sent_ms(self, number: int, at_ms: int) -> int:
        """When that went out which was ready at ``at_ms``: to within a second where the outbox was behind."""
        was_behind = False
        for written, seen_ms in self.late:
            if seen_ms >= at_ms and written >= number:
                return seen_ms if was_behind else at_ms
            was_behind |= seen_ms >= at_ms
        return at_ms


@dataclass(slots=True)
class _Console:
    """A screen and whoever is logged in there, however often it has connected."""

    console: str
    name: str
    role: str
    spans: list[_Span] = field(default_factory=list)
    connections: int = 0
    left_ms: int = 0


@dataclass(slots=True)
class _Life:
    """An alarm: to whom it belonged from which number on, and what consoles have done about it."""

    patient: str
    condition: str
    sequence: int = -1
    standings: list[tuple[int, int, Standing]] = field(default_factory=list)
    shown_ms: dict[_ConsoleKey, int] = field(default_factory=dict)
    acted_ms: dict[_ConsoleKey, int] = field(default_factory=dict)
    over_since_ms: int | None = None


class DeliveryBook:
    """Is told of events by :meth:`take`, of consoles by the sessions, and of what was done by receipts."""

    def __init__(
        self, hub: FeedHub, *, now_ms: Callable[[], int] = lambda: time.time_ns() // 1_000_000
    ) -> None:
        self._hub = hub
        self._now_ms = now_ms
        self._lives: dict[str, _Life] = {}
        self._consoles: dict[_ConsoleKey, _Console] = {}
        self._key_of: dict[Subscriber, _ConsoleKey] = {}
        self._span_of: dict[Subscriber, _Span] = {}
        self._left_ms: dict[Subscriber, int] = {}

    def take(self, event: AlarmEvent) -> None:
        """The hub has taken this event as its latest record."""
        life = self._lives.get(event.alarm)
        if life is None:
            life = self._lives[event.alarm] = _Life(event.patient, event.condition)
        if event.sequence <= life.sequence:
            return
        life.sequence = event.sequence
        standing = standing_of(event)
        if not life.standings or life.standings[-1][2] != standing:
            life.standings.append((self._hub.number, self._now_ms(), standing))
            del life.standings[:-_MOST_STEPS]

    # Consoles

    def logged_in(self, subscriber: Subscriber, console: str, grant: Grant) -> None:
        """Somebody has logged in at a console, or anew over the same connection."""
        key = (console, grant.subject)
        known = self._consoles.pop(key, None) or _Console(console, grant.name, grant.role.value)
        known.name, known.role = grant.name, grant.role.value
        if subscriber not in self._key_of:
            known.connections += 1
        self._consoles[key] = known
        self._key_of[subscriber] = key

    def subscribed(self, subscriber: Subscriber) -> None:
        """The hub has been asked for the subscription that the console has now."""
        self._end_span(subscriber)
        key, subscription = self._key_of.get(subscriber), subscriber.subscription
        if key is not None and subscription is not None:
            span = _Span(subscription, subscriber.outbox, self._hub.number, self._now_ms())
            self._span_of[subscriber] = span
            spans = self._consoles[key].spans
            spans.append(span)
            del spans[:-_MOST_STEPS]

    def left(self, subscriber: Subscriber) -> None:
        """A console has gone; it is known for some minutes, in case that it comes back."""
        self._end_span(subscriber)
        key = self._key_of.get(subscriber)
        if key is None or subscriber in self._left_ms:
            return
        console = self._consoles[key]
        console.connections -= 1
        console.left_ms = self._left_ms[subscriber] = self._now_ms()
        for span in console.spans:
            if span.outbox is subscriber.outbox:
                span.close()

    def _end_span(self, subscriber: Subscriber) -> None:
        span = self._span_of.pop(subscriber, None)
        if span is not None:
            span.until = self._hub.number

    # What they do

    def shown(self, subscriber: Subscriber, alarms: Iterable[str]) -> list[str]:
        """A console has these alarms on its screen; gives those that are so for the first time.

        Of what it was not sent it can know nothing.
        """
        key, now_ms = self._key_of.get(subscriber), self._now_ms()
        if key is None or key not in self._consoles:
            return []
        shown = []
        for alarm in alarms:
            life = self._lives.get(alarm)
            if life is None or key in life.shown_ms:
                continue
            if _sent_ms(self._consoles[key], life) is not None:
                life.shown_ms[key] = now_ms
                shown.append(alarm)
        return shown

    def acted(self, subscriber: Subscriber, order: Order) -> None:
        """What a console has ordered is done: it counts for each open alarm that it was about."""
        key, now_ms = self._key_of.get(subscriber), self._now_ms()
        if key is None or order.verb in _NO_ANSWERS:
            return
        for life in self._meant(order):
            life.acted_ms.setdefault(key, now_ms)

    def _meant(self, order: Order) -> Iterator[_Life]:
        """All alarms are looked at: people give orders by hand."""
        for alarm, life in self._lives.items():
            is_meant = order.alarm in (None, alarm) and order.condition in (None, life.condition)
            if is_meant and life.patient == order.patient and self._hub.open_alarm(alarm) is not None:
                yield life

    def of(self, alarm: str, request: str | None = None) -> Deliveries:
        """What each console that was sent it has done about an alarm."""
        life = self._lives.get(alarm)
        told = () if life is None else self._told(life)
        return Deliveries(alarm=alarm, consoles=list(told), request=request)

    def _told(self, life: _Life) -> Iterator[Delivery]:
        for key, console in self._consoles.items():
            sent_ms = _sent_ms(console, life)
            if sent_ms is not None or key in life.acted_ms:
                yield Delivery(
                    console=console.console,
                    name=console.name,
                    role=console.role,
                    sent_ms=sent_ms,
                    shown_ms=life.shown_ms.get(key),
                    acted_ms=life.acted_ms.get(key),
                )

    # Once a second

    async def run(self) -> NoReturn:
        """Look once a second, until cancelled."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_INTERVAL_S)

    def look(self) -> None:
        """Note which outboxes are behind, and forget what is long over."""
        now_ms = self._now_ms()
        for subscriber, span in self._span_of.items():
            outbox = subscriber.outbox
            if outbox.events_waiting or (span.late and span.late[-1][0] < outbox.written):
                span.late.append((outbox.written, now_ms))
                del span.late[:-_MOST_STEPS]
        for alarm, life in list(self._lives.items()):
            if self._hub.open_alarm(alarm) is not None:
                life.over_since_ms = None
            elif life.over_since_ms is None:
                life.over_since_ms = now_ms
            elif now_ms - life.over_since_ms >= _KEPT_MS:
                del self._lives[alarm]
        self._forget_consoles(now_ms)

    def _forget_consoles(self, now_ms: int) -> None:
        for subscriber, left_ms in list(self._left_ms.items()):
            if now_ms - left_ms >= _RECEIPTS_COME_WITHIN_MS:
                del self._left_ms[subscriber]
                del self._key_of[subscriber]
        gone = [key for key, console in self._consoles.items() if not console.connections]
        surplus = len(self._consoles) - _MOST_CONSOLES
        for place, key in enumerate(gone):
            if place < surplus or now_ms - self._consoles[key].left_ms >= _KEPT_MS:
                del self._consoles[key]


def _sent_ms(console: _Console, life: _Life) -> int | None:
    """When the console was first sent the alarm; ``None`` if it was not."""
    sent = [at_ms for span in console.spans if (at_ms := _sent_within(span, life)) is not None]
    return min(sent, default=None)


def _sent_within(span: _Span, life: _Life) -> int | None:
    ends = [number for number, *_ in life.standings][1:]
    for (number, at_ms, standing), end in zip(life.standings, [*ends, None], strict=True):
        if not span.subscription.covers(standing):
            continue
        if number > span.since:
            return span.sent_ms(number, at_ms) if span.written >= number else None
        if (end is None or end > span.since) and span.written >= span.since:
            return span.sent_ms(span.since, span.since_ms)
    return None
