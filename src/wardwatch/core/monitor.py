"""The monitor: readings in; alarm events, refusals and statuses out. No input or output, no clock.

It watches all patients of a partition. The same readings give the same events and the same state, however
the log was cut into batches and however often somebody ticked (`alarms` tells why).

>>> from wardwatch.core.reading import Reading
>>> monitor = Monitor()
>>> fast = [Reading(patient="p-17", device="e4", observed_at_ms=t * 1000, heart_rate=152) for t in range(200)]
>>> monitor.receive(Batch.of(fast))
>>> [(event.phase.value, event.text, event.observed_at_ms) for event in monitor.drain().events]
[('start', 'HR 152 > 130', 139955)]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import numpy as np

from wardwatch.core import admission, alarms, gate, intake, patient
from wardwatch.core.alarming.answering import refused
from wardwatch.core.alarming.commands import Command, Receipt, Verb
from wardwatch.core.alarming.desk import AlarmDesk
from wardwatch.core.alarming.policy import Policies
from wardwatch.core.bank import Bank
from wardwatch.core.events import AlarmEvent, PatientStatus, Placement, Refusal
from wardwatch.core.gate import GateRules
from wardwatch.core.judges import Judges, Listener
from wardwatch.core.limits import WardLimits, devices_of
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model, shipped_model
from wardwatch.core.reading import Batch, BoolArray, IntArray, Round
from wardwatch.core.river_plugin import RiverPanel
from wardwatch.core.roster import Limits, entry_of
from wardwatch.core.rounds import rounds
from wardwatch.core.table import BLOCK_ROWS, Attachment, PatientTable
from wardwatch.core.technical.devices import COLUMNS as DEVICE_COLUMNS
from wardwatch.core.technical.devices import Devices
from wardwatch.core.technical.watch import DeviceWatch
from wardwatch.core.telling import Teller


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of all that was received since the last drain.

    ``readings_refused`` counts readings of which nothing was used; ``refusals`` has one entry a refused
    reading or value. ``dropped`` are patients of whom nothing is kept any more but the place.
    """

    events: list[AlarmEvent] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    readings: int = 0
    readings_refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a monitor goes by.

    ``false_alarms_a_patient_day`` is how many learned alarms there may be about patients to whom nothing
    happens; ``local_time`` is the ward's wall clock; ``model`` what is known of the population. A patient of
    whom nothing came for ``idle_s``, and who has no open alarm, is dropped: whoever comes back after that
    begins anew, from the model and in the same ward and bed. ``river`` are detectors of river to run as well.
    ``policies`` say how each ward wants its alarms handled, ``ward_limits`` are the limits of wards, and
    ``default_limits`` those of wards that are not named there. ``watches_devices`` is whether there are
    technical alarms.
    """

    gate: GateRules = field(default_factory=GateRules)
    false_alarms_a_patient_day: float = 0.04
    idle_s: float = 7 * 86_400.0
    local_time: LocalTime = field(default_factory=LocalTime.utc)
    model: Model = field(default_factory=shipped_model)
    river: RiverPanel | None = None
    policies: Policies = field(default_factory=Policies)
    ward_limits: Mapping[str, Limits] = field(default_factory=dict)
    default_limits: Limits = field(default_factory=dict)
    watches_devices: bool = True

    def unattended(self) -> Self:
        """The same for replaying recordings, where nobody answers an alarm or mends a device."""
        return replace(self, policies=Policies.unattended(), watches_devices=False)


class Monitor:
    """Watches all patients of a partition.

    ``bank`` takes the place of the one that the rules make: fitting a model looks into it. ``listener`` is
    told what the conditions go by: an evaluation scores it.
    """

    def __init__(
        self, rules: Rules | None = None, *, bank: Bank | None = None, listener: Listener | None = None
    ) -> None:
        rules = rules or Rules()
        self._gate = rules.gate
        self._idle_ms = int(rules.idle_s * 1000)
        if bank is None:
            bank = Bank(rules.model, rules.local_time, rules.false_alarms_a_patient_day)
        river = None if rules.river is None else rules.river.empty()
        self._judges = Judges(bank, river, WardLimits(rules.ward_limits, rules.default_limits), listener)
        self._desk = AlarmDesk(rules.policies)
        self._devices = Devices()
        attachments: dict[str, Attachment] = {"alarms": self._desk, "devices": self._devices}
        if river is not None:
            attachments["river"] = river
        columns = (*patient.COLUMNS, *DEVICE_COLUMNS, *bank.columns)
        self._table = PatientTable(columns, age_column="observed_ms", attachments=attachments)
        self._watch = DeviceWatch(self._table, self._devices) if rules.watches_devices else None
        self._teller = Teller(self._table, self._judges, self._desk, self._watch)
        self._outcome = Outcome()

    def receive(self, batch: Batch) -> None:
        """Take readings in, in log order."""
        if not len(batch):
            return
        rows = self._table.rows(batch.patients)
        events: list[tuple[int, AlarmEvent]] = []
        refusals: list[Refusal] = []
        self._outcome.readings += len(batch)
        for index in rounds(rows):
            sent = Round.of(batch, rows[index], index)
            seen_ms = self._table["seen_ms"][sent.rows]
            taken, refused = gate.judge(self._gate, sent, self._table.patients, seen_ms)
            refusals += refused
            self._outcome.readings_refused += len(sent) - len(taken)
            if len(taken):
                events += self._begin_anew(taken)
                of_devices = self._teller.hear_devices(taken, batch.devices)
                events += intake.take_in(self._table, self._judges, self._teller, taken, of_devices)
            if refused:
                events += self._teller.tell_of_refused(sent, taken, refused, batch.devices)
        # Rounds are a matter of computing; what is told follows the log.
        events.sort(key=lambda told: told[0])
        refusals.sort(key=lambda refusal: refusal.position)
        self._outcome.events += [event for _, event in events]
        self._outcome.refusals += refusals

    def _begin_anew(self, taken: Round) -> list[tuple[int, AlarmEvent]]:
        """Forget patients who come back after so long that they could have been dropped."""
        places = np.flatnonzero(self._are_idle(taken.rows, taken.observed_at_ms))
        events = [
            (int(taken.index[place]), event)
            for place in places.tolist()
            for event in self._teller.tell_end(int(taken.rows[place]), int(taken.arrived_at_ms[place]))
        ]
        if len(places):
            self._table.forget(taken.rows[places])
        return events

    def _are_idle(self, rows: IntArray, at_ms: IntArray) -> BoolArray:
        observed_ms = self._table["observed_ms"][rows]
        # Who was never observed has nothing to forget.
        idle: BoolArray = (at_ms - observed_ms > self._idle_ms) & (observed_ms > patient.NEVER_MS)
        if idle.any():
            idle &= ~(self._table["alarm_phase"][rows] == alarms.OPEN).any(axis=1)
            for place in np.flatnonzero(idle).tolist():
                # What is latched is not forgotten either.
                idle[place] = not self._desk.holds(self._table.patients[rows[place]])
        return idle

    def _drop_idle(self, now_ms: int) -> None:
        """Drop whom any reading that is still let in would find idle."""
        certain_ms = now_ms - self._gate.maximum_lateness_s * 1000
        rows = np.arange(len(self._table))
        idle = rows[self._are_idle(rows, np.full(len(rows), certain_ms))]
        idle = np.union1d(idle, admission.gone(self._table, certain_ms))
        for row in idle.tolist():
            self._outcome.events += self._teller.tell_end(row, now_ms)
            self._outcome.dropped.append(self._table.patients[row])
        if len(idle):
            self._table.drop(idle)

    def command(self, commands: Iterable[Command]) -> None:
        """Do what people want, in log order; each is answered with a receipt."""
        for command in commands:
            row = self._table.row(command.patient)
            if row is None or self._is_gone(row, command.at_ms):
                self._outcome.receipts.append(refused(command, "No such patient is watched here."))
                continue
            self._outcome.events += self._teller.pass_time(np.array([row]), command.at_ms)
            ward, bed = self._table.places[row]
            is_new = not self._desk.has_answered(command)
            receipt, events = self._desk.answer(command, ward=ward, bed=bed)
            if is_new and command.verb is Verb.NEW_NORMAL:
                self._judges.bank.new_normal(self._table, np.array([row]))
            self._outcome.receipts.append(receipt)
            self._outcome.events += self._teller.finish(row, events)

    def _is_gone(self, row: int, now_ms: int) -> bool:
        """Whether a patient was discharged, or is idle, and only still here as nobody has looked."""
        certain_ms = now_ms - self._gate.maximum_lateness_s * 1000
        is_idle = self._are_idle(np.array([row]), np.array([certain_ms]))[0]
        return bool(is_idle) or row in admission.gone(self._table, now_ms)

    def admit(self, placements: Iterable[Placement]) -> None:
        """Take lines of the roster in, in log order; what they change holds from their arrival on."""
        for entry in map(entry_of, placements):
            rows = self._table.rows([entry.patient])
            row = int(rows[0])
            at_ms = admission.latest_arrival(self._table, row) if entry.at_ms is None else entry.at_ms
            self._outcome.events += self._teller.pass_time(rows, at_ms)
            ward, bed = self._table.places[row]
            if entry.discharged:
                self._outcome.events += self._teller.tell_end(row, at_ms)
                admission.discharge(self._table, row, at_ms)
                continue
            returned = set(devices_of(self._table, entry.patient)) - set(entry.devices)
            self._outcome.events += self._teller.release(row, sorted(returned), at_ms)
            admission.take(self._table, self._judges.wards, entry, at_ms)
            if (ward, bed) != (entry.ward, entry.bed):
                moved = self._desk.place(entry.patient, at_ms, ward=entry.ward, bed=entry.bed)
                self._outcome.events += self._teller.finish(row, moved)

    def tick(self, now_ms: int) -> None:
        """Let time pass to ``now_ms``, on the clock of ``arrived_at_ms``, where no reading tells it.

        Changes nothing unless a step of an alarm was due, or a device's wait was over; that is then what the
        next reading would have brought about, if it comes later. Idle patients are dropped, who would have
        begun anew with their next reading.
        """
        self._drop_idle(now_ms)
        waiting = (self._table["alarm_phase"] != alarms.IDLE).any(axis=1)
        waiting |= self._table["desk_due_ms"] <= now_ms
        waiting = waiting[: len(self._table)]
        if self._watch is not None:
            waiting |= self._watch.due_ms() <= now_ms
        rows = np.flatnonzero(waiting)
        if len(rows):
            self._outcome.events += self._teller.pass_time(rows, now_ms)

    def next_due_ms(self) -> int | None:
        """When a tick will next have anything to do if nothing else comes, on the clock of arrivals."""
        desk_due_ms = int(self._table["desk_due_ms"][: len(self._table)].min(initial=patient.NOT_DUE_MS))
        rows = np.arange(len(self._table))
        others_ms = alarms.next_due_ms(self._table, rows), self._watch.next_due_ms() if self._watch else None
        due_ms = min([desk_due_ms, *(other_ms for other_ms in others_ms if other_ms is not None)])
        return None if due_ms == patient.NOT_DUE_MS else due_ms

    def drain(self) -> Outcome:
        """What there is to tell, once."""
        outcome, self._outcome = self._outcome, Outcome()
        return outcome

    def statuses(self, patients: Iterable[str]) -> list[PatientStatus]:
        """The latest of each of these patients; those never seen are left out."""
        known = (self._table.row(name) for name in patients)
        rows = np.array([row for row in known if row is not None], dtype=np.int64)
        return patient.statuses_of(self._table, self._judges, self._desk, self._devices.names, rows)

    def snapshot(self, *, only_changed: bool) -> Iterator[tuple[int, bytes]]:
        """Blocks of patients as (number, bytes); with ``only_changed`` those touched since the last call."""
        return self._table.snapshot(only_touched=only_changed)

    @classmethod
    def restore(
        cls, blocks: Mapping[int, bytes], rules: Rules | None = None, *, listener: Listener | None = None
    ) -> Monitor:
        """The monitor that wrote these blocks; raises :class:`wardwatch.core.blocks.SnapshotError`."""
        monitor = cls(rules, listener=listener)
        monitor._table.load(blocks)
        monitor._teller.note_due()
        return monitor

    def block_of(self, patient: str) -> int | None:
        """The number of the block that holds a patient, or ``None`` for one never seen."""
        row = self._table.row(patient)
        return None if row is None else row // BLOCK_ROWS

    def state_of(self, patient: str) -> bytes:
        """All that is kept of one patient: equal bytes are equal states. ``KeyError`` for one never seen."""
        return self._table.state_of(patient)
