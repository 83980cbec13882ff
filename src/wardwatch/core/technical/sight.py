"""When each device was last seen, and what it said of itself then: for people to look at, nothing goes by it.

What a device says is kept as one number, a byte each of what it has said, and 0 for what it never has: one
number is read and written in a third of the time of three.
"""

from __future__ import annotations

import numpy as np

from wardwatch.core.events import DeviceStatus
from wardwatch.core.packs import Column
from wardwatch.core.reading import FloatArray, IntArray
from wardwatch.core.table import PatientTable
from wardwatch.core.technical.names import FREE, SLOTS, DeviceNames
from wardwatch.core.technical.signs import BATTERY_SOURCE, QUALITY_SOURCE, WORN_SOURCE
from wardwatch.core.technical.silence import NEVER_MS

# A byte each: 1 for off and 2 for worn; hundredths of the signal's quality, and % of the battery, plus 1.
_STEPS_PER_UNIT = np.ones(3)
_STEPS_PER_UNIT[QUALITY_SOURCE] = 100.0
_PLACES = 256.0 ** np.arange(3)
_NEVER_SAID = 0

COLUMNS = (
    Column("device_seen_ms", "i8", NEVER_MS, SLOTS),
    Column("device_said", "i4", _NEVER_SAID, SLOTS),
)


def note(
    table: PatientTable, rows: IntArray, slots: IntArray, numbers: FloatArray, arrived_ms: IntArray
) -> None:
    """Take in readings of devices that have a slot; ``numbers`` as :func:`signs.numbers_of` gives them."""
    table["device_seen_ms"][rows, slots] = arrived_ms
    numbers = np.rint(numbers[:, : len(_PLACES)] * _STEPS_PER_UNIT) + 1.0
    unsaid = np.isnan(numbers)
    kept = table["device_said"]
    if not unsaid.any():
        kept[rows, slots] = numbers @ _PLACES
    elif not unsaid.all():
        before = kept[rows, slots] & (unsaid @ (255.0 * _PLACES)).astype(kept.dtype)
        kept[rows, slots] = before + np.where(unsaid, 0.0, numbers) @ _PLACES


def forget(table: PatientTable, row: int, slot: int) -> None:
    """Forget what a slot's device has said."""
    table["device_seen_ms"][row, slot], table["device_said"][row, slot] = NEVER_MS, _NEVER_SAID


def devices_of(table: PatientTable, names: DeviceNames, row: int) -> tuple[DeviceStatus, ...]:
    """The devices of a patient that are watched, in the order of their slots."""
    seen_ms, said = table["device_seen_ms"][row].tolist(), table["device_said"][row].tolist()
    return tuple(
        _status(name, seen_ms[slot], said[slot].to_bytes(len(_PLACES), "little"))
        for slot, name in enumerate(names.of(table.patients[row]))
        # A checkpoint from before this was kept does not say when.
        if name != FREE and seen_ms[slot] > NEVER_MS
    )


def _status(name: str, seen_ms: int, said: bytes) -> DeviceStatus:
    battery, quality, worn = (said[place] for place in (BATTERY_SOURCE, QUALITY_SOURCE, WORN_SOURCE))
    return DeviceStatus(
        device=name,
        seen_ms=seen_ms,
        battery=battery - 1 if battery else None,
        signal_quality=(quality - 1) / 100 if quality else None,
        worn=worn == 2 if worn else None,
    )
