"""What live quality counts, and what it doesn't."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.support.alarm_lives import acknowledged, receipt, step
from wardwatch.core.alarming.commands import Label, Verdict
from wardwatch.core.events import AlarmEvent
from wardwatch.core.quality import WITHIN_S, QualityTally

LIFE: list[AlarmEvent] = [
    step(0, "start", sequence=1),
    acknowledged(45, sequence=2),
    acknowledged(900, sequence=3),  # again, after its time was over
    step(1000, "end", sequence=4),
]


def test_an_alarm_counts_once_under_its_rule_and_its_first_acknowledgement() -> None:
    tally = QualityTally()
    tally.hear(LIFE)
    rule = tally.rules["heart_rate.high"]
    assert (rule.alarms, rule.acknowledged) == (1, 1)
    assert rule.acknowledged_within[WITHIN_S.index(60)] == 1


def test_a_wait_beyond_the_last_bound_counts_as_later() -> None:
    tally = QualityTally()
    tally.hear([step(0, "start", sequence=1), acknowledged(3601, sequence=2)])
    assert tally.rules["heart_rate.high"].acknowledged_within[-1] == 1


def test_the_latest_word_on_an_alarm_counts() -> None:
    tally = QualityTally()
    tally.hear(LIFE)
    tally.answer([receipt("c-1", 50, label=Label.ARTEFACT), receipt("c-2", 60, label=Label.ACTIONABLE)])
    assert tally.rules["heart_rate.high"].labels == {
        Label.ACTIONABLE: 1,
        Label.NOT_ACTIONABLE: 0,
        Label.ARTEFACT: 0,
    }


def test_what_was_refused_or_is_about_no_known_alarm_does_not_count() -> None:
    tally = QualityTally()
    tally.hear(LIFE)
    tally.answer(
        [
            receipt("c-1", 50, label=Label.ARTEFACT, verdict=Verdict.REFUSED),
            receipt("c-2", 60, label=Label.ARTEFACT, episode=7),
        ]
    )
    assert sum(tally.rules["heart_rate.high"].labels.values()) == 0


def test_an_alarm_that_began_before_does_not_count() -> None:
    tally = QualityTally()
    tally.hear(LIFE[1:])
    assert tally.rules == {}


def test_an_alarm_that_was_paused_counts_from_when_it_calls_for_somebody() -> None:
    tally = QualityTally()
    tally.hear([step(0, "start", sequence=1, state="inactive")])
    assert tally.rules == {}
    tally.hear([step(300, sequence=2), acknowledged(310, sequence=3)])
    rule = tally.rules["heart_rate.high"]
    assert (rule.alarms, rule.acknowledged_within[0]) == (1, 1)


@given(st.lists(st.sampled_from(LIFE[:2]), max_size=6), st.integers(1, 4))
def test_what_is_told_again_changes_nothing(again: list[AlarmEvent], times: int) -> None:
    once, often = QualityTally(), QualityTally()
    once.hear(LIFE)
    often.hear([*LIFE, *again])
    for tally, number in (once, 1), (often, times):
        for _ in range(number):
            tally.answer([receipt("c-1", 50, label=Label.ACTIONABLE)])
    assert once.rules == often.rules
