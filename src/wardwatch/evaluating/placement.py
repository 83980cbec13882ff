"""Where injections go: at random instants that suit them, by a seed.

All durations are drawn evenly between the shortest and the longest of their kind. An acute event is one of a
wearer at rest: no step from 12 minutes before its onset to its end. Artefacts come whatever the wearer does.
A heart rate is recorded in at least 80 % of an injection's minutes. None comes in a track's first 7 days,
while the patient's usual is being learned.

Two injections of one list into one track are apart by a distance, so that no stretch counts twice. They can't
influence each other in any case: each is played to a monitor of its own (`forking`).
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from wardwatch.core.context import REST_MS
from wardwatch.core.reading import IntArray
from wardwatch.evaluating.injection import ARTEFACTS, EVENTS, Injection, Kind
from wardwatch.evaluating.tracks import DAY_MS, MINUTE_MS, Track

LEARNING_MS = 7 * DAY_MS
COVERAGE = 0.8
EVENTS_APART_MS = 180 * MINUTE_MS
ARTEFACTS_APART_MS = 60 * MINUTE_MS

# The shortest and the longest of each kind in minutes. Wardwatch's own choices.
DURATION_MINUTES: dict[Kind, tuple[int, int]] = {
    Kind.TACHYCARDIA: (15, 60),
    Kind.BRADYCARDIA: (15, 60),
    Kind.RAMP: (60, 180),
    Kind.DROPOUT: (3, 30),
    Kind.SPIKES: (10, 10),
    Kind.MOTION: (3, 15),
}

# After so many instants in a row that don't suit there is taken to be no room left for the kind.
_TRIES = 1000


def place_events(tracks: Sequence[Track], count: int, seed: int) -> list[Injection]:
    """So many acute events, a third of each kind; fewer where there is no room."""
    return _place(tracks, EVENTS, count, EVENTS_APART_MS, np.random.default_rng([seed, 1]))


def place_artefacts(tracks: Sequence[Track], count: int, seed: int) -> list[Injection]:
    """So many artefact bursts, a third of each kind; fewer where there is no room."""
    return _place(tracks, ARTEFACTS, count, ARTEFACTS_APART_MS, np.random.default_rng([seed, 2]))


def _place(
    tracks: Sequence[Track], kinds: Sequence[Kind], count: int, apart_ms: int, random: np.random.Generator
) -> list[Injection]:
    sites = [_Site.of(number, track, apart_ms) for number, track in enumerate(tracks) if len(track)]
    sites = [site for site in sites if site.length_ms > 0]
    placed: list[Injection] = []
    if not sites:
        return placed
    chances = np.array([site.length_ms for site in sites], dtype=np.float64)
    chances /= chances.sum()
    full: set[Kind] = set()
    for number in range(count):
        kind = kinds[number % len(kinds)]
        if kind in full:
            continue
        for _ in range(_TRIES):
            site = sites[int(random.choice(len(sites), p=chances))]
            injection = site.draw(kind, random)
            if injection is not None:
                placed.append(injection)
                break
        else:
            full.add(kind)
    return placed


@dataclass(slots=True, kw_only=True)
class _Site:
    """A track after its first days, and what it has room for."""

    track: int
    start_ms: int
    end_ms: int
    apart_ms: int
    stepping_ms: IntArray
    minutes: IntArray
    taken: list[tuple[int, int]] = field(default_factory=list)

    @classmethod
    def of(cls, number: int, track: Track, apart_ms: int) -> _Site:
        return cls(
            track=number,
            start_ms=int(track.observed_at_ms[0]) + LEARNING_MS,
            end_ms=int(track.observed_at_ms[-1]),
            apart_ms=apart_ms,
            stepping_ms=track.stepping(),
            minutes=track.minutes_with_heart_rate(),
        )

    @property
    def length_ms(self) -> int:
        return self.end_ms - self.start_ms

    def draw(self, kind: Kind, random: np.random.Generator) -> Injection | None:
        """One at a random instant, if that suits."""
        shortest, longest = DURATION_MINUTES[kind]
        onset_ms = self.start_ms + int(random.integers(self.length_ms))
        # Whole minutes, so that the share of minutes with a heart rate can be told.
        onset_ms -= onset_ms % MINUTE_MS
        duration_ms = int(random.integers(shortest, longest + 1)) * MINUTE_MS
        end_ms, seed = onset_ms + duration_ms, int(random.integers(2**32))
        if onset_ms < self.start_ms or end_ms > self.end_ms or not self._is_free(onset_ms, end_ms):
            return None
        if self._coverage(onset_ms, end_ms) < COVERAGE:
            return None
        if kind in EVENTS and self._steps(onset_ms - REST_MS, end_ms):
            return None
        bisect.insort(self.taken, (onset_ms, end_ms))
        return Injection(kind=kind, track=self.track, onset_ms=onset_ms, end_ms=end_ms, seed=seed)

    def _is_free(self, onset_ms: int, end_ms: int) -> bool:
        place = bisect.bisect(self.taken, (onset_ms, end_ms))
        after_earlier = place == 0 or onset_ms - self.taken[place - 1][1] >= self.apart_ms
        before_later = place == len(self.taken) or self.taken[place][0] - end_ms >= self.apart_ms
        return after_earlier and before_later

    def _coverage(self, onset_ms: int, end_ms: int) -> float:
        ends = np.searchsorted(self.minutes, (onset_ms // MINUTE_MS, end_ms // MINUTE_MS))
        return float(ends[1] - ends[0]) / ((end_ms - onset_ms) // MINUTE_MS)

    def _steps(self, from_ms: int, to_ms: int) -> int:
        ends = np.searchsorted(self.stepping_ms, (from_ms, to_ms))
        return int(ends[1] - ends[0])
