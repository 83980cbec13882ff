"""Alarms to look at, drawn by chance, with the vitals around them: what a figure can't tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.vitals import VITAL_NAMES
from wardwatch.evaluating.episodes import is_physiological
from wardwatch.evaluating.evaluation import Example
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.tapping import Tapped
from wardwatch.evaluating.tracks import Track

_MOST = 10
_HOUR_MS = 3_600_000
# What is shown of a vital: so much before an alarm, and so much after it; no more points than
# a chart can show.
_BEFORE_MS, _AFTER_MS = 12 * _HOUR_MS, 3 * _HOUR_MS
_MOST_POINTS = 180


def examples(stays: Sequence[Stay], tapped: Mapping[str, Tapped], seed: int) -> list[Example]:
    """Up to ten of the monitor's own alarms: half of them within the window of an event, if there are any.

    ``tapped`` is by the patients of the stays.
    """
    in_window: list[tuple[Stay, AlarmEvent]] = []
    elsewhere: list[tuple[Stay, AlarmEvent]] = []
    for stay in stays:
        for event in tapped[stay.patient].events if stay.patient in tapped else ():
            if event.phase is Phase.START and is_physiological(event):
                (in_window if _catches(stay, event) else elsewhere).append((stay, event))
    random = np.random.default_rng(seed)
    half = _MOST - min(len(elsewhere), _MOST // 2)
    chosen = _drawn(random, in_window, half)
    chosen += _drawn(random, elsewhere, _MOST - len(chosen))
    return [_example(tapped[stay.patient].track, stay, event) for stay, event in chosen]


def _catches(stay: Stay, event: AlarmEvent) -> bool:
    return any(one.from_ms <= event.observed_at_ms <= one.until_ms for one in stay.events)


def _drawn(
    random: np.random.Generator, alarms: Sequence[tuple[Stay, AlarmEvent]], most: int
) -> list[tuple[Stay, AlarmEvent]]:
    places = random.permutation(len(alarms))[:most]
    return [alarms[place] for place in sorted(places.tolist())]


def _example(track: Track, stay: Stay, event: AlarmEvent) -> Example:
    hour = (event.observed_at_ms - int(min(stay.at_ms[0], track.observed_at_ms[0]))) // _HOUR_MS + 1
    return Example(
        at=f"hour {hour:,}",
        condition=event.condition,
        text=event.text,
        why=event.why,
        caught=_catches(stay, event),
        series=series_around(track, event.observed_at_ms),
    )


def series_around(track: Track, at_ms: int) -> dict[str, list[tuple[float, float]]]:
    """Of each vital that was measured, (hours since the instant, value)."""
    first, last = track.row_at(at_ms - _BEFORE_MS), track.row_at(at_ms + _AFTER_MS + 1)
    hours = (track.observed_at_ms[first:last] - at_ms) / _HOUR_MS
    series = {}
    for vital, values in zip(VITAL_NAMES, track.values[first:last].T, strict=True):
        measured = np.flatnonzero(np.isfinite(values))
        if len(measured) > _MOST_POINTS:
            measured = measured[np.linspace(0, len(measured) - 1, _MOST_POINTS).round().astype(np.int64)]
        if len(measured):
            at = np.round(hours[measured], 4).tolist()
            series[vital] = [*zip(at, values[measured].tolist(), strict=True)]
    return series
