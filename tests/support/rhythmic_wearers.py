"""Wearers whose heart rate is made by a known law: level, rhythm of the day, first-order autoregression."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from wardwatch.core.baseline import waves_of_day
from wardwatch.core.reading import CONTEXT_NAMES, UNKNOWN, FloatArray, IntArray
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX
from wardwatch.evaluating.tracks import DAY_MS, Track
from wardwatch.fitting.series import Series

START_MS = 1_767_225_600_000
MEMORY_S = 900.0
HEART_RATE = VITAL_INDEX["heart_rate"]


def instants(days: float, every_s: float = 60.0) -> IntArray:
    """From a midnight on."""
    return START_MS + np.arange(0, int(days * DAY_MS), int(every_s * 1000), dtype=np.int64)


def autoregression(
    count: int, every_s: float, *, spread: float, memory_s: float = MEMORY_S, seed: int = 0
) -> FloatArray:
    """Deviations of which exp(-t / memory) is left after t, and whose stationary spread is ``spread``."""
    random = np.random.default_rng(seed)
    left = np.exp(-every_s / memory_s)
    news = random.standard_normal(count) * spread * np.sqrt(1.0 - left * left)
    deviations = np.empty(count)
    latest = spread * random.standard_normal()
    for place in range(count):
        latest = left * latest + news[place]
        deviations[place] = latest
    return deviations


def series(
    *,
    days: float = 10.0,
    every_s: float = 60.0,
    level: float = 70.0,
    harmonics: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0),
    spread: float = 6.0,
    memory_s: float = MEMORY_S,
    seed: int = 0,
) -> Series:
    """Values of one vital by this law."""
    at_ms = instants(days, every_s)
    rhythm = (np.array(harmonics)[:, None] * waves_of_day(at_ms)).sum(axis=0)
    noise = autoregression(len(at_ms), every_s, spread=spread, memory_s=memory_s, seed=seed)
    return Series(local_ms=at_ms, values=level + rhythm + noise)


def track(patient: str, values: Mapping[int, FloatArray], at_ms: IntArray) -> Track:
    """Readings of these vitals, by number, without any context."""
    columns = np.full((len(at_ms), VITAL_COUNT), np.nan)
    for vital, numbers in values.items():
        columns[:, vital] = numbers
    return Track(
        patient=patient,
        devices=["d"] * len(at_ms),
        observed_at_ms=at_ms,
        values=columns,
        context=np.full((len(at_ms), len(CONTEXT_NAMES)), np.nan),
        consciousness=np.full(len(at_ms), UNKNOWN, dtype=np.int8),
    )


def wearer(number: int, *, days: float, spread: float = 6.0, memory_s: float = MEMORY_S) -> Track:
    """A heart rate in whole numbers every 5 min, about 70 /min, slow in the morning."""
    made = series(
        days=days,
        every_s=300.0,
        level=66.0 + 2.0 * number,
        harmonics=(0.0, -4.0, 0.0, 0.0),
        spread=spread,
        memory_s=memory_s,
        seed=number,
    )
    return track(f"w{number}", {HEART_RATE: np.round(made.values)}, made.local_ms)
