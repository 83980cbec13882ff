"""A line of the roster holds from its arrival on: for the place, the limits, and alarms that are open."""

from __future__ import annotations

from dataclasses import replace

from tests.support.admissions import admitted, entry, high, ticked, told
from tests.support.logs import START_MS, at_1_hz, run, seconds, unattended
from wardwatch.core.alarming.policy import Policies
from wardwatch.core.events import Cause, Phase, Priority
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch


def test_a_value_that_stands_is_held_against_a_narrower_limit_at_once() -> None:
    monitor = unattended()
    run(at_1_hz([120.0] * 10), monitor)
    assert admitted(monitor, entry(30, high(100))) == []
    # One band beyond: half of the longest wait, from the line's arrival on.
    assert ticked(monitor, 179.9) == []
    [event] = ticked(monitor, 180.1)
    assert told([event]) == [("start", "high", 180.0)]
    assert (event.onset_ms, event.text) == (START_MS + 30_000, "HR 120 > 100 (patient's limit)")


def test_a_pending_alarm_that_a_wider_limit_ends_does_not_open() -> None:
    monitor = unattended()
    run(at_1_hz([140.0] * 200), monitor)
    assert admitted(monitor, entry(205, high(150))) == []
    assert ticked(monitor, 400) == []


def test_an_open_alarm_ends_under_a_wider_limit_after_the_usual_time() -> None:
    monitor = unattended()
    assert told(run(at_1_hz([140.0] * 300), monitor)) == [("start", "medium", 212.13)]
    assert admitted(monitor, entry(310, high(150))) == []
    [event] = ticked(monitor, 400)
    assert (event.phase, seconds(event), event.text) == (Phase.END, 370.0, "HR 140, alarm over")


def test_an_open_alarm_becomes_more_urgent_under_a_narrower_limit() -> None:
    monitor = unattended()
    run(at_1_hz([140.0] * 300), monitor)
    admitted(monitor, entry(310, high(120)))
    [event] = ticked(monitor, 400)
    assert told([event]) == [("update", "high", 329.0)]
    assert event.why["limit"] == 120


def test_what_fell_due_before_is_told_first_as_it_was_then() -> None:
    monitor = unattended()
    run(at_1_hz([140.0] * 100), monitor)
    [event] = admitted(monitor, entry(220, high(150), ward="5A"))
    assert told([event]) == [("start", "medium", 212.13)]
    assert (event.ward, event.text) == ("unassigned", "HR 140 > 130")


def test_a_value_that_is_too_old_is_not_held_against_new_limits() -> None:
    monitor = unattended()
    run(at_1_hz([120.0] * 10), monitor)
    admitted(monitor, entry(9 + 300.001, high(100)))
    assert ticked(monitor, 1000) == []


def test_a_value_grows_no_younger_by_a_new_limit() -> None:
    """It arrived at 9 s and stands until 309 s; at 101 it would have to wait for 290 s."""
    for at_s, opens in (15.0, True), (25.0, False):
        monitor = unattended()
        run(at_1_hz([101.0] * 10), monitor)
        admitted(monitor, entry(at_s, high(100)))
        assert bool(ticked(monitor, 1000)) == opens


def test_a_device_whose_clock_is_ahead_neither_hastens_nor_delays() -> None:
    log = [replace(each, observed_at_ms=each.observed_at_ms + 100_000) for each in at_1_hz([120.0] * 10)]
    monitor = unattended()
    monitor.receive(Batch.of(log, arrived_at_ms=[each.observed_at_ms - 100_000 for each in log]))
    admitted(monitor, entry(30, high(100)))
    assert ticked(monitor, 179.9) == []
    assert told(ticked(monitor, 180.1)) == [("start", "high", 280.0)]


def test_the_same_line_again_changes_nothing() -> None:
    once, twice = unattended(), unattended()
    for monitor in once, twice:
        run(at_1_hz([120.0] * 10), monitor)
        admitted(monitor, entry(30, high(100)))
    admitted(twice, replace(entry(30, high(100)), at_ms=START_MS + 100_000))
    assert told(ticked(once, 200)) == told(ticked(twice, 200)) == [("start", "high", 180.0)]


