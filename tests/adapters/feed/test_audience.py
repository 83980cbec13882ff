"""Who is in which audience: found by ward, and forgotten with the last member."""

from __future__ import annotations

from tests.support.hubs import FakeSink, subscription
from wardwatch.adapters.feed.audience import Audiences, Subscriber
from wardwatch.adapters.feed.counters import FeedCounters
from wardwatch.adapters.feed.outbox import Outbox


def subscriber() -> Subscriber:
    sink = FakeSink()
    return Subscriber(sink, Outbox(sink, FeedCounters(), limit=10))


def test_consoles_of_the_same_subscription_are_one_audience_and_are_found_by_each_of_its_wards() -> None:
    audiences = Audiences()
    first, second, other = subscriber(), subscriber(), subscriber()
    audiences.add(first, subscription("4B", "5A"))
    audiences.add(second, subscription("5A", "4B"))
    audiences.add(other, subscription("*"))
    assert {frozenset(each.members) for each in audiences} == {frozenset({first, second}), frozenset({other})}
    assert first.subscription is second.subscription, "a thousand consoles need not keep a thousand of them"
    assert [len(audiences.of_wards(wards)) for wards in (["4B"], ["4B", "5A"], ["6C"], [])] == [2, 2, 1, 1]


def test_nothing_is_kept_of_those_who_are_gone() -> None:
    audiences = Audiences()
    console, stranger = subscriber(), subscriber()
    audiences.add(console, subscription("4B"))
    audiences.discard(stranger)
    audiences.discard(console)
    audiences.discard(console)
    assert list(audiences) == []
    assert audiences.of_wards(["4B"]) == set()
    assert audiences._by_ward == {}
