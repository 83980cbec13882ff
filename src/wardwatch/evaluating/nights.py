"""The nights of a wearer, and what NightSignal makes of them: the null of every nightly channel.

Alavi et al. 2022, as `wardwatch.core.detectors.nightsignal` tells it, here from all nights at once and
without the monitor: whatever becomes of our own nightly channel, this stays.

A night's figure is the floored mean heart rate of its readings without a step, 00:00 to 06:59 on the ward's
clock; its baseline the floored median of the figures up to and including it. Two high nights running (4 /min
or more above) are red, two at least raised ones (3 /min) yellow. Where one night is missing between two,
their floored mean takes its place; it is not reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from wardwatch.core.local_time import LocalTime
from wardwatch.core.reading import STEPS, IntArray
from wardwatch.core.vitals import VITALS
from wardwatch.evaluating.tracks import DAY_MS, HEART_RATE, Track

GREEN, YELLOW, RED = 0, 1, 2
NIGHT_MS = 7 * 3_600_000
# Alavi et al. 2022, in /min above the baseline.
_RAISED, _HIGH = 3, 4

Colours: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Nights:
    """``n`` nights with a figure: ``days`` since 1970 on the ward's clock, and their floored ``means``."""

    days: IntArray
    means: IntArray

    def __len__(self) -> int:
        return len(self.days)

    def raised(self, first_day: int, count: int, by: int) -> Nights:
        """The same with ``count`` nights running, from ``first_day`` on, so much higher."""
        there = (self.days >= first_day) & (self.days < first_day + count)
        return Nights(days=self.days, means=np.where(there, self.means + by, self.means))


def nights_of(track: Track, local_time: LocalTime) -> Nights:
    """The nights of which there is a heart rate at rest."""
    local_ms = local_time.of(track.observed_at_ms)
    heart_rate, vital = track.values[:, HEART_RATE], VITALS[HEART_RATE]
    with np.errstate(invalid="ignore"):
        counts = (heart_rate >= vital.plausible_low) & (heart_rate <= vital.plausible_high)
        counts &= (track.context[:, STEPS] == 0) & (local_ms % DAY_MS < NIGHT_MS)
    days, place = np.unique(local_ms[counts] // DAY_MS, return_inverse=True)
    # In whole tenths the sum is exact.
    tenths = np.bincount(place, weights=np.rint(10 * heart_rate[counts]), minlength=len(days))
    readings = np.bincount(place, minlength=len(days))
    return Nights(days=days, means=(tenths // (10 * np.maximum(readings, 1))).astype(np.int64))


def colours(nights: Nights) -> Colours:
    """Green, yellow or red, of each night as it was known at its end."""
    known: list[int] = []
    found = np.zeros(len(nights), dtype=np.int64)
    before_day, before_mean, before_height = -(10**6), 0, GREEN
    for place, (day, mean) in enumerate(zip(nights.days.tolist(), nights.means.tolist(), strict=True)):
        since = day - before_day
        if since == 2:
            imputed = (before_mean + mean) // 2
            known.append(imputed)
            before_height = _height(imputed, known)
        known.append(mean)
        height = _height(mean, known)
        if since <= 2:
            found[place] = min(height, before_height)
        before_day, before_mean, before_height = day, mean, height
    return found


def _height(mean: int, known: list[int]) -> int:
    above = mean - int(np.median(known) // 1)
    return int(above >= _RAISED) + int(above >= _HIGH)


def alert_episodes(nights: Nights, alerting: npt.NDArray[np.bool_]) -> int:
    """How many runs of alerting nights there are; a night that does not alert, or is missing, ends one."""
    follows = np.diff(nights.days, prepend=-(10**6)) == 1
    goes_on = follows & np.r_[False, alerting[:-1]][: len(alerting)]
    return int((alerting & ~goes_on).sum())
