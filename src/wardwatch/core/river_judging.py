"""The river detectors' part in a round of readings: one reading after the other, where there are any."""

from __future__ import annotations

from typing import Any

import numpy as np

from wardwatch.core.alarms import IDLE
from wardwatch.core.bank import Judged
from wardwatch.core.conditions import RIVER
from wardwatch.core.detectors.detector import JUDGED, JUDGED_NAMES
from wardwatch.core.packs import Column
from wardwatch.core.reading import FloatArray, Round
from wardwatch.core.river_plugin import RiverPanel
from wardwatch.core.table import PatientTable

COLUMNS = (
    # The score that lies furthest above its detector's threshold, and that detector's number.
    Column("river_score", "f8", np.nan),
    Column("river_detector", "i1", -1),
)


def judge(panel: RiverPanel, table: PatientTable, taken: Round, judged: Judged) -> FloatArray:
    """(n): how far the highest score lies above its threshold; not-a-number where none could be told.

    As with the bank's own detectors, what was measured in motion or by a poor sensor is not judged, and not
    learned either, nor while an alarm of river's is pending or open.
    """
    above = np.full(len(taken), np.nan)
    calm, steady = judged.standing.calm.T, judged.standing.steady.T
    quiet = table["alarm_phase"][taken.rows, RIVER] == IDLE
    for i in np.flatnonzero(calm.any(axis=1)).tolist():
        values = {
            name: value
            for name, value, usable in zip(
                JUDGED_NAMES, taken.values[i, :JUDGED].tolist(), calm[i].tolist(), strict=True
            )
            if usable
        }
        row = int(taken.rows[i])
        scores = panel.take(table.patients[row], values, learning=bool(quiet[i]))
        if steady[i].any():
            above[i] = _highest(panel, table, row, scores)
    return above


def _highest(panel: RiverPanel, table: PatientTable, row: int, scores: list[float]) -> float:
    distances = np.array(scores) - panel.thresholds
    if np.isnan(distances).all():
        return float("nan")
    highest = int(np.nanargmax(distances))
    table["river_score"][row], table["river_detector"][row] = scores[highest], highest
    return float(distances[highest])


def reasons(panel: RiverPanel | None, table: PatientTable, row: int) -> tuple[str, dict[str, Any]]:
    """The text and the reasons of an alarm of river's."""
    number, score = int(table["river_detector"][row]), float(table["river_score"][row])
    if panel is None or not 0 <= number < len(panel.specs):
        # It was switched off while its alarm was open.
        return "River detector switched off", {"detector": None, "score": None}
    spec = panel.specs[number]
    told = f"{spec.detector} {score:.3g} >= {spec.threshold:g}"
    return told, {
        "detector": spec.detector,
        "parameters": dict(spec.parameters),
        "vitals": list(spec.vitals),
        "score": score,
        "threshold": spec.threshold,
    }
