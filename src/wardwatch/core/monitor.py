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
from dataclasses import dataclass, field

import numpy as np

from wardwatch.core import alarms, gate, intake, patient
from wardwatch.core.bank import Bank
from wardwatch.core.events import AlarmEvent, PatientStatus, Placement, Refusal
from wardwatch.core.gate import GateRules
from wardwatch.core.judges import Judges
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model, shipped_model
from wardwatch.core.reading import Batch, BoolArray, IntArray, Round
from wardwatch.core.river_plugin import RiverPanel
from wardwatch.core.rounds import rounds
from wardwatch.core.table import BLOCK_ROWS, PatientTable


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of all that was received since the last drain.

    ``readings_refused`` counts readings of which nothing was used; ``refusals`` has one entry a refused
    reading or value.
    """

    events: list[AlarmEvent] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    readings: int = 0
    readings_refused: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a monitor goes by.

    ``false_alarms_a_patient_day`` is how many learned alarms there may be about patients to whom nothing
    happens; ``local_time`` is the ward's wall clock; ``model`` what is known of the population. A patient of
    whom nothing came for ``idle_s``, and who has no open alarm, is dropped: whoever comes back after that
    begins anew, from the model and in the same ward and bed. ``river`` are detectors of river to run as well.
    """

    gate: GateRules = field(default_factory=GateRules)
    false_alarms_a_patient_day: float = 0.04
    idle_s: float = 7 * 86_400.0
    local_time: LocalTime = field(default_factory=LocalTime.utc)
    model: Model = field(default_factory=shipped_model)
    river: RiverPanel | None = None


class Monitor:
    """Watches all patients of a partition.

    ``bank`` takes the place of the one that the rules make: fitting a model looks into it.
    """

    def __init__(self, rules: Rules | None = None, *, bank: Bank | None = None) -> None:
        rules = rules or Rules()
        self._gate = rules.gate
        self._idle_ms = int(rules.idle_s * 1000)
        if bank is None:
            bank = Bank(rules.model, rules.local_time, rules.false_alarms_a_patient_day)
        river = None if rules.river is None else rules.river.empty()
        self._judges = Judges(bank, river)
        self._table = PatientTable(
            (*patient.COLUMNS, *bank.columns), age_column="observed_ms", attachment=river
        )
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
                self._begin_anew(taken)
                events += intake.take_in(self._table, self._judges, taken)
        # Rounds are a matter of computing; what is told follows the log.
        events.sort(key=lambda told: told[0])
        refusals.sort(key=lambda refusal: refusal.position)
        self._outcome.events += [event for _, event in events]
        self._outcome.refusals += refusals

    def _begin_anew(self, taken: Round) -> None:
        """Forget patients who come back after so long that they could have been dropped."""
        rows = taken.rows[self._are_idle(taken.rows, taken.observed_at_ms)]
        if len(rows):
            self._table.forget(rows)

    def _are_idle(self, rows: IntArray, at_ms: IntArray) -> BoolArray:
        observed_ms = self._table["observed_ms"][rows]
        # Who was never observed has nothing to forget.
        idle: BoolArray = (at_ms - observed_ms > self._idle_ms) & (observed_ms > patient.NEVER_MS)
        if idle.any():
            idle &= ~(self._table["alarm_phase"][rows] == alarms.OPEN).any(axis=1)
        return idle

    def _drop_idle(self, now_ms: int) -> None:
        """Drop whom any reading that is still let in would find idle."""
        certain_ms = now_ms - self._gate.maximum_lateness_s * 1000
        rows = np.arange(len(self._table))
        idle = rows[self._are_idle(rows, np.full(len(rows), certain_ms))]
        if len(idle):
            self._table.drop(idle)

    def new_normal(self, name: str) -> None:
        """Take what a patient's vitals are now for usual from now on, as a nurse may say.

        Nothing changes for a patient never seen.
        """
        row = self._table.row(name)
        if row is not None:
            self._judges.bank.new_normal(self._table, np.array([row]))
            self._table.touch(np.array([row]))

    def admit(self, placements: Iterable[Placement]) -> None:
        """Take roster lines in: from now on the patient's events name this ward and bed."""
        for placement in placements:
            rows = self._table.rows([placement.patient])
            self._table.places[int(rows[0])] = (placement.ward, placement.bed)
            self._table.touch(rows)

    def tick(self, now_ms: int) -> None:
        """Let time pass to ``now_ms``, on the clock of ``arrived_at_ms``, where no reading tells it.

        Changes nothing unless a step of an alarm was due; the step is then the one which the next reading
        would have brought about, if it comes later. Idle patients are dropped, who would have begun anew with
        their next reading.
        """
        self._drop_idle(now_ms)
        rows, which = np.nonzero(self._table["alarm_phase"][: len(self._table)] != alarms.IDLE)
        if not len(rows):
            return
        until_ms = alarms.silent_until(self._table, rows, which, np.full(len(rows), now_ms))
        steps = intake.make_steps(self._table, self._judges, rows, which, until_ms)
        steps.sort(key=lambda step: (step.at_ms, step.row, step.condition))
        self._outcome.events += [patient.event_of(self._table, self._judges, step) for step in steps]
        self._table.touch(np.array([step.row for step in steps], dtype=np.int64))

    def drain(self) -> Outcome:
        """What there is to tell, once."""
        outcome, self._outcome = self._outcome, Outcome()
        return outcome

    def statuses(self, patients: Iterable[str]) -> list[PatientStatus]:
        """The latest of each of these patients; those never seen are left out."""
        rows = (self._table.row(name) for name in patients)
        return [patient.status_of(self._table, row) for row in rows if row is not None]

    def snapshot(self, *, only_changed: bool) -> Iterator[tuple[int, bytes]]:
        """Blocks of patients as (number, bytes); with ``only_changed`` those touched since the last call."""
        return self._table.snapshot(only_touched=only_changed)

    @classmethod
    def restore(cls, blocks: Mapping[int, bytes], rules: Rules | None = None) -> Monitor:
        """The monitor that wrote these blocks; raises :class:`wardwatch.core.blocks.SnapshotError`."""
        monitor = cls(rules)
        monitor._table.load(blocks)
        return monitor

    def block_of(self, patient: str) -> int | None:
        """The number of the block that holds a patient, or ``None`` for one never seen."""
        row = self._table.row(patient)
        return None if row is None else row // BLOCK_ROWS

    def state_of(self, patient: str) -> bytes:
        """All that is kept of one patient: equal bytes are equal states. ``KeyError`` for one never seen."""
        return self._table.state_of(patient)
