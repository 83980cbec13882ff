"""One alarm, as the log tells it."""

from __future__ import annotations

from dataclasses import replace

from tests.support.alarm_lives import NURSE, PHYSICIAN, acknowledged, receipt, step
from tests.support.alerts import T0_MS
from wardwatch.core.alarming.commands import Label
from wardwatch.core.events import AlarmEvent, Cause, Priority
from wardwatch.ledger.episode import Acknowledgement, Episode, instant_of


def lived(*events: AlarmEvent) -> Episode:
    episode = Episode.begun_by(events[0])
    for event in events:
        episode.go_on(event)
    return episode


def test_an_alarm_that_rises_latches_and_is_acknowledged_at_last() -> None:
    waiting = {"cause": Cause.ESCALATION, "priority": "high", "text": "HR 171 > 130"}
    episode = lived(
        step(0, "start", sequence=1, priority="medium", text="HR 134 > 130"),
        step(5, sequence=2, priority="high", text="HR 170 > 130"),
        step(65, sequence=3, priority="high", text="HR 171 > 130", cause=Cause.REPEAT),
        step(125, sequence=4, escalation=1, target="charge nurse", **waiting),
        step(130, sequence=5, priority="high", state="latched", escalation=1, target="charge nurse"),
        step(305, sequence=6, state="latched", escalation=2, target="physician", **waiting),
        replace(
            step(400, "end", sequence=7, cause=Cause.ACKNOWLEDGED, by=PHYSICIAN), priority=Priority.MEDIUM
        ),
    )
    assert (episode.priority, episode.text) == (Priority.HIGH, "HR 170 > 130")
    assert (episode.repeats, episode.escalations, episode.target) == (1, 2, "physician")
    assert episode.has_latched
    assert episode.acknowledged == Acknowledgement(at_ms=T0_MS + 400_000, by=PHYSICIAN)
    assert episode.acknowledged_after_ms == 400_000
    assert (episode.end_ms, episode.ended_by) == (T0_MS + 400_000, Cause.ACKNOWLEDGED)
    assert not episode.is_open
    assert not episode.ended_unacknowledged


def test_the_first_acknowledgement_counts() -> None:
    episode = lived(
        step(0, "start", sequence=1),
        acknowledged(30, sequence=2, by=NURSE),
        step(630, sequence=3, cause=Cause.ACKNOWLEDGEMENT_OVER),
        acknowledged(700, sequence=4, by=PHYSICIAN),
    )
    assert episode.acknowledged == Acknowledgement(at_ms=T0_MS + 30_000, by=NURSE)
    assert episode.is_open


def test_an_alarm_that_ends_by_itself_ended_unacknowledged() -> None:
    episode = lived(step(0, "start", sequence=1), step(40, "end", sequence=2))
    assert episode.ended_unacknowledged
    assert episode.acknowledged_after_ms is None


def test_who_waits_for_an_answer_waits_from_the_first_signal_on() -> None:
    paused = {"state": "inactive", "inactivation": "alarm-paused"}
    episode = lived(
        step(0, "start", sequence=1, **paused),
        step(100, sequence=2, cause=Cause.ALARM_RESUMED),
        acknowledged(130, sequence=3),
    )
    assert (episode.start_ms, episode.signalled_ms) == (T0_MS, T0_MS + 100_000)
    assert episode.acknowledged_after_ms == 30_000


def test_an_alarm_that_is_turned_off_all_the_time_is_never_signalled() -> None:
    off = {"state": "inactive", "inactivation": "alarm-off"}
    episode = lived(step(0, "start", sequence=1, **off), step(9, "end", sequence=2))
    assert episode.signalled_ms is None


def test_a_patient_who_is_moved_takes_the_alarm_along() -> None:
    episode = lived(
        step(0, "start", sequence=1, ward="4B", bed="12"),
        step(1, sequence=2, ward="4B", bed="12"),
        step(2, sequence=3, ward="5A", bed="3", cause=Cause.PLACEMENT),
        step(3, "end", sequence=4, ward="5A", bed="3"),
    )
    assert (episode.ward, episode.bed, episode.moves) == ("4B", "12", [("5A", "3")])
    assert [episode.was_in(ward) for ward in ("4B", "5A", "6C")] == [True, True, False]


def test_an_alarm_whose_start_the_log_has_lost_is_not_whole() -> None:
    assert not lived(step(8, sequence=2), step(9, "end", sequence=3)).is_whole


def test_the_latest_word_is_the_label() -> None:
    episode = lived(step(0, "start", sequence=1))
    assert episode.label is None
    receipts = [
        receipt("c-2", 90, label=Label.ARTEFACT, by=PHYSICIAN),
        receipt("c-1", 60, label=Label.ACTIONABLE, text="Lead off"),
    ]
    episode.receipts = {each.command: each for each in receipts}
    assert [each.label for each in episode.labels] == [Label.ACTIONABLE, Label.ARTEFACT]
    assert episode.label is Label.ARTEFACT
    assert [(note.text, note.by) for note in episode.notes] == [("Lead off", NURSE)]


def test_an_early_record_without_our_time_has_the_devices() -> None:
    early = replace(step(8, "start", sequence=2), at_ms=0)
    assert instant_of(early) == early.observed_at_ms
