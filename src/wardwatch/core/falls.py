"""Falls: an impact, and then lying still.

Who falls badly hits the ground and stays there. Of the acceleration a device tells its mean distance from 1 g
since its previous reading (`activity`). The second of an impact stands out in that, and a minute averages it
away: only readings that come at least every two seconds can tell of a fall. Still is whose *level*, about the
mean of the latest six seconds, is near 0, and who takes no steps. The condition lasts while the wearer lies
still after an impact; 30 s of it make an alarm, and 30 s of movement end it (`conditions`). Whoever stirs on
the floor still lies there. But who has dropped into bed lies for hours: half an hour after the impact, when
an acknowledgement is over too, any movement is enough.

All figures are wardwatch's own choices. Of 24 hours of 26 wearers of an Empatica E4 (stress_predict_e4: they
sat, walked and did stress tests) 12 seconds are above 0.5 g, and none of them is followed by 30 s as still as
this. The seconds of these wearers have 0.01 g in the median, and a hundredth of them more than 0.18 g.

Doubts
    A light fall, one that is cut in two by the readings, one while running, and one after which somebody
    moves on are missed. A device that is dropped and lies still looks the same, unless it says that it is
    not worn. A sensor whose rest is not at 1 g is never still. Who drops into bed looks the same for half an
    hour, and who lies on the floor for longer and stirs has no alarm any more.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wardwatch.core.alarms import IDLE, OPEN
from wardwatch.core.conditions import FALL, IMPACT_G
from wardwatch.core.packs import Column
from wardwatch.core.reading import ACTIVITY, WORN, BoolArray, FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable

_STILL_G = 0.03
_LEVEL_S = 6.0
# Whose level is above this is running or shaking: there every second looks like an impact.
_RUNS_G = 0.35
# Readings that come more often than once a second are put together to means of about one; those that come
# less often than every two seconds average an impact away.
_SHORTEST_MS, _LONGEST_MS = 900, 2_000
# Who is not still so long after an impact got up.
LIES_WITHIN_MS = 25_000
# So long after an impact whoever is to look has been told, and told again; who stirs then lies at ease.
AT_EASE_AFTER_MS = 1_800_000
# After so long without a reading nobody knows what came after the impact.
_UNKNOWN_AFTER_MS = 60_000
_NEVER_MS = -(2**60)

COLUMNS = (
    # When the acceleration was told last; since when it is put together, and what has come, in g seconds.
    Column("activity_ms", "i8", _NEVER_MS),
    Column("activity_from_ms", "i8", _NEVER_MS),
    Column("activity_gathered", "f8", 0.0),
    Column("activity_level", "f8", 0.0),
    # The latest impact after which the wearer may be lying still, and how hard it was, in g.
    Column("impact_ms", "i8", _NEVER_MS),
    Column("impact", "f8", 0.0),
    # Whether the wearer has stirred so long after it that lying still is no news any more.
    Column("impact_is_over", "i1", 0),
)


def judge(table: PatientTable, taken: Round) -> FloatArray:
    """(n): how hard the impact was after which the wearer lies still, in g; 0 for who does not.

    Not-a-number is where a reading says nothing of it. All steps of alarms before these readings must have
    been made, and the table must know of their steps on foot.
    """
    impacts = np.full(len(taken), np.nan)
    told = ~np.isnan(taken.context[:, ACTIVITY])
    # Of several devices the one whose clock is furthest ahead counts.
    told &= taken.observed_at_ms > table["activity_ms"][taken.rows]
    if told.any():
        whole = _gather(table, taken, told)
        if whole.any():
            impacts[whole] = _judge(table, taken if whole.all() else taken.where(whole))
    return impacts


def _gather(table: PatientTable, taken: Round, told: BoolArray) -> BoolArray:
    """Add to what has come; returns where enough has."""
    rows, at_ms = taken.rows[told], taken.observed_at_ms[told]
    elapsed_s = (at_ms - table["activity_ms"][rows]) / 1000.0
    table["activity_gathered"][rows] += taken.context[told, ACTIVITY] * elapsed_s
    table["activity_ms"][rows] = at_ms
    whole = told.copy()
    whole[told] = at_ms - table["activity_from_ms"][rows] >= _SHORTEST_MS
    return whole


def _judge(table: PatientTable, taken: Round) -> FloatArray:
    rows, at_ms, from_ms = taken.rows, taken.observed_at_ms, table["activity_from_ms"][taken.rows]
    elapsed_ms = at_ms - from_ms
    activity = table["activity_gathered"][rows] / (elapsed_ms / 1000.0)
    table["activity_gathered"][rows], table["activity_from_ms"][rows] = 0.0, at_ms
    phase, off = table["alarm_phase"][rows, FALL], taken.context[:, WORN] == 0.0
    _forget(table, rows, at_ms, elapsed_ms, phase == IDLE)
    hit = (activity > IMPACT_G) & (elapsed_ms <= _LONGEST_MS) & ~off & (phase != OPEN)
    hit &= table["activity_level"][rows] <= _RUNS_G
    _follow(table, rows, activity, elapsed_ms / 1000.0)
    if hit.any():
        _note(table, rows[hit], at_ms[hit], activity[hit])
    walks = table["moved_ms"][rows] > from_ms
    still = (table["activity_level"][rows] <= _STILL_G) & ~walks
    at_ease = ~still & (phase == OPEN) & (at_ms - table["impact_ms"][rows] > AT_EASE_AFTER_MS)
    table["impact_is_over"][rows[at_ease]] = 1
    impacts = np.where(still & (table["impact_is_over"][rows] == 0), table["impact"][rows], 0.0)
    # A device that was taken off says nothing of who lies there.
    result: FloatArray = np.where(off, np.where(phase == OPEN, np.nan, 0.0), impacts)
    return result


def _follow(table: PatientTable, rows: IntArray, activity: FloatArray, elapsed_s: FloatArray) -> None:
    """Let the level follow; an impact, however hard, is one second of hard movement."""
    level = table["activity_level"][rows]
    share = elapsed_s / (_LEVEL_S + elapsed_s)
    table["activity_level"][rows] = level + share * (np.minimum(activity, IMPACT_G) - level)


def _forget(
    table: PatientTable, rows: IntArray, at_ms: IntArray, elapsed_ms: IntArray, idle: BoolArray
) -> None:
    """Forget impacts after which nobody came to lie still, or nobody does any more."""
    past = at_ms - table["impact_ms"][rows] > LIES_WITHIN_MS
    past |= elapsed_ms > _UNKNOWN_AFTER_MS
    past &= idle & (table["impact"][rows] > 0.0)
    if past.any():
        table["impact"][rows[past]], table["impact_ms"][rows[past]] = 0.0, _NEVER_MS


def _note(table: PatientTable, rows: IntArray, at_ms: IntArray, activity: FloatArray) -> None:
    """Keep impacts; of several, shortly one after the other, the latest instant and the hardest."""
    table["impact_ms"][rows], table["impact_is_over"][rows] = at_ms, 0
    table["impact"][rows] = np.maximum(table["impact"][rows], activity)


def reasons(table: PatientTable, row: int) -> tuple[str, dict[str, Any]]:
    """The text and the reasons of an alarm."""
    impact = float(table["impact"][row])
    told = f"Possible fall: impact {impact:.1f} g, then still"
    return told, {
        "impact": impact,
        "unit": "g",
        "impact_at_ms": int(table["impact_ms"][row]),
        "allowed": {"impact": {"at_most": IMPACT_G}},
    }
