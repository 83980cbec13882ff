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
    the alarm opens or after. Of a hard limit it falls again once the value has been back from there by half a
    band for as long as it takes to end an alarm; of what is learned only with a new alarm.

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
_NO_TIME = np.iinfo(np.int64).max


def _of_conditions(name: str, dtype: str, default: float) -> Column:
    """A number for each condition; new conditions come last, and an older checkpoint does not know them."""
    return Column(name, dtype, default, conditions.COUNT, is_appended_to=True)


COLUMNS = (
    _of_conditions("alarm_phase", "i1", IDLE),
    _of_conditions("alarm_priority", "i1", 0),
    _of_conditions("alarm_onset_ms", "i8", NEVER),
    # Since when the value has been one band or more beyond its limit.
    _of_conditions("alarm_severe_ms", "i8", NEVER),
    # Since when it has been back from there by half a band.
    _of_conditions("alarm_mild_ms", "i8", NEVER),
    # When the latest value was observed and when it arrived; progress then, and what it gains a millisecond.
    _of_conditions("alarm_since_ms", "i8", NEVER),
    _of_conditions("alarm_arrived_ms", "i8", NEVER),
    _of_conditions("alarm_progress", "f8", 0.0),
    _of_conditions("alarm_rate", "f8", 0.0),
)


@dataclass(frozen=True, slots=True)
class Step:
    """One alarm's step, at the place ``entry`` of the arrays given to :func:`due`.

    ``is_milder`` is where the priority falls. It happened at ``at_ms`` on the device's clock, brought about
    by the value that stands since ``since_ms``, and at ``our_ms`` on ours.
    """

    entry: int
    row: int
    condition: int
    phase: Phase
    priority: Priority
    is_milder: bool
    onset_ms: int
    since_ms: int
    at_ms: int
    our_ms: int


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


@dataclass(frozen=True, slots=True)
class _Prospects:
    """What comes next of each pair if no further value comes, and when, on the device's clock.

    Of these at most one is true of a pair.
    """

    opening: BoolArray
    ending: BoolArray
    rising: BoolArray
    easing: BoolArray
    at_ms: IntArray


def _prospects(entries: _Entries, which: IntArray) -> _Prospects:
    phase, since_ms = entries.get("alarm_phase"), entries.get("alarm_since_ms")
    priority, severe_ms = entries.get("alarm_priority"), entries.get("alarm_severe_ms")
    mild_ms, rate = entries.get("alarm_mild_ms"), entries.get_float("alarm_rate")
    stands_until_ms = since_ms + conditions.HOLD_MS[which]

    filling = (phase != IDLE) & (rate > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = (1.0 - entries.get_float("alarm_progress")) / rate
        wait_ms = np.where(filling, np.ceil(left), 0.0).astype(np.int64)
    full_ms = np.where(filling, since_ms + np.maximum(wait_ms, 0), _NO_TIME)
    opened, severe_priority = phase == OPEN, conditions.SEVERE_PRIORITY[which]
    can_rise = opened & (severe_ms != NEVER) & (priority < severe_priority)
    worse_ms = np.where(can_rise, severe_ms + conditions.SHORTEST_DWELL_MS[which], _NO_TIME)
    can_ease = opened & (mild_ms != NEVER) & (priority > conditions.PRIORITY[which])
    eased_ms = np.where(can_ease, mild_ms + conditions.CLEAR_MS[which].astype(np.int64), _NO_TIME)
    at_ms = np.minimum(np.minimum(full_ms, worse_ms), eased_ms)
    comes = at_ms <= stands_until_ms
    full = comes & (full_ms == at_ms)
    rising = comes & ~full & (worse_ms == at_ms)
    return _Prospects(
        opening=full & (phase == PENDING),
        ending=full & opened,
        rising=rising,
        easing=comes & ~full & ~rising,
        at_ms=np.where(comes, at_ms, _NO_TIME),
    )


def next_due_ms(table: PatientTable, of: IntArray) -> int | None:
    """When the next step of these rows falls due if no further value comes, on our clock."""
    places, which = np.nonzero(table["alarm_phase"][of] != IDLE)
    if not len(places):
        return None
    rows = of[places]
    entries = _Entries(table, rows, which)
    prospects = _prospects(entries, which)
    comes = prospects.at_ms != _NO_TIME
    if not comes.any():
        return None
    our_ms = prospects.at_ms + entries.get("alarm_arrived_ms") - entries.get("alarm_since_ms")
    return int(our_ms[comes].min())


def _next_steps(entries: _Entries, rows: IntArray, which: IntArray, until_ms: IntArray) -> list[Step]:
    next_ = _prospects(entries, which)
    stepping = next_.at_ms <= until_ms
    if not stepping.any():
        return []
    opening, rising, easing = next_.opening & stepping, next_.rising & stepping, next_.easing & stepping
    ending, severe_ms = next_.ending & stepping, entries.get("alarm_severe_ms")
    since_ms, onset_ms = entries.get("alarm_since_ms"), entries.get("alarm_onset_ms")
    to_ours_ms = entries.get("alarm_arrived_ms") - since_ms
    opens_severe = (severe_ms != NEVER) & (severe_ms + conditions.SHORTEST_DWELL_MS[which] <= next_.at_ms)
    priority = entries.get("alarm_priority")
    priority = np.where(opening | easing, conditions.PRIORITY[which], priority)
    priority = np.where(rising | (opening & opens_severe), conditions.SEVERE_PRIORITY[which], priority)
    entries.put(opening, alarm_phase=OPEN, alarm_progress=0.0, alarm_rate=0.0)
    entries.put(opening | rising | easing, alarm_priority=priority)
    entries.forget(ending)
    return [
        Step(
            entry=i,
            row=int(rows[i]),
            condition=int(which[i]),
            phase=Phase.START if opening[i] else Phase.END if ending[i] else Phase.UPDATE,
            priority=Priority(int(priority[i])),
            is_milder=bool(easing[i]),
            onset_ms=int(onset_ms[i]),
            since_ms=int(since_ms[i]),
            at_ms=int(next_.at_ms[i]),
            our_ms=int(next_.at_ms[i] + to_ours_ms[i]),
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
    entries.put(
        anew, alarm_phase=PENDING, alarm_onset_ms=observed_at_ms, alarm_severe_ms=NEVER, alarm_mild_ms=NEVER
    )
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
    mild, mild_ms = (
        conditions.CAN_EASE[which] & (excess <= 1.0 - conditions.CLEAR_BANDS),
        entries.get("alarm_mild_ms"),
    )
    mild_ms = np.where(mild, np.where(mild_ms != NEVER, mild_ms, observed_at_ms), NEVER)
    entries.put(
        np.ones(len(rows), dtype=np.bool_),
        alarm_progress=progress,
        alarm_rate=rate,
        alarm_severe_ms=severe_ms,
        alarm_mild_ms=mild_ms,
        alarm_since_ms=observed_at_ms,
        alarm_arrived_ms=arrived_at_ms,
    )
    entries.forget(gone)
