"""Stress is no illness: how often wearers alarm while they are given tasks that are meant to stress them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wardwatch.core.news2 import URGENT_RESPONSE
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.evaluating import nulls
from wardwatch.evaluating.episodes import Episode
from wardwatch.evaluating.evaluation import OURS
from wardwatch.evaluating.incidents import CLEAR_MS
from wardwatch.evaluating.tapping import Tapped
from wardwatch.evaluating.tracks import MINUTE_MS
from wardwatch.replaying import LONGEST_WATCHED_GAP_MS

_SECOND_MS = 1000
_HOUR_MS = 3_600_000
# An alarm so soon after a task is still the task's: the heart takes that long to calm down. Wardwatch's own
# choice.
AFTER_STRESS_MS = 5 * MINUTE_MS


def stressed(at_ms: IntArray, seconds: IntArray) -> BoolArray:
    """Which instants lie in a second of stress, rising, or soon after one."""
    latest = np.searchsorted(seconds * _SECOND_MS, at_ms, side="right") - 1
    since_ms = at_ms - np.r_[seconds, -(2**40)][latest] * _SECOND_MS
    found: BoolArray = since_ms <= AFTER_STRESS_MS
    return found


def figures(
    tapped: Sequence[Tapped], clean: Sequence[Sequence[Episode]], seconds: Mapping[int, IntArray]
) -> dict[str, Any]:
    """Of tracks, by number, whose seconds of stress are known: alarms by method, in stress and else."""
    hours = np.zeros(2)
    starts: dict[str, list[int]] = {OURS: [0, 0], "static limits": [0, 0], "NEWS2": [0, 0]}
    conditions: Counter[str] = Counter()
    for number, its in seconds.items():
        one, track = tapped[number], tapped[number].track
        in_stress = stressed(track.observed_at_ms, its)
        gaps_ms = np.minimum(
            np.diff(track.observed_at_ms, append=track.observed_at_ms[-1]), LONGEST_WATCHED_GAP_MS
        )
        hours += [gaps_ms[~in_stress].sum() / _HOUR_MS, gaps_ms[in_stress].sum() / _HOUR_MS]
        for episode in clean[number]:
            during = bool(stressed(np.array([episode.start_ms]), its)[0])
            starts[OURS][during] += 1
            conditions[episode.condition] += during
        for method, score, threshold in (
            ("static limits", nulls.static_limits(one), 0.0),
            ("NEWS2", nulls.news2_charted(one), URGENT_RESPONSE - 1.0),
        ):
            begins = _begins(track.observed_at_ms, score, threshold)
            starts[method][0] += int((begins & ~in_stress).sum())
            starts[method][1] += int((begins & in_stress).sum())
    return {
        "wearers": len(seconds),
        "hours": {"stress": float(hours[1]), "other": float(hours[0])},
        "conditions": dict((+conditions).most_common()),
        "rows": [
            {"method": method, "in_stress": in_stress, "else": otherwise}
            for method, (otherwise, in_stress) in starts.items()
        ],
    }


def _begins(at_ms: IntArray, scores: FloatArray, threshold: float) -> BoolArray:
    """Where incidents begin: above the threshold, and not within the hour before."""
    with np.errstate(invalid="ignore"):
        above = np.flatnonzero(scores > threshold)
    found = np.zeros(len(at_ms), dtype=np.bool_)
    found[above[np.diff(at_ms[above], prepend=-(2**60)) > CLEAR_MS]] = True
    return found
