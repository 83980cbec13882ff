"""At which consoles an alarm has arrived, worked out from what each had subscribed to, and when."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.alerts import alarm_event
from tests.support.hubs import hub_and_log, joined, messages, sink_of, subscription
from wardwatch.adapters.feed import deliveries as feed_deliveries
from wardwatch.adapters.feed.audience import Subscriber
from wardwatch.adapters.feed.deliveries import DeliveryBook
from wardwatch.core.alarming.commands import Verb
from wardwatch.core.events import AlarmEvent
from wardwatch.core.permissions import ConsoleRole, Grant
from wardwatch.wire.feed.asked import Order
from wardwatch.wire.feed.told import Delivery

ALARM = alarm_event().alarm
MINUTES_MS = 60_000


class Ward:
    """A hub, its log and the book, on a clock that is set by hand; its first instant is 1000."""

    def __init__(self) -> None:
        self.now_ms = 1000
        self.hub, self.log = hub_and_log()
        self.book = DeliveryBook(self.hub, now_ms=lambda: self.now_ms)

    def happens(self, event: AlarmEvent) -> None:
        self.log.say(event)
        self.book.take(event)

    def console(self, name: str = "station-1", subject: str = "anna") -> Subscriber:
        subscriber = joined(self.hub)
        self.book.logged_in(subscriber, name, grant(subject))
        return subscriber

    def subscribes(self, who: Subscriber, *wards: str, position: str | None = None, **wanted: Any) -> None:
        self.hub.subscribe(who, subscription(*wards, **wanted), position)
        self.book.subscribed(who)

    def goes(self, who: Subscriber) -> None:
        self.hub.leave(who)
        self.book.left(who)

    def told(self, alarm: str = ALARM) -> dict[str, tuple[int | None, int | None, int | None]]:
        """Console to when it was sent, shown and acted on."""
        return {each.console: (each.sent_ms, each.shown_ms, each.acted_ms) for each in self.deliveries(alarm)}

    def deliveries(self, alarm: str = ALARM) -> list[Delivery]:
        return self.book.of(alarm).consoles

    def passes(self, milliseconds: int) -> None:
        self.now_ms += milliseconds


def grant(subject: str) -> Grant:
    return Grant(
        token_id=f"t-{subject}",
        subject=subject,
        name=subject.capitalize(),
        role=ConsoleRole.NURSE,
        wards=frozenset({"*"}),
        expires_ms=2_000_000_000_000,
    )


def order(verb: Verb = Verb.ACKNOWLEDGE, alarm: str | None = ALARM, **wishes: Any) -> Order:
    return Order(command="c-1", patient=wishes.pop("patient", "p-1"), verb=verb, alarm=alarm, **wishes)


@pytest.fixture
def ward() -> Ward:
    return Ward()


def test_what_was_told_as_it_happened_was_sent_then_to_those_whose_ward_it_is(ward: Ward) -> None:
    ward.subscribes(ward.console("here"), "4B")
    ward.subscribes(ward.console("everywhere"), "*")
    ward.subscribes(ward.console("elsewhere"), "5A")
    ward.subscribes(ward.console("highest"), "4B", minimum_priority="high")
    ward.console("silent")
    ward.passes(500)
    ward.happens(alarm_event(priority="medium"))
    ward.passes(500)
    assert ward.told() == {"here": (1500, None, None), "everywhere": (1500, None, None)}
    ward.happens(alarm_event(priority="high", sequence=2, phase="update"))
    assert ward.told()["highest"] == (2000, None, None)
    assert ward.told()["here"] == (1500, None, None)
    (delivery, *_) = ward.deliveries()
    assert (delivery.name, delivery.role) == ("Anna", "nurse")


def test_what_was_open_before_was_sent_with_the_snapshot(ward: Ward) -> None:
    ward.happens(alarm_event())
    ward.happens(alarm_event(patient="p-2", ward="5A"))
    ward.passes(500)
    first = ward.console("first")
    ward.subscribes(first, "5A")
    assert ward.told() == {}
    ward.passes(500)
    ward.subscribes(first, "4B")
    assert ward.told() == {"first": (2000, None, None)}
    # What it has turned to since does not undo that.
    ward.subscribes(first, "5A")
    assert ward.told() == {"first": (2000, None, None)}


def test_an_alarm_that_wanders_was_sent_where_it_was_and_where_it_is(ward: Ward) -> None:
    for name, place in (("old", "4B"), ("new", "5A")):
        ward.subscribes(ward.console(name), place)
    ward.happens(alarm_event())
    ward.passes(500)
    ward.happens(alarm_event(ward="5A", sequence=2, phase="update"))
    ward.passes(500)
    ward.subscribes(ward.console("late"), "4B")
    assert ward.told() == {"old": (1000, None, None), "new": (1500, None, None)}


def test_who_is_behind_was_sent_it_when_the_outbox_had_written_it(ward: Ward) -> None:
    slow = ward.console("slow")
    ward.subscribes(slow, "4B")
    sink_of(slow).paused = True
    ward.happens(alarm_event())
    assert ward.told() == {}
    ward.passes(1000)
    ward.book.look()
    sink_of(slow).resume()
    ward.passes(1000)
    ward.book.look()
    ward.passes(1000)
    ward.book.look()
    assert ward.told() == {"slow": (3000, None, None)}
    ward.happens(alarm_event(patient="p-2"))
    ward.passes(1000)
    assert ward.told(alarm_event(patient="p-2").alarm) == {"slow": (4000, None, None)}


def test_who_has_gone_before_it_was_written_has_not_got_it(ward: Ward) -> None:
    slow = ward.console("slow")
    ward.subscribes(slow, "4B")
    sink_of(slow).paused = True
    ward.happens(alarm_event())
    ward.goes(slow)
    sink_of(slow).resume()
    assert ward.told() == {}


def test_who_comes_back_is_the_same_console(ward: Ward) -> None:
    first = ward.console()
    ward.subscribes(first, "4B")
    ward.happens(alarm_event())
    ward.book.shown(first, [ALARM])
    ward.goes(first)
    ward.passes(2000)
    again = ward.console()
    ward.subscribes(again, "4B", position=ward.hub.position())
    assert ward.told() == {"station-1": (1000, 1000, None)}
    other = ward.console(subject="bert")
    ward.subscribes(other, "4B")
    assert [(each.name, each.sent_ms) for each in ward.deliveries()] == [("Anna", 1000), ("Bert", 3000)]


def test_who_resumes_and_has_missed_nothing_has_what_is_open(ward: Ward) -> None:
    ward.happens(alarm_event())
    first = ward.console("elsewhere")
    ward.subscribes(first, "4B")
    position = next(each.position for each in messages(first) if hasattr(each, "position"))
    ward.passes(500)
    again = ward.console("here")
    ward.subscribes(again, "4B", position=position)
    assert ward.told()["here"] == (1500, None, None)


def test_only_what_was_sent_can_be_shown_and_the_first_time_counts(ward: Ward) -> None:
    here, elsewhere, silent = (ward.console(name) for name in ("here", "elsewhere", "silent"))
    ward.subscribes(here, "4B")
    ward.subscribes(elsewhere, "5A")
    ward.happens(alarm_event())
    for _ in range(2):
        ward.passes(500)
        for who in (here, elsewhere, silent, joined(ward.hub)):
            ward.book.shown(who, [ALARM, "no-such-alarm"])
    assert ward.told() == {"here": (1000, 1500, None)}


@pytest.mark.parametrize(
    ("done", "counts"),
    [
        (order(), True),
        (order(Verb.NOTE, text="Hm."), True),
        (order(Verb.PAUSE_AUDIO, None), True),
        (order(Verb.PAUSE_ALARM, None, condition="heart_rate.high"), True),
        (order(Verb.NEW_NORMAL, None), True),
        (order(Verb.PAUSE_ALARM, None, condition="news2.high"), False),
        (order(alarm="another"), False),
        (order(Verb.PAUSE_AUDIO, None, patient="p-2"), False),
        (order(Verb.RESUME_AUDIO, None), False),
        (order(Verb.RESUME_ALARM, None), False),
    ],
    ids=str,
)
def test_what_was_done_counts_for_the_alarms_that_it_was_about(ward: Ward, done: Order, counts: bool) -> None:  # noqa: FBT001
    who = ward.console()
    ward.subscribes(who, "4B")
    ward.happens(alarm_event())
    ward.passes(500)
    ward.book.acted(who, done)
    ward.passes(500)
    ward.book.acted(who, done)
    assert ward.told() == {"station-1": (1000, None, 1500 if counts else None)}


def test_a_receipt_for_who_has_just_gone_counts(ward: Ward) -> None:
    who = ward.console()
    ward.subscribes(who, "4B")
    ward.happens(alarm_event())
    ward.goes(who)
    ward.goes(who)
    ward.book.acted(who, order())
    assert ward.told() == {"station-1": (1000, None, 1000)}
    ward.passes(1 * MINUTES_MS)
    ward.book.look()
    ward.happens(alarm_event(patient="p-2"))
    ward.book.acted(who, order(alarm=None, patient="p-2", verb=Verb.PAUSE_AUDIO))
    assert ward.told(alarm_event(patient="p-2").alarm) == {}


def test_what_comes_again_after_a_crash_changes_nothing(ward: Ward) -> None:
    ward.subscribes(ward.console("highest"), "4B", minimum_priority="high")
    told = [alarm_event(), alarm_event(priority="medium", sequence=2, phase="update")]
    for event in (*told, *told):
        ward.happens(event)
        ward.passes(500)
    ward.subscribes(ward.console("late"), "4B", minimum_priority="high")
    assert ward.told() == {"highest": (1000, None, None)}


def test_what_is_over_and_who_is_gone_is_forgotten_after_some_minutes(ward: Ward) -> None:
    gone, stays = ward.console("gone"), ward.console("stays")
    for who in (gone, stays):
        ward.subscribes(who, "4B")
    ward.happens(alarm_event())
    ward.happens(alarm_event(patient="p-2"))
    ward.goes(gone)
    ward.happens(alarm_event(sequence=2, phase="end"))
    ward.book.look()
    assert set(ward.told()) == {"gone", "stays"}
    ward.passes(10 * MINUTES_MS)
    ward.book.look()
    assert ward.told() == {}
    assert set(ward.told(alarm_event(patient="p-2").alarm)) == {"stays"}
    assert not ward.book._left_ms
    assert set(ward.book._key_of) == {stays}


def test_of_many_who_are_gone_only_some_are_known(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_deliveries, "_MOST_CONSOLES", 3)
    for number in range(6):
        who = ward.console(f"station-{number}")
        ward.subscribes(who, "4B")
        if number != 1:
            ward.goes(who)
    ward.book.look()
    ward.happens(alarm_event())
    assert set(ward.book._consoles) == {(f"station-{number}", "anna") for number in (1, 4, 5)}
    assert set(ward.told()) == {"station-1"}


def test_a_console_that_subscribes_again_and_again_takes_no_more_room(ward: Ward) -> None:
    who = ward.console()
    for _ in range(100):
        ward.subscribes(who, "4B")
    assert len(ward.book._consoles[("station-1", "anna")].spans) <= 16


async def test_it_looks_by_itself(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = asyncio.Event()
    monkeypatch.setattr(ward.book, "look", looked.set)
    running = asyncio.create_task(ward.book.run())
    async with asyncio.timeout(10):
        await looked.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def test_nothing_is_kept_for_an_event_at_a_console() -> None:
    ward = Ward()
    for number in range(50):
        ward.subscribes(ward.console(f"station-{number}"), "4B")
    for sequence in range(100):
        ward.happens(alarm_event(sequence=sequence, phase="update"))
    assert len(ward.told()) == 50
    (life,) = ward.book._lives.values()
    assert len(life.standings) == 1
    assert not life.shown_ms
    assert all(len(console.spans) == 1 for console in ward.book._consoles.values())
