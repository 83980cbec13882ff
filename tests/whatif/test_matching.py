from __future__ import annotations

from collections import Counter
from itertools import accumulate, zip_longest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.told_alarms import alarm
from wardwatch.core.events import Priority
from wardwatch.whatif.alarms import Alarm
from wardwatch.whatif.matching import NEAR_MS, Kind, Pair, matched

HIGH = Priority.HIGH


def kinds(today: list[Alarm], new: list[Alarm]) -> list[Kind]:
    return [pair.kind for pair in matched(today, new)]


@pytest.mark.parametrize(
    ("today", "new", "expected"),
    [
        ([alarm(0, 9)], [alarm(0, 5)], [Kind.SAME]),
        ([alarm(0, 9)], [alarm(0.01, 9)], [Kind.SAME]),
        ([alarm(0, 9)], [alarm(0, 9, priority=HIGH)], [Kind.PRIORITY]),
        ([alarm(5, 9)], [alarm(2, 9, priority=HIGH)], [Kind.EARLIER]),
        ([alarm(0, None)], [alarm(500, None)], [Kind.LATER]),
        ([alarm(0, 1)], [alarm(9, 20)], [Kind.LATER]),
        ([alarm(0, 1)], [alarm(11, 20)], [Kind.MISSED, Kind.EXTRA]),
        ([alarm(0, 1)], [], [Kind.MISSED]),
        ([], [alarm(0, 1)], [Kind.EXTRA]),
        ([alarm(0, 5), alarm(20, 25)], [alarm(-5, 30)], [Kind.JOINED, Kind.EARLIER]),
        ([alarm(-5, 30)], [alarm(0, 5), alarm(20, 25)], [Kind.LATER, Kind.SPLIT]),
    ],
)
def test_what_has_become_of_an_alarm(today: list[Alarm], new: list[Alarm], expected: list[Kind]) -> None:
    assert kinds(today, new) == expected


def test_who_begins_at_the_same_instant_belongs_together_before_who_is_only_near() -> None:
    pairs = matched([alarm(0, 1), alarm(5, 20)], [alarm(5, 20)])
    assert [(pair.kind, pair.subject.start_ms) for pair in pairs] == [(Kind.MISSED, 0), (Kind.SAME, 300_000)]


def test_another_patient_or_condition_is_another_matter() -> None:
    others = [alarm(0, 9, patient="p-2"), alarm(0, 9, condition="news2.high")]
    assert Counter(kinds([alarm(0, 9)], others)) == {Kind.MISSED: 1, Kind.EXTRA: 2}


def test_what_takes_most_away_comes_first() -> None:
    today = [alarm(0, 9, patient="a"), alarm(30, 39, patient="b", priority=HIGH), alarm(0, 9, patient="c")]
    new = [alarm(3, 9, patient="c"), alarm(0, 9, patient="d")]
    assert [(pair.kind, pair.subject.patient) for pair in matched(today, new)] == [
        (Kind.MISSED, "b"),
        (Kind.MISSED, "a"),
        (Kind.LATER, "c"),
        (Kind.EXTRA, "d"),
    ]


def test_delay_and_priority_are_of_alarms_that_belong_together() -> None:
    (later,) = matched([alarm(0, 9)], [alarm(3, 9, priority=HIGH)])
    assert (later.delay_ms, later.has_other_priority) == (180_000, True)
    joined = Pair(Kind.JOINED, alarm(3, 9), alarm(0, 9, priority=HIGH))
    assert (joined.delay_ms, joined.has_other_priority) == (None, False)
    assert Pair(Kind.MISSED, alarm(0, 9), None).delay_ms is None


def test_a_pair_without_an_alarm_is_no_pair() -> None:
    with pytest.raises(ValueError, match="one alarm"):
        _ = Pair(Kind.MISSED, None, None).subject


@st.composite
def one_at_a_time(draw: st.DrawFn) -> list[Alarm]:
    """Alarms of one condition: each begins after the one before has ended; the last may be open."""
    instants = [*accumulate(draw(st.lists(st.integers(1, 30), max_size=14)))]
    return [alarm(start, end) for start, end in zip_longest(instants[::2], instants[1::2])]


@given(today=one_at_a_time(), new=one_at_a_time())
def test_each_alarm_is_told_of_once_and_missed_only_if_none_was_open(
    today: list[Alarm], new: list[Alarm]
) -> None:
    pairs = matched(today, new)
    of_today = [pair.today for pair in pairs if pair.kind not in (Kind.SPLIT, Kind.EXTRA)]
    of_new = [pair.new for pair in pairs if pair.kind not in (Kind.JOINED, Kind.MISSED)]
    assert Counter(map(id, of_today)) == Counter(map(id, today))
    assert Counter(map(id, of_new)) == Counter(map(id, new))
    for pair in pairs:
        if pair.today is None or pair.new is None:
            others = new if pair.kind is Kind.MISSED else today
            assert not any(pair.subject.overlaps(other) for other in others)
        elif pair.delay_ms is None or abs(pair.delay_ms) > NEAR_MS:
            assert pair.today.overlaps(pair.new)


@given(alarms=one_at_a_time())
def test_alarms_beside_themselves_are_the_same(alarms: list[Alarm]) -> None:
    assert set(kinds(alarms, alarms[:])) <= {Kind.SAME}
