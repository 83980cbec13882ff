"""The readings of a topic with the roster's lines between them, each before the readings that came after it.

The roster is compacted: of a patient's lines only the latest is certain to be there, and it may have been
written long after readings that were recorded before. So the first line that is still known holds from the
patient's first reading on.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from wardwatch.core.reading import Batch
from wardwatch.core.roster import RosterEntry
from wardwatch.replaying import BATCH_READINGS
from wardwatch.whatif.comparison import TimedWatcher


class Interleaved:
    """Hands readings, of each patient in log order, and roster lines to a watcher."""

    def __init__(self, watcher: TimedWatcher, lines: Iterable[tuple[int, RosterEntry]]) -> None:
        """``lines`` are in log order, each with the instant at which it arrived."""
        self._watcher = watcher
        self._lines: defaultdict[str, deque[tuple[int, RosterEntry]]] = defaultdict(deque)
        for at_ms, line in lines:
            self._lines[line.patient].append((at_ms, line))
        self._begun: set[str] = set()
        self._readings: list[Any] = []
        self._arrived_at_ms: list[int] = []
        self._position = 0
        self._latest_ms: int | None = None

    def take(self, reading: Any, arrived_at_ms: int) -> None:
        """Take in the next reading, as the wire has it decoded."""
        self._admit(reading.patient, arrived_at_ms)
        self._readings.append(reading)
        self._arrived_at_ms.append(arrived_at_ms)
        self._latest_ms = max(arrived_at_ms, self._latest_ms or 0)
        if len(self._readings) == BATCH_READINGS:
            self._flush()

    def finish(self) -> None:
        """There is no more: let time pass to where the log ends."""
        self._flush()
        if self._latest_ms is not None:
            for patient in self._begun:
                self._admit(patient, self._latest_ms)
            self._watcher.tick(self._latest_ms)
        self._watcher.drain()

    def _admit(self, patient: str, until_ms: int) -> None:
        """The lines of a patient that came up to an instant, and the first one however late it came."""
        lines = self._lines.get(patient)
        if patient not in self._begun:
            self._begun.add(patient)
            if lines:
                # Who is discharged by the first line that is known was there before.
                self._hand_over(replace(lines[0][1], at_ms=until_ms, discharged=False))
        while lines and lines[0][0] <= until_ms:
            at_ms, line = lines.popleft()
            self._hand_over(replace(line, at_ms=at_ms))

    def _hand_over(self, line: RosterEntry) -> None:
        self._flush()
        self._watcher.admit([line])

    def _flush(self) -> None:
        if not self._readings:
            return
        count = len(self._readings)
        positions = range(self._position, self._position + count)
        self._position += count
        batch = Batch.of_decoded(self._readings, arrived_at_ms=self._arrived_at_ms, positions=positions)
        self._readings, self._arrived_at_ms = [], []
        self._watcher.receive(batch)
        self._watcher.drain()
