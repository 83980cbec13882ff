"""What an alarm says of itself: one short text, and the reasons behind it.

Every alarm's ``why`` has the rule and its version, and what the rule went by. Unless the alarm ends, or its
priority falls, it also has ``counterfactual``, with which values, or within what time, it would not have
begun; and ``why_not_higher``, what kept it from a higher priority. Whoever replays the readings with the
values that the counterfactual allows gets no alarm.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from wardwatch.core import (
    conditions,
    explain_deterioration,
    explain_learned,
    explain_news2,
    falls,
    limits,
    rhythm,
    river_judging,
)
from wardwatch.core.alarms import Step
from wardwatch.core.conditions import CONDITIONS, Condition
from wardwatch.core.events import Phase, Priority
from wardwatch.core.judges import Judges
from wardwatch.core.limits import Source
from wardwatch.core.news2_of_patients import scores_of
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITALS, VitalSign

_WHOSE = {Source.STANDARD: "", Source.WARD: " (ward's limit)", Source.PATIENT: " (patient's limit)"}


# Rules that go by what was learned, of the patient or of the population.
_LEARNED = ("learned", "nightly", "river", "deterioration")


def text_and_reasons(table: PatientTable, judges: Judges, step: Step) -> tuple[str, Mapping[str, Any]]:
    """The alarm's text, as bedside monitors write it, and its ``why``."""
    condition = CONDITIONS[step.condition]
    limit, source = limits.limit_of(table, step.row, step.condition)
    lasted_s = round((step.at_ms - step.onset_ms) / 1000, 3)
    why: dict[str, Any] = {
        "rule": condition.rule,
        "rule_version": conditions.RULE_VERSION,
        "limit": limit,
        "limit_of": source.name.lower(),
        "direction": "above" if condition.direction > 0 else "below",
        "band": condition.band,
        "lasted_s": lasted_s,
    }
    if condition.rule == "news2":
        # By what was known when the step was set going: since then more may have grown old.
        scores = scores_of(table, np.array([step.row]), np.array([step.since_ms]))
        scale_2 = bool(table["news2_scale_2"][step.row])
        told, reasons = explain_news2.high(scores, int(table["news2_scored"][step.row]), scale_2=scale_2)
    elif condition.rule in _LEARNED:
        told, reasons = _of_learned(table, judges, step)
    elif condition.rule == "fall":
        told, reasons = falls.reasons(table, step.row)
    elif condition.rule == "rhythm":
        told, reasons = rhythm.reasons(table, step.row, condition.signal)
    else:
        told, reasons = _limit(condition, limit, float(table["value"][step.row, condition.signal]))
        reasons |= explain_learned.usual_of(table, judges.bank, step.row, condition.signal)
    allowed = reasons.pop("allowed", {})
    why |= reasons
    if step.phase is Phase.END:
        return f"{told}, alarm over", why
    if step.is_milder:
        return f"{told}, less far out", why
    why["counterfactual"] = {"lasted_less_than_s": lasted_s, **allowed}
    why["why_not_higher"] = _why_not_higher(condition, limit, step)
    if condition.rule == "limit":
        written = VITALS[condition.signal].written(limit)
        told = f"{told} {'>' if condition.direction > 0 else '<'} {written}{_WHOSE[source]}"
    return told, why


def _of_learned(table: PatientTable, judges: Judges, step: Step) -> tuple[str, dict[str, Any]]:
    rule = CONDITIONS[step.condition].rule
    if rule == "nightly":
        return explain_learned.nightly(table, judges.bank, step.row)
    if rule == "river":
        return river_judging.reasons(judges.river, table, step.row)
    if rule == "deterioration":
        return explain_deterioration.deteriorating(table, judges.bank, step.row)
    return explain_learned.unusual(table, judges.bank, step)


def _limit(condition: Condition, limit: float, value: float) -> tuple[str, dict[str, Any]]:
    vital = VITALS[condition.signal]
    bound = "at_most" if condition.direction > 0 else "at_least"
    reasons = {
        "vital": vital.name,
        "value": value,
        "unit": vital.unit,
        "allowed": {"vitals": {vital.name: {bound: limit}}},
    }
    return f"{vital.label} {vital.written(value)}", reasons


def _why_not_higher(condition: Condition, limit: float, step: Step) -> str | None:
    """What kept the alarm from a higher priority; ``None`` for the highest."""
    if step.priority is Priority.HIGH:
        return None
    if condition.severe_priority <= step.priority:
        if condition.rule in _LEARNED:
            return "What is only unusual is for awareness: no hard limit was passed by it."
        return f"This condition has no higher priority than {step.priority.name.lower()}."
    if condition.rule == "deterioration":
        return f"The score was not {condition.band:g} further out for {condition.shortest_dwell_s:g} s."
    if condition.rule == "learned":
        return f"The score was not {condition.band:g} bit further out for {condition.shortest_dwell_s:g} s."
    severe = limit + condition.direction * condition.band
    signal, unit = _named(condition)
    beyond = "at or above" if condition.direction > 0 else "at or below"
    return f"{signal} was not {beyond} {severe:g}{unit} for {condition.shortest_dwell_s:g} s."


def _named(condition: Condition) -> tuple[str, str]:
    if condition.rule == "news2":
        return "NEWS2", ""
    vital: VitalSign = VITALS[condition.signal]
    return vital.label, f" {vital.unit}"
