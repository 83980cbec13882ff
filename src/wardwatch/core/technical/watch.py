"""Watching the devices: readings, refusals and time in, changes of technical conditions out.

A round of readings of devices at which nothing happens costs some array operations: what a reading says of
its device (`signs`) is held against what the device *calls* for, which would change something. Only where
both meet, something falls due, or the gate has refused something, a device is looked at by itself (`device`).

Everything goes by our clock, the arrivals'. What falls due is brought about before whatever comes later, in
the order of its instants, so that it does not matter how often somebody looks.

>>> from wardwatch.core.reading import Batch, Reading
>>> from wardwatch.core.technical.devices import COLUMNS
>>> devices = Devices()
>>> table = PatientTable(COLUMNS, attachments={"devices": devices})
>>> watch = DeviceWatch(table, devices)
>>> batch = Batch.of([Reading(patient="p-17", device="e4-03", observed_at_ms=0, heart_rate=72)])
>>> watch.take(Round.of(batch, table.rows(batch.patients), np.arange(1)), batch.devices)
[]
>>> [(change.at_ms, change.text) for change in watch.due(np.array([0]), np.array([600_000]))]
[(330000, 'No data from e4-03 for 5 min: HR')]
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from wardwatch.core.alarming.changes import Change
from wardwatch.core.events import Reason, Refusal
from wardwatch.core.reading import FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.core.technical import sensed, sight, signs
from wardwatch.core.technical.conditions import ALL_THE_TIME_MS, GRACE_MS
from wardwatch.core.technical.devices import Devices, told_ms_of
from wardwatch.core.technical.levels import NEVER_DUE_MS
from wardwatch.core.technical.silence import NEVER_MS
from wardwatch.core.vitals import VITAL_COUNT

# No vital that comes now is missed sooner.
_SHORTEST_WAIT_MS = ALL_THE_TIME_MS + GRACE_MS
# Whoever needs a look is looked at together with those who soon will.
_TOGETHER_MS = 60_000
_UNWATCHED = -1

# Changes, each with the place of what brought it about.
Told = list[tuple[int, Change]]


class DeviceWatch:
    """Watches the devices of a table's patients; ``devices`` are attached to the table."""

    def __init__(self, table: PatientTable, devices: Devices) -> None:
        self._table, self._devices = table, devices

    def take(self, taken: Round, devices: Sequence[str]) -> Told:
        """Take in what the gate has let in; each change with the place of its reading in ``taken``.

        ``devices`` are those of the round's whole batch. Changes come in the order of the places, and each
        patient's in the order of time: first those that fell due before the reading.
        """
        told = self._pass_time(taken.rows, taken.arrived_at_ms)
        names = _names_of(taken, devices)
        slots, new = self._devices.names.slots(self._table.patients, taken.rows, names)
        for place in new:
            row, arrived_ms = int(taken.rows[place]), int(taken.arrived_at_ms[place])
            slot, changes = self._devices.seat(self._table, row, names[place], arrived_ms)
            slots[place] = _UNWATCHED if slot is None else slot
            told += [(place, change) for change in changes]
        watched = slots != _UNWATCHED
        if new and not watched.all():
            places = np.flatnonzero(watched).tolist()
            told += [(places[at], change) for at, change in self._hear(taken.where(watched), slots[watched])]
        else:
            told += self._hear(taken, slots)
        told.sort(key=lambda each: each[0])
        return told

    def _hear(self, taken: Round, slots: IntArray) -> Told:
        """Take in readings of devices that have a slot."""
        table, rows, arrived_ms = self._table, taken.rows, taken.arrived_at_ms
        fresh = taken.told[:, :VITAL_COUNT]
        told_ms = told_ms_of(table)
        before_ms = told_ms[rows, slots]
        of_sensors = sensed.note(table, rows, slots, taken, before_ms)
        numbers = signs.numbers_of(taken.context, arrived_ms - taken.observed_at_ms, of_sensors)
        said = signs.signs_of(fresh, numbers)
        now_ms = np.where(fresh, arrived_ms[:, np.newaxis], NEVER_MS)
        told_ms[rows, slots] = np.maximum(before_ms, now_ms)
        table["device_taken"][rows, slots] += 1
        sight.note(table, rows, slots, numbers, arrived_ms)
        due_ms = self._devices.due_ms
        due_ms[rows] = np.minimum(due_ms[rows], arrived_ms + _SHORTEST_WAIT_MS)
        told: Told = []
        for place in np.flatnonzero(said & self._devices.calls[rows, slots]).tolist():
            row, slot = int(rows[place]), int(slots[place])
            device = self._devices.get(table, row, slot)
            steps = device.hear(
                int(said[place]), numbers[place].tolist(), before_ms[place].tolist(), int(arrived_ms[place])
            )
            if said[place] & (signs.SPIKED | signs.LEAPT):
                taken_so_far = int(table["device_taken"][row, slot])
                steps += device.hear_spikes(int(of_sensors[place, 2]), taken_so_far, int(arrived_ms[place]))
            told += [(place, change) for change in self._devices.put(table, row, slot, device, steps)]
        return told

    def refuse(self, sent: Round, taken: Round, refused: Iterable[Refusal], devices: Sequence[str]) -> Told:
        """Take in what the gate has refused of a round, after :meth:`take` of the rest; places in ``sent``.

        A part that came twice changes nothing.
        """
        of_position: dict[int, list[Refusal]] = {}
        for refusal in refused:
            if refusal.reason is not Reason.DUPLICATE or refusal.vital is None:
                of_position.setdefault(refusal.position, []).append(refusal)
        if not of_position:
            return []
        positions = sent.positions.tolist()
        places = np.array([place for place, position in enumerate(positions) if position in of_position])
        rows, in_part = sent.rows[places], set(taken.index.tolist())
        told = [(int(places[at]), change) for at, change in self._pass_time(rows, sent.arrived_at_ms[places])]
        for place in places.tolist():
            index = int(sent.index[place])
            reasons = [refusal.reason for refusal in of_position[positions[place]]]
            changes = self._refuse(sent, place, devices[index], reasons, whole=index not in in_part)
            told += [(place, change) for change in changes]
        self._table.touch(rows)
        told.sort(key=lambda each: each[0])
        return told

    def _refuse(
        self, sent: Round, place: int, name: str, reasons: Sequence[Reason], *, whole: bool
    ) -> list[Change]:
        table, row, arrived_ms = self._table, int(sent.rows[place]), int(sent.arrived_at_ms[place])
        slot, changes = self._devices.names.slot(table.patients[row], name), list[Change]()
        if reasons == [Reason.DUPLICATE]:
            return [] if slot is None else self._hear_again(row, slot, sent.values[place], arrived_ms)
        if slot is None:
            slot, changes = self._devices.seat(table, row, name, arrived_ms)
        if slot is None:
            return changes
        device, steps = self._devices.get(table, row, slot), []
        if whole:
            # Of a reading that is not used only its time is, as evidence of the clock.
            late_ms = sent.arrived_at_ms[[place]] - sent.observed_at_ms[[place]]
            nothing = np.full((1, signs.SENSED), np.nan)
            numbers = signs.numbers_of(np.full_like(sent.context[[place]], np.nan), late_ms, nothing)
            said = signs.signs_of(np.zeros((1, VITAL_COUNT), dtype=np.bool_), numbers)
            told_ms = told_ms_of(table)[row, slot].tolist()
            steps += device.hear(int(said[0]), numbers[0].tolist(), told_ms, arrived_ms)
        taken = int(table["device_taken"][row, slot])
        steps += device.hear_refusal(reasons, taken, arrived_ms, whole=whole)
        return changes + self._devices.put(table, row, slot, device, steps)

    def _hear_again(self, row: int, slot: int, values: FloatArray, arrived_ms: int) -> list[Change]:
        """Take in that a reading was refused as it seems to have come before."""
        if not sensed.is_copy(self._table, row, slot, values):
            return []
        device = self._devices.get(self._table, row, slot)
        steps = device.hear_copy(int(self._table["device_taken"][row, slot]), arrived_ms)
        return self._devices.put(self._table, row, slot, device, steps)

    def due_ms(self) -> IntArray:
        """(rows): before these instants nothing falls due of the patients, on our clock."""
        self._devices.fit(self._table)
        return self._devices.due_ms[: len(self._table)]

    def next_due_ms(self) -> int | None:
        """When :meth:`due` will next have anything to do if nothing else comes."""
        due_ms = self.due_ms()
        earliest_ms = int(due_ms.min(initial=NEVER_DUE_MS))
        if earliest_ms < NEVER_DUE_MS:
            # It may be later than it seems: more has come since.
            soon = np.flatnonzero(due_ms <= earliest_ms + _TOGETHER_MS)
            self._devices.look_again(self._table, soon)
            earliest_ms = int(due_ms.min())
        return None if earliest_ms == NEVER_DUE_MS else earliest_ms

    def due(self, rows: IntArray, until_ms: IntArray) -> list[Change]:
        """Let time pass for patients, up to ``until_ms`` each, on our clock; changes in the order of time."""
        told = self._pass_time(rows, until_ms)
        told.sort(key=lambda each: (each[1].at_ms, each[0]))
        return [change for _, change in told]

    def release(self, row: int, device: str, at_ms: int) -> list[Change]:
        """Watch a device of a patient no longer; time has passed up to ``at_ms``."""
        slot = self._devices.names.slot(self._table.patients[row], device)
        self._devices.fit(self._table)
        return [] if slot is None else self._devices.release(self._table, row, slot, at_ms)

    def _pass_time(self, rows: IntArray, until_ms: IntArray) -> Told:
        """Bring about what falls due of patients, each with its place in ``rows``."""
        self._devices.fit(self._table)
        due_ms = self._devices.due_ms[rows]
        if not (due_ms <= until_ms).any():
            return []
        near = np.flatnonzero(due_ms <= until_ms + _TOGETHER_MS)
        self._devices.look_again(self._table, rows[near])
        late = near[self._devices.due_ms[rows[near]] <= until_ms[near]]
        self._table.touch(rows[late])
        return [
            (place, change)
            for place in late.tolist()
            for change in self._devices.advance(self._table, int(rows[place]), int(until_ms[place]))
        ]


def _names_of(taken: Round, devices: Sequence[str]) -> Sequence[str]:
    if len(taken) == len(devices):
        return devices
    return [devices[index] for index in taken.index.tolist()]
