"""Wearers of whom everything is measured, at intervals of their own, and who have many strange hours."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from wardwatch.core.reading import Reading

START_MS = 1_767_225_600_000
_QUIET_MINUTES = 30 * 60
# Usual value and spread.
_USUAL = {
    "heart_rate": (64.0, 3.0),
    "respiratory_rate": (15.0, 1.2),
    "oxygen_saturation": (97.0, 0.7),
    "body_temperature": (36.8, 0.15),
    "systolic_pressure": (120.0, 6.0),
    "diastolic_pressure": (75.0, 5.0),
}


def strange_wearer(patient: str, *, seed: int, hours: int = 72) -> Iterator[Reading]:
    """A quiet day, then some of the vitals lie 1 to 5 spreads off for a while, again and again."""
    random = np.random.default_rng(seed)
    cuff = int(random.choice([15, 30, 55]))
    every = dict(zip(_USUAL, (1, 1, 2, int(random.choice([5, 30])), cuff, cuff), strict=True))
    noise, off = np.zeros(len(_USUAL)), np.zeros(len(_USUAL))
    begins = ends = _QUIET_MINUTES
    for minute in range(hours * 60):
        if minute == begins:
            concerned = random.random(len(_USUAL)) < random.choice([0.2, 0.6])
            off = concerned * random.uniform(1.0, 5.0, len(_USUAL)) * random.choice([-1, 1], len(_USUAL))
            ends = minute + int(random.integers(10, 120))
            begins = ends + int(random.integers(30, 240))
        elif minute == ends:
            off = np.zeros(len(_USUAL))
        noise = 0.9 * noise + 0.43 * random.standard_normal(len(_USUAL))
        measured = {
            name: float(np.round(level + spread * deviation, 1 if name == "body_temperature" else 0))
            for (name, (level, spread)), deviation in zip(_USUAL.items(), noise + off, strict=True)
            if minute % every[name] == 0
        }
        if "oxygen_saturation" in measured:
            measured["oxygen_saturation"] = min(measured["oxygen_saturation"], 100.0)
        at_ms = START_MS + minute * 60_000 + int(random.integers(0, 9000))
        yield Reading(patient=patient, device="d", observed_at_ms=at_ms, steps=0.0, **measured)  # type: ignore[arg-type]
