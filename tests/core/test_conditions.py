"""The table of conditions is the chart of NEWS2, and says how long and how urgently."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch.core import conditions
from wardwatch.core.conditions import CONDITIONS, Condition
from wardwatch.core.events import Priority
from wardwatch.core.news2 import News2
from wardwatch.core.vitals import VITALS

LIMITS = [condition for condition in CONDITIONS if condition.rule == "limit"]


def points(condition: Condition, value: float) -> int:
    """What NEWS2 gives the value by itself."""
    return News2.of(**{VITALS[condition.signal].name: value}).lowest  # type: ignore[arg-type]


@pytest.mark.parametrize("condition", LIMITS, ids=lambda condition: condition.name)
def test_beyond_each_limit_begins_the_charts_last_band(condition: Condition) -> None:
    """Source: NEWS2, Royal College of Physicians 2017: 3 points, of which a high temperature has only 2."""
    step = condition.direction * VITALS[condition.signal].resolution
    worst = 2 if condition.name == "body_temperature.high" else 3
    assert points(condition, condition.limit + step) == worst
    assert points(condition, condition.limit) < worst


def test_every_vital_of_the_chart_has_its_limits() -> None:
    assert [condition.name for condition in LIMITS] == [
        "heart_rate.low",
        "heart_rate.high",
        # More than 96 % is no risk on scale 1.
        "oxygen_saturation.low",
        "respiratory_rate.low",
        "respiratory_rate.high",
        "body_temperature.low",
        "body_temperature.high",
        "systolic_pressure.low",
        "systolic_pressure.high",
    ]


def test_news2_alarms_from_5_on_and_is_severe_from_7_on() -> None:
    """Source: NEWS2, Royal College of Physicians 2017: urgent and emergency response."""
    condition = CONDITIONS[conditions.NAMES.index("news2.high")]
    assert (condition.limit, condition.limit + condition.band) == (4, 7)


def test_names_tell_conditions_apart_and_a_severe_value_is_never_less_urgent() -> None:
    assert len(set(conditions.NAMES)) == conditions.COUNT
    assert all(condition.priority <= condition.severe_priority for condition in CONDITIONS)


def test_what_is_only_unusual_begins_low_and_is_never_high() -> None:
    """The highest priority is for the hard limits."""
    fixed = ("limit", "news2", "fall", "rhythm")
    learned = [condition for condition in CONDITIONS if condition.rule not in fixed]
    assert [condition.name for condition in learned] == [
        "vitals.unusual",
        "heart_rate.nightly",
        "river.unusual",
        "vitals.deteriorating",
    ]
    assert {condition.priority for condition in learned} == {Priority.LOW}
    assert max(condition.severe_priority for condition in learned) < Priority.HIGH


def test_a_wait_is_at_least_the_shortest_and_the_shortest_is_no_shorter_than_for_hard_limits() -> None:
    """But rhythms have shown in many beats already, or are pauses."""
    for condition in CONDITIONS:
        assert condition.dwell_s >= condition.shortest_dwell_s
        assert condition.shortest_dwell_s >= conditions.SHORTEST_DWELL_S or condition.rule == "rhythm"


def test_a_value_that_stays_beyond_a_limit_alarms_even_if_none_follows() -> None:
    """Else a cuff that measures once an hour could never alarm."""
    hard = np.array([condition.rule in ("limit", "news2") for condition in CONDITIONS])
    assert (conditions.HOLD_MS[hard] >= conditions.DWELL_S[hard] * 1000).all()
