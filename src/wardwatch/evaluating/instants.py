"""The instants of all stays one after the other, so that a method is judged by array operations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.evaluating.labelled import Stay


@dataclass(frozen=True, slots=True, kw_only=True)
class Instants:
    """``n`` instants of the stays, stay after stay.

    ``stay`` (n) is the number of the stay of each, ``first`` (stays + 1) where each begins. ``within`` are
    the places that lie in the window of an event, rising. Of each event there are ``event_stay``,
    ``event_onset_ms``, ``event_from_ms``, and ``event_first`` and ``event_last``, the range of places of its
    window, which may be empty.
    """

    stays: Sequence[Stay]
    at_ms: IntArray
    positive: BoolArray
    stay: IntArray
    first: IntArray
    within: IntArray
    event_stay: IntArray
    event_onset_ms: IntArray
    event_from_ms: IntArray
    event_first: IntArray
    event_last: IntArray

    @classmethod
    def of(cls, stays: Sequence[Stay]) -> Instants:
        """Those of these stays."""
        lengths = [len(stay.at_ms) for stay in stays]
        first = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        events = [(number, event) for number, stay in enumerate(stays) for event in stay.events]
        begin = [first[n] + np.searchsorted(stays[n].at_ms, e.from_ms, side="left") for n, e in events]
        end = [first[n] + np.searchsorted(stays[n].at_ms, e.until_ms, side="right") for n, e in events]
        within = np.zeros(first[-1], dtype=np.bool_)
        for one, other in zip(begin, end, strict=True):
            within[one:other] = True
        nothing = np.zeros(0, dtype=np.int64)
        return cls(
            stays=stays,
            at_ms=np.concatenate([nothing, *(stay.at_ms for stay in stays)]),
            positive=np.concatenate([nothing.astype(np.bool_), *(stay.positive for stay in stays)]),
            stay=np.repeat(np.arange(len(stays)), lengths),
            first=first,
            within=np.flatnonzero(within),
            event_stay=np.array([number for number, _ in events], dtype=np.int64),
            event_onset_ms=np.array([event.onset_ms for _, event in events], dtype=np.int64),
            event_from_ms=np.array([event.from_ms for _, event in events], dtype=np.int64),
            event_first=np.array(begin, dtype=np.int64),
            event_last=np.array(end, dtype=np.int64),
        )

    @property
    def days(self) -> FloatArray:
        """For how long each stay was watched."""
        return np.array([stay.watched_days for stay in self.stays], dtype=np.float64)

    def sums(self, of_each: FloatArray | BoolArray) -> FloatArray:
        """A figure of each instant, summed up for each stay."""
        return np.bincount(self.stay, weights=of_each, minlength=len(self.stays)).astype(np.float64)

    def joined(self, scores: Sequence[FloatArray]) -> FloatArray:
        """What a method says at each instant, -inf where it has nothing to say."""
        all_of_them = np.concatenate([np.zeros(0), *scores])
        if len(all_of_them) != len(self.at_ms):
            raise ValueError("a method must give one score for each instant of each stay")
        return np.where(np.isnan(all_of_them), -np.inf, all_of_them)