def test_a_transfer_takes_the_new_wards_limits_and_the_open_alarm_along() -> None:
    rules = Rules(policies=Policies.unattended(), ward_limits={"ICU": high(150)})
    monitor = Monitor(rules)
    admitted(monitor, entry(0))
    run(at_1_hz([140.0] * 300), monitor)
    monitor.admit([entry(310, ward="ICU")])
    [moved] = monitor.drain().events
    assert (moved.phase, moved.cause, moved.ward) == (Phase.UPDATE, Cause.PLACEMENT, "ICU")
    [event] = ticked(monitor, 400)
    assert (event.phase, event.ward, event.why["limit_of"]) == (Phase.END, "ICU", "ward")


def test_a_discharge_ends_the_alarms_and_forgets_the_patient() -> None:
    monitor = Monitor()
    admitted(monitor, entry(0, high(100), news2_scale_2=True))
    [start] = run(at_1_hz([120.0] * 155), monitor)
    monitor.admit([entry(160, discharged=True)])
    [end] = monitor.drain().events
    assert (end.phase, end.alarm, end.ward, end.cause) == (Phase.END, start.alarm, "4B", Cause.PLACEMENT)
    assert ticked(monitor, 1000) == []
    [status] = monitor.statuses(["p-1"])
    assert (status.ward, status.bed, status.vitals, status.open_alarms) == ("unassigned", "", {}, ())
    # Who comes back is unknown: the own limit is forgotten too.
    late = [replace(each, observed_at_ms=each.observed_at_ms + 2_000_000) for each in at_1_hz([120.0] * 400)]
    assert run(late, monitor) == []


def test_the_row_of_a_discharged_patient_is_given_back_after_a_while() -> None:
    monitor = Monitor()
    run(at_1_hz([80.0] * 10), monitor)
    admitted(monitor, entry(20, discharged=True))
    ticked(monitor, 19 + 3600)
    restored = Monitor.restore(dict(monitor.snapshot(only_changed=False)))
    for each in monitor, restored:
        assert each.block_of("p-1") == 0, "checkpoints that are cut off must know that the patient was here"
        ticked(each, 20 + 3600)
        assert each.block_of("p-1") is None
    assert Monitor.restore(dict(monitor.snapshot(only_changed=False))).block_of("p-1") is None


def test_a_discharged_patient_whose_readings_still_come_is_watched_unassigned() -> None:
    monitor = unattended()
    run(at_1_hz([80.0] * 10), monitor)
    admitted(monitor, entry(20, discharged=True))
    log = [replace(each, observed_at_ms=each.observed_at_ms + 30_000) for each in at_1_hz([150.0] * 200)]
    [event] = run(log, monitor)
    assert (event.phase, event.ward) == (Phase.START, "unassigned")
    monitor.tick(START_MS + 3_700_000)
    assert monitor.block_of("p-1") == 0


def test_who_was_discharged_can_be_admitted_again() -> None:
    monitor = Monitor()
    admitted(monitor, entry(0), entry(20, discharged=True), entry(30, bed="3"))
    ticked(monitor, 10_000)
    assert monitor.statuses(["p-1"])[0].bed == "3"


def test_a_discharge_of_a_patient_never_seen_does_nothing() -> None:
    monitor = Monitor()
    assert admitted(monitor, entry(0, discharged=True)) == []
    ticked(monitor, 3601)
    assert monitor.statuses(["p-1"]) == []


def test_an_alarm_under_an_own_limit_is_as_urgent_as_one_under_the_standard() -> None:
    monitor = unattended()
    admitted(monitor, entry(0, high(100)))
    own, standard = run(at_1_hz([125.0] * 300), monitor), run(at_1_hz([155.0] * 300))
    assert told(own) == told(standard)
    assert own[0].priority is Priority.HIGH
