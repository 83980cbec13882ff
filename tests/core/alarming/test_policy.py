"""What a ward may want of its alarms, and what it gets without wanting anything."""

from __future__ import annotations

import pytest

from wardwatch.core.alarming.policy import Escalation, Handling, Policies, WardPolicy
from wardwatch.core.events import Priority


def test_a_ward_without_a_policy_of_its_own_has_the_default() -> None:
    strict = WardPolicy(longest_alarm_pause_s=60.0)
    policies = Policies(wards={"4B": strict})
    assert policies.of("4B") is strict
    assert policies.of("5A") is policies.default
    assert policies.of("unassigned") is policies.default


def test_each_priority_has_its_own_handling() -> None:
    policy = WardPolicy()
    assert policy.of(Priority.LOW) is policy.low
    assert policy.of(Priority.MEDIUM) is policy.medium
    assert policy.of(Priority.HIGH) is policy.high


def test_by_default_a_high_priority_waits_for_a_person_and_others_do_not() -> None:
    policy = WardPolicy()
    assert [policy.of(priority).latches for priority in Priority] == [False, False, True]
    assert [policy.of(priority).repeat_s is None for priority in Priority] == [True, True, False]


def test_by_default_the_more_urgent_the_sooner() -> None:
    handlings = [WardPolicy().of(priority) for priority in Priority]
    assert all(handling.signal_delay_s == 0 for handling in handlings)
    first_s = [
        handling.escalations[0].after_s if handling.escalations else float("inf") for handling in handlings
    ]
    held_s = [handling.acknowledged_s or float("inf") for handling in handlings]
    for delays_s in first_s, held_s:
        assert delays_s == sorted(delays_s, reverse=True)


def test_an_audio_pause_is_by_default_as_long_as_on_bedside_systems() -> None:
    """Two minutes at most, as their manuals say."""
    assert WardPolicy().longest_audio_pause_s == 120.0


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"signal_delay_s": -1.0}, "signal delay"),
        ({"acknowledged_s": 0.0}, "acknowledgement"),
        ({"repeat_s": 0.0}, "repeat"),
        ({"repeat_s": -60.0}, "repeat"),
        ({"escalations": (Escalation(0.0, "charge nurse"),)}, "escalation"),
        ({"escalations": (Escalation(60.0, "charge nurse"), Escalation(60.0, "physician"))}, "escalation"),
        ({"escalations": (Escalation(90.0, "charge nurse"), Escalation(60.0, "physician"))}, "escalation"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_reason(wish: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Handling(**wish)  # type: ignore[arg-type]


def test_where_nobody_answers_an_alarm_is_over_with_its_condition() -> None:
    policy = Policies.unattended().of("4B")
    for priority in Priority:
        handling = policy.of(priority)
        assert handling.signal_delay_s == 0
        assert not handling.latches
        assert (handling.acknowledged_s, handling.repeat_s, handling.escalations) == (None, None, ())
