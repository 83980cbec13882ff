"""Every rule's reasons are told, and no instant of them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support import fake_reasons
from tests.support.reports import example_of
from wardwatch.report.reasons import limit_of, reasons, vitals_of


def test_a_limit_is_told_with_what_would_not_have_alarmed() -> None:
    why = example_of(1, usual_band=[58.0, 84.0], why_not_higher="HR was not at or above 150 /min.")["why"]
    assert reasons(why) == [
        ("Value", "HR 134 /min"),
        ("Limit", "above 130 /min (standard)"),
        ("Usual for this patient", "58.0\u00a0to\u00a084.0"),
        ("Lasted", "61 s when it was judged"),
        ("No alarm with", "HR at most 130 /min, or less than 61 s of it"),
        ("Why not more urgent", "HR was not at or above 150 /min."),
        ("Rule", "limit, version 3"),
    ]
    assert (vitals_of(why), limit_of(why)) == ({"heart_rate"}, 130.0)


def test_news2_is_told_by_its_points() -> None:
    why = fake_reasons.of_news2()
    told = dict(reasons(why))
    assert told["Points"]
    assert "for sure" in told["Total"]
    assert vitals_of(why) == {name for name, points in why["points"].items() if points}
    assert limit_of(why) is None


def test_learned_alarms_are_told_vital_by_vital() -> None:
    why = fake_reasons.of_unusual_vitals()
    told = dict(reasons(why))
    assert all("contribution" in told[label] for label in ("HR",))
    assert told["Score"]


def test_instants_are_left_out() -> None:
    why = {"rule": "fall", "rule_version": 3, "limit": 3, "impact": 6.25, "impact_at_ms": 1_795_288_033_000}
    assert reasons(why) == [("Impact", "6.25"), ("Rule", "fall, version 3")]


@pytest.mark.parametrize("why", [{}, {"rule": "of tomorrow", "vitals": ["heart_rate"], "points": {}}])
def test_a_rule_of_which_little_is_known_is_told_all_the_same(why: dict[str, Any]) -> None:
    if "points" in why:
        why |= {"lowest": 0, "highest": 3, "limit": 4}
    assert reasons(why)[-1][0] == "Rule"


@pytest.mark.parametrize(
    ("allowed", "told"),
    [
        (
            {"lasted_less_than_s": 0.1, "rr_interval_ms": {"at_most": 1199}},
            "intervals in ms of at most 1199, or less than 0.1 s of it",
        ),
        ({"nightly_mean": {"at_most": 62.5}}, "a nightly mean of at most 62.5"),
        ({"impact": {"at_most": 3}}, "an impact in g of at most 3"),
        (
            {"vitals": {"heart_rate": {"at_least": 51, "at_most": 90}}, "on_oxygen": False, "enough": "all"},
            "HR from 51 /min to 90 /min and on air",
        ),
    ],
)
def test_what_would_not_have_alarmed_is_told_of_every_rule(allowed: dict[str, Any], told: str) -> None:
    assert ("No alarm with", told) in reasons({"rule": "any", "counterfactual": allowed})
