"""From "a value is beyond a limit" to one alarm: dwell, hysteresis, escalation, for many patients at once.

Rules
    Each condition of each patient is idle, pending or open. One condition has at most one alarm.
    A value stands until the next one of its signal, at most for the signal's maximum age.
    Pending: while its value is beyond the limit an alarm makes *progress* towards 1, faster the further out
    (see `conditions`); within half a band of the limit it goes back, as slowly as a value at the limit makes
    progress; further in it is forgotten. A value that has leapt makes progress slowly until the next one has
    come. At 1 it opens: the instant follows from the values before, not from when somebody looked.
    Open: back by half a band, the alarm makes progress towards its end.
    Priority: the higher one, if the value is one band or more beyond the limit for the shortest dwell, before
    the alarm opens or after. It falls only with a new alarm.

Theory of operation
    Between two values progress is linear in time, so that the instant at which it reaches 1 is known in
    advance. `due` makes all steps that fall before a given instant; `observe` takes the next value. A step
    changes the state only when it happens, so looking often, seldom or in other batches gives the same
    alarms.
    From value to value of a signal the device's clock counts. After a signal's latest value time passes by
    our clock (`silent_until`): that of another device may be minutes ahead.

Doubts
    NEWS2 takes values of several devices, and its time is that of the one furthest ahead. When such a device
    joins, a NEWS2 alarm that is pending makes a leap, once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core import conditions
from wardwatch.core.events import Phase, Priority
from wardwatch.core.packs import Column
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.core.table import PatientTable

IDLE, PENDING, OPEN = 0, 1, 2
# A value that has leapt waits at least as long as one at its limit, so that the next ones of a device that
# measures once a minute can still contradict it.
UNCONFIRMED_DWELL_MS = int(conditions.LIMIT_DWELL_S * 1000)
NEVER = -1

COLUMNS = (
    Column("alarm_phase", "i1", IDLE, conditions.COUNT),
    Column("alarm_priority", "i1", 0, conditions.COUNT),
    # Events told of this episode so far.
    Column("alarm_step", "i4", 0, conditions.COUNT),
    Column("alarm_onset_ms", "i8", NEVER, conditions.COUNT),
    # Since when the value has been one band or more beyond its limit.
    Column("alarm_severe_ms", "i8", NEVER, conditions.COUNT),
    # When the latest value was observed and when it arrived; progress then, and what it gains a millisecond.
    Column("alarm_since_ms", "i8", NEVER, conditions.COUNT),
    Column("alarm_arrived_ms", "i8", NEVER, conditions.COUNT),
    Column("alarm_progress", "f8", 0.0, conditions.COUNT),
    Column("alarm_rate", "f8", 0.0, conditions.COUNT),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One alarm's step, at the place ``entry`` of the arrays given to :func:`due`.

    It happened at ``at_ms``, brought about by the value that stands since ``since_ms``.
    """

    entry: int
    row: int
    condition: int
    phase: Phase
    priority: Priority
    number: int
    onset_ms: int
    since_ms: int
    at_ms: int


class _Entries:
    """Some (row, condition) pairs of the table, read and written as flat arrays."""

    def __init__(self, table: PatientTable, rows: IntArray, which: IntArray) -> None:
        self._table, self._rows, self._which = table, rows, which

    def get(self, name: str) -> IntArray:
        found: IntArray = self._table[name][self._rows, self._which]
        return found

    def get_float(self, name: str) -> FloatArray:
        found: FloatArray = self._table[name][self._rows, self._which]
        return found

    def put(self, where: BoolArray, **columns: object) -> None:
        places = self._rows[where], self._which[where]
        for name, values in columns.items():
            self._table[name][places] = values[where] if isinstance(values, np.ndarray) else values

    def forget(self, where: BoolArray) -> None:
        places = self._rows[where], self._which[where]
        for column in COLUMNS:
            self._table[column.name][places] = column.default


def silent_until(table: PatientTable, rows: IntArray, which: IntArray, now_ms: IntArray) -> IntArray:
    """How far time has come, by the device's clock, for pairs of which no value came since their latest.

    ``now_ms`` is on our clock.
    """
    waited_ms = now_ms - table["alarm_arrived_ms"][rows, which]
    until_ms: IntArray = table["alarm_since_ms"][rows, which] + waited_ms
    return until_ms


def due(table: PatientTable, rows: IntArray, which: IntArray, until_ms: IntArray) -> list[Step]:
    """Make every step that falls at or before ``until_ms`` if no further value comes.

    ``rows``, ``which`` (condition) and ``until_ms`` have one entry a pair. Steps come in the order of each
    pair's time.
    """
    steps: list[Step] = []
    entries = _Entries(table, rows, which)
    # To open and then to rise are the most that one value can bring about.
    while found := _next_steps(entries, rows, which, until_ms):
        steps += found
    return steps


