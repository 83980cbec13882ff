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
from wardwatch.core.vitals import VITALS


def text_and_reasons(table: PatientTable, step: Step, scores: Scores) -> tuple[str, Mapping[str, Any]]:
    """The alarm's text, as bedside monitors write it, and its ``why``.

    ``scores`` is the NEWS2 score of this one patient at that instant.
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
    else:
        told, reasons = _vital(table, step.row, condition)
    why |= reasons
    if step.phase is Phase.END:
        return f"{told}, alarm over", why
    if condition.rule == "limit":
        vital = VITALS[condition.signal]
        told = f"{told} {'>' if condition.direction > 0 else '<'} {vital.written(condition.limit)}"
    return told, why


def _vital(table: PatientTable, row: int, condition: Condition) -> tuple[str, dict[str, Any]]:
    learned = condition.rule == "baseline"
    which = condition.signal - conditions.BASELINE_SIGNALS
    index = int(baseline.VITAL_COLUMNS[which]) if learned else condition.signal
    vital, value = VITALS[index], float(table["value"][row, index])
    told = f"{vital.label} {vital.written(value)}"
    why: dict[str, Any] = {"vital": vital.name, "value": value, "unit": vital.unit}
    if learned:
        usual = float(table["baseline_mean"][row, which])
        spread = float(baseline.spread(table["baseline_variance"][row, which], baseline.FLOORS[which]))
        why |= {"usual": usual, "spread": spread, "z": (value - usual) / spread}
        told = f"{told}, usual {vital.written(usual)} ± {vital.written(condition.limit * spread)}"
    return told, why


def _news2(scores: Scores) -> tuple[str, dict[str, Any]]:
    lowest, highest = int(scores.lowest[0]), int(scores.highest[0])
    known = zip(PARAMETERS, scores.points[0].tolist(), strict=True)
    points = {name: found for name, found in known if found != UNKNOWN}
    missing = [name for name, gone in zip(PARAMETERS, scores.missing[0].tolist(), strict=True) if gone]
    told = f"NEWS2 {lowest}" if lowest == highest else f"NEWS2 at least {lowest}"
    if missing:
        told = f"{told} ({len(PARAMETERS) - len(missing)} of {len(PARAMETERS)} parameters)"
    return told, {"lowest": lowest, "highest": highest, "points": points, "missing": missing}
