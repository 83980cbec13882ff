"""A monitor that is simple enough to be checked by eye: it counts, and depends on every record and its order.

Blocks are tiny, so that a few patients fill several. Every third reading of a patient tells an event, and so
does a tick that finds a patient silent. Placements and commands tell one too, to exercise events that no log
of readings gives again. Of each event, the text says how many readings, placements and commands came before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, cast

from wardwatch.core.alarming.commands import Command, Receipt, Verdict
from wardwatch.core.events import AlarmEvent, Phase, Placement, Priority, Reason, Refusal
from wardwatch.core.monitor import Monitor, Outcome
from wardwatch.core.reading import Batch

BLOCK_PATIENTS = 2
EVENT_EVERY = 3
SILENT_AFTER_MS = 5_000
REFUSED_HEART_RATE = 7
POISONOUS_HEART_RATE = 13
# As the name of an alarm, or of a ward.
REFUSED = "refused"
POISONOUS = "poisonous"


class PoisonError(Exception):
    """The fake fails on this reading."""


class FakeMonitor(Monitor):
    """A :class:`Monitor` of which every answer is easily predicted."""

    def __init__(self) -> None:
        self._patients: dict[str, dict[str, Any]] = {}
        self._changed: set[int] = set()
        self._outcome = Outcome()

    def receive(self, batch: Batch) -> None:
        for index, name in enumerate(batch.patients):
            heart_rate = batch.values[index][0]
            patient = self._touched(name)
            patient["count"] += 1  # before the poison, so that a failure leaves a mess behind
            if heart_rate == POISONOUS_HEART_RATE:
                raise PoisonError(name)
            position = int(batch.positions[index])
            if heart_rate == REFUSED_HEART_RATE:
                reason = Reason.OUT_OF_RANGE
                self._outcome.refusals.append(
                    Refusal(position=position, patient=name, vital="heart_rate", reason=reason, detail="no")
                )
            patient["sum"] = (patient["sum"] * 31 + position + int(heart_rate)) % 1_000_003
            patient["seen_ms"] = int(batch.arrived_at_ms[index])
            patient["silent"] = False
            if patient["count"] % EVENT_EVERY == 0:
                self._tell(name, "counted", patient["seen_ms"])

    def admit(self, placements: Iterable[Placement]) -> None:
        for placement in placements:
            patient = self._touched(placement.patient)
            patient["ward"] = placement.ward
            patient["placed"] += 1
            if placement.ward == POISONOUS:
                raise PoisonError(placement.patient)
            self._tell(placement.patient, "placed", getattr(placement, "at_ms", None) or 0)

    def command(self, commands: Iterable[Command]) -> None:
        for command in commands:
            patient = self._touched(command.patient)
            patient["commands"].append(command.command)
            if command.alarm == POISONOUS:
                raise PoisonError(command.patient)
            refused = command.alarm == REFUSED
            if not refused:
                self._tell(command.patient, "commanded", command.at_ms)
            self._outcome.receipts.append(
                Receipt(
                    command=command.command,
                    patient=command.patient,
                    verb=command.verb,
                    by=command.by,
                    at_ms=command.at_ms,
                    verdict=Verdict.REFUSED if refused else Verdict.DONE,
                    sentence=f"After {patient['count']} readings.",
                )
            )

    def tick(self, now_ms: int) -> None:
        for name, patient in self._patients.items():
            if patient["seen_ms"] and not patient["silent"] and now_ms > patient["seen_ms"] + SILENT_AFTER_MS:
                self._touched(name)["silent"] = True
                self._tell(name, "silent", now_ms)

    def next_due_ms(self) -> int | None:
        waiting = [
            each["seen_ms"] for each in self._patients.values() if each["seen_ms"] and not each["silent"]
        ]
        return min(waiting) + SILENT_AFTER_MS + 1 if waiting else None

    def drain(self) -> Outcome:
        outcome, self._outcome = self._outcome, Outcome()
        return outcome

    def snapshot(self, *, only_changed: bool) -> Iterator[tuple[int, bytes]]:
        names = list(self._patients)
        for first in range(0, len(names), BLOCK_PATIENTS):
            block = first // BLOCK_PATIENTS
            if block in self._changed or not only_changed:
                part = {name: self._patients[name] for name in names[first : first + BLOCK_PATIENTS]}
                yield block, json.dumps(part).encode()
        self._changed.clear()

    @classmethod
    def restore(
        cls,
        blocks: Mapping[int, bytes],
        rules: object = None,  # noqa: ARG003
        *,
        listener: object = None,  # noqa: ARG003
    ) -> Self:
        monitor = cls()
        for _, block in sorted(blocks.items()):
            monitor._patients.update(json.loads(block))
        return monitor

    def block_of(self, patient: str) -> int | None:
        names = list(self._patients)
        return names.index(patient) // BLOCK_PATIENTS if patient in self._patients else None

    def state_of(self, patient: str) -> bytes:
        return json.dumps(self._patients[patient]).encode()

    def state(self) -> dict[str, dict[str, Any]]:
        """All that is kept."""
        return cast("dict[str, dict[str, Any]]", json.loads(json.dumps(self._patients)))

    def _touched(self, name: str) -> dict[str, Any]:
        fresh = {
            "count": 0,
            "sum": 0,
            "sequence": 0,
            "seen_ms": 0,
            "silent": False,
            "ward": "unassigned",
            "placed": 0,
            "commands": [],
        }
        patient = self._patients.setdefault(name, fresh)
        block = self.block_of(name)
        assert block is not None
        self._changed.add(block)
        return patient

    def _tell(self, name: str, condition: str, at_ms: int) -> None:
        patient = self._patients[name]
        patient["sequence"] += 1
        self._outcome.events.append(
            AlarmEvent(
                event=f"{name}-{patient['sequence']}",
                alarm=f"{name}-{condition}",
                sequence=patient["sequence"],
                patient=name,
                ward=patient["ward"],
                bed="",
                condition=condition,
                kind="technical",
                priority=Priority.LOW,
                phase=Phase.START,
                state="active",
                inactivation="enabled",
                onset_ms=at_ms,
                observed_at_ms=at_ms,
                text=f"{patient['count']} {patient['placed']} {len(patient['commands'])}",
                why={},
            )
        )
