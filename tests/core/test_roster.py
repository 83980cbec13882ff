"""Limits that can't be are refused with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from tests.support.records import own_limits
from wardwatch.core.conditions import CONDITIONS
from wardwatch.core.events import Placement
from wardwatch.core.roster import LIMIT_NAMES, Limits, RosterEntry, entry_of, limit_errors, standard_limit


def test_a_limit_can_be_set_for_each_condition_with_a_limit_and_no_other() -> None:
    assert tuple(each.name for each in CONDITIONS if each.rule == "limit") == LIMIT_NAMES
    for name in LIMIT_NAMES:
        vital, _, bound = name.partition(".")
        assert limit_errors({vital: {bound: standard_limit(vital, bound)}}) == []


@given(own_limits())
def test_possible_limits_are_let_in(limits: Limits) -> None:
    assert limit_errors(limits) == []


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        ({"heart_rate": {"low": 150, "high": 100}}, "heart_rate.low is not below heart_rate.high."),
        ({"heart_rate": {"low": 100, "high": 100}}, "heart_rate.low is not below heart_rate.high."),
        (
            {"heart_rate": {"low": 130}},
            "heart_rate.low is not below the standard heart_rate.high, 130 /min: set both.",
        ),
        (
            {"respiratory_rate": {"high": 8}},
            "respiratory_rate.high is not above the standard respiratory_rate.low, 9 /min: set both.",
        ),
        (
            {"heart_rate": {"high": 300}},
            "heart_rate.high is outside 20 to 299 /min, where a value that is believed can be beyond it.",
        ),
        (
            {"oxygen_saturation": {"low": 101}},
            "oxygen_saturation.low is outside 41 to 100 %, where a value that is believed can be beyond it.",
        ),
        # At 0 it would be an alarm that is off: apnoea is not below it.
        (
            {"respiratory_rate": {"low": 0}},
            "respiratory_rate.low is outside 1 to 80 /min, where a value that is believed can be beyond it.",
        ),
        ({"oxygen_saturation": {"high": 98}}, "oxygen_saturation has no high limit."),
        ({"heart_rate": {"middle": 80}}, "The limits of heart_rate are low, high, or both."),
        ({"heart_rate": {}}, "The limits of heart_rate are low, high, or both."),
        ({"heart_rate": 120}, "The limits of heart_rate are low, high, or both."),
        ({"heart_rate": {"high": "120"}}, "heart_rate.high is not a number."),
        ({"heart_rate": {"high": True}}, "heart_rate.high is not a number."),
        ({"heart_rate": {"high": float("nan")}}, "heart_rate.high is not a number."),
        (
            {"body_temperature": {"high": 38.55}},
            "body_temperature.high is finer than the 0.1 Cel that is measured in.",
        ),
    ],
)
def test_an_impossible_limit_is_refused_with_its_reason(limits: Any, reason: str) -> None:
    assert limit_errors(limits) == [reason]


def test_a_vital_that_has_no_limits_is_refused_without_repeating_what_was_sent() -> None:
    for vital in "diastolic_pressure", "<b>":
        [reason] = limit_errors({vital: {"low": 50}})
        assert reason.startswith("Limits can be set for heart_rate, ")
        assert vital not in reason


def test_all_that_is_wrong_is_told() -> None:
    assert len(limit_errors({"heart_rate": {"low": 5, "high": "x"}, "body_temperature": {"mid": 1}})) == 3


def test_a_plain_placement_is_a_line_in_which_nothing_else_is_set() -> None:
    placed = Placement(patient="p-1", ward="4B", bed="12")
    assert entry_of(placed) == RosterEntry(patient="p-1", ward="4B", bed="12")
    entry = RosterEntry(patient="p-1", ward="4B", bed="12", news2_scale_2=True)
    assert entry_of(entry) is entry
