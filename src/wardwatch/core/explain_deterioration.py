"""The reasons of an alarm about deterioration: what each vital says, now and added up."""

from __future__ import annotations

from typing import Any

import numpy as np

from wardwatch.core.bank import Bank
from wardwatch.core.deterioration import known_level, total
from wardwatch.core.evidence import Population
from wardwatch.core.reading import FloatArray
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITALS

# Named in the text: vitals that make up so much of the score, or else the one that does most.
_NAMED_SHARE = 0.2
# What a bound leaves to rounding, in bits.
_MARGIN = 1e-6


def deteriorating(table: PatientTable, bank: Bank, row: int) -> tuple[str, dict[str, Any]]:
    """As it was when the alarm took this step; the vital that contributes most comes first."""
    parts, level = table["evidence_part"][[row]], known_level(table, row)
    score = float(total(parts)[0])
    limit = float(bank.deterioration.limits_of(table, np.array([row]))[0])
    measured = ~np.isnan(table["value"][row, : parts.shape[1]])
    strongest = sorted(np.flatnonzero(measured).tolist(), key=lambda vital: -float(parts[0, vital]))
    named = [vital for vital in strongest if parts[0, vital] >= _NAMED_SHARE * score] or strongest[:1]
    told = ", ".join(
        f"{VITALS[vital].label} {VITALS[vital].written(float(table['value'][row, vital]))}" for vital in named
    )
    population = bank.deterioration.population
    reasons = {
        "model": bank.model.name,
        "score": score,
        "most_score": limit,
        "vitals": {
            VITALS[vital].name: _of_vital(table, row, vital, level, parts, population) for vital in strongest
        },
        "allowed": _allowed(table, row, population),
    }
    return f"Deterioration {score:.1f} > {limit:.1f}: {told}", reasons


def _of_vital(
    table: PatientTable,
    row: int,
    vital: int,
    level: FloatArray,
    parts: FloatArray,
    population: Population | None,
) -> dict[str, Any]:
    contribution, of_now = float(parts[0, vital]), float(level[vital])
    now = float(table["value"][row, vital])
    of_most = np.nan if population is None else float(population.middle[vital])
    return {
        "now": now,
        "unit": VITALS[vital].unit,
        "measured_at_ms": int(table["seen_ms"][row, vital]),
        "of_most": None if population is None else round(of_most, 3),
        "direction": "below" if now < of_most else "above",
        "contribution": contribution,
        "of_now": of_now,
        "of_days": contribution - of_now,
    }


def _allowed(table: PatientTable, row: int, population: Population | None) -> dict[str, Any]:
    """Bounds of vitals each of which would have been enough; none where what has added up was."""
    vitals = {}
    for vital, most in enumerate(table["evidence_allowed"][row].tolist()):
        if population is not None and _MARGIN <= most < np.inf:
            bounds = zip(("at_least", "at_most"), population.bounds_of(vital, most - _MARGIN), strict=True)
            vitals[VITALS[vital].name] = {name: bound for name, bound in bounds if bound is not None}
    vitals = {name: bounds for name, bounds in vitals.items() if bounds}
    return {"vitals": vitals, "enough": "each"} if vitals else {}
