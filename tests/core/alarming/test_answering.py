"""What people may do with alarms, and what they are told: acknowledge, pause, turn off, resume, label."""

from __future__ import annotations

import math

import pytest

from tests.support.desks import HR, PATIENT, SPO2, DeskOfOne, at_ms, steps
from tests.support.people import NURSE
from wardwatch.core.alarming.commands import Label, Verb
from wardwatch.core.alarming.kept import read
from wardwatch.core.alarming.policy import Handling, WardPolicy
from wardwatch.core.events import AlarmEvent, Phase, Priority

LOW, MEDIUM, HIGH = Priority.LOW, Priority.MEDIUM, Priority.HIGH
# Nothing falls due but what people have brought about.
QUIET = WardPolicy(
    low=Handling(),
    medium=Handling(acknowledged_s=900.0),
    high=Handling(acknowledged_s=300.0, latches=True),
    longest_audio_pause_s=120.0,
    longest_alarm_pause_s=600.0,
)


def alarming(priority: Priority = HIGH) -> DeskOfOne:
    """A desk with an alarm of a fast heart."""
    desk = DeskOfOne(QUIET)
    desk.starts(0, priority)
    return desk


def stands(events: list[AlarmEvent]) -> dict[str, str]:
    """How each condition's alarm stands after these events."""
    return {event.condition: step[2] for event, step in zip(events, steps(events), strict=True)}


class TestAcknowledging:
    def test_it_is_told_with_who_did_it_and_when_it_ends(self) -> None:
        desk = alarming()
        receipt, [event] = desk.wants(Verb.ACKNOWLEDGE, 40)
        assert steps([event]) == [(40, "update", "alert-acknowledged", "acknowledged")]
        assert (event.by, event.until_ms) == (NURSE, at_ms(340))
        assert (receipt.verdict, receipt.until_ms, receipt.by) == ("done", at_ms(340), NURSE)

    def test_it_times_out(self) -> None:
        desk = alarming()
        desk.wants(Verb.ACKNOWLEDGE, 40)
        assert desk.waits(339.999) == []
        assert steps(desk.waits(9000)) == [(340, "update", "active", "acknowledgement_over")]

    def test_without_a_time_out_it_holds_as_long_as_the_condition(self) -> None:
        desk = alarming(LOW)
        receipt, _ = desk.wants(Verb.ACKNOWLEDGE, 40)
        assert (receipt.until_ms, desk.due_s()) == (None, None)

    def test_escalations_and_repeats_stop_and_begin_anew_after_the_time_out(self) -> None:
        desk = DeskOfOne()
        desk.starts(0)
        desk.wants(Verb.ACKNOWLEDGE, 130)
        assert desk.due_s() == 730
        desk.waits(730)
        assert (desk.events[-1].escalation, desk.events[-1].target, desk.due_s()) == (0, "", 790)

    def test_a_worse_value_voids_it(self) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.ACKNOWLEDGE, 40)
        [event] = desk.becomes(60, HIGH)
        assert steps([event]) == [(60, "update", "active", "condition")]
        assert (event.priority, event.until_ms, desk.due_s()) == (HIGH, None, None)

    def test_a_milder_value_does_not(self) -> None:
        desk = alarming()
        desk.wants(Verb.ACKNOWLEDGE, 40)
        [event] = desk.becomes(60, MEDIUM)
        assert steps([event]) == [(60, "update", "alert-acknowledged", "eased")]
        assert (event.priority, event.until_ms) == (MEDIUM, at_ms(340))

    def test_it_is_of_this_episode_only(self) -> None:
        desk = alarming(MEDIUM)
        desk.wants(Verb.ACKNOWLEDGE, 40)
        desk.ends(60, MEDIUM)
        [event] = desk.starts(100, MEDIUM)
        assert steps([event]) == [(100, "start", "active", "condition")]

    @pytest.mark.parametrize("alarm", [None, "", "0123456789abcdef0123"])
    def test_what_the_patient_does_not_have_is_refused(self, alarm: str | None) -> None:
        desk = alarming()
        receipt, events = desk.wants(Verb.ACKNOWLEDGE, 40, alarm=alarm)
        assert (receipt.verdict, events, receipt.until_ms) == ("refused", [], None)
        assert receipt.sentence == "The patient has no such alarm now: it is over, or another patient's."

    def test_twice_is_refused_with_the_reason(self) -> None:
        desk = alarming()
        desk.wants(Verb.ACKNOWLEDGE, 40)
        receipt, events = desk.wants(Verb.ACKNOWLEDGE, 41)
        assert (receipt.verdict, events) == ("refused", [])
        assert receipt.sentence.endswith("the alarm has been acknowledged already.")


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


class TestSaying:
    def test_notes_and_labels_are_receipts_and_change_nothing_else(self) -> None:
        desk = alarming()
        note, events = desk.wants(Verb.NOTE, 10, text="Probe replaced.")
        label, more = desk.wants(Verb.FEEDBACK, 11, label=Label.ARTEFACT)
        assert (events, more) == ([], [])
        assert (note.verdict, note.text, note.alarm) == ("done", "Probe replaced.", desk.events[0].alarm)
        assert (label.verdict, label.label) == ("done", Label.ARTEFACT)

    @pytest.mark.parametrize("verb", [Verb.NOTE, Verb.FEEDBACK])
    def test_of_nothing_or_without_a_word_they_are_refused(self, verb: Verb) -> None:
        desk = alarming()
        assert desk.wants(verb, 10)[0].verdict == "refused"
        assert desk.wants(verb, 10, alarm=None, text="A.", label=Label.ARTEFACT)[0].verdict == "refused"


REFUSED = [
    (Verb.ACKNOWLEDGE, {"alarm": "another"}),
    (Verb.PAUSE_AUDIO, {"duration_s": 121.0}),
    (Verb.RESUME_AUDIO, {}),
    (Verb.PAUSE_ALARM, {"duration_s": -5.0}),
    (Verb.RESUME_ALARM, {}),
    (Verb.NOTE, {}),
    (Verb.FEEDBACK, {}),
]


@pytest.mark.parametrize(("verb", "wishes"), REFUSED)
def test_what_is_refused_changes_nothing_but_that_it_is_known(verb: Verb, wishes: dict[str, object]) -> None:
    desk = alarming()
    before = read(desk.state())
    receipt, events = desk.wants(verb, 30, **wishes)
    assert (receipt.verdict, events) == ("refused", [])
    assert PATIENT not in receipt.sentence
    after = read(desk.state())
    assert after.receipts == {receipt.command: receipt}
    after.receipts.clear()
    assert after.written() == before.written()


def test_a_command_that_comes_again_is_answered_again_and_done_once() -> None:
    desk = alarming(MEDIUM)
    first, _ = desk.wants(Verb.PAUSE_AUDIO, 10, command="again", duration_s=60)
    desk.crashes()
    before = desk.state()
    second, events = desk.wants(Verb.PAUSE_AUDIO, 40, command="again", duration_s=60)
    assert (second, events, desk.state()) == (first, [], before)


def test_a_refusal_that_comes_again_is_still_one() -> None:
    desk = alarming()
    first, _ = desk.wants(Verb.RESUME_AUDIO, 10, command="again")
    desk.wants(Verb.PAUSE_AUDIO, 20)
    assert desk.wants(Verb.RESUME_AUDIO, 30, command="again") == (first, [])
