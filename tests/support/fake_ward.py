"""Patients who don't exist, as consoles are told of them: statuses, a value a minute, and alarm events."""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass, field
from typing import Any

from tests.support import fake_reasons
from wardwatch.core.events import alarm_identity

MINUTE_MS = 60_000
HISTORY_MINUTES = 240

# What is usual for an adult at rest, and by how much it wanders: only so that charts look like charts.
_USUAL = {
    "heart_rate": (71.0, 3.0, 1),
    "oxygen_saturation": (97.0, 0.6, 1),
    "respiratory_rate": (15.0, 1.2, 1),
    "body_temperature": (36.8, 0.1, 10),
    "systolic_pressure": (121.0, 5.0, 1),
}
# As docs/alarms.md has them.
LIMITS: dict[str, list[float | None]] = {
    "heart_rate": [41, 130],
    "oxygen_saturation": [92, None],
    "respiratory_rate": [9, 24],
    "body_temperature": [35.1, 39.0],
    "systolic_pressure": [91, 219],
}


def now_ms() -> int:
    """The calendar, as the feed has it."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class FakePatient:
    """One bed of a ward."""

    patient: str
    ward: str
    bed: str
    seed: int = 0
    vitals: dict[str, list[float | None]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)
    began_ms: int = field(default_factory=lambda: now_ms() - (HISTORY_MINUTES - 1) * MINUTE_MS)

    def __post_init__(self) -> None:
        numbers = random.Random(self.seed)
        for name, (centre, spread, steps) in _USUAL.items():
            own = centre + numbers.uniform(-2, 2) * spread
            wander, values = 0.0, list[float | None]()
            for minute in range(HISTORY_MINUTES):
                wander = 0.9 * wander + numbers.gauss(0, 0.4)
                value = own + spread * (wander + 0.5 * math.sin(minute / 40))
                values.append(round(value * steps) / steps)
            if name == "oxygen_saturation":
                values = [None if each is None else min(each, 100.0) for each in values]
            self.vitals[name] = values

    def now(self, vital: str) -> float | None:
        """The latest value."""
        return self.vitals[vital][-1]

    def status(self) -> dict[str, Any]:
        """The record of ``vitals.status``."""
        at_ms = now_ms()
        latest = {name: values[-1] for name, values in self.vitals.items()}
        return {
            "v": 1,
            "patient": self.patient,
            "ward": self.ward,
            "bed": self.bed,
            "observed_at_ms": at_ms,
            "vitals": {
                name: {"value": value, "observed_at_ms": at_ms - 2000}
                for name, value in latest.items()
                if value is not None
            },
            "news2": {"lowest": 1, "highest": 6, "missing": ["on_oxygen", "consciousness"]},
            "open_alarms": sorted({event["condition"] for event in self.open_alarms()}),
            "learning": {},
            "inhibited": {},
            "audio_paused_until_ms": None,
            "usual": {name: [centre, spread] for name, (centre, spread, _) in _USUAL.items()},
            "limits": LIMITS,
            "devices": [
                {
                    "device": "e4-03",
                    "seen_ms": at_ms - 2000,
                    "battery": 81,
                    "signal_quality": 0.93,
                    "worn": True,
                }
            ],
        } | self.changes

    def open_alarms(self) -> list[dict[str, Any]]:
        """The latest event of each alarm that has not ended."""
        latest = {event["alarm"]: event for event in self.events}
        return [event for event in latest.values() if event["phase"] != "end"]

    def step(
        self, *, condition: str = "heart_rate.high", phase: str = "start", **said: Any
    ) -> dict[str, Any]:
        """The next event of the patient; ``said`` overrides what it says."""
        at_ms = now_ms()
        before = next((each for each in self.open_alarms() if each["condition"] == condition), {})
        onset_ms = before.get("onset_ms", at_ms - 140_000)
        alarm = before.get("alarm", alarm_identity(self.patient, condition, onset_ms))
        sequence = max(at_ms, self.events[-1]["sequence"] + 1 if self.events else 0)
        event = {
            "v": 1,
            "event": f"{alarm}-{sequence}",
            "alarm": alarm,
            "sequence": sequence,
            "patient": self.patient,
            "ward": self.ward,
            "bed": self.bed,
            "condition": condition,
            "kind": "technical" if condition.startswith("device.") else "physiological",
            "priority": "high",
            "phase": phase,
            "state": "off" if phase == "end" else "active",
            "inactivation": "enabled",
            "onset_ms": onset_ms,
            "observed_at_ms": at_ms,
            "text": "HR 152 > 130",
            "why": fake_reasons.of_a_limit(),
            "at_ms": at_ms,
            "source": "",
            "cause": "condition",
            "by": None,
            "until_ms": None,
            "escalation": 0,
            "target": "",
        }
        kept = ("priority", "text", "why", "escalation", "target", "source")
        event |= {name: before[name] for name in kept if name in before}
        event |= said
        self.events.append(event)
        return event

    def history(self, minutes: int) -> dict[str, Any]:
        """The body of a ``history`` message."""
        first = max(0, HISTORY_MINUTES - minutes)
        places = range(first, HISTORY_MINUTES)
        return {
            "type": "history",
            "patient": self.patient,
            "at_ms": [self.began_ms + place * MINUTE_MS for place in places],
            "vitals": {name: values[first:] for name, values in self.vitals.items()},
            "alarms": list(self.events),
        }


def fake_ward(beds: int = 12, ward: str = "4B") -> list[FakePatient]:
    """So many patients of one ward."""
    return [FakePatient(f"p-{number}", ward, str(number), seed=number) for number in range(1, beds + 1)]
