"""The roster: where a patient lies, and what clinicians have set for the patient.

Limits are a patient's own, a ward's, or the standard (`conditions`), in this order. An impossible limit is
refused with its reason, and so is one that no value which the gate lets in could be beyond: it would be an
alarm that is turned off, and nobody would see that it is.

>>> limit_errors({"heart_rate": {"low": 45, "high": 150}})
[]
>>> limit_errors({"heart_rate": {"low": 135}, "oxygen_saturation": {"high": 98}})
['heart_rate.low is not below the standard heart_rate.high, 130 /min: set both.', 'oxygen_saturation has no high limit.']
"""  # noqa: E501 (what it prints)

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from wardwatch.core.conditions import CONDITIONS, Condition
from wardwatch.core.events import Placement
from wardwatch.core.vitals import VITAL_NAMES, VITALS, VitalSign

# By vital its "low", its "high", or both: the last values that do not alarm.
Limits = Mapping[str, Mapping[str, float]]

# No patient wears more; a record with more is not meant.
MOST_DEVICES = 16

LOW, HIGH = "low", "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterEntry(Placement):
    """One line of the roster, whole: what it does not say is not set.

    ``devices`` are the patient's. ``news2_scale_2`` is for hypercapnic respiratory failure that is confirmed.
    ``on_oxygen`` holds until a reading or another entry says otherwise. Who is ``discharged`` is forgotten.
    ``at_ms`` is when the entry arrived, on our clock; without it, with whatever came last of the patient.
    """

    devices: tuple[str, ...] = ()
    limits: Limits = field(default_factory=dict)
    news2_scale_2: bool = False
    on_oxygen: bool | None = None
    discharged: bool = False
    at_ms: int | None = field(default=None, compare=False)


def entry_of(placement: Placement) -> RosterEntry:
    """``placement`` as a line in which nothing else is set."""
    if isinstance(placement, RosterEntry):
        return placement
    return RosterEntry(patient=placement.patient, ward=placement.ward, bed=placement.bed)


def bound_of(condition: Condition) -> tuple[str, str]:
    """The vital of a limit, and whether it is the low or the high one."""
    return VITAL_NAMES[condition.signal], HIGH if condition.direction > 0 else LOW


LIMITED: tuple[Condition, ...] = tuple(each for each in CONDITIONS if each.rule == "limit")
LIMIT_NAMES: tuple[str, ...] = tuple(each.name for each in LIMITED)

_BOUNDS = {bound_of(each): each for each in LIMITED}
# The vitals that have limits.
_VITALS: dict[str, VitalSign] = {vital: VITALS[each.signal] for (vital, _), each in _BOUNDS.items()}


def standard_limit(vital: str, bound: str) -> float | None:
    """The limit of the table of conditions, or ``None`` where it has none."""
    condition = _BOUNDS.get((vital, bound))
    return None if condition is None else condition.limit


def steps(vital: VitalSign, value: float) -> int:
    """``value`` in steps of the vital's resolution, the nearest."""
    return round(value / vital.resolution)


def limit_errors(limits: Mapping[str, Any]) -> list[str]:
    """Why these limits can't be, a sentence each; none if they can.

    No sentence repeats a text that somebody has sent.
    """
    errors = []
    for name, bounds in limits.items():
        if name not in _VITALS:
            errors.append(f"Limits can be set for {', '.join(_VITALS)}, and for no other vital.")
        elif not isinstance(bounds, Mapping) or not bounds:
            errors.append(f"The limits of {name} are low, high, or both.")
        else:
            found = list(_errors_of(_VITALS[name], bounds))
            errors += found or _contradiction(_VITALS[name], bounds)
    return errors


def _errors_of(vital: VitalSign, bounds: Mapping[str, Any]) -> Iterator[str]:
    for bound, value in bounds.items():
        if bound not in (LOW, HIGH):
            yield f"The limits of {vital.name} are low, high, or both."
        elif (vital.name, bound) not in _BOUNDS:
            yield f"{vital.name} has no {bound} limit."
        elif isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            yield f"{vital.name}.{bound} is not a number."
        else:
            yield from _misfit(vital, bound, value)


def _misfit(vital: VitalSign, bound: str, value: float) -> Iterator[str]:
    # One step away from the end, so that a value can still lie beyond it.
    lowest = vital.plausible_low + (vital.resolution if bound == LOW else 0)
    highest = vital.plausible_high - (vital.resolution if bound == HIGH else 0)
    if not lowest <= value <= highest:
        yield (
            f"{vital.name}.{bound} is outside {lowest:g} to {highest:g} {vital.unit}, "
            "where a value that is believed can be beyond it."
        )
    elif abs(value - steps(vital, value) * vital.resolution) > 1e-6:
        yield f"{vital.name}.{bound} is finer than the {vital.resolution:g} {vital.unit} that is measured in."


def _contradiction(vital: VitalSign, bounds: Mapping[str, float]) -> list[str]:
    """Whether low and high are the wrong way round; who sets one of them leaves the other the standard's.

    A ward may have another one; but what is possible must not depend on the ward in which a patient lies.
    """
    low, high = (bounds.get(bound, standard_limit(vital.name, bound)) for bound in (LOW, HIGH))
    if low is None or high is None or steps(vital, low) < steps(vital, high):
        return []
    if LOW in bounds and HIGH in bounds:
        return [f"{vital.name}.low is not below {vital.name}.high."]
    own, other = (LOW, HIGH) if LOW in bounds else (HIGH, LOW)
    relation = "below" if own == LOW else "above"
    standard = f"{standard_limit(vital.name, other):g} {vital.unit}"
    return [f"{vital.name}.{own} is not {relation} the standard {vital.name}.{other}, {standard}: set both."]
