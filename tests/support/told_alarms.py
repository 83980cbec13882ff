"""Alarms and pairs of alarms as a comparison keeps them, and readings that make them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wardwatch.core.events import Priority
from wardwatch.core.reading import Reading
from wardwatch.whatif.alarms import Alarm

MINUTE_MS = 60_000
T0_MS = 1_767_225_600_000


def alarm(
    start_min: float,
    end_min: float | None,
    *,
    patient: str = "p-1",
    ward: str = "4B",
    condition: str = "heart_rate.high",
    priority: Priority = Priority.MEDIUM,
    text: str = "HR 140 > 130",
) -> Alarm:
    """An alarm by the minutes of its start and its end."""
    return Alarm(
        alarm=f"{patient}-{condition}-{start_min}",
        patient=patient,
        ward=ward,
        bed="1",
        condition=condition,
        text=text,
        priority=priority,
        start_ms=round(start_min * MINUTE_MS),
        end_ms=None if end_min is None else round(end_min * MINUTE_MS),
    )


def by_minute(heart_rates: Iterable[float], *, patient: str = "p-1", from_ms: int = T0_MS) -> list[Reading]:
    """A heart rate a minute."""
    return [
        Reading(patient=patient, device="d", observed_at_ms=from_ms + number * MINUTE_MS, heart_rate=value)
        for number, value in enumerate(heart_rates)
    ]


def episode(highest: float, *, minutes: int = 20, usual: float = 80.0) -> Sequence[float]:
    """Minute by minute: quiet, then so high, then quiet again."""
    return [*[usual] * 10, *[highest] * minutes, *[usual] * 10]
