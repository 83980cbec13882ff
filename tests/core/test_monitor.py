"""The monitor as a whole: the same log gives the same events and the same state, whatever is in between."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.logs import START_MS, at_1_hz, every, logs, run, seconds
from tests.support.people import new_normal
from tests.support.wards import NOW_MS, known_ward
from wardwatch.core.events import AlarmEvent, Phase, Placement
from wardwatch.core.monitor import Monitor, Outcome
from wardwatch.core.reading import Batch, Reading

BATCH_SIZES = (1, 7, 128, 4096)
# Each of these runs several monitors over each log.
FEWER = settings(max_examples=25)


def run_in_batches(log: Sequence[Reading], size: int, monitor: Monitor) -> list[AlarmEvent]:
    events: list[AlarmEvent] = []
    for first in range(0, len(log), size):
        events += run(log[first : first + size], monitor)
    return events


def states(monitor: Monitor, log: Sequence[Reading]) -> dict[str, bytes]:
    return {patient: monitor.state_of(patient) for patient in {reading.patient for reading in log}}


@FEWER
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
            heart_rate=140.0 + p * 6 if t < 320 else 90.0,
            oxygen_saturation=91.0 - (p + t // 300) % 5,
        )
        for t in range(390)
        for p in range(5)
    ]
    outcomes = [run_in_batches(log, size, Monitor()) for size in BATCH_SIZES]
    assert {event.phase for event in outcomes[0]} == set(Phase)
    assert all(outcome == outcomes[0] for outcome in outcomes)


@FEWER
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


@FEWER
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


@FEWER
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


@FEWER
@given(logs())
def test_patients_do_not_depend_on_each_other(log: list[Reading]) -> None:
    together = run(log)
    for patient in {reading.patient for reading in log}:
        alone = run([reading for reading in log if reading.patient == patient])
        assert [event for event in together if event.patient == patient] == alone


@FEWER
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


def test_no_readings_and_no_roster_lines_change_nothing() -> None:
    monitor = Monitor()
    monitor.receive(Batch.of([]))
    monitor.admit([])
    monitor.tick(START_MS)
    assert monitor.drain() == Outcome()
    assert list(monitor.snapshot(only_changed=False)) == []


def test_readings_are_counted_over_all_batches_since_the_last_drain() -> None:
    monitor = Monitor()
    log = at_1_hz([70.0] * 10)
    monitor.receive(Batch.of(log))
    monitor.receive(Batch.of(log[-3:] + at_1_hz([0.0] * 2, patient="p-2")))
    outcome = monitor.drain()
    assert (outcome.readings, outcome.readings_refused, len(outcome.refusals)) == (15, 5, 5)


def test_what_is_told_follows_the_log_whoever_has_most_of_its_readings() -> None:
    often = at_1_hz([250.0] * 60, patient="often")
    seldom = every(10, [190.0] * 6, patient="seldom")
    log = sorted(often + seldom, key=lambda reading: reading.observed_at_ms)
    assert [event.patient for event in run(log)] == ["often", "seldom"]


def test_a_monitor_that_has_ticked_and_is_restored_goes_on_where_it_was() -> None:
    monitor = Monitor()
    monitor.admit([Placement(patient="p-2", ward="4B", bed="1")])
    run(at_1_hz([152.0] * 10), monitor)
    monitor.tick(START_MS + 130_000)
    restored = Monitor.restore(dict(monitor.snapshot(only_changed=False)))
    for each in (monitor, restored):
        each.tick(START_MS + 140_000)
    outcome, same = monitor.drain(), restored.drain()
    assert outcome == same
    assert [seconds(event) for event in same.events] == [139.955]
    assert restored.state_of("p-1") == monitor.state_of("p-1")


def test_a_step_by_a_tick_is_in_the_next_changed_blocks() -> None:
    monitor = Monitor()
    run(at_1_hz([190.0]), monitor)
    list(monitor.snapshot(only_changed=True))
    monitor.tick(START_MS + 60_000)
    assert [block for block, _ in monitor.snapshot(only_changed=True)] == [0]


def test_many_patients_who_come_in_the_middle_of_a_batch_are_watched_as_the_first_ones() -> None:
    log = [
        Reading(patient=f"p-{p}", device="e4", observed_at_ms=START_MS + t * 1000, heart_rate=250.0)
        for t in range(60)
        for p in range(300 if t > 20 else 3)
    ]
    for size in (97, len(log)):
        events = run_in_batches(log, size, Monitor())
        assert len(events) == 300
        assert {event.patient for event in events} == {f"p-{p}" for p in range(300)}


def test_outcomes_are_told_once() -> None:
    monitor = Monitor()
    monitor.receive(Batch.of(at_1_hz([190.0] * 60)))
    assert len(monitor.drain().events) == 1
    again = monitor.drain()
    assert (again.events, again.readings) == ([], 0)


def test_a_new_normal_is_no_longer_unusual_and_is_in_the_next_changed_blocks() -> None:
    log = [
        Reading(patient="heart", device="e4", observed_at_ms=NOW_MS + i * 60_000, heart_rate=84.0 + i % 3)
        for i in range(400)
    ]
    monitor = known_ward(["heart"])
    run(log[:200], monitor)
    assert monitor.statuses(["heart"])[0].open_alarms == ("vitals.unusual",)
    list(monitor.snapshot(only_changed=True))
    new_normal(monitor, "heart", NOW_MS + 200 * 60_000)
    assert [block for block, _ in monitor.snapshot(only_changed=True)] == [0]
    assert [event.phase for event in run(log[200:], monitor)] == [Phase.END]


def test_a_new_normal_of_nobody_changes_nothing() -> None:
    monitor = Monitor()
    new_normal(monitor, "never-seen", NOW_MS)
    assert list(monitor.snapshot(only_changed=False)) == []
