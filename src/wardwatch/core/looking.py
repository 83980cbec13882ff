"""How often the bank looks at a patient: at most every ten seconds for each vital.

The bank's model is one of minutes: its alarms wait for eleven of them, its spreads are those of a minute's
step. Of a device that sends every second, ten times as many values would make it no wiser, and ten times as
slow. The bank therefore *looks* at a reading if one of its vitals was last looked at :data:`INTERVAL_MS` ago
or longer, and passes over the others. Nothing else does so: every reading goes through the gate and is held
against the hard limits and NEWS2.

Which readings are looked at depends on the patient's own readings alone, not on batches or on the clock. What
is kept is how long before a vital's latest value its latest look was: always less than the interval.
"""

from __future__ import annotations

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field
from wardwatch.core.reading import BoolArray, IntArray, Round
from wardwatch.core.table import PatientTable

# Six looks a minute: one wild value of a sensor still weighs little. Wardwatch's own choice.
INTERVAL_MS = 10_000

FIELDS = (Field("unlooked_ms", JUDGED, dtype="u2"),)


def looked_at_ms(table: PatientTable, rows: IntArray) -> IntArray:
    """(n, judged vitals): when each vital of these patients was looked at."""
    at_ms: IntArray = table["seen_ms"][rows, :JUDGED] - table["unlooked_ms"][rows]
    return at_ms


def is_due(table: PatientTable, taken: Round) -> BoolArray:
    """(n): which readings of a round the bank is to look at, before their values are kept."""
    due = taken.observed_at_ms[:, np.newaxis] - looked_at_ms(table, taken.rows) >= INTERVAL_MS
    due &= taken.told[:, :JUDGED]
    found: BoolArray = np.logical_or.reduce(due, axis=1)
    return found


def note(table: PatientTable, taken: Round, looked_at: BoolArray) -> None:
    """Keep which readings of a round were looked at, before their values are kept."""
    unlooked_ms = taken.observed_at_ms[:, np.newaxis] - looked_at_ms(table, taken.rows)
    unlooked_ms[looked_at] = 0
    table["unlooked_ms"][taken.rows] = np.where(
        taken.told[:, :JUDGED], unlooked_ms, table["unlooked_ms"][taken.rows]
    )
