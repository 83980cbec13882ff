"""What people may do with alarms, and what they are told: acknowledge, note, label, and what is refused."""

from __future__ import annotations

import pytest

from tests.support.desks import PATIENT, DeskOfOne, alarming, at_ms, steps
from tests.support.people import NURSE
from wardwatch.core.alarming.commands import Label, Verb
from wardwatch.core.alarming.kept import read
from wardwatch.core.events import Priority

LOW, MEDIUM, HIGH = Priority.LOW, Priority.MEDIUM, Priority.HIGH


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
