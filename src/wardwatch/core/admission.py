"""What a line of the roster changes: the place, the limits, and at once the alarms that go by them.

Whatever fell due before the line arrived must have been told before it is taken in, for it was under the
limits and in the ward of before. Then the values that stand, and are not too old, are held against the new
limits as if they had been measured again when the line arrived; but they grow no younger by it: they stand as
long as they would have. Where nothing has changed nothing happens.

An alarm that is open ends as it always does, once its value has been back by half a band for a while.
"""

from __future__ import annotations

import numpy as np

from wardwatch.core import alarms, conditions, limits
from wardwatch.core.events import UNASSIGNED_WARD
from wardwatch.core.limits import NEVER_MS, WardLimits
from wardwatch.core.news2_of_patients import SCORED_PARTS, known_totals, note_scored
from wardwatch.core.reading import PART_INDEX, FloatArray, IntArray
from wardwatch.core.roster import RosterEntry
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import STEPS_PER_UNIT, steps_of

_OXYGEN = PART_INDEX["on_oxygen"]
_LIMITED = np.array([each.rule == "limit" for each in conditions.CONDITIONS])


def latest_arrival(table: PatientTable, row: int) -> int:
    """When something last came of a patient, on our clock; 0 if nothing ever did."""
    return max(int(table["arrived_ms"][row].max()), 0)


def take(table: PatientTable, wards: WardLimits, entry: RosterEntry, at_ms: int) -> None:
    """Take a line in, of a patient who is not discharged by it, and which arrived at ``at_ms``."""
    rows = table.rows([entry.patient])
    row = int(rows[0])
    limits.refresh(table, wards, rows)
    before, scored_before = limits.held_against(table, rows)[0], _scored_by(table, row)
    table.places[row] = (entry.ward, entry.bed)
    table["discharged_ms"][row] = NEVER_MS
    _note(table, row, entry, at_ms)
    limits.make(table, wards, row)
    changed = _LIMITED & (limits.held_against(table, rows)[0] != before)
    _hold_values(table, row, np.flatnonzero(changed), at_ms)
    if _scored_by(table, row) != scored_before:
        _hold_score(table, row, at_ms)
    table.touch(rows)


def discharge(table: PatientTable, row: int, at_ms: int) -> None:
    """Forget a patient, but for the row, which :func:`gone` gives back later, and for how much was told.

    Checkpoints must hold for a while that the patient was here. Whose readings still come is watched like
    anybody who is not on the roster.
    """
    table.notes.pop(table.patients[row], None)
    table.places[row] = (UNASSIGNED_WARD, "")
    # Whoever listens drops what has no higher sequence than what was told before.
    sequence = int(table["sequence"][row])
    table.forget(np.array([row]))
    table["sequence"][row], table["discharged_ms"][row] = sequence, at_ms


def gone(table: PatientTable, until_ms: int) -> IntArray:
    """The rows of those who were discharged by ``until_ms``, and of whom nothing has come since."""
    used = len(table)
    discharged_ms, observed_ms = table["discharged_ms"][:used], table["observed_ms"][:used]
    is_gone = (discharged_ms > NEVER_MS) & (discharged_ms <= until_ms) & (observed_ms <= NEVER_MS)
    return np.flatnonzero(is_gone)


def _note(table: PatientTable, row: int, entry: RosterEntry, at_ms: int) -> None:
    before = table.notes.get(entry.patient, {})
    note = limits.note_of(entry, at_ms)
    if note is None:
        table.notes.pop(entry.patient, None)
    else:
        table.notes[entry.patient] = note
    is_later = at_ms > table["arrived_ms"][row, _OXYGEN]
    # What is only said again does not overrule a reading that has said otherwise since.
    if entry.on_oxygen != before.get("on_oxygen") and is_later:
        limits.enter_oxygen(table, row, on_oxygen=entry.on_oxygen, at_ms=at_ms)


def _scored_by(table: PatientTable, row: int) -> tuple[int, int]:
    """What of the roster a NEWS2 total goes by."""
    return int(table["news2_scale_2"][row]), int(table["entered_oxygen"][row])


def _hold_values(table: PatientTable, row: int, which: IntArray, at_ms: int) -> None:
    vitals = conditions.SIGNAL[which]
    seen_ms, arrived_ms = table["seen_ms"][row, vitals], table["arrived_ms"][row, vitals]
    signals = steps_of(table["value"][row, vitals], STEPS_PER_UNIT[vitals])
    _hold(table, row, which, signals, seen_ms, arrived_ms, at_ms)


def _hold_score(table: PatientTable, row: int, at_ms: int) -> None:
    """A total has values of several devices: its time is that of the one furthest ahead."""
    seen_ms = table["seen_ms"][row, SCORED_PARTS]
    latest = SCORED_PARTS[int(np.argmax(seen_ms))]
    since_ms, arrived_ms = table["seen_ms"][row, [latest]], table["arrived_ms"][row, [latest]]
    if since_ms[0] <= NEVER_MS:
        return
    which = np.array([conditions.NEWS2])
    if table["alarm_phase"][row, conditions.NEWS2] != alarms.IDLE:
        since_ms, arrived_ms = table["alarm_since_ms"][row, which], table["alarm_arrived_ms"][row, which]
    onset_ms = table["alarm_onset_ms"][row, which]
    totals = known_totals(table, np.array([row]), _held_at(since_ms, arrived_ms, at_ms))
    _hold(table, row, which, totals, since_ms, arrived_ms, at_ms)
    note_scored(table, np.array([row]), onset_ms)


def _held_at(since_ms: IntArray, arrived_ms: IntArray, at_ms: int) -> IntArray:
    """``at_ms``, on our clock, by the devices' clocks; never before the values that stand."""
    return since_ms + np.maximum(at_ms - arrived_ms, 0)


def _hold(
    table: PatientTable,
    row: int,
    which: IntArray,
    signals: FloatArray,
    since_ms: IntArray,
    arrived_ms: IntArray,
    at_ms: int,
) -> None:
    """Hold signals that stand since ``since_ms``, and arrived then, against the limits as they are now."""
    held_ms = _held_at(since_ms, arrived_ms, at_ms)
    beyond = (signals - limits.held_against(table, np.array([row]))[0, which]) * conditions.DIRECTION[which]
    excess = beyond / conditions.BAND_STEPS[which]
    stands = ~np.isnan(signals) & (held_ms - since_ms <= conditions.HOLD_MS[which])
    stands &= (excess > 0) | (table["alarm_phase"][row, which] != alarms.IDLE)
    rows, leaping = np.full(len(which), row), np.zeros(len(which), dtype=np.bool_)
    alarms.observe(
        table,
        rows[stands],
        which[stands],
        held_ms[stands],
        arrived_ms[stands],
        excess[stands],
        leaping[stands],
    )
    # They stand since they were measured: progress goes back to then, so that it is what it is now.
    stands &= table["alarm_phase"][row, which] != alarms.IDLE
    held, which = (held_ms - since_ms)[stands], which[stands]
    table["alarm_progress"][row, which] -= table["alarm_rate"][row, which] * held
    table["alarm_since_ms"][row, which] = since_ms[stands]
    table["alarm_arrived_ms"][row, which] = arrived_ms[stands]
