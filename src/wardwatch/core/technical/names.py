"""Which devices each patient has: at most four at once, each in a slot of its own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wardwatch.core.reading import IntArray

SLOTS = 4
FREE = ""


class DeviceNames:
    """The names by patient and slot.

    Most readings come from the device that a patient's reading before came from: comparing two lists of names
    takes a fifth of the time of looking each of them up.
    """

    def __init__(self) -> None:
        self._names: dict[str, list[str]] = {}
        # By row, of the latest reading.
        self._last_name = np.empty(0, dtype=np.object_)
        self._last_slot = np.empty(0, dtype=np.int64)

    def fit(self, capacity: int) -> None:
        """Make room for so many rows."""
        self._last_name = np.empty(capacity, dtype=np.object_)
        self._last_slot = np.zeros(capacity, dtype=np.int64)

    def __contains__(self, patient: object) -> bool:
        return patient in self._names

    def of(self, patient: str) -> list[str]:
        """The names of a patient's devices by slot; a slot may be free."""
        return self._names.get(patient, [])

    def slots(
        self, patients: Sequence[str], rows: IntArray, devices: Sequence[str]
    ) -> tuple[IntArray, list[int]]:
        """(n): the devices' slots, and the places of those that have none; ``patients`` are by row."""
        last, slots = self._last_name[rows].tolist(), self._last_slot[rows]
        unknown: list[int] = []
        if last == devices:
            return slots, unknown
        for place, (before, device) in enumerate(zip(last, devices, strict=True)):
            if before != device:
                row = int(rows[place])
                slot = self.slot(patients[row], device)
                if slot is None:
                    unknown.append(place)
                else:
                    self._last_name[row], self._last_slot[row] = device, slot
                    slots[place] = slot
        return slots, unknown

    def slot(self, patient: str, device: str) -> int | None:
        """The slot of a device, or ``None`` where it has none."""
        names = self.of(patient)
        return names.index(device) if device in names else None

    def free_slot(self, patient: str) -> int | None:
        """The first slot that is free."""
        names = self.of(patient)
        if FREE in names:
            return names.index(FREE)
        return len(names) if len(names) < SLOTS else None

    def seat(self, patient: str, row: int, slot: int, device: str) -> None:
        """Give a slot of the patient in ``row`` to a device, or free it."""
        names = self._names.setdefault(patient, [])
        names += [FREE] * (slot + 1 - len(names))
        names[slot] = device
        self._last_name[row] = None

    def put(self, patient: str, names: list[str]) -> None:
        """Take back what :meth:`of` gave."""
        self._names[patient] = names
        self._forget_last()

    def forget(self, patient: str) -> None:
        """Drop a patient."""
        if self._names.pop(patient, None) is not None:
            self._forget_last()

    def _forget_last(self) -> None:
        """Look all names up anew: seldom, and the row of a patient is not known here."""
        self._last_name.fill(None)
