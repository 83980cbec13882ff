"""Which limits hold for whom: the patient's over the ward's over the standard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.logs import START_MS, at_1_hz, every, logs, run
from tests.support.records import own_limits
from wardwatch.core.alarming.policy import Policies
from wardwatch.core.conditions import CONDITIONS
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.limits import Source, WardLimits, in_effect
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Reading
from wardwatch.core.roster import LIMIT_NAMES, Limits, RosterEntry, limit_errors, standard_limit, steps
from wardwatch.core.vitals import VITAL_INDEX, VITALS

PLAIN = Rules(policies=Policies.unattended())
NAMES = [name.split(".") for name in LIMIT_NAMES]


def entry(limits: Limits | None = None, *, ward: str = "4B", **said: object) -> RosterEntry:
    return RosterEntry(patient="p-1", ward=ward, bed="12", limits=limits or {}, **said)  # type: ignore[arg-type]


def monitor_with(limits: Limits | None = None, rules: Rules = PLAIN, *, ward: str = "4B") -> Monitor:
    monitor = Monitor(rules)
    monitor.admit([entry(limits, ward=ward)])
    return monitor


def high(value: float) -> Limits:
    return {"heart_rate": {"high": value}}


@given(ward=own_limits(), own=own_limits())
def test_a_patients_limit_holds_over_the_wards_and_that_over_the_standard(ward: Limits, own: Limits) -> None:
    found, sources = in_effect(ward, own)
    for (vital, bound), step, source in zip(NAMES, found, sources, strict=True):
        layers = {
            Source.PATIENT: own.get(vital, {}).get(bound),
            Source.WARD: ward.get(vital, {}).get(bound),
            Source.STANDARD: standard_limit(vital, bound),
        }
        wanted = [layer for layer, value in layers.items() if value is not None]
        gives_way = wanted[0] is Source.WARD and source is Source.STANDARD
        assert source is wanted[0] or (gives_way and vital in own)
        value = layers[source]
        assert value is not None
        assert step == steps(VITALS[VITAL_INDEX[vital]], value)


@given(ward=own_limits(), own=own_limits())
def test_the_limits_in_effect_are_possible(ward: Limits, own: Limits) -> None:
    found, _ = in_effect(ward, own)
    together: dict[str, dict[str, float]] = {}
    for (vital, bound), step in zip(NAMES, found, strict=True):
        together.setdefault(vital, {})[bound] = step * VITALS[VITAL_INDEX[vital]].resolution
    assert limit_errors(together) == []


def test_a_wards_limit_that_contradicts_a_patients_own_gives_way_to_the_standard() -> None:
    found, sources = in_effect(high(110), {"heart_rate": {"low": 115}})
    low, other = LIMIT_NAMES.index("heart_rate.low"), LIMIT_NAMES.index("heart_rate.high")
    assert (found[low], sources[low]) == (115, Source.PATIENT)
    assert (found[other], sources[other]) == (130, Source.STANDARD)


def test_an_impossible_limit_of_a_ward_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match=r"^heart_rate\.low is not below heart_rate\.high"):
        Monitor(Rules(ward_limits={"4B": {"heart_rate": {"low": 90, "high": 80}}}))


def test_wards_limits_are_other_ones_when_any_of_them_is() -> None:
    made = [
        WardLimits(),
        WardLimits({"4B": high(120)}),
        WardLimits({"4B": high(121)}),
        WardLimits({}, high(120)),
    ]
    assert len({each.fingerprint for each in made}) == len(made)
    assert made[1].fingerprint == WardLimits({"4B": high(120)}).fingerprint


@pytest.mark.parametrize("name", LIMIT_NAMES)
def test_every_own_limit_alarms_beyond_it_and_not_at_it(name: str) -> None:
    vital, _, bound = name.partition(".")
    condition = next(each for each in CONDITIONS if each.name == name)
    resolution = VITALS[condition.signal].resolution
    # A little further in than the standard.
    own = condition.limit - condition.direction * 2 * resolution
    limits = {vital: {bound: round(own, 1)}}
    assert run(every(10, [own] * 60, vital), monitor_with(limits)) == []
    [event] = run(every(10, [own + condition.direction * resolution] * 60, vital), monitor_with(limits))
    assert (event.condition, event.phase) == (name, Phase.START)
    assert event.why["limit"] == pytest.approx(own)
    assert event.why["limit_of"] == "patient"


def starts(events: list[AlarmEvent]) -> dict[str, int]:
    """When each condition's first alarm began."""
    found: dict[str, int] = {}
    for event in events:
        if event.phase is Phase.START:
            found.setdefault(event.condition, event.observed_at_ms)
    return found


