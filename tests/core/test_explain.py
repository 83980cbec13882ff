"""What an alarm says of itself is what its rule went by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from tests.support.logs import START_MS, at_1_hz, logs, run
from tests.support.wards import NOW_MS, unattended_ward, usual
from wardwatch.core.conditions import CONDITIONS, RULE_VERSION
from wardwatch.core.events import Phase
from wardwatch.core.reading import Reading

BY_NAME = {condition.name: condition for condition in CONDITIONS}


def reading(at_s: float, **measured: float) -> Reading:
    return Reading(patient="p-1", device="e4", observed_at_ms=START_MS + round(at_s * 1000), **measured)  # type: ignore[arg-type]


def test_a_limits_alarm_gives_value_limit_and_duration() -> None:
    [event] = run(at_1_hz([140.0] * 220))
    assert event.text == "HR 140 > 130"
    assert event.why == {
        "rule": "limit",
        "rule_version": RULE_VERSION,
        "limit": 130,
        "limit_of": "standard",
        "direction": "above",
        "band": 20,
        "lasted_s": 212.133,
        "vital": "heart_rate",
        "value": 140.0,
        "unit": "/min",
        "counterfactual": {
            "lasted_less_than_s": 212.133,
            "vitals": {"heart_rate": {"at_most": 130}},
        },
        "why_not_higher": "HR was not at or above 150 /min for 19 s.",
    }


def test_a_limits_alarm_says_what_is_usual_for_a_patient_who_is_known() -> None:
    monitor = unattended_ward(["heart"])
    fast = [replace(usual("heart", NOW_MS + 1000 * second), heart_rate=134.0) for second in range(300)]
    [event] = [event for event in run(fast, monitor) if event.condition == "heart_rate.high"]
    [status] = monitor.statuses(["heart"])
    centre, spread = status.usual["heart_rate"]
    assert event.text == "HR 134 > 130"
    assert event.why["usual"] == pytest.approx(centre, abs=0.1)
    assert event.why["usual_band"] == pytest.approx([centre - 2 * spread, centre + 2 * spread], abs=0.1)


@pytest.mark.parametrize(
    ("vital", "value", "allowed", "kept"),
    [
        ("heart_rate", 132.0, {"at_most": 130}, "HR was not at or above 150 /min for 19 s."),
        ("respiratory_rate", 8.0, {"at_least": 9}, "RR was not at or below 6 /min for 19 s."),
        ("heart_rate", 160.0, {"at_most": 130}, None),
        ("body_temperature", 40.3, {"at_most": 39.0}, "This condition has no higher priority than medium."),
    ],
)
def test_a_limits_alarm_says_what_would_have_prevented_it_and_what_made_it_no_more_urgent(
    vital: str, value: float, allowed: dict[str, float], kept: str | None
) -> None:
    [event] = run(at_1_hz([value] * 300, vital))
    assert event.why["counterfactual"]["vitals"] == {vital: allowed}
    assert event.why["why_not_higher"] == kept
    [bound] = allowed.values()
    assert run(at_1_hz([float(bound)] * 300, vital)) == []


def test_an_alarm_that_lasted_less_would_not_have_begun() -> None:
    [event] = run(at_1_hz([140.0] * 300))
    assert event.why["counterfactual"]["lasted_less_than_s"] == event.why["lasted_s"] == 212.133
    assert run(at_1_hz([140.0] * 212 + [80.0] * 300)) == []
    assert len(run(at_1_hz([140.0] * 213 + [80.0] * 300))) >= 1


def test_an_alarms_end_has_no_counterfactual() -> None:
    *_, end = run(at_1_hz([140.0] * 300 + [80.0] * 100))
    assert (end.phase, end.text) == (Phase.END, "HR 80, alarm over")
    assert not {"counterfactual", "why_not_higher"} & set(end.why)


def test_a_low_limits_alarm_reads_below() -> None:
    [event] = run(at_1_hz([34.55] * 250, "body_temperature"))
    assert event.text == "Temp 34.6 < 35.1"
    assert event.why["direction"] == "below"


def test_news2_says_what_it_went_by_though_that_is_too_old_when_the_alarm_opens() -> None:
    log = [
        reading(-200, respiratory_rate=22.0),
        reading(0, heart_rate=115.0, body_temperature=38.5),
        reading(290, skin_temperature=33.0),
    ]
    [event] = run(log)
    assert event.text == "NEWS2 at least 5 (3 of 7 parameters)"
    assert event.why["points"] == {"respiratory_rate": 2, "heart_rate": 2, "body_temperature": 1}
    assert (event.why["lowest"], event.why["highest"]) == (5, 16)
    assert event.why["missing"] == ["oxygen_saturation", "on_oxygen", "systolic_pressure", "consciousness"]


def test_a_complete_news2_is_told_as_one_number() -> None:
    log = [
        Reading(
            patient="p-1",
            device="e4",
            observed_at_ms=START_MS + second * 1000,
            respiratory_rate=22.0,
            oxygen_saturation=97.0,
            on_oxygen=True,
            systolic_pressure=120.0,
            heart_rate=115.0,
            consciousness="A",
            body_temperature=37.0,
        )
        for second in range(310)
    ]
    [event] = run(log)
    assert event.text == "NEWS2 6"


def _told(rule: str, why: Mapping[str, Any]) -> float:
    """What is held against the limit."""
    if rule == "deterioration":
        return float(why["score"] - why["most_score"])
    return float(why["lowest"] if rule == "news2" else why["value"])


@settings(max_examples=50)
@given(logs(longest=200))
def test_the_value_told_at_a_start_or_update_is_beyond_the_limit(log: list[Reading]) -> None:
    for event in run(log):
        condition, why = BY_NAME[event.condition], event.why
        assert (why["rule"], why["rule_version"]) == (condition.rule, RULE_VERSION)
        told = _told(condition.rule, why)
        beyond = (told - condition.limit) * condition.direction
        assert why["lasted_s"] > 0
        if event.phase is Phase.END:
            assert event.text.endswith(", alarm over")
        elif event.priority is condition.priority and event.phase is Phase.UPDATE:
            assert event.text.endswith(", less far out")
            assert beyond < condition.band
        else:
            assert beyond > 0
            assert not event.text.endswith((", alarm over", ", less far out"))
            assert event.phase is Phase.START or beyond >= condition.band
