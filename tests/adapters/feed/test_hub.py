"""The hub: what is open, who hears of it, and that nothing slips between a snapshot and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.alerts import alarm_event, folded
from tests.support.hubs import events, frames, messages, open_alarms, open_hub, subscriber_of
from wardwatch.adapters.feed.hub import FeedHub
from wardwatch.adapters.feed.outbox import OutboxFullError
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.wire.feed import Event, Gone, ServerMessage, Snapshot, decode_server_message


def test_a_console_gets_what_is_open_first_and_then_each_event_in_order() -> None:
    hub = open_hub()
    start = alarm_event(sequence=1)
    hub.take(start)
    console = subscriber_of(hub, "4B")
    update = alarm_event(sequence=2, phase="update", text="HR 160 > 130")
    end = alarm_event(sequence=3, phase="end")
    hub.take(update)
    hub.take(end)
    snapshot, *rest = messages(console)
    assert isinstance(snapshot, Snapshot)
    assert snapshot.events() == [start]
    assert [message.event() for message in rest if isinstance(message, Event)] == [update, end]


def test_a_late_joiner_gets_the_latest_event_of_each_open_alarm_and_no_ended_one() -> None:
    hub = open_hub()
    hub.take(alarm_event(patient="p-1", sequence=1))
    hub.take(alarm_event(patient="p-2", sequence=1))
    latest = alarm_event(patient="p-1", sequence=2, phase="update")
    hub.take(latest)
    hub.take(alarm_event(patient="p-2", sequence=2, phase="end"))
    assert open_alarms(subscriber_of(hub, "4B")) == [latest]


def test_a_console_hears_nothing_of_other_wards() -> None:
    hub = open_hub()
    hub.take(alarm_event(patient="p-1", ward="5A"))
    console = subscriber_of(hub, "4B")
    hub.take(alarm_event(patient="p-2", ward="5A"))
    assert open_alarms(console) == []


def test_a_star_stands_for_all_wards() -> None:
    hub = open_hub()
    first, second = alarm_event(patient="p-1", ward="5A"), alarm_event(patient="p-2", ward="4B")
    hub.take(first)
    console = subscriber_of(hub, "*", "4B")
    assert open_alarms(console) == [first]
    hub.take(second)
    assert events(console) == [second]


def test_subscribing_again_replaces_the_wards_and_brings_a_new_snapshot() -> None:
    hub = open_hub()
    hub.take(alarm_event(patient="p-1", ward="4B"))
    other = alarm_event(patient="p-2", ward="5A")
    hub.take(other)
    console = subscriber_of(hub, "4B")
    messages(console)
    hub.subscribe(console, ["5A"])
    hub.take(alarm_event(patient="p-3", ward="4B"))
    assert open_alarms(console) == [other]


def test_what_a_worker_says_again_after_a_crash_is_dropped_and_counted() -> None:
    hub = open_hub()
    console = subscriber_of(hub, "4B")
    said = [alarm_event(sequence=1), alarm_event(sequence=2, phase="end"), alarm_event(sequence=3, episode=1)]
    for event in said + said[1:] + [alarm_event(patient="p-2", sequence=1)]:
        hub.take(event)
    assert [event.sequence for event in events(console)] == [1, 2, 3, 1]
    assert hub.counters.repeats_dropped == 2


def test_an_alarm_whose_patient_moves_is_withdrawn_from_the_old_ward_without_saying_where_it_went() -> None:
    hub = open_hub()
    old, new, both = subscriber_of(hub, "4B"), subscriber_of(hub, "5A"), subscriber_of(hub, "*")
    hub.take(alarm_event(sequence=1, ward="4B"))
    for console in (old, new, both):
        messages(console)
    moved = alarm_event(sequence=2, phase="update", ward="5A", bed="secret")
    hub.take(moved)
    (frame,) = frames(old)
    assert decode_server_message(frame.payload) == Gone(alarm=moved.alarm)
    assert b"5A" not in frame.payload
    assert b"secret" not in frame.payload
    assert events(new) == [moved]
    assert events(both) == [moved]
    assert open_alarms(subscriber_of(hub, "4B")) == []


def test_before_the_log_is_read_to_its_end_nobody_gets_a_half_snapshot() -> None:
    hub = FeedHub(queue_limit=1000)
    console = subscriber_of(hub, "4B")
    hub.take(alarm_event(sequence=1))
    hub.take(alarm_event(sequence=2, phase="update"))
    assert messages(console) == []
    hub.open_doors()
    hub.open_doors()
    assert [event.sequence for event in open_alarms(console)] == [2]


def test_a_replaced_log_starts_anew_and_its_low_sequences_are_not_taken_for_repeats() -> None:
    hub = open_hub()
    hub.take(alarm_event(sequence=900))
    console = subscriber_of(hub, "4B")
    messages(console)
    hub.start_over()
    fresh = alarm_event(sequence=1, episode=1)
    hub.take(fresh)
    assert messages(console) == []
    hub.open_doors()
    assert open_alarms(console) == [fresh]


def test_who_does_not_keep_up_is_cut_off_whole_and_the_others_get_everything() -> None:
    hub = open_hub(queue_limit=3)
    slow, quick = subscriber_of(hub, "4B"), subscriber_of(hub, "4B")
    messages(quick)
    got = []
    for sequence in range(1, 11):
        hub.take(alarm_event(sequence=sequence, phase="update"))
        got += [event.sequence for event in events(quick)]
    assert got == list(range(1, 11))
    with pytest.raises(OutboxFullError):
        slow.outbox.take()
    assert (hub.counters.consoles, hub.counters.consoles_cut_off) == (1, 1)


def test_an_event_is_framed_once_for_all_consoles() -> None:
    hub = open_hub()
    consoles = [subscriber_of(hub, "4B"), subscriber_of(hub, "*")]
    for console in consoles:
        messages(console)
    hub.take(alarm_event())
    (first,), (second,) = (frames(console) for console in consoles)
    assert first.payload is second.payload


def test_who_has_left_gets_nothing_and_is_not_counted() -> None:
    hub = open_hub()
    console = subscriber_of(hub, "4B")
    messages(console)
    hub.leave(console)
    hub.leave(console)
    hub.subscribe(console, ["4B"])
    hub.take(alarm_event())
    assert frames(console) == []
    assert hub.counters.consoles == 0


def test_only_the_latest_heartbeat_waits_and_after_all_events() -> None:
    hub = open_hub()
    console = subscriber_of(hub, "4B")
    hub.heartbeat(b"old")
    hub.heartbeat(b"new")
    hub.take(alarm_event())
    payloads = [frame.payload for frame in frames(console)]
    assert len(payloads) == 3
    assert payloads[-1] == b"new"


WARDS = ("4B", "5A", "6C")
patients = st.sampled_from(["p-1", "p-2", "p-3"])
wards_asked_for = st.sets(st.sampled_from([*WARDS, "*"]), min_size=1)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("start"), patients, st.sampled_from(WARDS)),
        st.tuples(st.just("update"), patients, st.sampled_from(WARDS)),
        st.tuples(st.just("end"), patients, st.sampled_from(WARDS)),
        st.tuples(st.just("repeat"), st.integers(0, 30)),
        st.tuples(st.just("subscribe"), st.integers(0, 2), wards_asked_for),
        st.tuples(st.just("read"), st.integers(0, 2)),
        st.tuples(st.just("open")),
    ),
    max_size=60,
)


@dataclass
class World:
    """The hub beside a plain model of it, and three consoles that read when told to."""

    hub: FeedHub = field(default_factory=lambda: FeedHub(queue_limit=1000))
    log: list[AlarmEvent] = field(default_factory=list)
    open_now: dict[str, AlarmEvent] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.consoles = [self.hub.join() for _ in range(3)]
        self.got: list[list[ServerMessage]] = [[] for _ in self.consoles]

    def step(self, action: tuple[Any, ...]) -> None:
        match action:
            case "repeat", int(index) if self.log:
                self.hub.take(self.log[index % len(self.log)])
            case "subscribe", int(number), wards:
                self.hub.subscribe(self.consoles[number], wards)
            case "read", int(number):
                self.got[number] += messages(self.consoles[number])
            case ("open",):
                self.hub.open_doors()
            case "start" | "update" | "end" as phase, str(patient), str(ward):
                self._say(phase, patient, ward)

    def _say(self, phase: str, patient: str, ward: str) -> None:
        episode = sum(1 for event in self.log if event.patient == patient and event.phase is Phase.END)
        event = alarm_event(
            patient=patient, sequence=len(self.log) + 1, ward=ward, phase=phase, episode=episode
        )
        self.log.append(event)
        self.open_now[event.alarm] = event
        if event.phase is Phase.END:
            del self.open_now[event.alarm]
        self.hub.take(event)


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
        expected = {
            alarm: event
            for alarm, event in world.open_now.items()
            if "*" in console.wards or event.ward in console.wards
        }
        assert folded(got) == (expected if console.wards else None)


@given(steps)
def test_no_console_ever_sees_a_byte_of_a_ward_it_has_not_asked_for(
    actions: list[tuple[Any, ...]],
) -> None:
    world = World()
    world.hub.open_doors()
    asked: list[set[str]] = [set() for _ in world.consoles]
    for action in actions:
        if action[0] == "subscribe":
            _, number, wards = action
            asked[number] |= wards
        world.step(action)
    for console, got, wards in zip(world.consoles, world.got, asked, strict=True):
        payloads = b"".join(frame.payload for frame in frames(console))
        seen = {event.ward for message in got if isinstance(message, Snapshot) for event in message.events()}
        seen |= {message.event().ward for message in got if isinstance(message, Event)}
        seen |= {ward for ward in WARDS if ward.encode() in payloads}
        assert "*" in wards or seen <= wards


def test_an_alarm_of_the_feeds_own_goes_to_every_ward_and_stands_in_every_snapshot_until_it_ends() -> None:
    hub = open_hub()
    console, silent = subscriber_of(hub, "4B"), hub.join()
    open_alarms(console)
    own = alarm_event(patient="-", ward="-", bed="", condition="monitoring.stalled")
    hub.announce(own)
    assert events(console) == [own]
    assert messages(silent) == [], "it has not asked for any ward"
    hub.take(alarm_event(ward="5A"))
    assert open_alarms(subscriber_of(hub, "4B", "-")) == [own]
    hub.start_over()
    hub.open_doors()
    assert open_alarms(console) == [own], "it does not stand in the log, so no other log ends it"
    over = alarm_event(patient="-", ward="-", bed="", condition="monitoring.stalled", sequence=2, phase="end")
    hub.announce(over)
    assert events(console) == [over]
    assert open_alarms(subscriber_of(hub, "4B")) == []


def test_before_the_log_is_read_an_alarm_of_the_feeds_own_waits_for_the_snapshot() -> None:
    hub = FeedHub(queue_limit=10)
    console = subscriber_of(hub, "4B")
    own = alarm_event(patient="-", ward="-")
    hub.announce(own)
    assert messages(console) == []
    hub.open_doors()
    assert open_alarms(console) == [own]
