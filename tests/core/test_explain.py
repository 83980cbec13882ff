"""What an alarm says of itself is what its rule went by."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.support.logs import START_MS, at_1_hz, every, logs, run
from wardwatch.core.conditions import CONDITIONS
from wardwatch.core.events import Phase
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Reading

BY_NAME = {condition.name: condition for condition in CONDITIONS}


def reading(at_s: float, **measured: float) -> Reading:
    return Reading(patient="p-1", device="e4", observed_at_ms=START_MS + round(at_s * 1000), **measured)  # type: ignore[arg-type]


def test_a_limits_alarm_gives_value_limit_and_duration() -> None:
    [event] = run(at_1_hz([140.0] * 220))
    assert event.text == "HR 140 > 130"
    assert event.why == {
        "rule": "limit",
        "rule_version": 1,
        "limit": 130,
        "direction": "above",
        "band": 20,
        "lasted_s": 212.133,
        "vital": "heart_rate",
        "value": 140.0,
        "unit": "/min",
    }


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


def test_an_unusual_values_alarm_gives_what_it_was_scored_against() -> None:
    """Though the baseline has learned from the value when the alarm opens: hourly values weigh much."""
    monitor = Monitor()
    usual = [36.9, 37.0, 37.1, 37.0] * 24
    assert run(every(3600, usual, "body_temperature"), monitor) == []
    for z in (4.2, 6.0):
        again = Monitor.restore(dict(monitor.snapshot(only_changed=False)))
        # The spread is that of the sensor, 0.15 Cel.
        unusual = [reading(len(usual) * 3600 + i * 3600, body_temperature=37.0 + z * 0.15) for i in range(2)]
        [event] = run(unusual, again)
        why = event.why
        assert why["z"] == pytest.approx(z, abs=0.05)
        assert why["z"] == (why["value"] - why["usual"]) / why["spread"]
        assert event.text == f"Temp {37.0 + z * 0.15:.1f}, usual 37.0 ± 0.6"


@given(logs(longest=200))
def test_the_value_told_at_a_start_or_update_is_beyond_the_limit(log: list[Reading]) -> None:
    for event in run(log):
        condition, why = BY_NAME[event.condition], event.why
        told = why["lowest"] if condition.rule == "news2" else why["value"]
        beyond = (told - condition.limit) * condition.direction
        assert why["lasted_s"] > 0
        if event.phase is not Phase.END:
            assert beyond > 0
            assert not event.text.endswith("alarm over")
        else:
            assert event.text.endswith(", alarm over")
        if event.phase is Phase.UPDATE:
            assert beyond >= condition.band
