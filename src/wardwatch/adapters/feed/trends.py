"""The last hours of patients' vitals, a value a minute, for charts.

A value belongs to the minute in which it was observed, and of a minute the latest that was told stands. So a
minute in which nothing was observed is a gap, however long the value before it may count elsewhere.

The hours end now, or with the latest minute of all patients where that is hours ago: then a recording is
played. Nothing here reads a clock.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from wardwatch.core.vitals import VITAL_INDEX

_MINUTE_MS = 60_000
_DECIMALS = 2

# A ring: the value of a minute stands at the minute's remainder.
_Ring = npt.NDArray[np.float32]
# Instants, one a minute, and for each vital as many values, with None for a gap.
Course = tuple[list[int], dict[str, list[float | None]]]


class Trends:
    """Keeps ``hours`` of every patient; four bytes a minute and vital."""

    def __init__(self, hours: float) -> None:
        self._size = max(1, round(hours * 60))
        self._patients: dict[str, _Patient] = {}
        self._latest = 0

    def __len__(self) -> int:
        """Of how many patients there is anything."""
        return len(self._patients)

    def take(self, patient: str, vitals: Mapping[str, tuple[float, int]]) -> None:
        """The latest values of a patient, each with the instant of its observation."""
        kept = self._patients.get(patient) or _Patient(self._size)
        for name, (value, observed_at_ms) in vitals.items():
            if name in VITAL_INDEX:
                kept.take(name, value, observed_at_ms // _MINUTE_MS)
        if kept.rings:
            self._patients[patient] = kept
            if kept.newest > self._latest:
                self._latest = kept.newest
                self._sweep()

    def forget(self, patient: str) -> None:
        """Drop a patient."""
        self._patients.pop(patient, None)

    def clear(self) -> None:
        """Drop all patients."""
        self._patients.clear()
        self._latest = 0

    def history(self, patient: str, minutes: int, now_ms: int) -> Course:
        """The last ``minutes``, as far as they are kept; a vital without any value is left out."""
        last = self._last(now_ms // _MINUTE_MS)
        wanted = np.arange(last - min(minutes, self._size) + 1, last + 1)
        kept = self._patients.get(patient)
        return (wanted * _MINUTE_MS).tolist(), {} if kept is None else kept.courses(wanted)

    def _last(self, now: int) -> int:
        is_long_ago = 0 < self._latest <= now - self._size
        return self._latest if is_long_ago else max(now, self._latest)

    def _sweep(self) -> None:
        """Once a minute: nothing of these patients could be shown any more."""
        gone = [name for name, kept in self._patients.items() if kept.newest <= self._latest - self._size]
        for name in gone:
            del self._patients[name]


class _Patient:
    __slots__ = ("newest", "rings", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.rings: dict[str, _Ring] = {}
        self.newest = 0

    def take(self, name: str, value: float, minute: int) -> None:
        if minute > self.newest:
            passed = np.arange(max(self.newest, minute - self.size) + 1, minute + 1) % self.size
            for ring in self.rings.values():
                ring[passed] = np.nan
            self.newest = minute
        if minute > self.newest - self.size:
            if name not in self.rings:
                self.rings[name] = np.full(self.size, np.nan, dtype=np.float32)
            with np.errstate(over="ignore"):
                self.rings[name][minute % self.size] = value

    def courses(self, wanted: npt.NDArray[np.int64]) -> dict[str, list[float | None]]:
        known, places = (wanted > self.newest - self.size) & (wanted <= self.newest), wanted % self.size
        found: dict[str, list[float | None]] = {}
        for name, ring in self.rings.items():
            values = ring[places].astype(np.float64)
            told = known & np.isfinite(values)
            if told.any():
                course = np.full(len(wanted), None, dtype=np.object_)
                course[told] = values[told].round(_DECIMALS)
                found[name] = course.tolist()
        return found
