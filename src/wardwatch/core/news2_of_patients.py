"""NEWS2 of patients, from what the table holds of them and how old that is."""

from __future__ import annotations

import numpy as np

from wardwatch.core import alarms, conditions, news2
from wardwatch.core.news2 import EMERGENCY_RESPONSE, PARAMETERS, Scores
from wardwatch.core.reading import PART_COUNT, PART_INDEX, UNKNOWN, FloatArray, IntArray
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import OBSERVATION_MAXIMUM_AGE_S, VITAL_COUNT, VITALS

# The parts of a reading that are scored.
SCORED_PARTS = [PART_INDEX[name] for name in PARAMETERS]

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
    # What the roster says holds until something else is said, however long that takes.
    entered = table["entered_oxygen"][rows]
    on_oxygen = np.where(entered >= 0, entered, on_oxygen)
    return news2.score(values, on_oxygen, consciousness, table["news2_scale_2"][rows] == 1)


def known_totals(table: PatientTable, rows: IntArray, at_ms: IntArray) -> FloatArray:
    """The totals that are known for sure, as alarms go by them."""
    known = scores_of(table, rows, at_ms).lowest
    # That a value has grown old is no recovery: an open alarm goes by the last known values, however old.
    # They keep it open, but make it no more urgent.
    opened = table["alarm_phase"][rows, conditions.NEWS2] == alarms.OPEN
    if opened.any():
        last_known = scores_of(table, rows, at_ms, any_age=True).lowest
        known = np.where(opened, np.maximum(known, np.minimum(last_known, EMERGENCY_RESPONSE - 1)), known)
    return known.astype(np.float64)


def note_scored(table: PatientTable, rows: IntArray, onset_ms: IntArray) -> None:
    """Keep which parameters make the NEWS2 alarms that are pending; ``onset_ms`` as it was before."""
    pending = table["alarm_phase"][rows, conditions.NEWS2] == alarms.PENDING
    if pending.any():
        rows, onset_ms = rows[pending], onset_ms[pending]
        begun = table["alarm_onset_ms"][rows, conditions.NEWS2] != onset_ms
        before = np.where(begun, 0, table["news2_scored"][rows])
        scores = scores_of(table, rows, table["observed_ms"][rows])
        table["news2_scored"][rows] = before | scores.scoring()
