"""The incidents that a method makes, for every threshold at once.

Where the score is above a threshold an incident begins, and it is over once the score has been at or below
the threshold for an hour, the same for all methods. An incident with an instant in the window of an event is
true, any other false; an event is caught when an instant in its window is above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.evaluating.instants import Instants

# How long a score must have been at or below the threshold until its incident is over.
CLEAR_MS = 3_600_000
# Thresholds that are tried: evenly in the logarithm of the incidents they make, and evenly over the scores.
_BY_INCIDENTS = 384
_BY_SCORES = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Incidents:
    """For ``thresholds`` (t), falling, the first of which nothing exceeds.

    ``false`` and ``true`` (stays, t) are the incidents, ``above`` (t) how many instants are above, ``caught``
    (events, t) which events are caught.
    """

    thresholds: FloatArray
    false: FloatArray
    true: FloatArray
    above: IntArray
    caught: BoolArray

    @classmethod
    def of(cls, instants: Instants, scores: FloatArray) -> Incidents:
        """Those of scores, -inf where there is nothing to say."""
        recent = _recent_highest(instants, scores)
        thresholds = _thresholds(scores, recent)
        shape = len(instants.stays), len(thresholds)
        false, true = np.zeros(shape), np.zeros(shape)
        for number, threshold in enumerate(thresholds.tolist()):
            over = scores > threshold
            begins = np.flatnonzero(over & (recent <= threshold))
            within = instants.within[over[instants.within]]
            hits = np.unique(np.searchsorted(begins, within, side="right") - 1)
            true[:, number] = np.bincount(instants.stay[begins[hits]], minlength=shape[0])
            false[:, number] = np.bincount(instants.stay[begins], minlength=shape[0]) - true[:, number]
        highest = np.array(
            [
                scores[first:last].max(initial=-np.inf)
                for first, last in zip(instants.event_first, instants.event_last, strict=True)
            ]
        ).reshape(-1, 1)
        return cls(
            thresholds=thresholds,
            false=false,
            true=true,
            above=_above(scores, thresholds),
            caught=highest > thresholds,
        )


def lead_times_h(instants: Instants, scores: FloatArray, threshold: float) -> FloatArray:
    """(events): from the first instant of the incident that catches an event to the event's onset.

    An incident that began before the event's window counts from where that begins; not-a-number for an event
    that is missed.
    """
    begins = np.flatnonzero((scores > threshold) & (_recent_highest(instants, scores) <= threshold))
    lead = np.full(len(instants.event_stay), np.nan)
    for event in range(len(lead)):
        first, last = instants.event_first[event], instants.event_last[event]
        above = np.flatnonzero(scores[first:last] > threshold)
        if len(above):
            begin = begins[np.searchsorted(begins, first + above[0], side="right") - 1]
            from_ms = max(instants.at_ms[begin], instants.event_from_ms[event])
            lead[event] = (instants.event_onset_ms[event] - from_ms) / 3_600_000
    return lead


def _recent_highest(instants: Instants, scores: FloatArray) -> FloatArray:
    """(n): an incident begins with an instant if its score is above the threshold, and this is not.

    The highest score of the same stay that still stood less than an hour before; a score stands until the
    next instant.
    """
    count = len(scores)
    recent = np.full(count, -np.inf)
    # The first place whose instant is less than an hour before; the score of the place before it stood then.
    first = np.empty(count, dtype=np.int64)
    for begin, end in zip(instants.first[:-1], instants.first[1:], strict=True):
        at_ms = instants.at_ms[begin:end]
        stands = np.searchsorted(at_ms, at_ms - CLEAR_MS, side="right") - 1
        first[begin:end] = begin + np.maximum(stands, 0)
    length = np.arange(count) - first
    # The highest of any range is that of two ranges of a power of 2 that cover it.
    highest, size = scores, 1
    while True:
        fits = np.flatnonzero((length >= size) & (length < 2 * size))
        recent[fits] = np.maximum(highest[first[fits]], highest[fits - size])
        if size * 2 > length.max(initial=0):
            return recent
        highest = np.maximum(highest[:-size], highest[size:])
        size *= 2


def _thresholds(scores: FloatArray, recent: FloatArray) -> FloatArray:
    """All scores, or so many of them that none between would tell more; falling.

    Below the lowest score there is none: always alarming, whatever is said, is no method.
    """
    values = np.unique(scores[scores > -np.inf])[::-1]
    if len(values) > _BY_INCIDENTS + _BY_SCORES:
        begins = scores > recent
        incidents = _above(scores[begins], values) - _above(recent[begins], values)
        most = np.maximum.accumulate(incidents)
        wanted = np.geomspace(1.0, max(most[-1], 1.0), _BY_INCIDENTS)
        by_incidents = np.searchsorted(most, wanted, side="right") - 1
        by_scores = np.linspace(0, len(values) - 1, _BY_SCORES).round().astype(np.int64)
        values = values[np.union1d(np.maximum(by_incidents, 0), by_scores)]
    return values if len(values) else np.array([-np.inf])


def _above(scores: FloatArray, values: FloatArray) -> IntArray:
    """How many scores are above each of the values."""
    return np.asarray(len(scores) - np.searchsorted(np.sort(scores), values, side="right"), dtype=np.int64)
