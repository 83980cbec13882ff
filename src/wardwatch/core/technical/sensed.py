"""What the values of a device say of its sensors: whether one is stuck, jumps, or is not at the skin.

Of each vital the latest value is kept, in hundredths, and of the heart rate for how long it has been so.
A value that is far from the one before, by twice a leap (`leaps`), waits for the next one: if that is back, a
single value was far off; if not, it is the wearer who leaps. Values of a poor signal, or of a device that is
not worn, say nothing of the sensor.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from wardwatch.core.context import POOR_SIGNAL
from wardwatch.core.leaps import LEAP_MS, LEAPS
from wardwatch.core.packs import Column
from wardwatch.core.reading import SIGNAL_QUALITY, WORN, BoolArray, FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.core.technical.conditions import ALL_THE_TIME_MS, GRACE_MS, STUCK_SLICE_MS, STUCK_SLICES
from wardwatch.core.technical.names import SLOTS
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX

_Hundredths = npt.NDArray[np.int16]

# 327.67 is no value of any vital.
_NEVER = np.iinfo(np.int16).max
_HEART_RATE, _SKIN = VITAL_INDEX["heart_rate"], VITAL_INDEX["skin_temperature"]
# Far off is what goes twice as far as a leap, back what is within half a leap of where it was: own choices.
# By them, in 278 recordings of arrhythmias (vitaldb_arrhythmia) the rate of eight seconds never has a spike,
# and that of single beats makes an alarm in 10, in none of 55 of atrial fibrillation.
_FAR = np.rint(200 * np.array(LEAPS)).astype(np.int16)
_BACK = _FAR // 4
# What a heart rate is told as, by the slices in which it was the same: it has changed, may be stuck, and is.
_STUCK = np.full(STUCK_SLICES + 1, np.nan)
_STUCK[0], _STUCK[STUCK_SLICES] = 1.0, -1.0
_BITS = 1.0 * (1 << np.arange(VITAL_COUNT))

COLUMNS = (
    # Below zero, the one before (as ``~value``) of a value that is far from it.
    Column("device_before", "i2", _NEVER, SLOTS * VITAL_COUNT),
    # In how many slices of time the heart rate came, and was the same as before.
    Column("device_unchanged", "i2", 0, SLOTS),
)


def note(
    table: PatientTable, rows: IntArray, slots: IntArray, taken: Round, before_ms: IntArray
) -> FloatArray:
    """Take in readings of devices that have a slot, whose vitals came last at ``before_ms``; (n, 3).

    For each reading the heart rate, negative where it is stuck; the temperature of skin that has a pulse; and
    a bit for each vital whose value before was a single one far off, or -1 where one was not single.
    Not-a-number, or no bit, where it says nothing.
    """
    said = np.zeros((len(taken), 3))
    fresh, values = taken.told[:, :VITAL_COUNT], taken.values
    good = _is_good(taken)
    if not good.all():
        fresh = fresh & good[:, np.newaxis]
        values = np.where(fresh, values, np.nan)
    kept, now = _before(table), _hundredths(values)
    was = kept[rows, slots]
    # Exact enough to find out that nothing is far off, as in most rounds.
    if was.min(initial=0) < 0 or ((np.abs(now - was) > _FAR) & fresh).any():
        recent = fresh & (taken.arrived_at_ms[:, np.newaxis] - before_ms <= LEAP_MS)
        far, single, stays = _outliers(was, now, recent)
        said[:, 2] = np.where(stays.any(axis=1), -1.0, single @ _BITS)
        kept[rows, slots] = np.where(far, ~was, np.where(fresh, now, was))
    else:
        kept[rows, slots] = np.where(fresh, now, was)
    has_rate, rate_ms = fresh[:, _HEART_RATE], before_ms[:, _HEART_RATE]
    is_same = has_rate & (now[:, _HEART_RATE] == was[:, _HEART_RATE])
    unchanged = _unchanged(table, rows, slots, is_same, has_rate, rate_ms, taken.arrived_at_ms)
    said[:, 0] = values[:, _HEART_RATE] * _STUCK[unchanged]
    has_pulse = has_rate | (taken.arrived_at_ms - rate_ms <= ALL_THE_TIME_MS)
    said[:, 1] = np.where(has_pulse, values[:, _SKIN], np.nan)
    return said


def _is_good(taken: Round) -> BoolArray:
    with np.errstate(invalid="ignore"):
        bad = (taken.context[:, WORN] == 0.0) | (taken.context[:, SIGNAL_QUALITY] < POOR_SIGNAL)
    good: BoolArray = ~bad
    return good


def _hundredths(values: FloatArray) -> _Hundredths:
    """Anything where there is no value."""
    with np.errstate(invalid="ignore"):
        return np.rint(100.0 * values).astype(np.int16)


def _outliers(
    was: _Hundredths, now: _Hundredths, recent: BoolArray
) -> tuple[BoolArray, BoolArray, BoolArray]:
    """(n, vitals): where a value is far off, where it is back after one, and where it is not."""
    waits = was < 0
    base = np.where(waits, ~was, was)
    away, known = np.abs(now - base), recent & (base != _NEVER)
    waits &= known
    return known & ~waits & (away > _FAR), waits & (away <= _BACK), waits & (away > _BACK)


def _unchanged(
    table: PatientTable,
    rows: IntArray,
    slots: IntArray,
    is_same: BoolArray,
    came: BoolArray,
    before_ms: IntArray,
    now_ms: IntArray,
) -> _Hundredths:
    """In how many slices of time the heart rate has come and was the same."""
    column = table["device_unchanged"]
    before: _Hundredths = column[rows, slots]
    goes_on = is_same & (now_ms - before_ms <= ALL_THE_TIME_MS + GRACE_MS)
    is_later = now_ms // STUCK_SLICE_MS > before_ms // STUCK_SLICE_MS
    longer = np.where(goes_on, np.minimum(before + is_later, STUCK_SLICES), 0)
    unchanged = np.where(came, longer, before).astype(np.int16)
    column[rows, slots] = unchanged
    return unchanged


def is_copy(table: PatientTable, row: int, slot: int, values: FloatArray) -> bool:
    """Whether these values, (vitals), are those that the device sent last.

    Another device's reading of the same instant is refused as well: it is no copy.
    """
    came = ~np.isnan(values)
    same = _hundredths(values) == _before(table)[row, slot]
    return bool(came.any() and same[came].all())


def forget(table: PatientTable, row: int, slot: int) -> None:
    """Forget the values of a slot's device."""
    _before(table)[row, slot], table["device_unchanged"][row, slot] = _NEVER, 0


def _before(table: PatientTable) -> _Hundredths:
    """(rows, slots, vitals): a view of the table."""
    column: _Hundredths = table["device_before"]
    return column.reshape(len(column), SLOTS, VITAL_COUNT)
