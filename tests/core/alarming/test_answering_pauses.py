"""What people may do with alarms for a while: pause their sound or themselves, turn them off, resume them."""

from __future__ import annotations

import math

import pytest

from tests.support.desks import HR, QUIET, SPO2, DeskOfOne, alarming, at_ms, stands, steps
from wardwatch.core.alarming.commands import Verb
from wardwatch.core.alarming.policy import Handling, WardPolicy
from wardwatch.core.events import Phase, Priority

LOW, MEDIUM, HIGH = Priority.LOW, Priority.MEDIUM, Priority.HIGH


class TestPausingAudio:
    def test_it_is_shown_with_its_end_and_ends_by_itself(self) -> None:
        desk = alarming()
        receipt, [event] = desk.wants(Verb.PAUSE_AUDIO, 10, duration_s=60)
        assert (event.inactivation, event.until_ms) == ("audio-paused", at_ms(70))
        assert receipt.until_ms == at_ms(70)
        assert steps(desk.waits(9000)) == [(70, "update", "active", "audio_resumed")]

    def test_without_a_duration_it_is_as_long_as_the_ward_allows(self) -> None:
        assert alarming().wants(Verb.PAUSE_AUDIO, 10)[0].until_ms == at_ms(130)

    @pytest.mark.parametrize("duration_s", [0.0, -1.0, 120.001, math.inf, math.nan])
    def test_a_longer_one_or_none_at_all_is_refused(self, duration_s: float) -> None:
        desk = alarming()
        receipt, events = desk.wants(Verb.PAUSE_AUDIO, 10, duration_s=duration_s)
        assert (receipt.verdict, events) == ("refused", [])
        assert receipt.sentence == "A pause lasts more than 0 and at most 120 s."

    def test_without_a_sound_there_is_nothing_to_pause(self) -> None:
        assert DeskOfOne(QUIET).wants(Verb.PAUSE_AUDIO, 10)[0].verdict == "refused"
        desk = alarming()
        desk.wants(Verb.ACKNOWLEDGE, 5)
        assert desk.wants(Verb.PAUSE_AUDIO, 10)[0].verdict == "refused"

    @pytest.mark.parametrize("priority", [LOW, MEDIUM])
    def test_no_other_of_the_same_priority_or_a_lower_one_breaks_it(self, priority: Priority) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.PAUSE_AUDIO, 10)
        assert stands(desk.starts(20, priority, condition=SPO2)) == {SPO2: "audio-paused"}

    def test_a_higher_one_breaks_it_for_all(self) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.PAUSE_AUDIO, 10)
        events = desk.starts(20, HIGH, condition=SPO2)
        assert stands(events) == {HR: "active", SPO2: "active"}
        assert [event.cause for event in events] == ["audio_resumed", "condition"]
        assert desk.due_s() is None

    def test_one_that_rises_above_those_that_were_paused_breaks_it_too(self) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.PAUSE_AUDIO, 10)
        assert stands(desk.becomes(20, HIGH)) == {HR: "active"}
        assert desk.due_s() is None

    def test_somebody_may_end_it(self) -> None:
        desk = alarming()
        assert desk.wants(Verb.RESUME_AUDIO, 5)[0].sentence == "Audio is not paused."
        desk.wants(Verb.PAUSE_AUDIO, 10)
        _, events = desk.wants(Verb.RESUME_AUDIO, 20)
        assert steps(events) == [(20, "update", "active", "audio_resumed")]

    def test_escalations_go_on_in_it(self) -> None:
        desk = DeskOfOne()
        desk.starts(0)
        desk.wants(Verb.PAUSE_AUDIO, 70)
        escalated = [event for event in desk.waits(150) if event.cause == "escalation"]
        assert stands(escalated) == {HR: "audio-paused"}


