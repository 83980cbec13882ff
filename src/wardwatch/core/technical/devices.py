"""The devices of all patients: which there are, what is kept of each, and what follows from it.

Of a device at which nothing happens only numbers are kept, in columns of the patients' table. What a device
calls for, and when a patient's devices need a look, follow from what is kept; they are computed anew after a
restart.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from wardwatch.core.alarming.changes import Change
from wardwatch.core.packs import Column
from wardwatch.core.reading import IntArray
from wardwatch.core.table import PatientTable
from wardwatch.core.technical import sensed, sight
from wardwatch.core.technical.conditions import (
    AGES_MS,
    ALL_THE_TIME_MS,
    GRACE_MS,
    IDLE_CALLS,
    RULE_VERSION,
)
from wardwatch.core.technical.device import Device
from wardwatch.core.technical.kept import read, written
from wardwatch.core.technical.levels import NEVER_DUE_MS
from wardwatch.core.technical.names import FREE, SLOTS, DeviceNames
from wardwatch.core.technical.silence import NEVER_MS
from wardwatch.core.technical.steps import Step
from wardwatch.core.vitals import VITAL_COUNT

COLUMNS = (
    # For each device, when each vital arrived last, and how many readings have been taken.
    Column("device_told_ms", "i8", NEVER_MS, SLOTS * VITAL_COUNT),
    Column("device_taken", "i4", 0, SLOTS),
    *sight.COLUMNS,
    *sensed.COLUMNS,
)

_WAITS_MS = np.array(AGES_MS) + GRACE_MS


class Devices:
    """An attachment of the patients' table, which has :data:`COLUMNS`.

    A patient has four slots for devices. A fifth device takes the slot of the one that has been silent for
    longest, if that is at least as long as what is measured all the time may be; else it is not watched.

    By row, ``due_ms`` is the instant before which nothing falls due, and ``calls``, (rows, slots), the signs
    of readings that would change anything.
    """

    def __init__(self) -> None:
        self.names = DeviceNames()
        self._devices: dict[str, dict[int, Device]] = {}
        self.due_ms = np.zeros(0, dtype=np.int64)
        self.calls: npt.NDArray[np.uint32] = np.zeros((0, SLOTS), dtype=np.uint32)

    def __contains__(self, patient: object) -> bool:
        return patient in self.names

    def state_of(self, patient: str) -> bytes:
        """All that is kept of a patient's devices, beside the columns."""
        return written(self.names.of(patient), self._devices.get(patient, {}))

    def restore(self, patient: str, state: bytes) -> None:
        """Take back what :meth:`state_of` gave; raises :class:`wardwatch.core.blocks.SnapshotError`."""
        names, devices = read(state)
        self.forget(patient)
        self.names.put(patient, names)
        if devices:
            self._devices[patient] = devices

    def forget(self, patient: str) -> None:
        """Drop what is kept of a patient's devices, and tell nobody."""
        self.names.forget(patient)
        self._devices.pop(patient, None)

    def fit(self, table: PatientTable) -> None:
        """Make room for all rows of the table."""
        capacity = len(table["device_taken"])
        if len(self.due_ms) < capacity:
            # All is computed anew at the next look.
            self.due_ms = np.zeros(capacity, dtype=np.int64)
            self.calls = np.full((capacity, SLOTS), IDLE_CALLS, dtype=np.uint32)
            self.names.fit(capacity)

    def look_again(self, table: PatientTable, rows: IntArray) -> None:
        """Compute anew when something falls due of these patients."""
        told_ms = told_ms_of(table)[rows]
        waits_ms = np.where(told_ms > NEVER_MS, told_ms + _WAITS_MS, NEVER_DUE_MS)
        self.due_ms[rows] = waits_ms.reshape(len(rows), -1).min(axis=1)
        for row in rows.tolist():
            if (kept := self._devices.get(table.patients[row])) is not None:
                for slot, device in kept.items():
                    self.calls[row, slot] = device.calls()
                self._note_due(table, row)

    def _note_due(self, table: PatientTable, row: int) -> None:
        told_ms = told_ms_of(table)[row].tolist()
        due_ms = (self.get(table, row, slot).due_ms(told_ms[slot]) for slot in self._in_use(table, row))
        self.due_ms[row] = min(due_ms, default=NEVER_DUE_MS)

    def _in_use(self, table: PatientTable, row: int) -> list[int]:
        names = self.names.of(table.patients[row])
        return [slot for slot, name in enumerate(names) if name != FREE]

    def advance(self, table: PatientTable, row: int, until_ms: int) -> list[Change]:
        """Bring about what falls due of a patient's devices."""
        told_ms, taken = told_ms_of(table)[row].tolist(), table["device_taken"][row].tolist()
        changes: list[Change] = []
        for slot in self._in_use(table, row):
            device = self.get(table, row, slot)
            changes += self.put(
                table, row, slot, device, device.advance(told_ms[slot], taken[slot], until_ms)
            )
        return sorted(changes, key=lambda change: change.at_ms)

    def get(self, table: PatientTable, row: int, slot: int) -> Device:
        """What is kept of a device, or a new one, which is kept by :meth:`put`."""
        patient = table.patients[row]
        kept = self._devices.get(patient, {}).get(slot)
        return kept or Device(self.names.of(patient)[slot], NEVER_MS)

    def put(
        self, table: PatientTable, row: int, slot: int, device: Device, steps: Iterable[Step]
    ) -> list[Change]:
        """Keep a device, unless there is nothing to keep; its steps as changes."""
        patient = table.patients[row]
        if device.is_empty:
            self._drop(patient, slot)
        else:
            self._devices.setdefault(patient, {})[slot] = device
        self.calls[row, slot] = device.calls()
        self._note_due(table, row)
        return [_change(patient, device.name, step) for step in steps]

    def _drop(self, patient: str, slot: int) -> None:
        kept = self._devices.get(patient, {})
        kept.pop(slot, None)
        if not kept:
            self._devices.pop(patient, None)

    def seat(
        self, table: PatientTable, row: int, device: str, now_ms: int
    ) -> tuple[int | None, list[Change]]:
        """A slot for a new device, if there is one, and what ends by that."""
        patient, changes = table.patients[row], list[Change]()
        slot = self.names.free_slot(patient)
        if slot is None:
            latest_ms = told_ms_of(table)[row].max(axis=1)
            slot = int(latest_ms.argmin())
            if latest_ms[slot] > now_ms - ALL_THE_TIME_MS:
                return None, changes
            changes = self.release(table, row, slot, now_ms)
        self.names.seat(patient, row, slot, device)
        self.calls[row, slot] = IDLE_CALLS
        self._note_due(table, row)
        return slot, changes

    def release(self, table: PatientTable, row: int, slot: int, at_ms: int) -> list[Change]:
        """Free a slot, and end what exists of its device."""
        patient, device = table.patients[row], self.get(table, row, slot)
        steps = device.release(int(table["device_taken"][row, slot]), at_ms)
        self._drop(patient, slot)
        self.names.seat(patient, row, slot, FREE)
        told_ms_of(table)[row, slot] = NEVER_MS
        table["device_taken"][row, slot] = 0
        sight.forget(table, row, slot)
        sensed.forget(table, row, slot)
        table.touch(np.array([row]))
        return [_change(patient, device.name, step) for step in steps]


def told_ms_of(table: PatientTable) -> IntArray:
    """(rows, slots, vitals): a view of the table."""
    column: IntArray = table["device_told_ms"]
    return column.reshape(len(column), SLOTS, VITAL_COUNT)


def _change(patient: str, device: str, step: Step) -> Change:
    return Change(
        patient=patient,
        condition=step.condition,
        kind="technical",
        source=device,
        phase=step.phase,
        priority=step.priority,
        onset_ms=step.onset_ms,
        # The device's clock is not to be relied upon here.
        observed_at_ms=step.at_ms,
        at_ms=step.at_ms,
        text=step.text,
        why={"rule": "device", "rule_version": RULE_VERSION, "device": device, **step.why},
    )
