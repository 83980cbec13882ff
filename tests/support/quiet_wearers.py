"""Wearers to whom nothing happens, minute by minute, and monitors that are of no use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Self

import numpy as np

from wardwatch.core.blocks import Block, encode
from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.core.monitor import Outcome
from wardwatch.core.reading import Batch, Reading
from wardwatch.evaluating.tracks import DAY_MS, MINUTE_MS

START_MS = 1_767_225_600_000
# Before this, in the first days, in which nothing is injected, a reading comes every ten minutes only.
FULL_FROM_MS = START_MS + 7 * DAY_MS


def quiet_wearer(patient: str, *, seed: int, hours: int = 24) -> Iterator[Reading]:
    """A heart rate about 64 /min for so many hours after a week; ten minutes' walk every three hours."""
    random = np.random.default_rng(seed)
    week = range(START_MS, FULL_FROM_MS, 10 * MINUTE_MS)
    after = range(FULL_FROM_MS, FULL_FROM_MS + hours * 60 * MINUTE_MS, MINUTE_MS)
    for at_ms in (*week, *after):
        minute = (at_ms - START_MS) // MINUTE_MS
        yield Reading(
            patient=patient,
            device="d",
            observed_at_ms=at_ms,
            heart_rate=float(round(64 + 2 * random.standard_normal())),
            steps=80.0 if minute % 180 < 10 else 0.0,
        )


class NeverAlarms:
    """Reads and says nothing."""

    def __init__(self) -> None:
        self._events: list[AlarmEvent] = []
        self._readings = 0

    @classmethod
    def restored(cls, blocks: Mapping[int, bytes]) -> Self:
        """A new one: there is nothing to remember."""
        assert blocks
        return cls()

    def receive(self, batch: Batch) -> None:
        for patient, at_ms in zip(batch.patients, batch.observed_at_ms.tolist(), strict=True):
            self._readings += 1
            self._events += self.said_of(patient, at_ms)

    def said_of(self, patient: str, at_ms: int) -> list[AlarmEvent]:
        """The events of one reading."""
        del patient, at_ms
        return []

    def drain(self) -> Outcome:
        outcome = Outcome(events=self._events, readings=self._readings)
        self._events, self._readings = [], 0
        return outcome

    def state_of(self, patient: str) -> bytes:
        return encode(Block(patients=[[patient, "unassigned", ""]], away=[], attached={}, columns={}))


class AlwaysAlarms(NeverAlarms):
    """Starts and ends an alarm with every reading, whatever it says."""

    def said_of(self, patient: str, at_ms: int) -> list[AlarmEvent]:
        return [
            alarm_event(Phase.START, at_ms, patient=patient),
            alarm_event(Phase.END, at_ms, patient=patient),
        ]


def alarm_event(
    phase: Phase,
    at_ms: int,
    *,
    patient: str = "0",
    condition: str = "heart_rate.high",
    rule: str = "limit",
    priority: Priority = Priority.MEDIUM,
    alarm: str = "",
    kind: str = "physiological",
) -> AlarmEvent:
    """An event of an alarm which, unless it is named, starts at the same instant."""
    alarm = alarm or f"{patient}-{condition}-{at_ms}"
    return AlarmEvent(
        event=f"{alarm}-{phase}",
        alarm=alarm,
        sequence=at_ms,
        patient=patient,
        ward="unassigned",
        bed="",
        condition=condition,
        kind=kind,
        priority=priority,
        phase=phase,
        state="off" if phase is Phase.END else "active",
        inactivation="enabled",
        onset_ms=at_ms,
        observed_at_ms=at_ms,
        text="HR 140 > 130",
        why={"rule": rule},
    )
