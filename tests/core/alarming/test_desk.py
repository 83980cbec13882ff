"""What an alarm desk makes of conditions, wards and time; what it makes of people is in `test_answering`."""

from __future__ import annotations

import pytest

from tests.support.desks import HR, PATIENT, SPO2, DeskOfOne, at_ms, steps
from wardwatch.core.alarming.commands import Verb
from wardwatch.core.alarming.policy import MOST_REPEATS, Escalation, Handling, WardPolicy
from wardwatch.core.events import AlarmEvent, Cause, Priority

LOW, MEDIUM, HIGH = Priority.LOW, Priority.MEDIUM, Priority.HIGH
DELAYING = WardPolicy(
    medium=Handling(signal_delay_s=60.0),
    high=Handling(signal_delay_s=15.0, latches=True),
)
QUIET = WardPolicy(medium=Handling(), high=Handling(latches=True))


def test_a_condition_that_exists_is_told_at_once_with_all_that_is_known() -> None:
    desk = DeskOfOne()
    [event] = desk.starts(30, MEDIUM)
    assert steps([event]) == [(30, "start", "active", "condition")]
    assert (event.patient, event.ward, event.bed) == (PATIENT, "4B", "12")
    assert (event.condition, event.kind, event.priority) == (HR, "physiological", MEDIUM)
    assert (event.onset_ms, event.observed_at_ms) == (at_ms(30), at_ms(29.5))
    assert (event.text, event.why) == (f"{HR} start {MEDIUM}", {"rule": "limit", "at_s": 30})
    assert (event.by, event.until_ms, event.escalation, event.target) == (None, None, 0, "")


def test_a_condition_that_does_not_latch_ends_its_alarm_and_nothing_is_kept() -> None:
    desk = DeskOfOne()
    desk.starts(0, MEDIUM)
    assert steps(desk.ends(90, MEDIUM)) == [(90, "end", "off", "condition")]
    assert (desk.state(), desk.due_s()) == (b"", None)


def test_each_source_of_a_technical_condition_has_an_alarm_of_its_own() -> None:
    desk = DeskOfOne()
    events = [*desk.starts(0, LOW, condition="device.no_data", source="e4-1")]
    events += desk.starts(1, LOW, condition="device.no_data", source="e4-2")
    assert len({event.alarm for event in events}) == 2
    assert [(event.kind, event.source) for event in events] == [("technical", "e4-1"), ("technical", "e4-2")]
    [ended] = desk.ends(9, LOW, condition="device.no_data", source="e4-1")
    assert ended.alarm == events[0].alarm


def test_names_of_events_are_counted_within_their_alarm() -> None:
    desk = DeskOfOne()
    desk.starts(0, MEDIUM)
    desk.becomes(5, HIGH)
    desk.becomes(9, MEDIUM)
    desk.waits(130)
    [alarm] = {event.alarm for event in desk.events}
    assert [event.event for event in desk.events] == [f"{alarm}-{i}" for i in range(len(desk.events))]


class TestSignalDelay:
    def test_nobody_hears_of_what_is_over_before_the_delay(self) -> None:
        desk = DeskOfOne(DELAYING)
        assert desk.starts(0, MEDIUM) == []
        assert desk.due_s() == 60
        assert desk.ends(59, MEDIUM) == []
        assert desk.state() == b""
        assert desk.waits(1000) == []

    def test_the_alarm_starts_when_the_delay_is_over_however_late_looked_at(self) -> None:
        desk = DeskOfOne(DELAYING)
        desk.starts(0, MEDIUM)
        assert desk.waits(59.999) == []
        assert steps(desk.waits(900)) == [(60, "start", "active", "signal_delay_over")]

    @pytest.mark.parametrize(("rises_s", "starts_s"), [(10, 25), (50, 60)])
    def test_a_rise_shortens_the_delay_and_never_lengthens_it(self, rises_s: float, starts_s: float) -> None:
        desk = DeskOfOne(DELAYING)
        desk.starts(0, MEDIUM)
        assert desk.becomes(rises_s, HIGH) == []
        [event] = desk.waits(900)
        assert steps([event]) == [(starts_s, "start", "active", "signal_delay_over")]
        assert event.priority is HIGH

    def test_an_ease_in_the_delay_is_told_with_the_start(self) -> None:
        desk = DeskOfOne(DELAYING)
        desk.starts(0, HIGH)
        assert desk.becomes(5, MEDIUM) == []
        [event] = desk.waits(900)
        assert (steps([event])[0][0], event.priority) == (15, MEDIUM)

    def test_an_alarm_that_would_latch_and_was_never_told_is_never_told(self) -> None:
        desk = DeskOfOne(DELAYING)
        desk.starts(0, HIGH)
        assert desk.ends(10) == []
        assert desk.state() == b""

    def test_nothing_can_be_acknowledged_of_which_nobody_was_told(self) -> None:
        desk, other = DeskOfOne(DELAYING), DeskOfOne()
        desk.starts(0, MEDIUM)
        [told_elsewhere] = other.starts(0, MEDIUM)
        receipt, events = desk.wants(Verb.ACKNOWLEDGE, 5, alarm=told_elsewhere.alarm)
        assert (receipt.verdict, events) == ("refused", [])
        assert "has not been signalled yet" in receipt.sentence


