"""The gate: what is let in, and the reason for each refusal."""

from __future__ import annotations

import math

import pytest

from tests.support.logs import START_MS, at_1_hz, refusals, run, unattended
from wardwatch.core.events import Reason
from wardwatch.core.gate import GateRules
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, Reading
from wardwatch.core.vitals import VITALS


def reading(at_s: float = 0, **measured: object) -> Reading:
    fields: dict[str, object] = {
        "patient": "p-1",
        "device": "e4",
        "observed_at_ms": START_MS + round(at_s * 1000),
    }
    return Reading(**(fields | measured))  # type: ignore[arg-type]


@pytest.mark.parametrize("vital", VITALS, ids=lambda vital: vital.name)
def test_the_plausible_range_is_let_in_with_its_ends_and_nothing_beyond(vital: object) -> None:
    low, high, name = vital.plausible_low, vital.plausible_high, vital.name  # type: ignore[attr-defined]
    assert refusals([reading(**{name: low}), reading(1, **{name: high})]) == []
    [below, above] = refusals([reading(**{name: low - 0.1}), reading(1, **{name: high + 0.1})])
    assert {below.vital, above.vital} == {name}
    assert above.reason in {Reason.OUT_OF_RANGE, Reason.OTHER_UNIT}


@pytest.mark.parametrize(
    ("vital", "value", "reason"),
    [
        ("heart_rate", 0.0, Reason.OUT_OF_RANGE),
        ("mean_pressure", -27.0, Reason.OUT_OF_RANGE),
        ("mean_pressure", 801.0, Reason.OUT_OF_RANGE),
        ("body_temperature", 99.0, Reason.OTHER_UNIT),
        ("oxygen_saturation", 0.97, Reason.OTHER_UNIT),
        ("oxygen_saturation", 0.0, Reason.OUT_OF_RANGE),
        ("heart_rate", math.nan, Reason.NOT_A_NUMBER),
        ("heart_rate", math.inf, Reason.NOT_A_NUMBER),
    ],
)
def test_an_implausible_value_is_refused_for_its_reason(vital: str, value: float, reason: Reason) -> None:
    [refusal] = refusals([reading(**{vital: value})])
    assert (refusal.vital, refusal.reason, refusal.position) == (vital, reason, 0)


def test_another_unit_is_named_with_what_the_value_would_be_in_it() -> None:
    [refusal] = refusals([reading(body_temperature=99.0)])
    assert refusal.detail == "body_temperature 99 Cel is outside 25 to 45; as [degF] it would be 37.2 Cel."


def test_apnoea_is_no_fault_of_the_sensor() -> None:
    assert refusals([reading(respiratory_rate=0.0)]) == []


def test_pressures_that_contradict_each_other_are_both_refused_and_the_rest_is_used() -> None:
    monitor = Monitor()
    found = refusals([reading(systolic_pressure=80.0, diastolic_pressure=95.0, heart_rate=70.0)], monitor)
    assert [(r.vital, r.reason) for r in found] == [
        ("systolic_pressure", Reason.INCONSISTENT),
        ("diastolic_pressure", Reason.INCONSISTENT),
    ]
    assert set(monitor.statuses(["p-1"])[0].vitals) == {"heart_rate"}


def test_a_repeat_is_a_duplicate_and_an_earlier_instant_is_out_of_order() -> None:
    log = [reading(5, heart_rate=70.0), reading(5, heart_rate=70.0), reading(4, heart_rate=70.0)]
    assert [(r.position, r.vital, r.reason) for r in refusals(log)] == [
        (1, None, Reason.DUPLICATE),
        (2, None, Reason.OUT_OF_ORDER),
    ]


def test_a_reading_a_millisecond_later_is_no_repeat() -> None:
    log = [reading(5, heart_rate=70.0), reading(5.001, heart_rate=0.0), reading(5.001, heart_rate=71.0)]
    assert [(r.position, r.reason) for r in refusals(log)] == [(1, Reason.OUT_OF_RANGE)]


def test_order_is_kept_for_each_vital_by_itself() -> None:
    log = [reading(5, heart_rate=70.0), reading(4, oxygen_saturation=97.0), reading(4, heart_rate=71.0)]
    assert [(r.position, r.reason) for r in refusals(log)] == [(2, Reason.OUT_OF_ORDER)]


def test_the_new_part_of_a_partly_repeated_reading_is_used() -> None:
    monitor = Monitor()
    log = [reading(5, heart_rate=70.0), reading(5, heart_rate=70.0, oxygen_saturation=97.0)]
    assert [(r.vital, r.reason) for r in refusals(log, monitor)] == [("heart_rate", Reason.DUPLICATE)]
    assert set(monitor.statuses(["p-1"])[0].vitals) == {"heart_rate", "oxygen_saturation"}


