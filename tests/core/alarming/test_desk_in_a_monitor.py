"""The alarm desk within a monitor: at the edges of a patient's stay, and of what a worker knew before."""

from __future__ import annotations

from tests.support.logs import START_MS
from tests.support.people import command
from wardwatch.core.alarming.commands import Receipt, Verb
from wardwatch.core.alarming.policy import Escalation, Handling, Policies, WardPolicy
from wardwatch.core.events import AlarmEvent, Cause
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.roster import RosterEntry

WEEK_MS = 7 * 86_400_000


def fast(monitor: Monitor, begins_ms: int, *, ahead_ms: int = 0, count: int = 8) -> list[AlarmEvent]:
    """A heart that beats fast, by a device whose clock is ahead; a reading every 20 s."""
    instants = [begins_ms + 20_000 * place for place in range(count)]
    readings = [
        Reading(patient="p-1", device="e4", observed_at_ms=at_ms + ahead_ms, heart_rate=160.0)
        for at_ms in instants
    ]
    monitor.receive(Batch.of(readings, arrived_at_ms=instants))
    return monitor.drain().events


def usual(monitor: Monitor, begins_ms: int) -> None:
    readings = [
        Reading(patient="p-1", device="e4", observed_at_ms=begins_ms + 20_000 * place, heart_rate=70.0)
        for place in range(6)
    ]
    monitor.receive(Batch.of(readings))


def discharge(monitor: Monitor, at_ms: int) -> list[AlarmEvent]:
    monitor.admit([RosterEntry(patient="p-1", ward="4B", bed="12", discharged=True, at_ms=at_ms)])
    return monitor.drain().events


def answer(monitor: Monitor, verb: Verb, at_ms: int) -> Receipt:
    monitor.command([command(verb, "p-1", at_ms)])
    [receipt] = monitor.drain().receipts
    return receipt


def test_what_is_told_after_a_discharge_is_later_than_all_before() -> None:
    """The clock of the device before was ahead, and whoever listens drops what has a lower sequence."""
    monitor = Monitor()
    before = fast(monitor, START_MS, ahead_ms=240_000)
    before += discharge(monitor, START_MS + 141_000)
    after = fast(monitor, START_MS + 142_000)
    assert before[-1].phase == "end"
    assert after
    assert after[0].sequence > max(event.sequence for event in before)


def test_nothing_is_done_about_the_alarms_of_a_patient_who_has_left() -> None:
    monitor = Monitor()
    fast(monitor, START_MS)
    discharge(monitor, START_MS + 141_000)
    receipt = answer(monitor, Verb.ALARM_OFF, START_MS + 142_000)
    assert (receipt.verdict, receipt.sentence) == ("refused", "No such patient is watched here.")


def test_whether_somebody_has_looked_does_not_matter_to_what_is_answered() -> None:
    """A patient of whom nothing came for a week is dropped when somebody looks; nobody need have looked."""
    receipts = []
    for looks in (True, False):
        monitor = Monitor()
        usual(monitor, START_MS)
        at_ms = START_MS + WEEK_MS + 7_200_000
        if looks:
            monitor.tick(at_ms)
        receipts.append(answer(monitor, Verb.ALARM_OFF, at_ms).verdict)
    assert receipts == ["refused", "refused"]


def test_what_the_wards_want_after_a_restart_holds_for_the_alarms_there_are() -> None:
    monitor = Monitor(Rules(policies=Policies.unattended()))
    [start] = fast(monitor, START_MS)
    asking = WardPolicy(high=Handling(escalations=(Escalation(60.0, "physician"),), latches=True))
    blocks = dict(monitor.snapshot(only_changed=False))
    monitor = Monitor.restore(blocks, Rules(policies=Policies(default=asking)))
    due_ms = start.at_ms + 60_000
    assert monitor.next_due_ms() == due_ms
    monitor.tick(due_ms)
    [event] = monitor.drain().events
    assert (event.cause, event.at_ms, event.target) == (Cause.ESCALATION, due_ms, "physician")
