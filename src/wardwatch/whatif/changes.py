"""What two sets of rules differ in, and which part of that a log can judge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from wardwatch.core.alarming.policy import Handling, Policies, WardPolicy
from wardwatch.core.monitor import Rules
from wardwatch.core.roster import LIMITED, bound_of

_PRIORITIES = ("low", "medium", "high")
_SIGNAL_DELAY = "signal_delay_s"
EVERY_WARD = "every ward"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A rule by its place and name, as it is and as it would be; ``is_judged`` by playing a log or not."""

    place: str
    name: str
    today: Any
    new: Any
    is_judged: bool = True


def as_on_a_log(rules: Rules) -> Rules:
    """The same rules for a log on which nobody answers.

    An alarm begins with its condition, after the ward's signal delay, and ends with it. What a ward wants of
    an alarm that has begun (acknowledgements, repeats, escalations, latching) does not change when it began.
    """
    policies = Policies(
        default=_with_delays_alone(rules.policies.default),
        wards={ward: _with_delays_alone(policy) for ward, policy in rules.policies.wards.items()},
    )
    return replace(rules.unattended(), policies=policies)


def _with_delays_alone(policy: WardPolicy) -> WardPolicy:
    low, medium, high = (
        Handling(signal_delay_s=each.signal_delay_s) for each in (policy.low, policy.medium, policy.high)
    )
    return WardPolicy(low=low, medium=medium, high=high)


def ward_changes(today: Rules, new: Rules) -> Iterator[Change]:
    """What the wards' limits and wishes differ in; a ward is named where either has one for it."""
    named = {ward for rules in (today, new) for ward in (*rules.policies.wards, *rules.ward_limits)}
    for ward in (None, *sorted(named)):
        place = EVERY_WARD if ward is None else f"ward {ward}"
        yield from _limits(place, _limits_of(today, ward), _limits_of(new, ward))
        yield from _policies(place, _policy_of(today, ward), _policy_of(new, ward))


def _limits_of(rules: Rules, ward: str | None) -> dict[str, float]:
    own = rules.default_limits if ward is None else rules.ward_limits.get(ward, rules.default_limits)
    bounds = {each: bound_of(each) for each in LIMITED}
    return {each.name: own.get(vital, {}).get(bound, each.limit) for each, (vital, bound) in bounds.items()}


def _policy_of(rules: Rules, ward: str | None) -> WardPolicy:
    return rules.policies.default if ward is None else rules.policies.of(ward)


def _limits(place: str, today: dict[str, float], new: dict[str, float]) -> Iterator[Change]:
    for name, limit in today.items():
        if limit != new[name]:
            yield Change(place=place, name=f"limit of {name}", today=limit, new=new[name])


def _policies(place: str, today: WardPolicy, new: WardPolicy) -> Iterator[Change]:
    for name, of_today, of_new in _values(today, new):
        if name in _PRIORITIES:
            for key, value, other in _values(of_today, of_new):
                yield _of_handling(place, f"{name}, {key}", value, other, is_judged=key == _SIGNAL_DELAY)
        else:
            yield _of_handling(place, name, of_today, of_new, is_judged=False)


def _values(today: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """The fields of two alike that differ."""
    for each in fields(today):
        value, other = getattr(today, each.name), getattr(new, each.name)
        if value != other:
            yield each.name, value, other


def _of_handling(place: str, name: str, today: Any, new: Any, *, is_judged: bool) -> Change:
    return Change(place=place, name=name, today=_plain(today), new=_plain(new), is_judged=is_judged)


def _plain(value: Any) -> Any:
    """Escalations as their file has them."""
    if isinstance(value, tuple):
        return [{"after_s": each.after_s, "target": each.target} for each in value]
    return value
