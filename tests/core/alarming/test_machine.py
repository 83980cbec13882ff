"""The life of an alarm, as a table: nothing gets stuck, nothing is told twice, nothing else is possible."""

from __future__ import annotations

import itertools

import pytest

from wardwatch.core.alarming.machine import TABLE, IllegalTransitionError, Row, State, Trigger, row_of
from wardwatch.core.events import Phase

NEXT = {(row.state, row.trigger): row.to for row in TABLE}
ILLEGAL = [pair for pair in itertools.product(State, Trigger) if pair not in NEXT]
# In these somebody has been told of the alarm, and nobody yet of its end.
TOLD = {State.ACTIVE, State.ACKNOWLEDGED, State.LATCHED, State.PAUSED, State.OFF}
BY_PEOPLE = {Trigger.ACKNOWLEDGE, Trigger.PAUSE, Trigger.TURN_OFF, Trigger.RESUME}


def reached_from(state: State) -> set[State]:
    """All states that may follow, with this one."""
    found, unseen = {state}, [state]
    while unseen:
        here = unseen.pop()
        beyond = {row.to for row in TABLE if row.state is here} - found
        found |= beyond
        unseen += beyond
    return found


def triggers_in(state: State) -> set[Trigger]:
    return {row.trigger for row in TABLE if row.state is state}


def test_what_happens_is_said_once() -> None:
    assert len(NEXT) == len(TABLE)


def test_every_state_is_reached_and_every_trigger_used() -> None:
    assert reached_from(State.NONE) == set(State)
    assert {row.trigger for row in TABLE} == set(Trigger)


@pytest.mark.parametrize("state", State)
def test_from_every_state_there_is_a_way_to_the_end(state: State) -> None:
    assert State.NONE in reached_from(state)


@pytest.mark.parametrize("state", [state for state in State if state is not State.NONE])
def test_no_state_holds_on_for_ever(state: State) -> None:
    """Each is left when what it is about is over; the one that outlives it, by a person."""
    ends = {Trigger.BACK} if state is State.PENDING else {Trigger.OVER, Trigger.OVER_UNSEEN}
    if state is State.LATCHED:
        ends = {Trigger.ACKNOWLEDGE}
    assert ends <= triggers_in(state)
    assert all(NEXT[state, trigger] is not state for trigger in ends)


def test_outside_of_none_and_pending_every_state_hears_of_other_priorities_and_of_the_end() -> None:
    for state in set(State) - {State.NONE, State.PENDING, State.LATCHED}:
        assert {Trigger.RISES, Trigger.EASES, Trigger.OVER, Trigger.OVER_UNSEEN} <= triggers_in(state)


def test_every_way_for_a_condition_to_exist_is_known_wherever_one_is() -> None:
    ways = {Trigger.EXISTS, Trigger.EXISTS_BEFORE_DELAY, Trigger.EXISTS_PAUSED, Trigger.EXISTS_OFF}
    for state in State:
        assert triggers_in(state) & ways == (ways if state in {State.PENDING, State.LATCHED} else set())


def test_nothing_but_a_value_beyond_the_limit_begins_an_alarm() -> None:
    assert triggers_in(State.NONE) == {Trigger.BEYOND}


def test_start_is_told_exactly_when_somebody_hears_of_it_for_the_first_time() -> None:
    for row in TABLE:
        assert (row.told is Phase.START) == (row.state not in TOLD and row.to in TOLD), row


def test_end_is_told_exactly_when_somebody_had_heard_of_it() -> None:
    for row in TABLE:
        assert (row.told is Phase.END) == (row.state in TOLD and row.to is State.NONE), row


def test_whoever_was_told_of_an_alarm_is_told_of_every_step_of_it() -> None:
    for row in TABLE:
        assert (row.told is None) == (row.state not in TOLD and row.to not in TOLD), row


def test_only_people_take_an_alarms_voice() -> None:
    """Time and values may bring an alarm back, never silence one that sounds while its condition lasts."""
    for row in TABLE:
        if row.state is State.ACTIVE and row.to in {State.ACKNOWLEDGED, State.PAUSED, State.OFF}:
            assert row.trigger in BY_PEOPLE


def test_a_latched_alarm_is_let_go_by_a_person_only() -> None:
    leaving = {row.trigger for row in TABLE if row.state is State.LATCHED and row.to is State.NONE}
    assert leaving == {Trigger.ACKNOWLEDGE}


def test_an_acknowledgement_holds_neither_for_a_higher_priority_nor_for_ever() -> None:
    assert row_of(State.ACKNOWLEDGED, Trigger.RISES).to is State.ACTIVE
    assert row_of(State.ACKNOWLEDGED, Trigger.ACKNOWLEDGED_FOR_LONG).to is State.ACTIVE
    assert row_of(State.ACKNOWLEDGED, Trigger.EASES).to is State.ACKNOWLEDGED


def test_a_pause_ends_by_itself_and_off_does_not() -> None:
    assert row_of(State.PAUSED, Trigger.PAUSE_OVER).to is State.ACTIVE
    assert Trigger.PAUSE_OVER not in triggers_in(State.OFF)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.state}: {row.trigger}")
def test_what_the_table_says_is_what_happens(row: Row) -> None:
    assert row_of(row.state, row.trigger) is row


@pytest.mark.parametrize(("state", "trigger"), ILLEGAL)
def test_what_the_table_does_not_say_is_refused_with_the_reason(state: State, trigger: Trigger) -> None:
    with pytest.raises(IllegalTransitionError) as caught:
        row_of(state, trigger)
    reason = str(caught.value)
    assert reason.startswith(f"Not possible ({trigger}): the alarm ")
    assert reason.endswith(".")


def test_each_state_gives_a_reason_of_its_own() -> None:
    reasons = set()
    for state in State:
        trigger = next(trigger for at, trigger in ILLEGAL if at is state)
        with pytest.raises(IllegalTransitionError) as caught:
            row_of(state, trigger)
        reasons.add(str(caught.value).partition("): ")[2])
    assert len(reasons) == len(State)