class TestLatching:
    def test_what_latches_waits_for_a_person(self) -> None:
        desk = DeskOfOne(QUIET)
        desk.starts(0)
        assert steps(desk.ends(90)) == [(90, "update", "latched", "condition")]
        assert desk.waits(86_400) == []
        _, events = desk.wants(Verb.ACKNOWLEDGE, 86_401)
        assert steps(events) == [(86_401, "end", "off", "acknowledged")]

    def test_its_condition_that_comes_back_is_the_same_alarm(self) -> None:
        desk = DeskOfOne(QUIET)
        desk.starts(0)
        desk.ends(90)
        [back] = desk.starts(200)
        assert steps([back]) == [(200, "update", "active", "condition")]
        assert {event.alarm for event in desk.events} == {back.alarm}
        assert (back.onset_ms, back.text) == (at_ms(0), f"{HR} start {HIGH}")

    def test_it_comes_back_without_a_signal_delay(self) -> None:
        desk = DeskOfOne(DELAYING)
        desk.starts(0)
        desk.ends(90)
        assert steps(desk.starts(200))[0] == (200, "update", "active", "condition")
        assert desk.due_s() is None

    def test_coming_and_going_does_not_put_its_escalations_off(self) -> None:
        desk = DeskOfOne()
        for turn in range(5):
            desk.starts(80 * turn)
            desk.ends(80 * turn + 60)
        escalated = [event for event in desk.events if event.cause == "escalation"]
        assert [(step[0], step[2]) for step in steps(escalated)] == [(120, "active"), (300, "active")]
        assert [event.target for event in escalated] == ["charge nurse", "physician"]

    def test_coming_back_worse_begins_them_anew(self) -> None:
        calling = Handling(latches=True, escalations=(Escalation(100.0, "somebody"),))
        desk = DeskOfOne(WardPolicy(medium=calling, high=calling))
        desk.starts(0, MEDIUM)
        desk.ends(60, MEDIUM)
        [back] = desk.starts(90, HIGH)
        assert (back.priority, desk.due_s()) == (HIGH, 190)

    def test_what_comes_back_milder_keeps_its_priority_until_somebody_has_seen_it(self) -> None:
        desk = DeskOfOne(QUIET)
        desk.starts(0)
        desk.ends(90)
        [back] = desk.starts(200, MEDIUM)
        assert back.priority is HIGH
        _, [seen] = desk.wants(Verb.ACKNOWLEDGE, 210)
        assert seen.priority is MEDIUM
        [worse] = desk.becomes(300, HIGH)
        assert (worse.state, worse.inactivation, worse.priority) == ("active", "enabled", HIGH)

    def test_an_alarm_eases_only_once_somebody_has_seen_how_urgent_it_was(self) -> None:
        desk = DeskOfOne(QUIET)
        desk.starts(0)
        assert desk.becomes(60, MEDIUM) == []
        assert desk.becomes(70, HIGH) == []
        assert desk.becomes(80, MEDIUM) == []
        _, [event] = desk.wants(Verb.ACKNOWLEDGE, 90)
        assert event.priority is MEDIUM

    def test_what_was_high_and_eased_latches_all_the_same(self) -> None:
        desk = DeskOfOne(QUIET)
        desk.starts(0)
        desk.becomes(60, MEDIUM)
        [event] = desk.ends(120, MEDIUM)
        assert (event.state, event.priority) == ("latched", HIGH)

    def test_what_was_high_and_eased_in_a_pause_latches_all_the_same(self) -> None:
        desk = DeskOfOne(QUIET)
        desk.wants(Verb.PAUSE_ALARM, 0)
        desk.starts(10)
        desk.becomes(100, MEDIUM)
        [event] = desk.ends(200, MEDIUM)
        assert (event.state, event.priority) == ("latched", HIGH)

    def test_whoever_has_acknowledged_it_has_seen_it(self) -> None:
        desk = DeskOfOne(QUIET)
        desk.starts(0)
        desk.wants(Verb.ACKNOWLEDGE, 10)
        assert steps(desk.ends(90)) == [(90, "end", "off", "condition")]