@pytest.mark.parametrize(
    ("late_s", "reason"),
    [(3600.001, Reason.TOO_OLD), (-300.001, Reason.FROM_THE_FUTURE), (3600, None), (-300, None)],
)
def test_a_reading_may_be_late_and_early_only_so_much(late_s: float, reason: Reason | None) -> None:
    for scale, rules in (1, None), (2, GateRules(maximum_lateness_s=7200, future_tolerance_s=600)):
        monitor = Monitor(None if rules is None else Rules(gate=rules))
        arrived_at_ms = START_MS + round(late_s * scale * 1000)
        monitor.receive(Batch.of([reading(heart_rate=70.0, steps=1.0)], arrived_at_ms=[arrived_at_ms]))
        outcome = monitor.drain()
        assert [r.reason for r in outcome.refusals] == ([] if reason is None else [reason])
        assert outcome.readings_refused == (reason is not None)


@pytest.mark.parametrize(
    ("name", "value", "reason", "detail"),
    [
        ("battery", 101.0, Reason.OUT_OF_RANGE, "battery 101 is outside 0 to 100."),
        ("signal_quality", -0.1, Reason.OUT_OF_RANGE, "signal_quality -0.1 is outside 0 to 1."),
        ("steps", -1.0, Reason.OUT_OF_RANGE, "steps -1 is below 0."),
        ("activity", math.inf, Reason.NOT_A_NUMBER, "activity is not a number."),
        ("on_oxygen", math.nan, Reason.NOT_A_NUMBER, "on_oxygen is not a number."),
    ],
)
def test_an_impossible_context_value_is_refused_and_the_vitals_are_used(
    name: str, value: float, reason: Reason, detail: str
) -> None:
    monitor = Monitor()
    [refusal] = refusals([reading(heart_rate=70.0, **{name: value})], monitor)
    assert (refusal.vital, refusal.reason, refusal.detail) == (name, reason, detail)
    [status] = monitor.statuses(["p-1"])
    assert "heart_rate" in status.vitals
    assert "on_oxygen" in status.news2.missing


@pytest.mark.parametrize(("name", "most"), [("battery", 100.0), ("signal_quality", 1.0), ("steps", 1e9)])
def test_the_ends_of_what_a_context_value_can_be_are_let_in(name: str, most: float) -> None:
    assert refusals([reading(**{name: 0.0}), reading(1, **{name: most})]) == []


@pytest.mark.parametrize("diastolic", [math.nan, 250.0, 2.0])
def test_a_pressure_is_used_though_the_other_one_is_none(diastolic: float) -> None:
    """A low pressure must not be lost because the other number was an artefact."""
    monitor = Monitor()
    found = refusals([reading(systolic_pressure=70.0, diastolic_pressure=diastolic)], monitor)
    assert [refusal.vital for refusal in found] == ["diastolic_pressure"]
    assert set(monitor.statuses(["p-1"])[0].vitals) == {"systolic_pressure"}


def test_equal_pressures_contradict_each_other() -> None:
    found = refusals([reading(systolic_pressure=80.0, diastolic_pressure=80.0)])
    assert {refusal.reason for refusal in found} == {Reason.INCONSISTENT}


def test_what_a_nurse_enters_is_not_shut_out_by_a_wearable_whose_clock_is_ahead() -> None:
    monitor = Monitor()
    log = [
        reading(5, heart_rate=70.0, steps=0.0, worn=True, battery=80.0),
        reading(2, device="bedside", consciousness="V"),
        reading(3, device="bedside", on_oxygen=True),
    ]
    assert refusals(log, monitor) == []
    [status] = monitor.statuses(["p-1"])
    assert status.news2.lowest == 5
    assert not {"consciousness", "on_oxygen"} & set(status.news2.missing)


def test_oxygen_and_consciousness_are_kept_in_order_each_by_itself() -> None:
    monitor = Monitor()
    log = [
        reading(5, consciousness="V"),
        reading(5, consciousness="A", on_oxygen=True),
        reading(4, heart_rate=70.0, consciousness="A", on_oxygen=False),
    ]
    assert [(r.position, r.vital, r.reason) for r in refusals(log, monitor)] == [
        (1, "consciousness", Reason.DUPLICATE),
        (2, "on_oxygen", Reason.OUT_OF_ORDER),
        (2, "consciousness", Reason.OUT_OF_ORDER),
    ]
    assert monitor.statuses(["p-1"])[0].news2.lowest == 5


