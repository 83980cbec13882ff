"""What an injected event or artefact does to a wearer's readings.

Acute events change the heart rate alone, from the onset up to the end:

- tachycardia: 30 /min more;
- bradycardia: falls to a rate of 32 to 40 /min, with a noise of 1.5 /min, or stays where it is lower already:
  the pulse that scores 3 on the NEWS2 chart is at most 40;
- ramp: rises evenly by 45 /min, in whole beats, for three quarters of the time, and stays there.

Artefact bursts are what sensors do to the readings of a wearer who is well:

- dropout: the heart rate is missing, or 0 (one burst in two), for the whole burst;
- spikes: one to three single readings, no two of them neighbours, are far off: 180 to 220 or 30 to 38 /min;
- motion: the heart rate is 15 /min too high with a noise of 25 /min (within 30 to 220), with 20 to 120 steps
  a minute, a signal quality of 0.05 to 0.4 and an activity of 0.2 to 1 g.

The figures are wardwatch's own choices.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from wardwatch.core.reading import ACTIVITY, SIGNAL_QUALITY, STEPS, FloatArray, IntArray
from wardwatch.evaluating.tracks import HEART_RATE, MINUTE_MS, Track

TACHYCARDIA = 30.0
RAMP = 45.0
RAMP_RISES_FOR = 0.75
_BRADYCARDIA, _BRADYCARDIA_NOISE = (32, 41), 1.5

_SPIKES_AT_MOST = 3
_HIGH_SPIKES, _LOW_SPIKES = (180, 220), (30, 38)
_MOTION_BIAS, _MOTION_NOISE = 15.0, 25.0
_MOTION_RANGE = (30.0, 220.0)


class Kind(StrEnum):
    """What is injected."""

    TACHYCARDIA = "tachycardia"
    BRADYCARDIA = "bradycardia"
    RAMP = "ramp"
    DROPOUT = "dropout"
    SPIKES = "spikes"
    MOTION = "motion"


EVENTS = (Kind.TACHYCARDIA, Kind.BRADYCARDIA, Kind.RAMP)
ARTEFACTS = (Kind.DROPOUT, Kind.SPIKES, Kind.MOTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Injection:
    """One event or artefact: into which track, from ``onset_ms`` up to ``end_ms``; ``seed`` is its chance."""

    kind: Kind
    track: int
    onset_ms: int
    end_ms: int
    seed: int

    @property
    def minutes(self) -> float:
        """How long it lasts."""
        return (self.end_ms - self.onset_ms) / MINUTE_MS


def inject(track: Track, injection: Injection) -> Track:
    """A copy of ``track`` with the injection in it; readings outside its time are as they were."""
    changed = track.copy()
    at_ms = track.observed_at_ms
    rows = np.flatnonzero((at_ms >= injection.onset_ms) & (at_ms < injection.end_ms))
    if len(rows):
        _EFFECTS[injection.kind](changed, rows, injection)
    return changed


def _tachycardia(track: Track, rows: IntArray, _: Injection) -> None:
    track.values[rows, HEART_RATE] += TACHYCARDIA


def _bradycardia(track: Track, rows: IntArray, injection: Injection) -> None:
    random = np.random.default_rng(injection.seed)
    slow = random.integers(*_BRADYCARDIA) + np.rint(random.normal(0.0, _BRADYCARDIA_NOISE, len(rows)))
    # A minimum with what was not measured is not measured.
    track.values[rows, HEART_RATE] = np.minimum(track.values[rows, HEART_RATE], slow)


def _ramp(track: Track, rows: IntArray, injection: Injection) -> None:
    passed = track.observed_at_ms[rows] - injection.onset_ms
    share: FloatArray = passed / (injection.end_ms - injection.onset_ms)
    track.values[rows, HEART_RATE] += np.rint(RAMP * np.minimum(share / RAMP_RISES_FOR, 1.0))


def _dropout(track: Track, rows: IntArray, injection: Injection) -> None:
    recorded = rows[~np.isnan(track.values[rows, HEART_RATE])]
    track.values[recorded, HEART_RATE] = np.nan if injection.seed % 2 else 0.0


def _spikes(track: Track, rows: IntArray, injection: Injection) -> None:
    random = np.random.default_rng(injection.seed)
    recorded = rows[~np.isnan(track.values[rows, HEART_RATE])]
    apart = recorded[random.integers(2) :: 2]
    count = min(int(random.integers(1, _SPIKES_AT_MOST + 1)), len(apart))
    hit = random.choice(apart, count, replace=False)
    high, low = random.integers(*_HIGH_SPIKES, count), random.integers(*_LOW_SPIKES, count)
    track.values[hit, HEART_RATE] = np.where(random.integers(2, size=count), high, low)


def _motion(track: Track, rows: IntArray, injection: Injection) -> None:
    random = np.random.default_rng(injection.seed)
    count = len(rows)
    noisy = track.values[rows, HEART_RATE] + random.normal(_MOTION_BIAS, _MOTION_NOISE, count)
    track.values[rows, HEART_RATE] = np.rint(np.clip(noisy, *_MOTION_RANGE))
    elapsed_ms = np.diff(track.observed_at_ms[rows], prepend=injection.onset_ms)
    per_minute = random.uniform(20, 120, count)
    track.context[rows, STEPS] = np.ceil(per_minute * np.minimum(elapsed_ms / MINUTE_MS, 1.0))
    track.context[rows, SIGNAL_QUALITY] = random.uniform(0.05, 0.4, count)
    track.context[rows, ACTIVITY] = random.uniform(0.2, 1.0, count)


_EFFECTS: dict[Kind, Callable[[Track, IntArray, Injection], None]] = {
    Kind.TACHYCARDIA: _tachycardia,
    Kind.BRADYCARDIA: _bradycardia,
    Kind.RAMP: _ramp,
    Kind.DROPOUT: _dropout,
    Kind.SPIKES: _spikes,
    Kind.MOTION: _motion,
}