class TestPatience:
    def test_an_alarm_that_nobody_answers_for_days_sounds_again_for_an_hour(self) -> None:
        desk = DeskOfOne()
        desk.starts(0)
        events = desk.waits(3 * 86_400)
        repeats = [event.at_ms for event in events if event.cause is Cause.REPEAT]
        assert (len(repeats), repeats[-1] - repeats[0]) == (MOST_REPEATS, (MOST_REPEATS - 1) * 60_000)

    def test_escalations_and_repeats_come_at_their_instants_however_late_looked_at(self) -> None:
        desk = DeskOfOne()
        desk.starts(0)
        events = desk.waits(310)
        assert [(step[0], step[3]) for step in steps(events)] == [
            (60, "repeat"),
            (120, "escalation"),
            (120, "repeat"),
            (180, "repeat"),
            (240, "repeat"),
            (300, "escalation"),
            (300, "repeat"),
        ]
        assert [(event.escalation, event.target) for event in events if event.cause == "escalation"] == [
            (1, "charge nurse"),
            (2, "physician"),
        ]
        assert desk.due_s() == 360

    def test_a_rise_begins_them_anew(self) -> None:
        desk = DeskOfOne(WardPolicy(medium=Handling(escalations=(Escalation(100.0, "somebody"),))))
        desk.starts(0, MEDIUM)
        desk.waits(100)
        [event] = desk.becomes(110, HIGH)
        assert (event.escalation, event.target, desk.due_s()) == (0, "", 170)

    def test_nothing_is_told_as_if_it_had_been_before_what_was_told_already(self) -> None:
        """A lower priority may want less patience than has passed already."""
        hasty = Handling(repeat_s=60.0, escalations=(Escalation(30.0, "somebody"), Escalation(70.0, "all")))
        desk = DeskOfOne(WardPolicy(low=hasty, medium=Handling()))
        desk.starts(0, MEDIUM)
        desk.becomes(500, LOW)
        assert [(step[0], step[3]) for step in steps(desk.waits(541))] == [
            (500, "escalation"),
            (500, "repeat"),
            (500, "escalation"),
        ]

    def test_so_may_another_ward(self) -> None:
        desk = DeskOfOne(QUIET, {"ICU": WardPolicy()})
        desk.starts(0)
        assert steps(desk.moves(150, "ICU")) == [(150, "update", "active", "placement")]
        events = desk.waits(180)
        assert [(step[0], step[3]) for step in steps(events)] == [
            (150, "repeat"),
            (150, "escalation"),
        ]
        assert {event.ward for event in events} == {"ICU"}

    def test_all_are_passed_in_the_order_of_their_instants_whatever_the_alarm(self) -> None:
        desk = DeskOfOne()
        desk.starts(0, condition=SPO2)
        desk.starts(7)
        instants = [event.at_ms for event in desk.waits(400)]
        assert instants == sorted(instants)


def test_whoever_is_moved_is_told_of_anew_but_for_what_was_never_told() -> None:
    desk = DeskOfOne(DELAYING)
    desk.starts(0, MEDIUM)
    desk.starts(1, LOW, condition=SPO2)
    events = desk.moves(5, "ICU")
    assert [event.condition for event in events] == [SPO2]
    assert (events[0].ward, events[0].cause) == ("ICU", "placement")


def test_whoever_leaves_has_no_alarm_any_more_and_nothing_is_kept() -> None:
    desk = DeskOfOne()
    desk.starts(0)
    desk.wants(Verb.ACKNOWLEDGE, 5)
    desk.wants(Verb.ALARM_OFF, 6, condition=SPO2)
    [event] = desk.leaves(30)
    assert steps([event]) == [(30, "end", "off", "placement")]
    assert event.until_ms is None
    assert (desk.state(), desk.leaves(40)) == (b"", [])


@pytest.mark.parametrize("now", [LOW, MEDIUM, HIGH])
def test_an_alarm_from_before_there_was_a_desk_goes_on(now: Priority) -> None:
    desk = DeskOfOne()
    [event] = desk.becomes(0, now)
    assert (event.phase, event.state, event.priority) == ("update", "active", now)
    assert event.event.endswith("-100")


def test_one_that_ends_is_told_to_end() -> None:
    assert steps(DeskOfOne().ends(5, MEDIUM)) == [(5, "end", "off", "condition")]


def both(events: list[AlarmEvent]) -> list[tuple[str, str]]:
    return [(event.condition, event.inactivation) for event in events]


def test_a_crash_changes_nothing() -> None:
    desk = DeskOfOne()
    desk.starts(0)
    desk.starts(2, MEDIUM, condition=SPO2)
    desk.wants(Verb.PAUSE_AUDIO, 10, duration_s=100)
    before = desk.state()
    desk.crashes()
    assert desk.state() == before
    assert both(desk.waits(110))[-2:] == [(HR, "enabled"), (SPO2, "enabled")]
