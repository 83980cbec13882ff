from __future__ import annotations

from wardwatch.core.alarming.policy import Escalation, Handling, Policies, WardPolicy
from wardwatch.core.monitor import Rules
from wardwatch.whatif.changes import Change, as_on_a_log, ward_changes

DELAYED = WardPolicy(low=Handling(signal_delay_s=15, latches=True, repeat_s=30), longest_alarm_pause_s=60)


def changes(today: Rules, new: Rules) -> list[Change]:
    return list(ward_changes(today, new))


def test_the_same_rules_differ_in_nothing() -> None:
    rules = Rules(policies=Policies(wards={"4B": DELAYED}), ward_limits={"5A": {"heart_rate": {"high": 140}}})
    assert changes(rules, rules) == []


def test_limits_are_compared_as_they_are_in_effect() -> None:
    today = Rules(default_limits={"heart_rate": {"high": 125}}, ward_limits={"4B": {}})
    new = Rules(
        default_limits={"heart_rate": {"high": 120}}, ward_limits={"4B": {"heart_rate": {"high": 130}}}
    )
    assert changes(today, new) == [
        Change(place="every ward", name="limit of heart_rate.high", today=125, new=120),
    ]
    assert [each.place for each in changes(Rules(), new)] == ["every ward"]


def test_a_ward_that_loses_its_own_limit_is_told_of() -> None:
    today = Rules(ward_limits={"4B": {"heart_rate": {"high": 140}}})
    assert changes(today, Rules()) == [
        Change(place="ward 4B", name="limit of heart_rate.high", today=140, new=130)
    ]


def test_only_delays_are_judged_of_how_alarms_are_handled() -> None:
    new = Rules(policies=Policies(wards={"4B": DELAYED}))
    found = {each.name: (each.today, each.new, each.is_judged) for each in changes(Rules(), new)}
    assert found == {
        "low, signal_delay_s": (0.0, 15, True),
        "low, latches": (False, True, False),
        "low, repeat_s": (None, 30, False),
        "longest_alarm_pause_s": (600.0, 60, False),
    }


def test_escalations_are_told_as_their_file_has_them() -> None:
    new = Rules(policies=Policies(default=WardPolicy(low=Handling(escalations=(Escalation(60, "nurse"),)))))
    (change,) = changes(Rules(), new)
    assert (change.today, change.new) == ([], [{"after_s": 60, "target": "nurse"}])


def test_on_a_log_nobody_answers_and_nobody_has_to() -> None:
    rules = as_on_a_log(
        Rules(policies=Policies(wards={"4B": DELAYED}), default_limits={"heart_rate": {"high": 125}})
    )
    assert rules.policies.of("4B").low == Handling(signal_delay_s=15)
    assert rules.policies.of("5A").high == Handling()
    assert not rules.watches_devices
    assert rules.default_limits == {"heart_rate": {"high": 125}}