def _next_steps(entries: _Entries, rows: IntArray, which: IntArray, until_ms: IntArray) -> list[Step]:
    phase, since_ms = entries.get("alarm_phase"), entries.get("alarm_since_ms")
    priority, severe_ms = entries.get("alarm_priority"), entries.get("alarm_severe_ms")
    rate, progress = entries.get_float("alarm_rate"), entries.get_float("alarm_progress")
    severe_priority = conditions.SEVERE_PRIORITY[which]
    stands_until_ms = np.minimum(until_ms, since_ms + conditions.HOLD_MS[which])

    rising = (phase != IDLE) & (rate > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        wait_ms = np.where(rising, np.ceil((1.0 - progress) / rate), 0.0).astype(np.int64)
    full_ms = since_ms + np.maximum(wait_ms, 0)
    full = rising & (full_ms <= stands_until_ms)
    opening, ending = full & (phase == PENDING), full & (phase == OPEN)
    severe, worse_ms = severe_ms != NEVER, severe_ms + conditions.SHORTEST_DWELL_MS[which]
    rises = (phase == OPEN) & severe & (priority < severe_priority) & (worse_ms <= stands_until_ms)
    stepping = opening | ending | rises
    if not stepping.any():
        return []

    onset_ms, number = entries.get("alarm_onset_ms"), entries.get("alarm_step")
    opens_severe = severe & (worse_ms <= full_ms)
    priority = np.where(opening, conditions.PRIORITY[which], priority)
    priority = np.where(rises | (opening & opens_severe), severe_priority, priority)
    entries.put(opening, alarm_phase=OPEN, alarm_progress=0.0, alarm_rate=0.0)
    entries.put(opening | rises, alarm_priority=priority, alarm_step=number + 1)
    entries.forget(ending)
    at_ms = np.where(rises, worse_ms, full_ms)
    return [
        Step(
            entry=i,
            row=int(rows[i]),
            condition=int(which[i]),
            phase=Phase.START if opening[i] else Phase.END if ending[i] else Phase.UPDATE,
            priority=Priority(int(priority[i])),
            number=int(number[i]),
            onset_ms=int(onset_ms[i]),
            since_ms=int(since_ms[i]),
            at_ms=int(at_ms[i]),
        )
        for i in np.flatnonzero(stepping).tolist()
    ]


def observe(
    table: PatientTable,
    rows: IntArray,
    which: IntArray,
    observed_at_ms: IntArray,
    arrived_at_ms: IntArray,
    excess: FloatArray,
    leaping: BoolArray,
) -> None:
    """Take the next value of each pair; ``excess`` is how many bands it lies beyond its limit.

    ``leaping`` is where it is so far from the value before that the next one must confirm it.

    ``observed_at_ms`` must not fall from one value of a pair to the next, and all steps up to it must have
    been made (:func:`due`).
    """
    entries = _Entries(table, rows, which)
    phase, since_ms = entries.get("alarm_phase"), entries.get("alarm_since_ms")
    elapsed_ms = observed_at_ms - since_ms
    hold_ms = conditions.HOLD_MS[which]
    progress = entries.get_float("alarm_progress") + entries.get_float("alarm_rate") * elapsed_ms

    beyond, back = excess > 0, excess <= -conditions.CLEAR_BANDS
    pending, opened = phase == PENDING, phase == OPEN
    faded = pending & ((progress <= 0.0) | (elapsed_ms > hold_ms))
    anew = beyond & ((phase == IDLE) | faded)
    gone = ~beyond & (faded | (pending & back))
    entries.put(anew, alarm_phase=PENDING, alarm_onset_ms=observed_at_ms, alarm_severe_ms=NEVER)
    progress = np.where(anew | (opened & ~back), 0.0, progress)
    dwell_ms = conditions.DWELL_S[which] * 1000.0
    # 2^10 bands beyond any limit the wait is the shortest one anyway.
    towards = np.exp2(np.minimum(excess, 10.0)) / dwell_ms
    shortest_ms = conditions.SHORTEST_DWELL_MS[which]
    shortest_ms = np.where(leaping, np.maximum(shortest_ms, UNCONFIRMED_DWELL_MS), shortest_ms)
    towards = np.minimum(towards, 1.0 / shortest_ms)
    clearing = np.where(back, 1.0 / conditions.CLEAR_MS[which], 0.0)
    rate = np.where(opened, clearing, np.where(beyond, towards, -1.0 / dwell_ms))
    severe_ms = entries.get("alarm_severe_ms")
    severe_ms = np.where(excess >= 1.0, np.where(severe_ms != NEVER, severe_ms, observed_at_ms), NEVER)
    entries.put(
        np.ones(len(rows), dtype=np.bool_),
        alarm_progress=progress,
        alarm_rate=rate,
        alarm_severe_ms=severe_ms,
        alarm_since_ms=observed_at_ms,
        alarm_arrived_ms=arrived_at_ms,
    )
    entries.forget(gone)
