"""Monitors hold what alarms promise, whatever devices measure, people want and workers live through."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.alarm_claims import Claims
from tests.support.alarm_histories import PATIENTS, WardHistory, Worker
from tests.support.desk_histories import POLICIES
from tests.support.wards import states
from wardwatch.core.alarming.commands import Receipt, Verdict
from wardwatch.core.events import AlarmEvent, Cause

TAPES = st.binary(min_size=45, max_size=90)


def test_the_random_histories_bring_out_what_they_are_for() -> None:
    """Else what follows would prove less than it says."""
    told = [
        each
        for seed in range(12)
        for of_patient in WardHistory(random.Random(seed).randbytes(120)).told.values()
        for each in of_patient
    ]
    events = [each for each in told if isinstance(each, AlarmEvent)]
    done = {each.verb for each in told if isinstance(each, Receipt) and each.verdict is Verdict.DONE}
    assert {event.cause for event in events} == set(Cause)
    assert {event.state for event in events} == {"active", "latched", "inactive", "off"}
    assert {event.kind for event in events} == {"physiological", "technical"}
    assert None in told
    assert len(done) == 9


@settings(max_examples=40)
@given(TAPES, st.binary(min_size=8, max_size=40))
def test_whatever_happens_it_is_told_as_promised_and_the_same_after_any_crash(
    tape: bytes, bits: bytes
) -> None:
    history = WardHistory(tape)
    for patient in PATIENTS:
        claims = Claims(POLICIES)
        claims.hear_all(history.told[patient])
        claims.finish(history.now_ms)
    worker = Worker(history.log)
    worker.live(history.now_ms, bits)
    for patient in PATIENTS:
        told = history.told[patient]
        assert worker.heard[patient] == [each for each in told if isinstance(each, AlarmEvent)]
        receipts = {each for each in told if isinstance(each, Receipt)}
        assert receipts == {each for each in worker.receipts if each.patient == patient}
        done = [each.command for each in receipts if each.verdict is Verdict.DONE]
        assert len(set(done)) == len(done), "each command is done once"
    assert states(worker.monitor, PATIENTS) == states(history.monitor, PATIENTS)
