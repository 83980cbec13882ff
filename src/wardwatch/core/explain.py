"""What an alarm says of itself: one short text, and the reasons behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wardwatch.core import baseline, conditions
from wardwatch.core.alarms import Step
from wardwatch.core.conditions import CONDITIONS, Condition
from wardwatch.core.events import Phase
from wardwatch.core.news2 import PARAMETERS, Scores
from wardwatch.core.reading import UNKNOWN
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITALS, VitalSign


def text_and_reasons(table: PatientTable, step: Step, scores: Scores) -> tuple[str, Mapping[str, Any]]:
    """The alarm's text, as bedside monitors write it, and its ``why``.

    ``scores`` is the NEWS2 score of this one patient that the step went by.
    """
    condition = CONDITIONS[step.condition]
    why: dict[str, Any] = {
        "rule": condition.rule,
        "rule_version": conditions.RULE_VERSION,
        "limit": condition.limit,
        "direction": "above" if condition.direction > 0 else "below",
        "band": condition.band,
        "lasted_s": round((step.at_ms - step.onset_ms) / 1000, 3),
    }
    if condition.rule == "news2":
        told, reasons = _news2(scores)
    elif condition.rule == "baseline":
        told, reasons = _unusual(table, step.row, condition)
    else:
        told, reasons = _vital(VITALS[condition.signal], float(table["value"][step.row, condition.signal]))
    why |= reasons
    if step.phase is Phase.END:
        return f"{told}, alarm over", why
    if condition.rule == "limit":
        limit = VITALS[condition.signal].written(condition.limit)
        told = f"{told} {'>' if condition.direction > 0 else '<'} {limit}"
    return told, why


def _vital(vital: VitalSign, value: float) -> tuple[str, dict[str, Any]]:
    reasons = {"vital": vital.name, "value": value, "unit": vital.unit}
    return f"{vital.label} {vital.written(value)}", reasons


def _unusual(table: PatientTable, row: int, condition: Condition) -> tuple[str, dict[str, Any]]:
    which = condition.signal - conditions.BASELINE_SIGNALS
    vital, value = VITALS[baseline.VITAL_COLUMNS[which]], float(table["scored_value"][row, which])
    usual, spread = float(table["scored_usual"][row, which]), float(table["scored_spread"][row, which])
    told, why = _vital(vital, value)
    why |= {"usual": usual, "spread": spread, "z": (value - usual) / spread}
    return f"{told}, usual {vital.written(usual)} ± {vital.written(condition.limit * spread)}", why


def _news2(scores: Scores) -> tuple[str, dict[str, Any]]:
    lowest, highest = int(scores.lowest[0]), int(scores.highest[0])
    known = zip(PARAMETERS, scores.points[0].tolist(), strict=True)
    points = {name: found for name, found in known if found != UNKNOWN}
    missing = [name for name, gone in zip(PARAMETERS, scores.missing[0].tolist(), strict=True) if gone]
    told = f"NEWS2 {lowest}" if lowest == highest else f"NEWS2 at least {lowest}"
    if missing:
        told = f"{told} ({len(PARAMETERS) - len(missing)} of {len(PARAMETERS)} parameters)"
    return told, {"lowest": lowest, "highest": highest, "points": points, "missing": missing}
