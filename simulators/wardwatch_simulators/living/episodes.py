"""Who falls ill of what and when: episodes, what they do minute by minute, and the truth about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch_simulators.living.courses import COURSES, Course
from wardwatch_simulators.living.randomness import Float32s, Ints

EFFECTS = (
    "heart_rate",
    "oxygen_saturation",
    "respiratory_rate",
    "body_temperature",
    "systolic_pressure",
    "diastolic_pressure",
    "skin_temperature",
    "activity_lost",
    "drive_lost",
    "rhythm_lost",
    "irregularity",
)
# Bodies are computed at the marks between minutes: nothing can be quicker.
SHORTEST_S = 60
# How long a startle takes to come and to pass; own choice.
_STARTLE_S = (60, 300)


@dataclass(frozen=True, slots=True)
class Episode:
    """Wearer number ``wearer`` falls ill of ``course`` at ``onset_s``; a ``severity`` of 1 is the table's.

    It is at its worst after ``over_s``, and what follows is quicker or slower in the same measure; without,
    it is as the table says.
    """

    wearer: int
    course: str
    onset_s: int
    severity: float = 1.0
    over_s: int | None = None

    def __post_init__(self) -> None:
        if self.course not in COURSES:
            raise ValueError(f"There is no course {self.course!r}; there are {', '.join(COURSES)}.")
        if not 0 < self.severity <= 2:
            raise ValueError("severity must be above 0 and at most 2")
        if self.over_s is not None and self.over_s < SHORTEST_S:
            raise ValueError(f"over_s must be at least {SHORTEST_S}")
        if self.onset_s % 60:
            # Bodies are computed at the marks between minutes: what began between two would show before it.
            raise ValueError("onset_s must be whole minutes")

    @property
    def table(self) -> Course:
        """Its row."""
        return COURSES[self.course]

    @property
    def full_s(self) -> int:
        """When it is at its worst."""
        return self.onset_s + self._rise_s

    @property
    def better_s(self) -> int | None:
        """When it begins to fade."""
        stays_s = self.table.stays_s
        return None if stays_s is None else self.full_s + self._paced(stays_s)

    @property
    def end_s(self) -> int | None:
        """When nothing of it is left."""
        return None if self.better_s is None else self.better_s + self._paced(self.table.fades_s)

    @property
    def _rise_s(self) -> int:
        return self.over_s or self.table.rise_s

    def _paced(self, length_s: int) -> int:
        return max(SHORTEST_S, length_s * self._rise_s // self.table.rise_s)

    def share(self, times_s: Ints) -> Float32s:
        """How far it has gone at each of ``times_s``: 0 before, an S-shaped rise to 1, and down again."""
        risen = _smooth(times_s - self.onset_s, self._rise_s)
        if self.better_s is not None:
            risen = risen * (
                np.float32(1) - _smooth(times_s - self.better_s, self._paced(self.table.fades_s))
            )
        return risen

    def startled(self, times_s: Ints) -> Float32s:
        """0 to 1: there soon after the onset, and gone minutes later."""
        comes, passes = _STARTLE_S
        since = times_s - self.onset_s
        result: Float32s = _smooth(since, comes) * (np.float32(1) - _smooth(since - comes, passes))
        return result


def _smooth(since_s: Ints, takes_s: int) -> Float32s:
    share = (since_s.astype(np.float32) / np.float32(takes_s)).clip(0, 1)
    result: Float32s = share * share * (np.float32(3) - np.float32(2) * share)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueEvent:
    """What really happened to a wearer: ``phase`` of ``course`` began at ``at_s``."""

    wearer: int
    course: str
    phase: str  # onset, worst, better, over
    at_s: int
    severity: float
    description: str


def truth(episodes: Sequence[Episode], until_s: int) -> list[TrueEvent]:
    """All that began before ``until_s``, in order of time."""
    events = []
    for episode in episodes:
        phases = {
            "onset": episode.onset_s,
            "worst": episode.full_s,
            "better": episode.better_s,
            "over": episode.end_s,
        }
        events += [
            TrueEvent(
                wearer=episode.wearer,
                course=episode.course,
                phase=phase,
                at_s=at_s,
                severity=episode.severity,
                description=episode.table.description,
            )
            for phase, at_s in phases.items()
            if at_s is not None and at_s < until_s
        ]
    return sorted(events, key=lambda event: (event.at_s, event.wearer))


class Illness:
    """What the episodes of some wearers do at some times; nothing, and at no cost, where none is."""

    def __init__(self, episodes: Sequence[Episode], wearers: Ints, times_s: Ints) -> None:
        self._shape = (len(wearers), len(times_s))
        self._added: dict[str, Float32s] = {}
        self.escape_rate: Float32s = np.zeros((len(wearers), 1), dtype=np.float32)
        rows = {int(wearer): row for row, wearer in enumerate(wearers)}
        for episode in episodes:
            row = rows.get(episode.wearer)
            if row is not None and episode.onset_s <= times_s[-1]:
                self._add(row, episode, times_s)

    def _add(self, row: int, episode: Episode, times_s: Ints) -> None:
        share = episode.share(times_s) * np.float32(episode.severity)
        for name in EFFECTS:
            size = getattr(episode.table, name)
            if size:
                self._of(name)[row] += np.float32(size) * share
        if episode.table.startle:
            startle = np.float32(episode.table.startle * episode.severity)
            self._of("heart_rate")[row] += startle * episode.startled(times_s)
        if episode.table.rhythm_lost:
            self.escape_rate[row] = episode.table.escape_rate

    def _of(self, name: str) -> Float32s:
        if name not in self._added:
            self._added[name] = np.zeros(self._shape, dtype=np.float32)
        return self._added[name]

    def __getitem__(self, name: str) -> Float32s | np.float32:
        """(wearers, times) of one of :data:`EFFECTS`, or zero."""
        found: Float32s | np.float32 = self._added.get(name, np.float32(0))
        if name.endswith("_lost"):
            return np.minimum(found, np.float32(1))
        return found
