"""An alarm desk holds what it promises, whatever happens to one patient in whatever order."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.alarm_claims import Claims
from tests.support.desk_histories import POLICIES, DeskHistory
from tests.support.desks import at_ms
from wardwatch.core.alarming import signalling
from wardwatch.core.alarming.machine import TABLE, Row, State, Trigger, row_of

TAPES = st.binary(min_size=80, max_size=400)
LOOKS = st.binary(min_size=1, max_size=16)
# Of these the desk knows nothing: `wardwatch.core.alarms` does them.
BEFORE_THE_DESK = {(State.NONE, Trigger.BEYOND), (State.PENDING, Trigger.BACK)}


@pytest.fixture
def taken_rows(monkeypatch: pytest.MonkeyPatch) -> set[tuple[State, Trigger]]:
    """The rows of the table that are carried out from now on."""
    taken: set[tuple[State, Trigger]] = set()

    def noting(state: State, trigger: Trigger) -> Row:
        taken.add((state, trigger))
        return row_of(state, trigger)

    monkeypatch.setattr(signalling, "row_of", noting)
    return taken


def test_the_random_histories_take_every_row_of_the_table(taken_rows: set[tuple[State, Trigger]]) -> None:
    """Else what follows would prove less than it says."""
    for seed in range(150):
        DeskHistory().live(random.Random(seed).randbytes(400))
    assert taken_rows >= {(row.state, row.trigger) for row in TABLE} - BEFORE_THE_DESK


@settings(max_examples=400)
@given(TAPES)
def test_whatever_happens_what_is_told_is_what_was_promised(tape: bytes) -> None:
    history = DeskHistory()
    history.live(tape)
    claims = Claims(POLICIES)
    claims.hear_all(history.told)
    claims.finish(at_ms(history.now_s))


@settings(max_examples=200)
@given(TAPES, LOOKS)
def test_whoever_looks_and_whenever_the_same_is_told_and_kept(tape: bytes, looks: bytes) -> None:
    seldom, often = DeskHistory(), DeskHistory(looks=looks, crashes=True)
    seldom.live(tape)
    often.live(tape)
    assert often.told == seldom.told
    assert often.state() == seldom.state()
