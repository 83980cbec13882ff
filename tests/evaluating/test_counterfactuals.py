"""What a counterfactual says becomes a change of just the readings that it is about."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest

from tests.support.logs import START_MS
from tests.support.quiet_wearers import alarm_event
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.local_time import LocalTime
from wardwatch.core.reading import ACTIVITY, CONSCIOUSNESS_LEVELS, ON_OXYGEN, Reading
from wardwatch.core.vitals import VITAL_INDEX
from wardwatch.evaluating.counterfactuals import (
    Statement,
    first_row,
    lasted_less_than_ms,
    statements,
    with_values,
)
from wardwatch.evaluating.tracks import DAY_MS, Track, tracks_of
from wardwatch.wire.recordings.recording import Stream

UTC = LocalTime.utc()
HEART = VITAL_INDEX["heart_rate"]
SYSTOLIC = VITAL_INDEX["systolic_pressure"]
MIDNIGHT_MS = START_MS // DAY_MS * DAY_MS


def event(counterfactual: dict[str, Any], *, onset_ms: int = START_MS) -> AlarmEvent:
    started = alarm_event(Phase.START, onset_ms + 60_000)
    why = {"counterfactual": {"lasted_less_than_s": 60.0} | counterfactual}
    return replace(started, onset_ms=onset_ms, why=why)


def track(rows: dict[int, dict[str, Any]], first_ms: int = START_MS) -> Track:
    """By seconds, what was measured then."""
    readings = [
        Reading(patient="p", device="d", observed_at_ms=first_ms + at_s * 1000, **of)
        for at_s, of in rows.items()
    ]
    [found] = tracks_of([Stream(iter(readings))], lambda: None)
    return found


def changed(statement: Statement, readings: Track, local_time: LocalTime = UTC) -> Track:
    return with_values(statement, readings, np.ones(len(readings), dtype=np.bool_), local_time)


def test_of_vitals_each_of_which_is_enough_each_is_a_statement() -> None:
    vitals = {"heart_rate": {"at_most": 90}, "respiratory_rate": {"at_least": 12, "at_most": 20}}
    assert statements(event({"vitals": vitals, "enough": "each"})) == [
        Statement(vitals={"heart_rate": (-inf, 90.0)}),
        Statement(vitals={"respiratory_rate": (12.0, 20.0)}),
    ]


def test_what_is_only_enough_together_is_one_statement() -> None:
    told = {"vitals": {"heart_rate": {"at_most": 90}}, "on_oxygen": False, "consciousness": "A"}
    [statement] = statements(event(told | {"enough": "all"}))
    assert statement == Statement(vitals={"heart_rate": (-inf, 90.0)}, on_oxygen=False, consciousness="A")
    assert str(statement) == "heart_rate -inf to 90, on_oxygen=False, consciousness=A"


def test_a_duration_alone_says_nothing_of_values() -> None:
    assert statements(event({})) == []
    assert lasted_less_than_ms(event({})) == 60_000


def test_a_statement_of_unknown_form_is_an_error() -> None:
    with pytest.raises(ValueError, match="weather"):
        statements(event({"weather": "fine"}))


def test_values_are_brought_within_the_bounds_and_what_is_within_stays() -> None:
    readings = track({0: {"heart_rate": 140.0, "respiratory_rate": 30.0}, 1: {"heart_rate": 80.0}})
    after = changed(Statement(vitals={"heart_rate": (60.0, 120.0)}), readings)
    assert after.values[:, HEART].tolist() == [120.0, 80.0]
    assert after.values[0, VITAL_INDEX["respiratory_rate"]] == 30.0
    assert readings.values[0, HEART] == 140.0


def test_what_is_entered_is_changed_only_where_something_was_entered() -> None:
    readings = track({0: {"on_oxygen": True, "consciousness": "V"}, 1: {"heart_rate": 80.0}})
    after = changed(Statement(on_oxygen=False, consciousness="A"), readings)
    assert after.context[0, ON_OXYGEN] == 0.0
    assert np.isnan(after.context[1, ON_OXYGEN])
    assert after.consciousness.tolist() == [CONSCIOUSNESS_LEVELS.index("A"), -1]
    assert readings.consciousness[0] == CONSCIOUSNESS_LEVELS.index("V")


def test_values_that_the_gate_refuses_are_not_made_acceptable() -> None:
    readings = track(
        {
            0: {"heart_rate": 0.0},
            1: {"systolic_pressure": 70.0, "diastolic_pressure": 90.0},
            # No pressure of a living person: it does not contradict the other.
            2: {"systolic_pressure": 250.0, "diastolic_pressure": 260.0},
        }
    )
    bounds = {"heart_rate": (60.0, 90.0), "systolic_pressure": (111.0, 219.0)}
    after = changed(Statement(vitals=bounds), readings)
    assert after.values[0, HEART] == 0.0
    assert after.values[1:, SYSTOLIC].tolist() == [70.0, 219.0]


@pytest.mark.parametrize(("before_s", "row"), [(3600, 0), (3601, 2)])
def test_it_begins_with_the_value_that_still_stood_at_the_onset(before_s: int, row: int) -> None:
    readings = track(
        {-before_s: {"body_temperature": 39.0}, -10: {"heart_rate": 80.0}, 0: {"heart_rate": 140.0}}
    )
    statement = Statement(vitals={"body_temperature": (36.1, 38.0)})
    assert first_row(statement, readings, event({}), UTC) == row
    assert first_row(Statement(vitals={"heart_rate": (51.0, 90.0)}), readings, event({}), UTC) == 1


def test_it_begins_with_the_latest_entry_too() -> None:
    rows: dict[int, dict[str, Any]] = {
        -50_000: {"consciousness": "V"},
        -7200: {"on_oxygen": True},
        -7000: {"consciousness": "C"},
        0: {"heart_rate": 140.0},
    }
    readings = track(rows)
    assert first_row(Statement(on_oxygen=False), readings, event({}), UTC) == 1
    assert first_row(Statement(consciousness="A"), readings, event({}), UTC) == 2


@pytest.mark.parametrize("hours", [0, -5])
def test_a_night_is_the_latest_one_at_rest_on_the_wards_clock(hours: int) -> None:
    local_time = LocalTime(from_ms=np.zeros(1, dtype=np.int64), offset_ms=np.array([hours * 3_600_000]))
    at_h = (-1, 1, 6, 8, 25, 33)
    readings = track(
        {h * 3600: {"heart_rate": 80.0, "steps": 0.0 if h < 25 else 9.0} for h in at_h},
        MIDNIGHT_MS - hours * 3_600_000,
    )
    onset = event({"nightly_level": {"at_most": 60}}, onset_ms=int(readings.observed_at_ms[-1]))
    [statement] = statements(onset)
    first = first_row(statement, readings, onset, local_time)
    assert first == 1
    concerned = np.arange(len(readings)) >= first
    after = with_values(statement, readings, concerned, local_time)
    assert after.values[:, HEART].tolist() == [80.0, 60.0, 60.0, 80.0, 80.0, 80.0]


def test_an_impact_is_one_of_the_seconds_before_somebody_came_to_lie() -> None:
    readings = track({at_s: {"activity": 0.9} for at_s in (-60, -26, -25, -5, 0)})
    [statement] = statements(event({"impact": {"at_most": 0.5}}))
    first = first_row(statement, readings, event({}), UTC)
    assert first == 2
    after = with_values(statement, readings, np.arange(len(readings)) >= first, UTC)
    assert after.context[:, ACTIVITY].tolist() == [0.9, 0.9, 0.5, 0.5, 0.5]
