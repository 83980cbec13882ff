"""Simulated wearers with their truth: when each of them should be noticed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from wardwatch.core.reading import IntArray
from wardwatch.evaluating.labelled import Event, Stay
from wardwatch.evaluating.tracks import MINUTE_MS, Track
from wardwatch.wire.simulated_truth import Truth

# How an illness ends, as the simulator calls it.
_OVER = "over"


def illnesses_of(truth: Truth, tracks: Sequence[Track]) -> dict[str, tuple[Event, ...]]:
    """By patient, from the onset until the illness is over, or until the recording of its patient is."""
    last_ms = {track.patient: int(track.observed_at_ms[-1]) for track in tracks}
    ends_ms: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for phase in truth.phases:
        if phase.phase == _OVER:
            ends_ms[phase.patient, phase.course].append(phase.at_ms)
    found: defaultdict[str, list[Event]] = defaultdict(list)
    for ill in truth.illnesses:
        if ill.onset_ms > last_ms.get(ill.patient, -1):
            continue  # nobody was watching any more
        after = [at_ms for at_ms in ends_ms[ill.patient, ill.course] if at_ms > ill.onset_ms]
        until_ms = min([*after, last_ms[ill.patient]])
        found[ill.patient].append(
            Event(onset_ms=ill.onset_ms, from_ms=ill.onset_ms, until_ms=until_ms, kind=ill.course)
        )
    return {patient: tuple(sorted(its, key=lambda one: one.onset_ms)) for patient, its in found.items()}


def stays_of(tracks: Sequence[Track], illnesses: dict[str, tuple[Event, ...]]) -> list[Stay]:
    """One a track; it is asked about at the last reading of every minute."""
    return [_stay(track, illnesses.get(track.patient, ())) for track in tracks]


def _stay(track: Track, events: tuple[Event, ...]) -> Stay:
    at_ms = _once_a_minute(track.observed_at_ms)
    positive = np.zeros(len(at_ms), dtype=np.bool_)
    for event in events:
        positive |= (at_ms >= event.from_ms) & (at_ms <= event.until_ms)
    return Stay(
        patient=track.patient,
        at_ms=at_ms,
        positive=positive,
        events=events,
        watched_days=track.watched_days(),
    )


def _once_a_minute(at_ms: IntArray) -> IntArray:
    last = np.diff(at_ms // MINUTE_MS, append=2**60) > 0
    return np.unique(at_ms[last])
