"""Beats for tests: intervals of made-up hearts, by seed, as a device sends them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tests.support.logs import START_MS
from wardwatch.core.reading import Reading


def sinus(count: int, *, interval_ms: float = 800.0, seed: int = 1) -> list[float]:
    """Breathing lengthens and shortens them by some 3 %."""
    random = np.random.default_rng(seed)
    waves = 0.03 * np.sin(np.arange(count) / 2.5) + random.normal(0, 0.005, count)
    return [round(interval_ms * (1 + wave)) for wave in waves.tolist()]


def fibrillation(count: int, *, interval_ms: float = 700.0, seed: int = 1) -> list[float]:
    """Each interval is independent of the one before, with a spread of a quarter."""
    random = np.random.default_rng(seed)
    spread = np.clip(random.normal(1.0, 0.25, count), 0.45, 1.8)
    return [round(interval_ms * part) for part in spread.tolist()]


def breathing(
    seconds: float, *, interval_ms: float, breaths: float, depth: float, seed: int = 1
) -> list[float]:
    """A fit heart at rest: each breath, some longer than others, moves the intervals by this part of them."""
    random = np.random.default_rng(seed)
    intervals: list[float] = []
    breath, cycle_ms = 0.0, 60_000 / breaths
    while sum(intervals) < seconds * 1000:
        wave = depth * np.sin(2 * np.pi * breath) + random.normal(0, 0.01)
        intervals.append(round(interval_ms * (1 + wave)))
        before, breath = breath, breath + intervals[-1] / cycle_ms
        if int(before) != int(breath):
            cycle_ms = 60_000 / breaths * (1 + random.normal(0, 0.05))
    return intervals


def with_extra_beats(intervals: Sequence[float], every: int) -> list[float]:
    """Every so many beats one comes too early, and the heart waits after it."""
    changed = list(intervals)
    for place in range(every, len(changed) - 1, every):
        early = 0.6 * changed[place]
        changed[place + 1] += changed[place] - early
        changed[place] = early
    return [round(interval) for interval in changed]


def beats(intervals: Iterable[float], from_ms: int = START_MS, **said: Any) -> list[Reading]:
    """A reading for each interval, at its end; what is said is the same of all."""
    log: list[Reading] = []
    for interval in intervals:
        from_ms += round(interval)
        log.append(
            Reading(patient="p-1", device="patch", observed_at_ms=from_ms, rr_interval_ms=interval, **said)
        )
    return log
