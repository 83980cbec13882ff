"""Whether nightly events are caught, and how often nights alarm for nothing: our channel beside NightSignal.

Two shares are told of each method: of the events in which it alerts at all, as NightSignal was measured, and
of those in which it alerts on a night on which it would not have without the event. By chance alone the first
one rises with every false episode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.bumps import BUMP_NIGHTS, BUMP_RATE, Bump
from wardwatch.evaluating.draws import Draws, estimated, share
from wardwatch.evaluating.episodes import Episode, is_nightly, is_step_up
from wardwatch.evaluating.evaluation import OURS
from wardwatch.evaluating.nights import RED, YELLOW, Nights, alert_episodes, colours
from wardwatch.evaluating.tracks import DAY_MS

# By then, after midnight, the night has ended, and an alarm that goes on is one of this night.
_NOON_MS = DAY_MS // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Nightly:
    """What a method makes of nights: ``episodes`` (patients) on the recordings as they are.

    ``caught`` and ``anew`` (events) are whether it alerts in an event, and whether on a night on which it
    would not have; or how likely.
    """

    method: str
    episodes: FloatArray
    caught: FloatArray
    anew: FloatArray

    def figures(self, nights: FloatArray, patient: Sequence[int], draws: Draws) -> dict[str, Any]:
        """With intervals; ``nights`` (patients) have a figure, ``patient`` (events) is whose an event is."""
        told: dict[str, Any] = {"method": self.method}
        intervals: dict[str, Any] = {}
        per_night = share(draws.weights @ self.episodes, draws.weights @ nights)
        shares = {"episodes_in_100_nights": 100.0 * per_night}
        events = np.bincount(patient, minlength=len(nights)).astype(np.float64)
        for name, of in (("sensitivity", self.caught), ("sensitivity_anew", self.anew)):
            own = np.bincount(patient, weights=of, minlength=len(nights))
            shares[name] = share(draws.weights @ own, draws.weights @ events)
        for name, of in shares.items():
            figure = estimated(of)
            told[name], intervals[name] = figure.value, figure.interval
        return told | {"intervals": intervals}


def of_monitor(
    bumps: Sequence[Bump],
    from_ms: Sequence[int],
    clean: Sequence[Sequence[Episode]],
    told: Sequence[Sequence[AlarmEvent]],
) -> Nightly:
    """Of our own nightly channel, from the events that the monitor told of each bump's future."""
    pairs = [
        _caught(at_ms, [one for one in clean[bump.track] if is_nightly(one.condition)], events)
        for bump, at_ms, events in zip(bumps, from_ms, told, strict=True)
    ]
    return Nightly(
        method=OURS,
        episodes=np.array([sum(is_nightly(one.condition) for one in its) for its in clean], dtype=np.float64),
        caught=np.array([any_ for any_, _ in pairs], dtype=np.float64),
        anew=np.array([anew for _, anew in pairs], dtype=np.float64),
    )


def _caught(from_ms: int, clean: Sequence[Episode], told: Sequence[AlarmEvent]) -> tuple[bool, bool]:
    nightly = [event for event in told if is_nightly(event.condition)]
    rising = [event for event in nightly if is_step_up(event)]
    anew = any(
        event.priority
        > max((its.highest(event.observed_at_ms, event.observed_at_ms) for its in clean), default=0)
        for event in rising
    )
    return bool(rising) or _goes_on(from_ms, clean, nightly), anew


def _goes_on(from_ms: int, clean: Sequence[Episode], nightly: Sequence[AlarmEvent]) -> bool:
    """Whether an alarm that was open before goes on after the first night."""
    if not any(its.highest(from_ms, from_ms) for its in clean):
        return False
    ends = [event.observed_at_ms for event in nightly if event.phase is Phase.END]
    return not ends or ends[0] > from_ms + _NOON_MS


def of_night_signal(nights: Sequence[Nights], bumps: Sequence[Bump], level: int, method: str) -> Nightly:
    """Of NightSignal, alerting from a colour on."""
    clean = [colours(its) >= level for its in nights]
    caught, anew = [], []
    for bump in bumps:
        its = nights[bump.track]
        there = (its.days >= bump.first_day) & (its.days < bump.first_day + BUMP_NIGHTS)
        alerting = (colours(its.raised(bump.first_day, BUMP_NIGHTS, BUMP_RATE)) >= level) & there
        caught.append(bool(alerting.any()))
        anew.append(bool((alerting & ~clean[bump.track]).any()))
    episodes = [alert_episodes(its, alerting) for its, alerting in zip(nights, clean, strict=True)]
    return Nightly(
        method=method,
        episodes=np.array(episodes, dtype=np.float64),
        caught=np.array(caught, dtype=np.float64),
        anew=np.array(anew, dtype=np.float64),
    )


def of_chance(nights: Sequence[Nights], bumps: Sequence[Bump], like: Nightly) -> Nightly:
    """Alerts on random nights, as many episodes of one night as another method has."""
    counts = _counts(nights)
    rate = float(like.episodes.sum() / counts.sum()) if counts.any() else 0.0
    likely = np.full(len(bumps), 1.0 - (1.0 - min(rate, 1.0)) ** BUMP_NIGHTS)
    return Nightly(method="random", episodes=counts * rate, caught=likely, anew=likely)


def figures(
    nights: Sequence[Nights], bumps: Sequence[Bump], asked: int, ours: Nightly, draws: Draws
) -> dict[str, Any]:
    """All methods, ours first."""
    methods = [
        ours,
        of_chance(nights, bumps, ours),
        of_night_signal(nights, bumps, YELLOW, "NightSignal"),
        of_night_signal(nights, bumps, RED, "NightSignal (red)"),
    ]
    patient = [bump.track for bump in bumps]
    counts = _counts(nights)
    return {
        "asked": asked,
        "bumps": len(bumps),
        "nights": int(counts.sum()),
        "rows": [method.figures(counts, patient, draws) for method in methods],
    }


def _counts(nights: Sequence[Nights]) -> FloatArray:
    return np.array([len(its) for its in nights], dtype=np.float64)
