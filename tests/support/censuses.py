"""Statuses for a census, and a hub that writes down what it is told."""

from __future__ import annotations

from wardwatch.core.events import News2Status, PatientStatus

MINUTE_MS = 60_000
NOW_MS = 30_000_000 * MINUTE_MS


class Shown:
    """What a hub was told, in order, and what it shows now."""

    def __init__(self) -> None:
        self.now: dict[str, bytes] = {}
        self.told: list[str] = []

    def show(self, status: PatientStatus, record: bytes) -> None:
        self.now[status.patient] = record
        self.told.append(f"show {status.patient}")

    def remove(self, patient: str) -> None:
        del self.now[patient]
        self.told.append(f"remove {patient}")

    def flush(self) -> None:
        self.told.append("flush")


def status_of(patient: str = "p-1", at_ms: int = NOW_MS, ward: str = "4B", **vitals: float) -> PatientStatus:
    """A status of which everything was observed at ``at_ms``."""
    return PatientStatus(
        patient=patient,
        ward=ward,
        bed="12",
        observed_at_ms=at_ms,
        vitals={name: (value, at_ms) for name, value in vitals.items()},
        news2=News2Status(lowest=0, highest=20, missing=()),
        open_alarms=(),
        learning={},
    )
