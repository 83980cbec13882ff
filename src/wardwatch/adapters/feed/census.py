"""Who lies where, and how they are: each patient's latest status, and the last hours. No sockets, no Kafka.

Alarms do not wait for it. What is not known yet is shown as soon as it is: whoever was there before is told.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from wardwatch.adapters.feed.trends import Course, Trends
from wardwatch.core.events import PatientStatus


class Shows(Protocol):
    """Who tells consoles of patients: the hub."""

    def show(self, status: PatientStatus, record: bytes) -> None:
        """The latest that is known of a patient."""

    def remove(self, patient: str) -> None:
        """A patient is gone."""


class _Known(NamedTuple):
    ward: str
    observed_at_ms: int
    record: bytes


class Census:
    """Is told by the logs; ``trend_hours`` is how much of the vitals it keeps for charts."""

    def __init__(self, hub: Shows, *, trend_hours: float) -> None:
        self._hub = hub
        self._patients: dict[str, _Known] = {}
        # Of the log before, and not yet in this one.
        self._doubtful: set[str] = set()
        self._trends = Trends(trend_hours)

    def __len__(self) -> int:
        """How many patients there are."""
        return len(self._patients)

    def ward_of(self, patient: str) -> str | None:
        """The ward in which a patient lies, or ``None`` for one who is not known."""
        known = self._patients.get(patient)
        return None if known is None else known.ward

    def latest(self, patient: str) -> bytes | None:
        """The record of a patient's latest status."""
        known = self._patients.get(patient)
        return None if known is None else known.record

    def history(self, patient: str, minutes: int, now_ms: int) -> Course:
        """The instants of the last minutes, and for each vital its value in each of them, or ``None``."""
        return self._trends.history(patient, minutes, now_ms)

    def take(self, status: PatientStatus, record: bytes) -> None:
        """The next status of the log, with its ``record``; one that is older than what is known is left out.

        Such come after a takeover: the new worker does again what the one before it had done already.
        """
        patient, observed_at_ms = status.patient, status.observed_at_ms
        known = None if patient in self._doubtful else self._patients.get(patient)
        if known is not None and observed_at_ms < known.observed_at_ms:
            return
        self._doubtful.discard(patient)
        self._patients[patient] = _Known(status.ward, observed_at_ms, record)
        self._hub.show(status, record)

    def take_trend(self, status: PatientStatus) -> None:
        """The next status of the trends."""
        self._trends.take(status.patient, status.vitals)

    def discharge(self, patient: str) -> None:
        """A patient's status was taken back."""
        self._trends.forget(patient)
        self._doubtful.discard(patient)
        if self._patients.pop(patient, None) is not None:
            self._hub.remove(patient)

    def doubt(self) -> None:
        """The statuses come from another log from now on: who is not in it is gone, once it has been read."""
        self._doubtful = set(self._patients)

    def end_doubt(self) -> bool:
        """All statuses that there were have been read; whether that changes anything."""
        gone = list(self._doubtful)
        for patient in gone:
            self.discharge(patient)
        return bool(gone)

    def forget_trends(self) -> None:
        """The trends come from another log from now on."""
        self._trends.clear()
