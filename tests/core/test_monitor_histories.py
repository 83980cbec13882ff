"""The whole ensemble, on patients who are known: however the log is cut, shared out, interrupted or repeated.

Learned alarms open and end in these logs, nights end, and readings come twice, late, in motion, from poor
sensors and after gaps.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.wards import (
    KNOWN,
    PATIENTS,
    Sent,
    by_patient,
    known_ward,
    log_from,
    receive,
    states,
    told,
    training,
    ward_logs,
)
from wardwatch.core.events import AlarmEvent
from wardwatch.core.monitor import Monitor

BATCH_SIZES = (1, 7, 128, 4096)
AHEAD_S = (0, 20, 90, 300, 800, 4000)


def test_the_random_logs_bring_out_what_they_are_for() -> None:
    """Else what follows would prove less than it says."""
    steps, reasons = set(), set()
    for seed in range(20):
        monitor = known_ward()
        receive(monitor, log_from(random.Random(seed).randbytes(70)))
        outcome = monitor.drain()
        steps |= {(event.condition, event.phase.value) for event in outcome.events}
        reasons |= {refusal.reason.value for refusal in outcome.refusals}
    assert steps >= {
        ("vitals.unusual", "start"),
        ("vitals.unusual", "end"),
        ("heart_rate.nightly", "start"),
        ("heart_rate.high", "start"),
        ("heart_rate.high", "update"),
        ("systolic_pressure.low", "update"),
        ("news2.high", "start"),
    }
    assert reasons >= {"duplicate", "out_of_order", "out_of_range"}


def test_patients_who_were_known_together_are_known_as_those_who_were_alone() -> None:
    log = sorted((sent for name in KNOWN for sent in training(name)), key=lambda sent: sent.arrived_at_ms)
    together = Monitor()
    receive(together, log)
    assert states(together, KNOWN) == states(known_ward(), KNOWN)


@settings(max_examples=15)
@given(ward_logs())
def test_batches_of_any_size_give_the_same_events_and_state(log: list[Sent]) -> None:
    monitors = [known_ward() for _ in BATCH_SIZES]
    events = [told(monitor, log, size) for monitor, size in zip(monitors, BATCH_SIZES, strict=True)]
    assert all(of_size == events[0] for of_size in events)
    kept = [states(monitor, PATIENTS) for monitor in monitors]
    assert all(of_size == kept[0] for of_size in kept)


@settings(max_examples=25)
@given(ward_logs(), st.lists(st.floats(0, 1), max_size=5))
def test_a_restart_at_any_place_changes_nothing(log: list[Sent], shares: list[float]) -> None:
    undisturbed, monitor = known_ward(), known_ward()
    events, first = [], 0
    for cut in sorted(round(share * len(log)) for share in shares):
        events += told(monitor, log[first:cut])
        monitor, first = Monitor.restore(dict(monitor.snapshot(only_changed=False))), cut
    events += told(monitor, log[first:])
    assert events == told(undisturbed, log)
    assert states(monitor, PATIENTS) == states(undisturbed, PATIENTS)


@settings(max_examples=25)
@given(ward_logs(), st.lists(st.integers(0, 3), min_size=len(PATIENTS), max_size=len(PATIENTS)))
def test_whoever_shares_a_monitor_has_the_same_events_and_state(log: list[Sent], shares: list[int]) -> None:
    together = known_ward()
    expected = by_patient(told(together, log))
    for number in set(shares):
        patients = [name for name, share in zip(PATIENTS, shares, strict=True) if share == number]
        # Those known first have other rows than in the whole ward.
        monitor = known_ward([name for name in reversed(patients) if name in KNOWN])
        events = by_patient(told(monitor, [sent for sent in log if sent.reading.patient in patients]))
        for patient in patients:
            assert events[patient] == expected[patient]
        assert states(monitor, patients) == states(together, patients)


class Worker:
    """A monitor as a worker drives it, and a console that hears of it.

    What readings bring about is published at once, and told again from the last checkpoint on after a crash.
    What time alone brings about is published once it is in a checkpoint; nobody ticks while catching up.
    """

    def __init__(self, log: Sequence[Sent]) -> None:
        self.log = log
        self.monitor = known_ward()
        self.position = self.furthest = 0
        self.saved = dict(self.monitor.snapshot(only_changed=False)), 0
        self.published: list[AlarmEvent] = []
        # (position, now) of those that told something.
        self.ticks: list[tuple[int, int]] = []
        self.heard: defaultdict[str, list[AlarmEvent]] = defaultdict(list)

    def take(self, count: int) -> None:
        receive(self.monitor, self.log[self.position : self.position + count])
        self.published += self.monitor.drain().events
        self.position = min(self.position + count, len(self.log))
        self.furthest = max(self.furthest, self.position)

    def tick(self, ahead_s: int) -> None:
        if not 0 < self.position == self.furthest:
            return
        now_ms = self.log[self.position - 1].arrived_at_ms + ahead_s * 1000
        self.monitor.tick(now_ms)
        if events := self.monitor.drain().events:
            self.ticks.append((self.position, now_ms))
            self.checkpoint()
            self.hear(events)

    def checkpoint(self) -> None:
        self.hear(self.published)
        self.published = []
        self.saved = self.saved[0] | dict(self.monitor.snapshot(only_changed=True)), self.position

    def crash(self, heard: int) -> None:
        """Of what was published last, the console has got only a part."""
        self.hear(self.published[:heard])
        self.published = []
        blocks, self.position = self.saved
        self.monitor = Monitor.restore(blocks)

    def hear(self, events: Sequence[AlarmEvent]) -> None:
        for event in events:
            known = self.heard[event.patient]
            if not known or event.sequence > known[-1].sequence:
                known.append(event)

    def live(self, history: bytes) -> None:
        """Go through the log; each two bytes of ``history`` say what is done next."""
        for what, how in zip(history[::2], history[1::2], strict=False):
            match what % 6:
                case 0 | 1 | 2:
                    self.take(1 + how % 40)
                case 3:
                    self.checkpoint()
                case 4:
                    self.crash(how % 8)
                case _:
                    self.tick(AHEAD_S[how % len(AHEAD_S)])
        self.take(len(self.log))
        self.checkpoint()


@settings(max_examples=200)
@given(ward_logs(stretches=7), st.binary(min_size=8, max_size=60))
def test_after_any_history_of_crash_replay_duplicate_and_reorder_all_is_as_without(
    log: list[Sent], history: bytes
) -> None:
    worker = Worker(log)
    worker.live(history)
    undisturbed, events, first = known_ward(), [], 0
    for position, now_ms in worker.ticks:
        events += told(undisturbed, log[first:position])
        undisturbed.tick(now_ms)
        events += undisturbed.drain().events
        first = position
    events += told(undisturbed, log[first:])
    assert {name: worker.heard[name] for name in PATIENTS} == by_patient(events)
    # A tick that told nothing may have ended a silent wait; in the end time has come as far for both.
    for monitor in worker.monitor, undisturbed:
        monitor.tick(log[-1].arrived_at_ms + 2 * AHEAD_S[-1] * 1000)
    assert worker.monitor.drain().events == undisturbed.drain().events
    assert states(worker.monitor, PATIENTS) == states(undisturbed, PATIENTS)


@settings(max_examples=25)
@given(ward_logs(stretches=7, in_order=True), st.binary(min_size=8, max_size=60))
def test_time_that_passes_between_readings_which_come_in_time_makes_no_other_alarms(
    log: list[Sent], history: bytes
) -> None:
    """Ticks may only tell sooner what the patient's next reading would have told."""
    undisturbed, ticked = known_ward(), known_ward()
    events: list[AlarmEvent] = []
    for first, how in zip(range(0, len(log), 5), history * len(log), strict=False):
        ticked.tick(log[first].arrived_at_ms - 1000 * (how % 3) - 1)
        events += told(ticked, log[first : first + 5])
    end_ms = log[-1].arrived_at_ms + 3_600_000
    expected = told(undisturbed, log)
    for monitor in (ticked, undisturbed):
        monitor.tick(end_ms)
    events += ticked.drain().events
    expected += undisturbed.drain().events
    assert by_patient(events) == by_patient(expected)
    assert states(ticked, PATIENTS) == states(undisturbed, PATIENTS)
