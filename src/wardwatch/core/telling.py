"""Brings together what the conditions do and what the alarm desk makes of it, patient by patient.

Steps of conditions and what falls due at the desk are told in the order of their instants on our clock, so
that nothing depends on who looked when.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from wardwatch.core import alarms, conditions, patient
from wardwatch.core.alarming.changes import Change
from wardwatch.core.alarming.desk import AlarmDesk
from wardwatch.core.events import AlarmEvent, Phase, Refusal
from wardwatch.core.judges import Judges
from wardwatch.core.reading import IntArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.core.technical.watch import DeviceWatch, Told


class Teller:
    """Tells of the patients of a table."""

    def __init__(
        self, table: PatientTable, judges: Judges, desk: AlarmDesk, watch: DeviceWatch | None
    ) -> None:
        self._table = table
        self._judges = judges
        self._desk = desk
        self._watch = watch

    def make_steps(self, rows: IntArray, which: IntArray, until_ms: IntArray) -> list[alarms.Step]:
        """:func:`wardwatch.core.alarms.due`, and what else an alarm's opening brings about."""
        steps = alarms.due(self._table, rows, which, until_ms)
        opened = [
            step.row for step in steps if step.condition == conditions.UNUSUAL and step.phase is Phase.START
        ]
        if opened:
            self._judges.bank.alarm_opened(self._table, np.array(opened))
        return steps

    def hear_devices(self, taken: Round, devices: Sequence[str]) -> Told:
        """What readings that are taken in say of their devices; ``devices`` are those of the whole batch."""
        return [] if self._watch is None else self._watch.take(taken, devices)

    def tell_of_refused(
        self, sent: Round, taken: Round, refused: Iterable[Refusal], devices: Sequence[str]
    ) -> list[tuple[int, AlarmEvent]]:
        """What refusals say of the devices; each event with the batch index of its reading.

        Before that comes what conditions have done by then: a refused reading is the first that tells of it.
        """
        if self._watch is None:
            return []
        changes: dict[int, list[Change]] = {}
        for place, change in self._watch.refuse(sent, taken, refused, devices):
            changes.setdefault(place, []).append(change)
        events: list[tuple[int, AlarmEvent]] = []
        for place, of_devices in changes.items():
            row, arrived_ms = int(sent.rows[place]), int(sent.arrived_at_ms[place])
            of_conditions = self._changes_by(np.array([row]), arrived_ms).get(row, [])
            told = self.tell(row, [*of_conditions, *of_devices], arrived_ms)
            events += [(int(sent.index[place]), event) for event in told]
        return events

    def release(self, row: int, devices: Iterable[str], at_ms: int) -> list[AlarmEvent]:
        """Watch these devices of a patient no longer: somebody has taken them away."""
        if self._watch is None:
            return []
        changes = [change for name in devices for change in self._watch.release(row, name, at_ms)]
        return self.tell(row, changes, at_ms) if changes else []

    def tell_end(self, row: int, at_ms: int) -> list[AlarmEvent]:
        """End all alarms of a patient who leaves, or is forgotten."""
        name, (ward, bed) = self._table.patients[row], self._table.places[row]
        return self.finish(row, self._desk.discharge(name, at_ms, ward=ward, bed=bed))

    def change_of(self, step: alarms.Step, now_ms: int) -> Change:
        """See :func:`wardwatch.core.patient.change_of`."""
        return patient.change_of(self._table, self._judges, step, now_ms)

    def tell(self, row: int, changes: Iterable[Change], now_ms: int) -> list[AlarmEvent]:
        """All events of a patient up to ``now_ms``.

        But what falls due at the desk waits for a condition's step that falls before it and is not made yet,
        because the reading's device is behind: nobody is called for what may be over.
        """
        name, (ward, bed) = self._table.patients[row], self._table.places[row]
        outstanding_ms = alarms.next_due_ms(self._table, np.array([row]))
        latest_ms = now_ms if outstanding_ms is None else min(now_ms, outstanding_ms - 1)
        events: list[AlarmEvent] = []
        for change in sorted(changes, key=lambda change: change.at_ms):
            events += self._desk.advance(name, min(change.at_ms, latest_ms), ward=ward, bed=bed)
            events += self._desk.hear(change, ward=ward, bed=bed)
        events += self._desk.advance(name, latest_ms, ward=ward, bed=bed)
        return self.finish(row, events)

    def finish(self, row: int, events: list[AlarmEvent]) -> list[AlarmEvent]:
        """Number what the desk has told of a patient, and note when it wants to be asked again."""
        self._note_due(row)
        self._table.touch(np.array([row]))
        return patient.numbered(self._table, row, events)

    def note_due(self) -> None:
        """Note of all patients when the desk wants to be asked: by now wards may want something else."""
        for row, name in enumerate(self._table.patients):
            if name in self._desk:
                self._note_due(row)

    def _note_due(self, row: int) -> None:
        name, (ward, _) = self._table.patients[row], self._table.places[row]
        due_ms = self._desk.next_due_ms(name, ward=ward)
        self._table["desk_due_ms"][row] = patient.NOT_DUE_MS if due_ms is None else due_ms

    def pass_time(self, rows: IntArray, until_ms: int) -> list[AlarmEvent]:
        """Let time pass to ``until_ms``, on our clock, for these patients, of whom no reading has come."""
        changes = self._changes_by(rows, until_ms)
        if self._watch is not None:
            row_of = {self._table.patients[row]: row for row in rows.tolist()}
            for change in self._watch.due(rows, np.full(len(rows), until_ms)):
                changes.setdefault(row_of[change.patient], []).append(change)
        due = rows[self._table["desk_due_ms"][rows] <= until_ms].tolist()
        events = [
            event
            for row in sorted({*changes, *due})
            for event in self.tell(row, changes.get(row, []), until_ms)
        ]
        return sorted(events, key=lambda event: event.at_ms)

    def _changes_by(self, rows: IntArray, until_ms: int) -> dict[int, list[Change]]:
        """What conditions of these patients do up to ``until_ms``, if no reading comes, by row."""
        places, which = np.nonzero(self._table["alarm_phase"][rows] != alarms.IDLE)
        at_rows = rows[places]
        silent_ms = alarms.silent_until(self._table, at_rows, which, np.full(len(places), until_ms))
        changes: dict[int, list[Change]] = {}
        steps = self.make_steps(at_rows, which, silent_ms)
        for step in sorted(steps, key=lambda step: (step.our_ms, step.condition)):
            changes.setdefault(step.row, []).append(self.change_of(step, until_ms))
        return changes
