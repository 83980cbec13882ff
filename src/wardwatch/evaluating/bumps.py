"""Nightly events: for seven nights running a heart rate that is 4 /min higher, as when somebody falls ill.

A bump raises every heart rate from the midnight before its first night to the end of its last (00:00 to
06:59 on the ward's clock). It counts as caught until the end of that day, by which the device must have told
of the night. All of its nights have a figure, and none lies in a wearer's first 7 nights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch.core.local_time import LocalTime
from wardwatch.evaluating.nights import NIGHT_MS, Nights
from wardwatch.evaluating.tracks import DAY_MS, HEART_RATE, Track

# As NightSignal was measured with (docs/evidence.md).
BUMP_NIGHTS, BUMP_RATE = 7, 4
LEARNING_NIGHTS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Bump:
    """In which track, and its first night, as a day since 1970 on the ward's clock."""

    track: int
    first_day: int


def place_bumps(nights: Sequence[Nights], count: int, seed: int) -> list[Bump]:
    """So many, each at a night of its own; fewer where there are not so many places."""
    places = [
        Bump(track=number, first_day=day) for number, its in enumerate(nights) for day in _first_days(its)
    ]
    random = np.random.default_rng([seed, 3])
    chosen = np.sort(random.permutation(len(places))[:count])
    return [places[place] for place in chosen.tolist()]


def _first_days(nights: Nights) -> list[int]:
    known = {*nights.days.tolist()}
    return [
        day
        for day in nights.days[LEARNING_NIGHTS:].tolist()
        if all(day + later in known for later in range(BUMP_NIGHTS))
    ]


def rows_of(track: Track, bump: Bump, local_time: LocalTime) -> tuple[int, int]:
    """The readings from the first midnight up to the end of the last night's day."""
    # Where clocks are put back, wall time goes on when it has caught up.
    local_ms = np.maximum.accumulate(local_time.of(track.observed_at_ms))
    ends = np.array([bump.first_day, bump.first_day + BUMP_NIGHTS]) * DAY_MS
    first, last = np.searchsorted(local_ms, ends).tolist()
    return first, last


def raised(readings: Track, bump: Bump, local_time: LocalTime) -> Track:
    """A copy of such readings with the bump in it."""
    changed = readings.copy()
    until_ms = (bump.first_day + BUMP_NIGHTS - 1) * DAY_MS + NIGHT_MS
    rows = local_time.of(readings.observed_at_ms) < until_ms
    with np.errstate(invalid="ignore"):
        rows &= readings.values[:, HEART_RATE] > 0
    changed.values[rows, HEART_RATE] += BUMP_RATE
    return changed
