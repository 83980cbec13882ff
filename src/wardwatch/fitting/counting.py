"""Alarms of one condition counted for many limits, by the very rules of alarms, from signals played once.

Where a signal does not depend on what alarms there are, as that of `deterioration`, the recordings need not
be played anew for each limit: only what becomes of an alarm is worked out again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wardwatch.core import alarms, conditions
from wardwatch.core.events import Phase
from wardwatch.core.reading import FloatArray, IntArray
from wardwatch.core.table import PatientTable


def count_alarms(
    which: int, at_ms: Sequence[IntArray], signals: Sequence[FloatArray], limits: Sequence[float]
) -> list[int]:
    """How many alarms of the condition ``which`` begin for each of ``limits``.

    For each patient the rising instants of readings, and the signal of each, not-a-number where a reading
    says nothing of it.
    """
    lengths = np.array([len(its) for its in at_ms])
    firsts = np.concatenate([[0], np.cumsum(lengths)])[:-1]
    instants, heard = np.concatenate([*at_ms, []]).astype(np.int64), np.concatenate([*signals, []])
    return [_count(which, instants, heard - limit, firsts, lengths) for limit in limits]


def _count(which: int, at_ms: IntArray, beyond: FloatArray, firsts: IntArray, lengths: IntArray) -> int:
    table = PatientTable(alarms.COLUMNS)
    table.rows([str(number) for number in range(len(lengths))])
    band, direction = conditions.BAND_STEPS[which], conditions.DIRECTION[which]
    begun = 0
    for turn in range(int(lengths.max(initial=0))):
        rows = np.flatnonzero(lengths > turn)
        places = firsts[rows] + turn
        excess = beyond[places] * direction / band
        waiting = table["alarm_phase"][rows, which] != alarms.IDLE
        if waiting.any():
            steps = alarms.due(table, rows[waiting], _all(which, waiting.sum()), at_ms[places[waiting]])
            begun += sum(step.phase is Phase.START for step in steps)
        heard = ~np.isnan(excess) & ((excess > 0) | (table["alarm_phase"][rows, which] != alarms.IDLE))
        if heard.any():
            now_ms, count = at_ms[places[heard]], int(heard.sum())
            no_leap = np.zeros(count, dtype=np.bool_)
            alarms.observe(table, rows[heard], _all(which, count), now_ms, now_ms, excess[heard], no_leap)
    return begun


def _all(which: int, count: int) -> IntArray:
    return np.full(count, which, dtype=np.int64)