@given(
    log=logs(patients=1), name=st.sampled_from(LIMIT_NAMES), outer=st.integers(0, 20), by=st.integers(1, 20)
)
def test_a_narrower_limit_never_alarms_later(log: list[Reading], name: str, outer: int, by: int) -> None:
    vital, _, bound = name.partition(".")
    condition = next(each for each in CONDITIONS if each.name == name)
    inwards = -condition.direction * VITALS[condition.signal].resolution
    values = [round(condition.limit - inwards * outer, 1), round(condition.limit + inwards * (by - outer), 1)]
    wide, narrow = ({vital: {bound: value}} for value in values)
    assume(not limit_errors(wide) and not limit_errors(narrow))
    log = [replace(reading, patient="p-1") for reading in log]
    later = starts(run(log, monitor_with(wide)))
    sooner = starts(run(log, monitor_with(narrow)))
    if name in later:
        # Progress is a sum of floats: the same wait may end in the next millisecond.
        assert sooner[name] <= later[name] + 1


def test_a_wards_limits_hold_in_that_ward_and_the_default_in_all_others() -> None:
    rules = replace(PLAIN, ward_limits={"4B": high(100)}, default_limits=high(140))
    log = at_1_hz([120.0] * 400)
    [event] = run(log, monitor_with(rules=rules))
    assert event.text == "HR 120 > 100 (ward's limit)"
    assert (event.why["limit"], event.why["limit_of"]) == (100, "ward")
    assert run(log, monitor_with(rules=rules, ward="5A")) == []
    [event] = run(at_1_hz([150.0] * 400), monitor_with(rules=rules, ward="5A"))
    assert event.text == "HR 150 > 140 (ward's limit)"


def test_the_default_limits_hold_for_a_patient_who_is_not_on_the_roster() -> None:
    rules = replace(PLAIN, default_limits=high(100))
    [event] = run(at_1_hz([120.0] * 400), Monitor(rules))
    assert (event.ward, event.why["limit"], event.why["limit_of"]) == ("unassigned", 100, "ward")


def test_an_alarm_says_what_a_patients_own_limit_allows() -> None:
    [event] = run(at_1_hz([120.0] * 400), monitor_with(high(110)))
    assert event.text == "HR 120 > 110 (patient's limit)"
    assert event.why["counterfactual"]["vitals"] == {"heart_rate": {"at_most": 110}}
    assert event.why["why_not_higher"] == "HR was not at or above 130 /min for 19 s."
    assert run(at_1_hz([110.0] * 400), monitor_with(high(110))) == []


def test_own_limits_outlive_what_was_learned_and_a_restart() -> None:
    rules = replace(PLAIN, idle_s=3600.0)
    monitor = monitor_with(high(100), rules)
    run(at_1_hz([80.0] * 10), monitor)
    restored = Monitor.restore(dict(monitor.snapshot(only_changed=False)), rules)
    back_ms = START_MS + 4 * 3_600_000
    late = [
        Reading(patient="p-1", device="e4", observed_at_ms=back_ms + t * 1000, heart_rate=120.0)
        for t in range(300)
    ]
    # Forgotten as one who comes back; dropped, and back; dropped, restored, and back.
    states = []
    for kept, ticks in (monitor, False), (restored, True):
        if ticks:
            kept.tick(back_ms)
            assert kept.statuses(["p-1"]) == []
            kept = Monitor.restore(dict(kept.snapshot(only_changed=False)), rules)  # noqa: PLW2901
        [event] = run(late, kept)
        assert (event.ward, event.text) == ("4B", "HR 120 > 100 (patient's limit)")
        states.append(kept.state_of("p-1"))
    assert states[0] == states[1]


def test_after_a_restart_the_wards_limits_are_those_of_now() -> None:
    monitor = monitor_with(rules=replace(PLAIN, ward_limits={"4B": high(100)}))
    run(at_1_hz([90.0] * 10), monitor)
    blocks = dict(monitor.snapshot(only_changed=False))
    log = [replace(each, observed_at_ms=each.observed_at_ms + 10_000) for each in at_1_hz([120.0] * 300)]
    assert run(log, Monitor.restore(blocks, PLAIN)) == []
    [event] = run(log, Monitor.restore(blocks, replace(PLAIN, ward_limits={"4B": high(110)})))
    assert event.why["limit"] == 110


def test_a_state_from_before_there_were_limits_has_the_standard_ones() -> None:
    monitor = Monitor(PLAIN)
    run(at_1_hz([90.0] * 10), monitor)
    monitor._table["limits_made_of"][:] = 0
    restored = Monitor.restore(dict(monitor.snapshot(only_changed=False)), PLAIN)
    log = [replace(each, observed_at_ms=each.observed_at_ms + 10_000) for each in at_1_hz([140.0] * 300)]
    [event] = run(log, restored)
    assert (event.why["limit"], event.why["limit_of"]) == (130, "standard")
