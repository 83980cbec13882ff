"""When each method alarms on beats: the monitor itself, and what it is held beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from wardwatch.core.conditions import RHYTHM_CLEAR_S
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.evaluation import OURS
from wardwatch.evaluating.rhythm_labels import Rhythm
from wardwatch.evaluating.tapping import Tapped

# (alarms, 2) of one patient: from when to when each was up.
Alarms: TypeAlias = IntArray

# The limits that every beat's rate is held against, /min: those of a bedside monitor as it is delivered.
LOW, HIGH = 40.0, 130.0
STATIC, STATIC_GOOD, STATIC_ENDING = (
    "static limits",
    "static limits, good signal",
    "static limits, our ending",
)
_NEWS2 = "news2.high"


def alarms_by_method(
    rhythms: Sequence[Rhythm], tapped: Sequence[Tapped], seed: int
) -> dict[str, list[Alarms]]:
    """By the method's name, in the order of ``rhythms``, which is that of ``tapped``."""
    ours = [_of_monitor(one, rhythm) for one, rhythm in zip(tapped, rhythms, strict=True)]
    good = [~rhythm.is_poor & ~np.roll(rhythm.is_poor, 1) for rhythm in rhythms]
    ends_ms = int(RHYTHM_CLEAR_S * 1000)
    return {
        OURS: ours,
        STATIC: [_static(rhythm) for rhythm in rhythms],
        STATIC_GOOD: [_static(rhythm, where) for rhythm, where in zip(rhythms, good, strict=True)],
        STATIC_ENDING: [
            _joined(_static(rhythm, where), ends_ms) for rhythm, where in zip(rhythms, good, strict=True)
        ],
        "NEWS2": [_of_monitor(one, rhythm, _NEWS2) for one, rhythm in zip(tapped, rhythms, strict=True)],
        "random": _random(rhythms, ours, seed),
    }


def _of_monitor(one: Tapped, rhythm: Rhythm, condition: str | None = None) -> Alarms:
    """The monitor's own alarms; what is still open at the end lasts until then."""
    last_ms = int(rhythm.at_ms[-1])
    found = [
        (alarm.start_ms, last_ms if alarm.end_ms is None else alarm.end_ms)
        for alarm in episodes(one.events)
        if condition is None or alarm.condition == condition
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _static(rhythm: Rhythm, where: BoolArray | None = None) -> Alarms:
    """One alarm for all beats in a row beyond a limit, without any waiting."""
    rate = _rates(rhythm.at_ms)
    with np.errstate(invalid="ignore"):
        beyond = (rate < LOW) | (rate > HIGH)
    if where is not None:
        beyond &= where
    edges = np.flatnonzero(np.diff(np.concatenate([[False], beyond, [False]]).astype(np.int8)))
    return rhythm.at_ms[np.stack([edges[::2], edges[1::2] - 1], axis=1)]


def _rates(at_ms: IntArray) -> FloatArray:
    """Each beat's, /min; not-a-number for the first one, and where two beats are of one instant."""
    interval_ms = np.diff(at_ms, prepend=at_ms[:1]).astype(np.float64)
    interval_ms[interval_ms <= 0] = np.nan
    rates: FloatArray = 60_000.0 / interval_ms
    return rates


def _joined(alarms: Alarms, ends_ms: int) -> Alarms:
    """Where an alarm is over only after so long within the limits: fewer, and longer."""
    if not len(alarms):
        return alarms
    apart = np.flatnonzero(alarms[1:, 0] - alarms[:-1, 1] > ends_ms) + 1
    first = np.concatenate([[0], apart])
    last = np.concatenate([apart, [len(alarms)]]) - 1
    return np.stack([alarms[first, 0], alarms[last, 1] + ends_ms], axis=1)


def _random(rhythms: Sequence[Rhythm], ours: Sequence[Alarms], seed: int) -> list[Alarms]:
    """As many alarms as ours, each as long, at any time of any patient."""
    random = np.random.default_rng(seed)
    lasted_ms = np.concatenate([alarms[:, 1] - alarms[:, 0] for alarms in ours])
    watched_ms = np.array([rhythm.at_ms[-1] - rhythm.at_ms[0] for rhythm in rhythms], dtype=np.float64)
    whose = random.choice(len(rhythms), len(lasted_ms), p=watched_ms / watched_ms.sum())
    share = random.uniform(size=len(lasted_ms))
    drawn: list[list[tuple[int, int]]] = [[] for _ in rhythms]
    for who, lasts_ms, at in zip(whose.tolist(), lasted_ms.tolist(), share.tolist(), strict=True):
        start_ms = int(rhythms[who].at_ms[0] + at * watched_ms[who])
        drawn[who].append((start_ms, min(start_ms + lasts_ms, int(rhythms[who].at_ms[-1]))))
    return [np.array(sorted(alarms), dtype=np.int64).reshape(-1, 2) for alarms in drawn]
