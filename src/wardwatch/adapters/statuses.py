"""What a partition tells of its patients from time to time: their latest statuses, and a trend."""

from __future__ import annotations

from collections.abc import Iterable

from wardwatch.adapters.checkpoint import Message
from wardwatch.core.events import UNASSIGNED_WARD, PatientStatus
from wardwatch.core.monitor import Monitor
from wardwatch.wire.status import encode_status
from wardwatch.wire.topics import STATUS, TRENDS

_MINUTE_MS = 60_000


class Statuses:
    """Collects of whom there is news until somebody asks for it.

    A status replaces the one before. At most once a minute of the patient's own time it is told to the
    trends, too, where it stays beside the others. Of whom nothing is known any more, the status is taken
    back.
    """

    def __init__(self) -> None:
        self._changed: set[str] = set()
        # The minute of each patient's latest trend. After a takeover one may be told twice.
        self._trend_minutes: dict[str, int] = {}

    def note(self, patients: Iterable[str]) -> None:
        """There is news of these patients."""
        self._changed.update(patients)

    def messages(self, monitor: Monitor) -> list[Message]:
        """The news since the last call."""
        if not self._changed:
            return []
        changed, self._changed = sorted(self._changed), set()
        known = {status.patient: status for status in monitor.statuses(changed) if _is_known(status)}
        messages: list[Message] = []
        for patient in changed:
            messages += self._messages_of(patient, known.get(patient))
        return messages

    def _messages_of(self, patient: str, status: PatientStatus | None) -> list[Message]:
        key = patient.encode()
        if status is None:
            self._trend_minutes.pop(patient, None)
            return [Message(STATUS, key, None)]
        record, minute = encode_status(status), status.observed_at_ms // _MINUTE_MS
        messages = [Message(STATUS, key, record)]
        # Minute 0 is that of a patient of whom no reading has come.
        if minute != self._trend_minutes.get(patient, 0):
            self._trend_minutes[patient] = minute
            messages.append(Message(TRENDS, key, record))
        return messages


def _is_known(status: PatientStatus) -> bool:
    """Not so of whom was discharged, and is still kept for the sake of the checkpoints."""
    return status.observed_at_ms > 0 or status.ward != UNASSIGNED_WARD