def test_of_an_old_reading_nothing_is_used_its_steps_neither() -> None:
    # Of a device it is told that it has sent something twice.
    undisturbed, disturbed = (Monitor(Rules(watches_devices=False)) for _ in range(2))
    assert refusals([reading(5, heart_rate=70.0)], undisturbed) == []
    log = [reading(5, heart_rate=70.0), reading(5, heart_rate=70.0, steps=30.0, activity=math.nan)]
    assert [(r.vital, r.reason) for r in refusals(log, disturbed)] == [(None, Reason.DUPLICATE)]
    assert disturbed.state_of("p-1") == undisturbed.state_of("p-1")


def test_a_reading_is_out_of_order_if_only_some_of_it_came_before() -> None:
    log = [
        reading(4, heart_rate=70.0),
        reading(5, oxygen_saturation=97.0),
        reading(4, heart_rate=70.0, oxygen_saturation=97.0),
    ]
    assert [(r.vital, r.reason) for r in refusals(log)] == [(None, Reason.OUT_OF_ORDER)]


def test_a_reading_of_which_nothing_is_left_counts_as_refused_and_another_does_not() -> None:
    def refused(**measured: float) -> int:
        monitor = Monitor()
        monitor.receive(Batch.of([reading(**measured)]))
        return monitor.drain().readings_refused

    assert refused(heart_rate=0.0, battery=101.0) == 1
    assert refused(battery=101.0) == 1
    assert refused(heart_rate=0.0, steps=3.0) == 0
    assert refused(heart_rate=70.0, battery=101.0) == 0


def test_what_is_refused_changes_no_state_and_no_alarm() -> None:
    good = at_1_hz([150.0] * 400)
    bad = [
        reading(10.5, heart_rate=0.0),
        reading(10.6, heart_rate=900.0, body_temperature=99.0),
        reading(3, heart_rate=20.0),
        reading(10, heart_rate=70.0),
    ]
    # Only of the device it tells.
    undisturbed, disturbed = unattended(), unattended()
    expected = run(good, undisturbed)
    mixed = [*good[:11], *bad, *good[11:]]
    assert run(mixed, disturbed) == expected
    assert expected
    assert disturbed.state_of("p-1") == undisturbed.state_of("p-1")


def test_details_name_no_patient() -> None:
    log = [reading(5, heart_rate=0.0), reading(5, heart_rate=70.0), reading(5, heart_rate=70.0)]
    assert all("p-1" not in refusal.detail for refusal in refusals(log))


def test_a_reading_without_any_measurement_is_a_sign_of_life() -> None:
    monitor = Monitor()
    assert refusals([reading()], monitor) == []
    assert monitor.statuses(["p-1"])[0].observed_at_ms == START_MS


def test_every_refused_reading_of_a_large_batch_is_told_in_log_order() -> None:
    # Some patients have many of the readings and others few: rounds alone would not keep the log's order.
    patients = ["p-1", "p-1", "p-1", "p-2", "p-3", "p-2"]
    log = [
        reading(i, patient=patients[i % 6], heart_rate=0.0 if i % 5 else 70.0, battery=101.0)
        for i in range(100)
    ]
    found = refusals(log)
    assert [(r.position, r.vital) for r in found] == [
        (i, vital) for i in range(100) for vital in ("heart_rate", "battery") if i % 5 or vital == "battery"
    ]
    assert all(r.patient == patients[r.position % 6] for r in found)


def test_beats_that_come_again_or_too_late_are_refused_with_the_reason_as_vitals_are() -> None:
    monitor = Monitor()
    log = [
        reading(5, rr_interval_ms=800.0),
        reading(5, rr_interval_ms=800.0),
        reading(4, rr_interval_ms=810.0),
        reading(4, rr_interval_ms=810.0, oxygen_saturation=97.0),
        # Another device's clock may be behind: its vitals are let in beside beats.
        reading(3, heart_rate=70.0),
    ]
    assert [(r.position, r.vital, r.reason) for r in refusals(log, monitor)] == [
        (1, None, Reason.DUPLICATE),
        (2, None, Reason.OUT_OF_ORDER),
        (3, "rr_interval_ms", Reason.OUT_OF_ORDER),
    ]
    assert set(monitor.statuses(["p-1"])[0].vitals) == {"heart_rate", "oxygen_saturation"}


def test_a_beat_that_is_refused_for_its_interval_does_not_shut_the_right_one_out() -> None:
    log = [reading(5, rr_interval_ms=20_000.0), reading(5, rr_interval_ms=800.0)]
    assert [(r.position, r.reason) for r in refusals(log)] == [(0, Reason.OUT_OF_RANGE)]
