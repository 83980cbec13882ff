"""The monitor as a whole: the same log gives the same events and the same state, whatever is in between."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tests.support.logs import START_MS, at_1_hz, logs, run
from wardwatch.core.events import AlarmEvent, Phase, Placement
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch, Reading

BATCH_SIZES = (1, 7, 128, 4096)


def run_in_batches(log: Sequence[Reading], size: int, monitor: Monitor) -> list[AlarmEvent]:
    events: list[AlarmEvent] = []
    for first in range(0, len(log), size):
        events += run(log[first : first + size], monitor)
    return events


def states(monitor: Monitor, log: Sequence[Reading]) -> dict[str, bytes]:
    return {patient: monitor.state_of(patient) for patient in {reading.patient for reading in log}}


@given(logs(longest=200))
def test_batches_of_any_size_give_the_same_events_and_state(log: list[Reading]) -> None:
    outcomes = []
    for size in BATCH_SIZES:
        monitor = Monitor()
        outcomes.append((run_in_batches(log, size, monitor), states(monitor, log)))
    assert all(outcome == outcomes[0] for outcome in outcomes)


def test_batches_of_any_size_give_the_same_alarms_of_a_busy_ward() -> None:
    """The same at a size at which 128 and 4,096 differ, with alarms that start, worsen and end."""
    log = [
        Reading(
            patient=f"p-{p}",
            device="e4",
            observed_at_ms=START_MS + t * 1000,
            heart_rate=140.0 + p * 3 if t % 400 < 310 else 90.0,
            oxygen_saturation=91.0 - (p + t // 300) % 5,
        )
        for t in range(900)
        for p in range(12)
    ]
    outcomes = [run_in_batches(log, size, Monitor()) for size in BATCH_SIZES]
    assert {event.phase for event in outcomes[0]} == set(Phase)
    assert all(outcome == outcomes[0] for outcome in outcomes)


@given(logs(), st.lists(st.integers(0, 119)))
def test_a_restart_from_a_snapshot_at_any_place_changes_nothing(log: list[Reading], cuts: list[int]) -> None:
    undisturbed = Monitor()
    expected = run(log, undisturbed)
    monitor, events, last = Monitor(), [], 0
    for cut in sorted(cuts):
        events += run(log[last:cut], monitor) if cut > last else []
        last = max(last, cut)
        monitor = Monitor.restore(dict(monitor.snapshot(only_changed=False)))
    events += run(log[last:], monitor)
    assert events == expected
    assert states(monitor, log) == states(undisturbed, log)


@given(logs(), st.lists(st.integers(0, 119), max_size=5))
def test_blocks_written_only_when_changed_restore_the_same(log: list[Reading], cuts: list[int]) -> None:
    undisturbed = Monitor()
    run(log, undisturbed)
    monitor, last = Monitor(), 0
    blocks: dict[int, bytes] = {}
    for cut in [*sorted(cuts), len(log)]:
        if cut > last:
            run(log[last:cut], monitor)
            last = cut
        blocks |= dict(monitor.snapshot(only_changed=True))
    assert states(Monitor.restore(blocks), log) == states(undisturbed, log)


@given(logs())
def test_ticks_between_readings_make_no_other_alarms(log: list[Reading]) -> None:
    """With every reading arriving when it is observed, ticking up to its arrival changes nothing."""
    in_order = sorted(log, key=lambda reading: reading.observed_at_ms)
    undisturbed, ticked = Monitor(), Monitor()
    expected = run(in_order, undisturbed)
    events: list[AlarmEvent] = []
    for reading in in_order:
        ticked.tick(reading.observed_at_ms - 1)
        events += run([reading], ticked)

    def of_each_patient(told: list[AlarmEvent]) -> dict[str, list[AlarmEvent]]:
        return {name: [event for event in told if event.patient == name] for name in states(ticked, log)}

    for name, theirs in of_each_patient(expected).items():
        # A tick may tell in time what no later reading of the patient was there to bring about.
        assert of_each_patient(events)[name][: len(theirs)] == theirs


def test_a_tick_that_tells_nothing_changes_nothing() -> None:
    monitor = Monitor()
    run(at_1_hz([140.0] * 100), monitor)
    before = monitor.state_of("p-1")
    list(monitor.snapshot(only_changed=True))
    monitor.tick(START_MS + 150_000)
    assert monitor.drain().events == []
    assert monitor.state_of("p-1") == before
    assert list(monitor.snapshot(only_changed=True)) == []


@given(logs())
def test_patients_do_not_depend_on_each_other(log: list[Reading]) -> None:
    together = run(log)
    for patient in {reading.patient for reading in log}:
        alone = run([reading for reading in log if reading.patient == patient])
        assert [event for event in together if event.patient == patient] == alone


@given(logs(longest=200))
def test_the_life_of_an_alarm_is_one_start_then_updates_then_at_most_one_end(log: list[Reading]) -> None:
    by_alarm: dict[str, list[Phase]] = {}
    last_sequence: dict[str, int] = {}
    seen: set[str] = set()
    for event in run(log):
        by_alarm.setdefault(event.alarm, []).append(event.phase)
        assert event.sequence > last_sequence.get(event.patient, 0)
        last_sequence[event.patient] = event.sequence
        assert event.event not in seen
        seen.add(event.event)
    for phases in by_alarm.values():
        assert phases[0] is Phase.START
        assert Phase.START not in phases[1:]
        assert Phase.END not in phases[:-1]


def test_a_placed_patients_events_name_ward_and_bed_and_others_are_unassigned() -> None:
    monitor = Monitor()
    monitor.admit([Placement(patient="p-1", ward="4B", bed="12")])
    log = at_1_hz([190.0] * 60) + at_1_hz([190.0] * 60, patient="p-2")
    assert [(event.patient, event.ward, event.bed) for event in run(log, monitor)] == [
        ("p-1", "4B", "12"),
        ("p-2", "unassigned", ""),
    ]
    restored = Monitor.restore(dict(monitor.snapshot(only_changed=False)))
    assert restored.statuses(["p-1"])[0].ward == "4B"


def test_the_status_has_the_latest_values_with_their_instants_and_what_is_missing() -> None:
    monitor = Monitor()
    monitor.receive(
        Batch.of(
            [
                Reading(patient="p-1", device="cuff", observed_at_ms=START_MS, systolic_pressure=121.0),
                Reading(patient="p-1", device="e4", observed_at_ms=START_MS + 1000, heart_rate=72.0),
            ]
        )
    )
    [status] = monitor.statuses(["p-1", "never-seen"])
    assert status.vitals == {
        "heart_rate": (72.0, START_MS + 1000),
        "systolic_pressure": (121.0, START_MS),
    }
    assert (status.news2.lowest, status.news2.highest) == (0, 14)
    assert "consciousness" in status.news2.missing
    assert monitor.block_of("never-seen") is None


def test_outcomes_are_told_once() -> None:
    monitor = Monitor()
    monitor.receive(Batch.of(at_1_hz([190.0] * 60)))
    assert len(monitor.drain().events) == 1
    again = monitor.drain()
    assert (again.events, again.readings) == ([], 0)
