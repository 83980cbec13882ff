"""What the demo counts: readings on their way in, alarms on their way out, and the time between."""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from wardwatch.core.events import AlarmEvent, Cause, Phase

# How many of a patient's latest readings are remembered, to tell an event's latency; so memory stays bounded.
_REMEMBERED_READINGS = 1_000


@dataclass(slots=True)
class Tally:
    """The demo's counts. Times are seconds of one monotonic clock."""

    readings_in: int = 0
    alarm_events_delivered: int = 0
    readings_rejected: int = 0
    _alarms: set[str] = field(default_factory=set)
    _technical_alarms: set[str] = field(default_factory=set)
    _latencies_s: list[float] = field(default_factory=list)
    _sent: dict[str, deque[tuple[int, float]]] = field(
        default_factory=lambda: defaultdict(lambda: deque(maxlen=_REMEMBERED_READINGS))
    )

    @property
    def alarms_opened(self) -> int:
        """How many alarms about patients have begun, each counted once."""
        return len(self._alarms)

    def sent(self, patient: str, due_ms: int, now_s: float) -> None:
        """A reading, which comes at once when it is observed, was handed to the producer."""
        self.readings_in += 1
        self._sent[patient].append((due_ms, now_s))

    def delivered(self, event: AlarmEvent, now_s: float) -> float | None:
        """An alarm event came to the console; returns its latency in seconds.

        ``None`` where the passing of time caused the event, and no reading.
        """
        self.alarm_events_delivered += 1
        if event.phase is Phase.START:
            (self._technical_alarms if event.kind == "technical" else self._alarms).add(event.alarm)
        if event.cause is not Cause.CONDITION:
            return None
        sent_at_s = self._sent_at_s(event.patient, event.observed_at_ms)
        if sent_at_s is None:
            return None
        self._latencies_s.append(now_s - sent_at_s)
        return now_s - sent_at_s

    def _sent_at_s(self, patient: str, instant_ms: int) -> float | None:
        """When the reading was sent that told the monitor that this instant has come.

        It is the patient's first one at the instant or after it: an alarm opens between two readings.
        """
        remembered = self._sent[patient]
        found = None
        for observed_at_ms, sent_at_s in reversed(remembered):
            if observed_at_ms < instant_ms:
                return found
            found = sent_at_s
        return None if len(remembered) == _REMEMBERED_READINGS else found

    def summary(self) -> dict[str, Any]:
        """The demo's one JSON object."""
        return {
            "readings_in": self.readings_in,
            "readings_rejected": self.readings_rejected,
            "alarms_opened": self.alarms_opened,
            "technical_alarms_opened": len(self._technical_alarms),
            "alarm_events_delivered": self.alarm_events_delivered,
            "latency_ms": {"p50": self._latency_ms(50), "p99": self._latency_ms(99)},
        }

    def _latency_ms(self, percent: float) -> float | None:
        if not self._latencies_s:
            return None
        return round(1000 * float(np.percentile(self._latencies_s, percent)), 1)
