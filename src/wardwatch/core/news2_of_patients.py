"""NEWS2 of patients, from what the table holds of them and how old that is."""

from __future__ import annotations

import numpy as np

from wardwatch.core import news2
from wardwatch.core.news2 import Scores
from wardwatch.core.reading import PART_COUNT, PART_INDEX, UNKNOWN, FloatArray, IntArray
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import OBSERVATION_MAXIMUM_AGE_S, VITAL_COUNT, VITALS

_MAXIMUM_AGE_MS = np.full(PART_COUNT, OBSERVATION_MAXIMUM_AGE_S * 1000)
_MAXIMUM_AGE_MS[:VITAL_COUNT] = [vital.maximum_age_s * 1000 for vital in VITALS]


def scores_of(table: PatientTable, rows: IntArray, at_ms: IntArray, *, any_age: bool = False) -> Scores:
    """NEWS2 of these patients at these instants, from values that are not too old, or from all."""
    values: FloatArray = table["value"][rows]
    on_oxygen: FloatArray = table["on_oxygen"][rows]
    consciousness = table["consciousness"][rows]
    if not any_age:
        aged = at_ms[:, None] - table["seen_ms"][rows] > _MAXIMUM_AGE_MS
        values = np.where(aged[:, :VITAL_COUNT], np.nan, values)
        on_oxygen = np.where(aged[:, PART_INDEX["on_oxygen"]], np.nan, on_oxygen)
        consciousness = np.where(aged[:, PART_INDEX["consciousness"]], UNKNOWN, consciousness).astype(np.int8)
    # Scale 2 is for a clinician to set; until the roster says so, everybody is on scale 1.
    scale_2 = np.zeros(len(rows), dtype=np.bool_)
    return news2.score(values, on_oxygen, consciousness, scale_2)
