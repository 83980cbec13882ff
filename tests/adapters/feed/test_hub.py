"""The hub: what is open, who hears of it, and that nothing slips between an answer and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.alerts import alarm_event, folded
from tests.support.feeds import live
from tests.support.hubs import (
    Log,
    events,
    events_in,
    hub_and_log,
    joined,
    messages,
    offsets_in,
    open_alarms,
    position_in,
    sink_of,
    subscriber_of,
    subscription,
)
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.told import Event, Gone, Heartbeat, ServerMessage, Snapshot, Subscribed


def test_a_console_gets_an_answer_then_what_is_open_and_then_each_event_in_order() -> None:
    hub, log = hub_and_log()
    start = alarm_event(sequence=1)
    log.say(start)
    console = joined(hub)
    hub.subscribe(console, subscription("4B"), None, "r-1", ["4B"])
    update = alarm_event(sequence=2, phase="update", text="HR 160 > 130")
    end = alarm_event(sequence=3, phase="end")
    log.say(update)
    log.say(end)
    answer, snapshot, *rest = messages(console)
    assert answer == Subscribed(wards=["4B"], recovered=False, request="r-1")
    assert isinstance(snapshot, Snapshot)
    assert (snapshot.wards, snapshot.events()) == (["4B"], [start])
    assert events_in(rest) == [update, end]
    assert [
        offsets_in(message.position) for message in rest if isinstance(message, Event) and message.position
    ] == [
        {0: 2},
        {0: 3},
    ]


def test_the_record_is_passed_on_as_it_stands_in_the_log() -> None:
    hub, log = hub_and_log()
    console = subscriber_of(hub, "4B")
    event = alarm_event(text="HR 152 > 130 /min ≥ \U0001f6cf")
    log.say(event)
    assert encode_alarm(event) in sink_of(console).taken()


def test_a_late_joiner_gets_the_latest_event_of_each_open_alarm_and_no_ended_one() -> None:
    hub, log = hub_and_log()
    log.say(alarm_event(patient="p-1", sequence=1))
    log.say(alarm_event(patient="p-2", sequence=1))
    latest = alarm_event(patient="p-1", sequence=2, phase="update")
    log.say(latest)
    log.say(alarm_event(patient="p-2", sequence=2, phase="end"))
    assert open_alarms(subscriber_of(hub, "4B")) == [latest]
    assert hub.open_alarm(latest.alarm) == latest
    assert hub.open_alarm(alarm_event(patient="p-2").alarm) is None


def test_a_console_hears_nothing_of_other_wards_priorities_and_patients() -> None:
    hub, log = hub_and_log()
    consoles = [
        subscriber_of(hub, "4B"),
        subscriber_of(hub, "*", minimum_priority="high"),
        subscriber_of(hub, "*", patients=["p-2"]),
    ]
    for console in consoles:
        assert open_alarms(console) == []
    log.say(alarm_event(patient="p-1", ward="5A", priority="medium"))
    assert [messages(console) for console in consoles] == [[], [], []]


def test_a_star_stands_for_all_wards() -> None:
    hub, log = hub_and_log()
    first, second = alarm_event(patient="p-1", ward="5A"), alarm_event(patient="p-2", ward="4B")
    log.say(first)
    console = subscriber_of(hub, "*", "4B")
    assert open_alarms(console) == [first]
    log.say(second)
    assert events(console) == [second], "and not twice"


def test_subscribing_again_replaces_the_wards_and_brings_a_new_snapshot() -> None:
    hub, log = hub_and_log()
    log.say(alarm_event(patient="p-1", ward="4B"))
    other = alarm_event(patient="p-2", ward="5A")
    log.say(other)
    console = subscriber_of(hub, "4B")
    messages(console)
    hub.subscribe(console, subscription("5A"))
    log.say(alarm_event(patient="p-3", ward="4B"))
    assert open_alarms(console) == [other]


def test_what_a_worker_says_again_after_a_crash_is_dropped_and_counted() -> None:
    hub, log = hub_and_log()
    console = subscriber_of(hub, "4B")
    said = [alarm_event(sequence=1), alarm_event(sequence=2, phase="end"), alarm_event(sequence=3, episode=1)]
    for event in said + said[1:] + [alarm_event(patient="p-2", sequence=1)]:
        log.say(event)
    assert [event.sequence for event in events(console)] == [1, 2, 3, 1]
    assert hub.counters.repeats_dropped == 2


def test_an_alarm_whose_patient_moves_is_withdrawn_from_the_old_ward_without_saying_where_it_went() -> None:
    hub, log = hub_and_log()
    old, new, both = subscriber_of(hub, "4B"), subscriber_of(hub, "5A"), subscriber_of(hub, "*")
    log.say(alarm_event(sequence=1, ward="4B"))
    for console in (old, new, both):
        messages(console)
    moved = alarm_event(sequence=2, phase="update", ward="5A", bed="secret")
    log.say(moved)
    written = b"".join(sink_of(old).writes)
    (gone,) = messages(old)
    assert isinstance(gone, Gone)
    assert gone.alarm == moved.alarm
    assert b"5A" not in written
    assert b"secret" not in written
    assert events(new) == [moved]
    assert events(both) == [moved]
    assert open_alarms(subscriber_of(hub, "4B")) == []


def test_an_alarm_that_has_become_less_urgent_than_asked_for_is_withdrawn() -> None:
    hub, log = hub_and_log()
    console = subscriber_of(hub, "4B", minimum_priority="medium")
    steps = [
        alarm_event(sequence=number, phase="update", priority=priority)
        for number, priority in enumerate(("low", "medium", "low", "low", "high"), 1)
    ]
    for step in steps:
        log.say(step)
    told = messages(console)[2:]
    assert [type(message) for message in told] == [Event, Gone, Event]
    assert folded(told, {}) == {steps[-1].alarm: steps[-1]}


def test_before_the_log_is_read_to_its_end_nobody_gets_an_answer() -> None:
    hub = FeedHub()
    log = Log(hub)
    console = subscriber_of(hub, "4B")
    log.say(alarm_event(sequence=1))
    log.say(alarm_event(sequence=2, phase="update"))
    hub.heartbeat(live())
    (beat,) = messages(console)
    assert isinstance(beat, Heartbeat)
    assert beat.position == "", "it has been told nothing yet"
    hub.open_doors()
    hub.open_doors()
    assert [event.sequence for event in open_alarms(console)] == [2]


def test_a_replaced_log_starts_anew_and_its_low_sequences_are_not_taken_for_repeats() -> None:
    hub, log = hub_and_log()
    log.say(alarm_event(sequence=900))
    console = subscriber_of(hub, "4B")
    messages(console)
    hub.start_over()
    fresh = alarm_event(sequence=1, episode=1)
    Log(hub).say(fresh)
    hub.heartbeat(live())
    (beat,) = messages(console)
    assert isinstance(beat, Heartbeat)
    assert beat.position == ""
    hub.open_doors()
    (snapshot,) = messages(console)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.events() == [fresh]


def test_who_does_not_keep_up_is_cut_off_and_the_others_get_everything() -> None:
    hub, log = hub_and_log(queue_limit=3)
    slow, quick = subscriber_of(hub, "4B"), subscriber_of(hub, "4B")
    messages(quick)
    sink_of(slow).paused = True
    for sequence in range(1, 11):
        log.say(alarm_event(sequence=sequence, phase="update"))
        assert sink_of(slow).is_cut_off is (sequence > 3)
    assert [event.sequence for event in events(quick)] == list(range(1, 11))
    assert (hub.counters.consoles, hub.counters.consoles_cut_off) == (1, 1)
    assert hub.subscribers == {quick}


def test_who_takes_nothing_for_ten_heartbeats_is_cut_off_and_who_takes_something_is_not() -> None:
    hub, _ = hub_and_log()
    slow, slower = subscriber_of(hub, "4B"), subscriber_of(hub, "4B")
    sink_of(slow).paused = sink_of(slower).paused = True
    for beat in range(11):
        assert not sink_of(slower).is_cut_off
        if beat == 9:
            sink_of(slow).resume()
            sink_of(slow).paused = True
        hub.heartbeat(live())
    assert sink_of(slower).is_cut_off
    assert not sink_of(slow).is_cut_off


def test_who_does_not_answer_is_given_up_after_at_most_two_pings() -> None:
    hub, _ = hub_and_log()
    there, away = subscriber_of(hub, "4B"), subscriber_of(hub, "4B")
    for _ in range(20):
        sink_of(there).heard = True
        assert not sink_of(away).is_given_up
        hub.heartbeat(live())
    assert sink_of(away).is_given_up
    assert hub.subscribers == {there}
    assert hub.counters.consoles_lost == 1


def test_a_batch_is_framed_once_for_all_consoles_of_a_subscription_and_written_at_once() -> None:
    hub, _ = hub_and_log()
    consoles = [subscriber_of(hub, "4B") for _ in range(2)]
    for console in consoles:
        messages(console)
    for offset in range(3):
        event = alarm_event(sequence=offset, phase="update")
        hub.take(event, encode_alarm(event), 0, offset)
    assert sink_of(consoles[0]).writes == [], "only when the batch is complete"
    hub.flush()
    (first,), (second,) = (sink_of(console).writes for console in consoles)
    assert first is second
    assert [event.sequence for event in events(consoles[0])] == [0, 1, 2]
    assert hub.counters.events_delivered == 6


def test_who_subscribes_within_a_batch_has_it_in_the_snapshot_and_not_again() -> None:
    hub, _ = hub_and_log()
    event = alarm_event()
    early = subscriber_of(hub, "4B")
    messages(early)
    hub.take(event, encode_alarm(event), 0, 0)
    late = subscriber_of(hub, "4B")
    hub.flush()
    assert open_alarms(late) == [event]
    assert events(early) == [event]


def test_the_number_tells_when_all_has_been_written() -> None:
    hub, log = hub_and_log()
    console = subscriber_of(hub, "4B")
    log.say(alarm_event(sequence=1))
    assert console.outbox.written == hub.number
    sink_of(console).paused = True
    log.say(alarm_event(sequence=2))
    assert console.outbox.written == hub.number - 1
    sink_of(console).resume()
    assert console.outbox.written == hub.number


def test_an_answer_keeps_its_place_among_the_events() -> None:
    hub, log = hub_and_log()
    console = subscriber_of(hub, "4B")
    messages(console)
    sink_of(console).paused = True
    log.say(alarm_event(sequence=1))
    hub.send(console, b'{"type":"left","patient":"p-1"}')
    log.say(alarm_event(sequence=2))
    sink_of(console).resume()
    assert [type(message).__name__ for message in messages(console)] == ["Event", "Left", "Event"]


def test_who_has_left_gets_nothing_and_is_not_counted() -> None:
    hub, log = hub_and_log()
    console = subscriber_of(hub, "4B")
    messages(console)
    hub.leave(console)
    hub.leave(console)
    hub.subscribe(console, subscription("4B"))
    hub.send(console, b"{}")
    log.say(alarm_event())
    hub.heartbeat(live())
    assert messages(console) == []
    assert hub.counters.consoles == 0


def test_a_heartbeat_tells_each_console_the_position_that_it_can_come_back_with() -> None:
    hub, log = hub_and_log()
    consoles = [subscriber_of(hub, "4B"), subscriber_of(hub, "5A"), joined(hub)]
    log.say(alarm_event(ward="6C"))
    for console in consoles:
        messages(console)
    hub.heartbeat(live())
    positions = [position_in(messages(console)) for console in consoles]
    assert positions[2] is None
    for console, position in zip(consoles[:2], positions[:2], strict=True):
        assert position is not None
        assert offsets_in(position) == {0: 1}
        assert console.subscription is not None
        hub.subscribe(console, console.subscription, position)
        (answer,) = messages(console)
        assert isinstance(answer, Subscribed)
        assert answer.recovered
    hub.subscribe(consoles[0], subscription("5A"), positions[0])
    answer, snapshot = messages(consoles[0])
    assert isinstance(answer, Subscribed)
    assert not answer.recovered, "what it would have missed of another ward is not what came since"
    assert isinstance(snapshot, Snapshot)


def test_a_patients_alarms_are_told_from_the_history_and_the_oldest_are_forgotten() -> None:
    hub, log = hub_and_log(history_events=4)
    said = [alarm_event(patient=f"p-{number % 2}", sequence=number) for number in range(6)]
    for event in said:
        log.say(event)
    assert hub.alarms_of("p-1") == [encode_alarm(event) for event in said[3::2]]
    assert hub.alarms_of("p-3") == []


WARDS = ("4B", "5A", "6C")
PRIORITIES = ("low", "medium", "high")
patients = st.sampled_from(["p-1", "p-2", "p-3"])
wards_asked_for = st.sets(st.sampled_from([*WARDS, "*"]), min_size=1)
steps = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["start", "update", "end"]),
            patients,
            st.sampled_from(WARDS),
            st.sampled_from(PRIORITIES),
        ),
        st.tuples(st.just("repeat"), st.integers(0, 30)),
        st.tuples(st.just("subscribe"), st.integers(0, 2), wards_asked_for, st.sampled_from(PRIORITIES)),
        st.tuples(st.just("read"), st.integers(0, 2)),
        st.tuples(st.just("open")),
        st.tuples(st.just("beat")),
    ),
    max_size=60,
)


@dataclass
class World:
    """The hub beside a plain model of it, and three consoles that read when told to."""

    hub: FeedHub = field(default_factory=FeedHub)
    said: list[AlarmEvent] = field(default_factory=list)
    open_now: dict[str, AlarmEvent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.log = Log(self.hub)
        self.consoles = [joined(self.hub) for _ in range(3)]
        self.got: list[list[ServerMessage]] = [[] for _ in self.consoles]

    def step(self, action: tuple[Any, ...]) -> None:
        match action:
            case "repeat", int(index) if self.said:
                self.log.say(self.said[index % len(self.said)])
            case "subscribe", int(number), wards, str(priority):
                self.hub.subscribe(self.consoles[number], subscription(*wards, minimum_priority=priority))
            case "read", int(number):
                self.got[number] += messages(self.consoles[number])
            case ("open",):
                self.hub.open_doors()
            case ("beat",):
                self.hub.heartbeat(live())
            case "start" | "update" | "end" as phase, str(patient), str(ward), str(priority):
                self._say(phase, patient, ward, priority)

    def _say(self, phase: str, patient: str, ward: str, priority: str) -> None:
        episode = sum(1 for event in self.said if event.patient == patient and event.phase is Phase.END)
        event = alarm_event(
            patient=patient,
            sequence=len(self.said) + 1,
            ward=ward,
            phase=phase,
            episode=episode,
            priority=priority,
        )
        self.said.append(event)
        self.open_now[event.alarm] = event
        if event.phase is Phase.END:
            del self.open_now[event.alarm]
        self.log.say(event)


@given(steps)
def test_whatever_happens_each_console_ends_up_with_exactly_what_is_open_in_its_wards(
    actions: list[tuple[Any, ...]],
) -> None:
    world = World()
    for action in actions:
        world.step(action)
    world.hub.open_doors()
    for console, earlier in zip(world.consoles, world.got, strict=True):
        got = earlier + messages(console)
        wanted = console.subscription
        expected = {
            alarm: event
            for alarm, event in world.open_now.items()
            if wanted is not None
            and event.priority >= wanted.minimum_priority
            and ("*" in wanted.wards or event.ward in wanted.wards)
        }
        assert folded(got) == (None if wanted is None else expected)


@given(steps)
def test_no_console_ever_sees_a_byte_of_a_ward_it_has_not_asked_for(
    actions: list[tuple[Any, ...]],
) -> None:
    world = World()
    world.hub.open_doors()
    asked: list[set[str]] = [set() for _ in world.consoles]
    seen: list[bytes] = [b"" for _ in world.consoles]
    for action in actions:
        if action[0] == "subscribe":
            asked[action[1]] |= action[2]
        if action[0] != "read":
            world.step(action)
        for number, console in enumerate(world.consoles):
            seen[number] += sink_of(console).taken()
    for bytes_seen, wards in zip(seen, asked, strict=True):
        assert "*" in wards or {ward for ward in WARDS if b'"%s"' % ward.encode() in bytes_seen} <= wards


def test_an_alarm_of_the_feeds_own_goes_to_every_ward_and_stands_in_every_snapshot_until_it_ends() -> None:
    hub, log = hub_and_log()
    console, silent = subscriber_of(hub, "4B", minimum_priority="high", patients=["p-7"]), joined(hub)
    open_alarms(console)
    own = alarm_event(patient="-", ward="-", bed="", condition="monitoring.stalled", priority="medium")
    hub.announce(own)
    (told,) = messages(console)
    assert isinstance(told, Event)
    assert (told.position, told.event()) == (None, own)
    assert messages(silent) == [], "it has not asked for any ward"
    log.say(alarm_event(ward="5A"))
    assert open_alarms(subscriber_of(hub, "4B", "-")) == [own]
    hub.start_over()
    hub.open_doors()
    assert open_alarms(console) == [own], "it does not stand in the log, so no other log ends it"
    over = replace(own, sequence=2, phase=Phase.END)
    hub.announce(over)
    assert events(console) == [over]
    assert open_alarms(subscriber_of(hub, "4B")) == []


def test_before_the_log_is_read_an_alarm_of_the_feeds_own_waits_for_the_snapshot() -> None:
    hub = FeedHub()
    console = subscriber_of(hub, "4B")
    own = alarm_event(patient="-", ward="-")
    hub.announce(own)
    assert messages(console) == []
    hub.open_doors()
    assert open_alarms(console) == [own]


@pytest.mark.parametrize("position", [None, "", "nonsense", "0123456789abcdef:1", "0123456789abcdef:0.0.0"])
def test_who_comes_with_no_position_or_one_that_is_none_gets_a_snapshot(position: str | None) -> None:
    hub, log = hub_and_log()
    log.say(alarm_event())
    assert len(open_alarms(subscriber_of(hub, "4B", position=position))) == 1