class TestPausingAlarms:
    def test_one_condition_is_paused_and_others_are_not(self) -> None:
        desk = alarming(MEDIUM)
        desk.starts(1, MEDIUM, condition=SPO2)
        receipt, events = desk.wants(Verb.PAUSE_ALARM, 10, condition=HR, duration_s=60)
        assert stands(events) == {HR: "alarm-paused"}
        assert events[0].until_ms == receipt.until_ms == at_ms(70)

    def test_all_are_paused_those_to_come_as_well(self) -> None:
        desk = alarming(MEDIUM)
        _, events = desk.wants(Verb.PAUSE_ALARM, 10)
        events += desk.starts(20, HIGH, condition=SPO2)
        assert stands(events) == {HR: "alarm-paused", SPO2: "alarm-paused"}
        assert {event.until_ms for event in events} == {at_ms(610)}

    def test_it_ends_by_itself_and_what_is_still_there_is_active(self) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.PAUSE_ALARM, 10)
        assert steps(desk.waits(9000)) == [(610, "update", "active", "alarm_resumed")]
        assert stands(desk.starts(9001, condition=SPO2)) == {SPO2: "active"}

    def test_what_came_and_went_in_it_ends_or_latches(self) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.PAUSE_ALARM, 10)
        desk.starts(11, HIGH, condition=SPO2)
        events = [*desk.ends(60, MEDIUM), *desk.ends(60, condition=SPO2)]
        assert stands(events) == {HR: "off", SPO2: "latched"}

    def test_what_is_latched_is_not_paused(self) -> None:
        desk = alarming()
        desk.ends(5)
        receipt, events = desk.wants(Verb.PAUSE_ALARM, 10)
        assert (receipt.verdict, events) == ("done", [])
        assert stands(desk.starts(20)) == {HR: "alarm-paused"}

    def test_a_later_pause_of_all_replaces_the_one_before(self) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.PAUSE_ALARM, 10)
        _, [event] = desk.wants(Verb.PAUSE_ALARM, 20, duration_s=30)
        assert (event.until_ms, desk.due_s()) == (at_ms(50), 50)

    def test_one_turned_off_stays_so_when_the_pause_of_all_is_over(self) -> None:
        desk = alarming(MEDIUM)
        desk.starts(1, MEDIUM, condition=SPO2)
        desk.wants(Verb.PAUSE_ALARM, 10, duration_s=60)
        _, events = desk.wants(Verb.ALARM_OFF, 20, condition=HR)
        assert stands(events) == {HR: "alarm-off"}
        assert stands(desk.waits(9000)) == {SPO2: "active"}

    def test_one_that_is_off_within_a_pause_of_all_is_not_resumed_alone(self) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.ALARM_OFF, 5, condition=HR)
        desk.wants(Verb.PAUSE_ALARM, 10, duration_s=60)
        receipt, events = desk.wants(Verb.RESUME_ALARM, 20, condition=HR)
        assert (receipt.verdict, events) == ("refused", [])
        assert receipt.sentence.endswith("resume all of them first.")
        desk.waits(70)
        _, events = desk.wants(Verb.RESUME_ALARM, 80, condition=HR)
        assert stands(events) == {HR: "active"}

    def test_of_two_pauses_the_longer_one_counts(self) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.PAUSE_ALARM, 10, duration_s=100)
        desk.wants(Verb.PAUSE_ALARM, 20, duration_s=30, condition=HR)
        assert steps(desk.waits(9000)) == [(110, "update", "active", "alarm_resumed")]

    def test_whoever_resumes_all_resumes_each(self) -> None:
        desk = alarming(MEDIUM)
        desk.starts(1, MEDIUM, condition=SPO2)
        desk.wants(Verb.ALARM_OFF, 5, condition=HR)
        desk.wants(Verb.PAUSE_ALARM, 10)
        _, events = desk.wants(Verb.RESUME_ALARM, 20)
        assert stands(events) == {HR: "active", SPO2: "active"}
        assert desk.due_s() is None

    @pytest.mark.parametrize("condition", [None, HR])
    def test_what_is_not_paused_or_off_can_not_be_resumed(self, condition: str | None) -> None:
        receipt, events = alarming().wants(Verb.RESUME_ALARM, 10, condition=condition)
        assert (receipt.verdict, events) == ("refused", [])

    def test_a_pause_of_all_is_not_resumed_for_one_condition_only(self) -> None:
        desk = alarming()
        desk.wants(Verb.PAUSE_ALARM, 10)
        assert desk.wants(Verb.RESUME_ALARM, 20, condition=HR)[0].verdict == "refused"

    def test_off_ends_with_no_time_and_latches_nothing(self) -> None:
        desk = alarming()
        receipt, _ = desk.wants(Verb.ALARM_OFF, 10, condition=HR)
        assert (receipt.until_ms, desk.waits(86_400)) == (None, [])
        assert steps(desk.ends(86_500)) == [(86_500, "end", "off", "condition")]
        assert stands(desk.starts(86_600)) == {HR: "alarm-off"}

    def test_a_pause_longer_than_the_ward_allows_is_refused(self) -> None:
        assert alarming().wants(Verb.PAUSE_ALARM, 10, duration_s=601)[0].verdict == "refused"

    def test_an_alarm_in_its_signal_delay_is_told_when_it_is_paused(self) -> None:
        desk = DeskOfOne(WardPolicy(high=Handling(signal_delay_s=30)))
        desk.starts(0)
        _, events = desk.wants(Verb.PAUSE_ALARM, 10, duration_s=5)
        assert [(event.phase, event.inactivation) for event in events] == [(Phase.START, "alarm-paused")]
        assert steps(desk.waits(40)) == [(15, "update", "active", "alarm_resumed")]
