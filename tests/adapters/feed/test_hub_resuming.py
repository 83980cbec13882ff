"""Consoles that come back, to this feed or to another: nothing is missing, nothing comes twice, or they are
told that it may be so.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.alerts import alarm_event
from tests.support.feeds import live
from tests.support.hubs import (
    FakeSink,
    Log,
    events,
    events_in,
    hub_and_log,
    messages,
    open_hub,
    position_in,
    sink_of,
    subscriber_of,
    subscription,
)
from tests.support.resuming import PARTITIONS, Feed, Traveller, Ward
from wardwatch.adapters.feed.hub import HOLD_BEATS, FeedHub
from wardwatch.wire.feed.told import Gone, Heartbeat, Snapshot, Subscribed


def after(hub: FeedHub, *wards: str, **wanted: Any) -> str:
    """The position of a console that has been told everything so far."""
    position = position_in(messages(subscriber_of(hub, *wards, **wanted)))
    assert position is not None
    return position


def test_who_comes_back_is_told_what_it_has_missed_and_then_what_happens() -> None:
    hub, log = hub_and_log()
    log.say(alarm_event(sequence=1))
    position = after(hub, "4B")
    missed = [alarm_event(sequence=2, phase="update"), alarm_event(sequence=3, phase="end")]
    for event in missed:
        log.say(event)
    console = subscriber_of(hub, "4B", position=position)
    answer, *told = messages(console)
    assert isinstance(answer, Subscribed)
    assert answer.recovered
    assert events_in(told) == missed
    assert len(told) == len(missed)
    log.say(alarm_event(sequence=4, episode=1))
    assert [event.sequence for event in events(console)] == [4]
    assert hub.counters.consoles_resumed == 1


def test_a_move_and_a_lower_priority_are_missed_as_they_would_have_been_told() -> None:
    hub, log = hub_and_log()
    log.say(alarm_event(patient="p-1", sequence=1))
    log.say(alarm_event(patient="p-2", sequence=1))
    position = after(hub, "4B", minimum_priority="medium")
    log.say(alarm_event(patient="p-1", sequence=2, phase="update", ward="5A"))
    log.say(alarm_event(patient="p-2", sequence=2, phase="update", priority="low"))
    console = subscriber_of(hub, "4B", minimum_priority="medium", position=position)
    _, *told = messages(console)
    assert [type(message) for message in told] == [Gone, Gone]


def test_what_came_before_the_oldest_event_that_is_kept_makes_a_snapshot() -> None:
    hub, log = hub_and_log(history_events=3)
    positions = []
    for sequence in range(1, 7):
        positions.append(after(hub, "4B"))
        log.say(alarm_event(sequence=sequence, phase="update"))
    answers = [messages(subscriber_of(hub, "4B", position=position)) for position in positions]
    assert [told[0].recovered for told in answers if isinstance(told[0], Subscribed)] == [False] * 3 + [
        True
    ] * 3
    assert all(isinstance(told[1], Snapshot) and len(told) == 2 for told in answers[:3])
    assert [len(events_in(told)) for told in answers[3:]] == [3, 2, 1]


def test_who_has_seen_more_than_this_feed_waits_until_it_has_seen_as_much() -> None:
    ahead, behind = open_hub(), open_hub()
    log = Log(ahead, behind)
    log.hubs = (ahead,)
    said = [alarm_event(sequence=number, phase="update") for number in range(1, 4)]
    for event in said[:2]:
        log.say(event)
    position = after(ahead, "4B")
    console = subscriber_of(behind, "4B", position=position)
    late = Log(behind)
    late.say(said[0])
    behind.heartbeat(live())
    (beat,) = messages(console)
    assert isinstance(beat, Heartbeat)
    assert beat.position == ""
    late.say(said[1])
    late.say(said[2])
    answer, *told = messages(console)
    assert isinstance(answer, Subscribed)
    assert answer.recovered
    assert events_in(told) == said[2:]


def test_it_does_not_wait_for_long() -> None:
    ahead, log = hub_and_log()
    log.say(alarm_event())
    behind = open_hub()
    Log(behind)
    console = subscriber_of(behind, "4B", position=after(ahead, "4B"))
    for _ in range(HOLD_BEATS - 1):
        behind.heartbeat(live())
    assert all(isinstance(message, Heartbeat) for message in messages(console))
    behind.heartbeat(live())
    answer, snapshot, _ = messages(console)
    assert isinstance(answer, Subscribed)
    assert not answer.recovered
    assert isinstance(snapshot, Snapshot)


def test_a_feed_that_is_starting_first_reads_the_log_and_then_tells_what_was_missed() -> None:
    first, log = hub_and_log()
    log.say(alarm_event(sequence=1))
    position = after(first, "4B")
    second = FeedHub()
    console = subscriber_of(second, "4B", position=position)
    for _ in range(2 * HOLD_BEATS):
        second.heartbeat(live())
    again = Log(second)
    for sequence in (1, 2):
        again.say(alarm_event(sequence=sequence, phase="start" if sequence == 1 else "update"))
    assert all(isinstance(message, Heartbeat) for message in messages(console))
    second.open_doors()
    answer, *told = messages(console)
    assert isinstance(answer, Subscribed)
    assert answer.recovered
    assert [event.sequence for event in events_in(told)] == [2]


@pytest.mark.parametrize("partitions", [1, 2, 4])
def test_a_position_of_a_topic_with_other_partitions_makes_a_snapshot(partitions: int) -> None:
    hub = open_hub()
    Log(hub, partitions=3)
    other = open_hub()
    Log(other, partitions=partitions)
    answer, *_ = messages(subscriber_of(hub, "4B", position=after(other, "4B")))
    assert isinstance(answer, Subscribed)
    assert not answer.recovered


def test_alarms_of_the_feeds_own_are_told_anew_to_who_comes_back() -> None:
    hub, log = hub_and_log()
    log.say(alarm_event())
    position = after(hub, "4B")
    own = alarm_event(patient="-", ward="-", condition="monitoring.stalled")
    hub.announce(own)
    (answer,) = messages(subscriber_of(hub, "4B", position=position))
    assert isinstance(answer, Subscribed)
    assert answer.recovered
    assert answer.events() == [own]


def test_what_many_have_missed_is_made_once() -> None:
    hub, log = hub_and_log()
    position = after(hub, "4B")
    log.say(alarm_event())
    consoles = [subscriber_of(hub, "4B", position=position) for _ in range(2)]
    (_, first), (_, second) = (sink_of(console).writes for console in consoles)
    assert first is second
    log.say(alarm_event(sequence=2, phase="update"))
    assert len(events(subscriber_of(hub, "4B", position=position))) == 2, "not what was made before"


def test_what_was_made_is_not_kept_without_end() -> None:
    hub, log = hub_and_log()
    positions = []
    for sequence in range(1, 120):
        positions.append(after(hub, "4B"))
        log.say(alarm_event(sequence=sequence, phase="update", text="x" * 20_000))
    for turn, position in enumerate(positions):
        assert len(events(subscriber_of(hub, "4B", position=position))) == 119 - turn
    kept = sum(len(parcel.frames) for parcels in hub._answers.values() for parcel in parcels)
    assert kept < 64 * 1024 * 1024


def test_however_much_was_missed_nobody_is_cut_off_for_it() -> None:
    hub, log = hub_and_log(queue_limit=2)
    position = after(hub, "4B")
    for sequence in range(1, 10):
        log.say(alarm_event(sequence=sequence, phase="update"))
    console = hub.join(sink := FakeSink())
    sink.paused = True
    hub.subscribe(console, subscription("4B"), position)
    for sequence in (10, 11):
        log.say(alarm_event(sequence=sequence, phase="update"))
    sink.resume()
    assert [event.sequence for event in events(console)] == list(range(1, 12))


steps = st.lists(
    st.tuples(
        st.sampled_from(["update", "update", "update", "end", "repeat", "garbage"]),
        st.integers(0, 3),
        st.integers(0, 5),
        st.sampled_from(["low", "medium", "high"]),
    ),
    min_size=10,
    max_size=40,
)
orders = st.lists(st.integers(0, PARTITIONS - 1), max_size=12)
wanted = st.builds(
    subscription,
    st.sampled_from(["4B", "*"]),
    minimum_priority=st.sampled_from(["low", "medium", "high"]),
    patients=st.sampled_from([None, None, ["p-1", "p-4"]]),
)
# Which feed the console goes to, how far each feed reads meanwhile, and which share of what comes it reads.
turns = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.integers(0, 9),
        st.integers(0, 9),
        st.sampled_from([0.0, 0.4, 0.7, 1.0]),
        st.booleans(),
    ),
    max_size=12,
)


@settings(max_examples=300)
@given(steps, orders, orders, st.sampled_from([4, 12, 1000]), wanted, turns)
def test_a_console_that_goes_from_feed_to_feed_is_told_what_an_undisturbed_one_is_told(
    log: list[Any],
    order: list[int],
    other_order: list[int],
    history_events: int,
    wants: Any,
    what_happens: list[tuple[int, int, int, float, bool]],
) -> None:
    ward = Ward(log)
    feeds = [
        Feed(ward, order, history_events=1000),
        Feed(ward, other_order, history_events=history_events),
    ]
    console = Traveller(ward, wants)
    console.go_to(feeds[0])
    console.read()
    for which, count, other_count, share, beats in what_happens:
        console.go_to(feeds[which])
        feeds[0].read(count)
        feeds[1].read(other_count)
        if beats:
            console.beat()
        console.read(share)
    for feed in feeds:
        feed.read_all()
    console.beat()
    console.read()
    assert console.is_told
    console.check()
    if history_events == 1000 and not any(beats for *_, beats in what_happens):
        assert console.snapshots == 1, (
            "who neither was away for too long nor waited in vain has missed nothing"
        )


@given(steps, steps, orders, st.integers(0, 40), wanted)
def test_the_position_of_another_log_is_never_taken_for_one_of_this(
    log: list[Any], other_log: list[Any], order: list[int], count: int, wants: Any
) -> None:
    ward, other = (
        Ward(log),
        Ward([(what, who, where + 1, priority) for what, who, where, priority in other_log]),
    )
    feed, other_feed = (Feed(each, order, history_events=1000) for each in (ward, other))
    feed.read_all()
    other_feed.read(count)
    console = Traveller(other, wants)
    console.go_to(other_feed)
    console.read()
    assert console.position is not None
    visitor = subscriber_of(feed.hub, "4B")
    messages(visitor)
    feed.hub.subscribe(visitor, wants, console.position)
    told = messages(visitor)
    if not told:
        return  # it seems to be ahead, and waits
    answer = told[0]
    assert isinstance(answer, Subscribed)
    lasts = [
        (mine.value, theirs.value)
        for number, at in enumerate(other_feed._next.values())
        if at
        for mine, theirs in zip(
            ward.partitions[number][at - 1 : at], other.partitions[number][at - 1 : at], strict=False
        )
    ]
    is_same_so_far = all(mine == theirs for mine, theirs in lasts) and len(lasts) == sum(
        at > 0 for at in other_feed._next.values()
    )
    assert answer.recovered is is_same_so_far


def test_a_feed_and_another_that_reads_on_agree_in_an_ordinary_night() -> None:
    ward = Ward([("update", who, where, "high") for where in range(20) for who in range(4)])
    feeds = [Feed(ward, [0, 1, 2], history_events=1000), Feed(ward, [1, 1, 0, 2], history_events=1000)]
    console = Traveller(ward, subscription("*"))
    console.go_to(feeds[0])
    console.read()
    for turn in range(1, 20):
        console.go_to(feeds[turn % 2])
        for feed in feeds:
            feed.read(4)
        console.read(0.6)
    for feed in feeds:
        feed.read_all()
    console.beat()
    console.read()
    console.check()
    assert console.snapshots == 1
    assert console.recoveries >= 10, "where it is not ahead of the other feed"
