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
from wardwatch.core.events import AlarmEvent, PatientStatus, Placement, Refusal
from wardwatch.core.gate import GateRules
from wardwatch.core.reading import Batch, Round
from wardwatch.core.table import BLOCK_ROWS, PatientTable, rounds


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


class Monitor:
    """Watches all patients of a partition."""

    def __init__(self, rules: GateRules | None = None) -> None:
        self._rules = rules or GateRules()
        self._table = PatientTable(patient.COLUMNS)
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
            taken, refused = gate.judge(self._rules, sent, self._table.patients, seen_ms)
            refusals += refused
            self._outcome.readings_refused += len(sent) - len(taken)
            if len(taken):
                events += intake.take_in(self._table, taken)
        # Rounds are a matter of computing; what is told follows the log.
        events.sort(key=lambda told: told[0])
        refusals.sort(key=lambda refusal: refusal.position)
        self._outcome.events += [event for _, event in events]
        self._outcome.refusals += refusals

    def admit(self, placements: Iterable[Placement]) -> None:
        """Take roster lines in: from now on the patient's events name this ward and bed."""
        for placement in placements:
            rows = self._table.rows([placement.patient])
            self._table.places[int(rows[0])] = (placement.ward, placement.bed)
            self._table.touch(rows)

    def tick(self, now_ms: int) -> None:
        """Let time pass to ``now_ms``, on the clock of ``arrived_at_ms``, where no reading tells it.

        Changes nothing unless a step of an alarm was due; the step is then the one which the next reading
        would have brought about, if it comes later.
        """
        rows, which = np.nonzero(self._table["alarm_phase"][: len(self._table)] != alarms.IDLE)
        if not len(rows):
            return
        until_ms = alarms.silent_until(self._table, rows, which, np.full(len(rows), now_ms))
        steps = alarms.due(self._table, rows, which, until_ms)
        steps.sort(key=lambda step: (step.at_ms, step.row, step.condition))
        self._outcome.events += [patient.event_of(self._table, step) for step in steps]
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
    def restore(cls, blocks: Mapping[int, bytes], rules: GateRules | None = None) -> Monitor:
        """The monitor that wrote these blocks; raises :class:`wardwatch.core.table.SnapshotError`."""
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
