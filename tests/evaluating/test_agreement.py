"""Figures of an alarm's reasons that contradict each other are found."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from wardwatch.evaluating.agreement import agrees

LEARNED: dict[str, Any] = {
    "rule": "learned",
    "score": 34.0,
    "most_score": 20.0,
    "vitals": {
        "heart_rate": {
            "now": 85.0,
            "usual": 60.0,
            "band": [50.0, 70.0],
            "z": 5.0,
            "direction": "above",
            "contribution": 25.0,
        },
        "respiratory_rate": {
            "now": 9.0,
            "usual": 15.0,
            "band": [11.0, 19.0],
            "z": -3.0,
            "direction": "below",
            "contribution": 9.0,
        },
    },
}


def changed(vital: str, **figures: Any) -> dict[str, Any]:
    why = deepcopy(LEARNED)
    why["vitals"][vital].update(figures)
    return why


def test_contributions_that_sum_to_the_score_agree() -> None:
    assert agrees(LEARNED)
    assert agrees(changed("heart_rate", contribution=25.0 + 0.9e-9))


@pytest.mark.parametrize(
    "why",
    [
        changed("heart_rate", contribution=25.0 + 2e-9),
        changed("heart_rate", z=5.001),
        changed("heart_rate", now=84.99),
        changed("respiratory_rate", direction="above"),
        LEARNED | {"most_score": 34.0},
        LEARNED | {"rule": "astrology"},
    ],
)
def test_a_learned_alarm_whose_figures_contradict_each_other_is_found(why: dict[str, Any]) -> None:
    assert not agrees(why)


@pytest.mark.parametrize(
    ("why", "right"),
    [
        ({"vital": "heart_rate", "value": 131.0, "limit": 130, "direction": "above"}, True),
        ({"vital": "heart_rate", "value": 130.4, "limit": 130, "direction": "above"}, False),
        ({"vital": "heart_rate", "value": 40.0, "limit": 41, "direction": "below"}, True),
        ({"vital": "body_temperature", "value": 35.05, "limit": 35.1, "direction": "below"}, False),
    ],
)
def test_a_limits_value_is_beyond_it_as_a_chart_writes_it(why: dict[str, Any], right: object) -> None:
    assert agrees({"rule": "limit", **why}) == right


@pytest.mark.parametrize(
    ("values", "right"),
    [((63.0, 63.0), True), ((62.5, 63.0), False), ((61.5, 68.0), False), ((68.0, 61.5), False)],
)
def test_two_nights_are_raised_and_in_the_mean_by_enough(values: tuple[float, float], right: object) -> None:
    tonight, before = ({"value": value, "usual": 60.0, "spread": 2.0} for value in values)
    assert agrees({"rule": "nightly", **tonight, "night_before": before}) == right


@pytest.mark.parametrize(
    ("changes", "right"),
    [({}, True), ({"score": 17.5}, False), ({"most_score": 17.0}, False), ({"of_days": 1.0}, False)],
)
def test_the_parts_of_deterioration_sum_to_its_score(changes: dict[str, float], right: object) -> None:
    heart = {"contribution": 12.0, "of_now": 4.0, "of_days": changes.pop("of_days", 8.0)}
    breathing = {"contribution": 5.0, "of_now": -0.5, "of_days": 5.5}
    why = {"score": 17.0, "most_score": 16.0, "vitals": {"heart_rate": heart, "respiratory_rate": breathing}}
    assert agrees({"rule": "deterioration", **why, **changes}) == right


@pytest.mark.parametrize(("score", "right"), [(0.9, True), (0.7, False)])
def test_a_river_score_reaches_its_threshold(score: float, right: object) -> None:
    assert agrees({"rule": "river", "score": score, "threshold": 0.8}) == right


@pytest.mark.parametrize(("impact", "right"), [(0.6, True), (0.5, False)])
def test_the_impact_of_a_fall_is_above_its_limit(impact: float, right: object) -> None:
    assert agrees({"rule": "fall", "impact": impact, "limit": 0.5}) == right


@pytest.mark.parametrize(("value", "right"), [(81.3, True), (80.0, False)])
def test_the_value_of_a_rhythm_is_above_its_limit(value: float, right: object) -> None:
    assert agrees({"rule": "rhythm", "value": value, "limit": 80.0}) == right
