"""A line of the roster holds from its arrival on: for the place, the limits, and alarms that are open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.logs import START_MS, at_1_hz, logs, run, seconds, unattended
from tests.support.records import own_limits
from wardwatch.core.alarming.policy import Policies
from wardwatch.core.events import AlarmEvent, Cause, Phase, Priority
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.roster import Limits, RosterEntry


def entry(at_s: float, limits: Limits | None = None, **said: Any) -> RosterEntry:
    line: dict[str, Any] = {
        "patient": "p-1",
        "ward": "4B",
        "bed": "12",
        "at_ms": START_MS + round(at_s * 1000),
    } | said
    return RosterEntry(limits=limits or {}, **line)


def high(value: float) -> Limits:
    return {"heart_rate": {"high": value}}


def drained(monitor: Monitor) -> list[AlarmEvent]:
    """Of conditions: that a patient has been moved, and that no data comes, is told as well."""
    events = monitor.drain().events
    return [each for each in events if each.kind == "physiological" and each.cause is Cause.CONDITION]


def admitted(monitor: Monitor, *entries: RosterEntry) -> list[AlarmEvent]:
    monitor.admit(entries)
    return drained(monitor)


def ticked(monitor: Monitor, at_s: float) -> list[AlarmEvent]:
    monitor.tick(START_MS + round(at_s * 1000))
    return drained(monitor)


def told(events: Sequence[AlarmEvent]) -> list[tuple[str, str, float]]:
    # Progress is a sum of floats: what it takes may end in the next millisecond.
    return [(event.phase.value, event.priority.name.lower(), round(seconds(event), 2)) for event in events]


def reading(at_s: float, **measured: Any) -> Reading:
    return Reading(patient="p-1", device="e4", observed_at_ms=START_MS + round(at_s * 1000), **measured)


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


HYPERCAPNIC = {"oxygen_saturation": 90.0, "heart_rate": 95.0, "respiratory_rate": 22.0}


def total(monitor: Monitor) -> int:
    [status] = monitor.statuses(["p-1"])
    return status.news2.lowest


def test_scale_2_and_oxygen_of_the_roster_count_in_news2() -> None:
    monitor = unattended()
    run([reading(0, **HYPERCAPNIC)], monitor)
    # 3 for the saturation, 1 for the pulse, 2 for the respiration.
    assert total(monitor) == 6
    admitted(monitor, entry(1, news2_scale_2=True))
    assert total(monitor) == 3
    admitted(monitor, entry(2, news2_scale_2=True, on_oxygen=True))
    assert total(monitor) == 5
    admitted(monitor, entry(3))
    assert total(monitor) == 6


def test_a_news2_alarm_goes_by_the_scale_from_the_lines_arrival_on() -> None:
    monitor = unattended()
    low = {"oxygen_saturation": {"low": 85}}
    admitted(monitor, entry(0, low, news2_scale_2=True))
    run([reading(second, **HYPERCAPNIC) for second in range(100)], monitor)
    # With oxygen 5 points: a third of a band beyond 4.
    admitted(monitor, entry(101, low, news2_scale_2=True, on_oxygen=True))
    [event] = ticked(monitor, 101 + 239)
    assert (event.condition, event.onset_ms) == ("news2.high", START_MS + 101_000)
    assert told([event]) == [("start", "medium", 339.11)]
    assert event.why["saturation_scale"] == 2
    assert event.why["points"]["on_oxygen"] == 2


def test_oxygen_of_the_roster_holds_until_a_reading_says_otherwise() -> None:
    monitor = unattended()
    admitted(monitor, entry(0, on_oxygen=True))
    run([reading(1, heart_rate=80.0)], monitor)
    run([reading(20 * 3600, heart_rate=80.0)], monitor)
    assert total(monitor) == 2, "it does not grow old"
    run([reading(20 * 3600 + 1, on_oxygen=False)], monitor)
    assert total(monitor) == 0
    admitted(monitor, entry(20 * 3600 + 2, high(120), on_oxygen=True))
    assert total(monitor) == 0, "that is only what was said before"
    admitted(monitor, entry(20 * 3600 + 3), entry(20 * 3600 + 4, on_oxygen=True))
    assert total(monitor) == 2


def test_what_a_reading_said_later_than_the_roster_holds_in_either_order() -> None:
    for roster_first in True, False:
        monitor = unattended()
        if roster_first:
            admitted(monitor, entry(5, on_oxygen=True))
        run([reading(10, heart_rate=80.0, on_oxygen=False)], monitor)
        if not roster_first:
            admitted(monitor, entry(5, on_oxygen=True))
        assert total(monitor) == 0


@pytest.mark.parametrize("scale_2", [False, True])
def test_the_values_that_an_alarm_allows_score_nothing(*, scale_2: bool) -> None:
    monitor = unattended()
    admitted(monitor, entry(0, news2_scale_2=scale_2, on_oxygen=True))
    low = {"oxygen_saturation": 84.0, "heart_rate": 80.0, "respiratory_rate": 22.0}
    events = run([reading(second, **low) for second in range(300)], monitor)
    event = next(event for event in events if event.condition == "news2.high")
    allowed = event.why["counterfactual"]["vitals"]["oxygen_saturation"]
    assert allowed == ({"at_least": 88.0, "at_most": 92.0} if scale_2 else {"at_least": 96.0})
    assert event.why["saturation_scale"] == (2 if scale_2 else 1)


entries = st.builds(
    RosterEntry,
    patient=st.sampled_from(["p-0", "p-1"]),
    ward=st.sampled_from(["4B", "ICU"]),
    bed=st.just("1"),
    limits=own_limits(),
    news2_scale_2=st.booleans(),
    on_oxygen=st.sampled_from([None, False, True]),
    discharged=st.integers(0, 9).map(lambda drawn: drawn == 0),
    at_ms=st.integers(0, 2000).map(lambda at_s: START_MS + at_s * 1000),
)
OWN_WARD = Rules(ward_limits={"ICU": {"heart_rate": {"low": 50, "high": 120}}})


def outcome(
    happenings: Sequence[Reading | RosterEntry], ticks_s: Sequence[int], *, restarts: bool
) -> tuple[list[AlarmEvent], list[bytes]]:
    monitor, events = Monitor(OWN_WARD), []
    for each in happenings:
        for tick_s in ticks_s:
            if START_MS + tick_s * 1000 < instant(each):
                monitor.tick(START_MS + tick_s * 1000)
        events += monitor.drain().events
        if restarts:
            monitor = Monitor.restore(dict(monitor.snapshot(only_changed=False)), OWN_WARD)
        if isinstance(each, Reading):
            monitor.receive(Batch.of([each]))
        else:
            monitor.admit([each])
        events += monitor.drain().events
    monitor.tick(max(map(instant, happenings)))
    events += monitor.drain().events
    known = sorted({each.patient for each in happenings})
    states = [monitor.state_of(name) for name in known if monitor.block_of(name) is not None]
    return sorted(events, key=lambda event: (event.patient, event.sequence)), states


def instant(happening: Reading | RosterEntry) -> int:
    """When it arrived."""
    at_ms = happening.observed_at_ms if isinstance(happening, Reading) else happening.at_ms
    assert at_ms is not None
    return at_ms


@settings(max_examples=25)
@given(
    logs(patients=2, longest=60), st.lists(entries, max_size=5), st.lists(st.integers(0, 20_000), max_size=3)
)
def test_ticks_and_restarts_change_neither_events_nor_state(
    log: list[Reading], lines: list[RosterEntry], ticks_s: list[int]
) -> None:
    """Whatever the roster says meanwhile."""
    happenings: list[Reading | RosterEntry] = [*log, *lines]
    happenings.sort(key=instant)
    assert outcome(happenings, ticks_s, restarts=True) == outcome(happenings, [], restarts=False)


def test_an_alarm_under_an_own_limit_is_as_urgent_as_one_under_the_standard() -> None:
    monitor = unattended()
    admitted(monitor, entry(0, high(100)))
    own, standard = run(at_1_hz([125.0] * 300), monitor), run(at_1_hz([155.0] * 300))
    assert told(own) == told(standard)
    assert own[0].priority is Priority.HIGH
