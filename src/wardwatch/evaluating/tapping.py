"""What the very monitor goes by, reading for reading: its conditions' signals, and its alarms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch.core.conditions import SIGNAL_COUNT
from wardwatch.core.events import AlarmEvent
from wardwatch.core.monitor import Monitor, Outcome, Rules
from wardwatch.core.reading import Batch, FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.evaluating.forking import Monitors, Watching, play, shares
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.tracks import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Tapped:
    """What the monitor made of one track.

    ``signals`` (readings, SIGNAL_COUNT of `conditions`) are not-a-number where a reading said nothing of one,
    or was refused.
    """

    track: Track
    signals: FloatArray
    events: Sequence[AlarmEvent]

    def standing(self) -> FloatArray:
        """The signals, of which the last one stands where a reading says nothing of it."""
        return carried_forward(self.signals)

    def at(self, of_readings: FloatArray, at_ms: IntArray) -> FloatArray:
        """What holds at instants by figures of the readings up to then; not-a-number before the first."""
        return latest_at(self.track.observed_at_ms, of_readings, at_ms)


def tap(rules: Rules, tracks: Sequence[Track], advance: Callable[[float], None]) -> list[Tapped]:
    """Play whole tracks to one monitor with these rules, which watches them side by side.

    ``advance`` is told the share of the readings that were played, 0 to 1.
    """
    listening = _Listening(rules, [len(track) for track in tracks])
    monitors = Monitors(new=lambda: listening, restored=_never)
    past = play(monitors, tracks, (), shares(sum(map(len, tracks)), advance))
    return [
        Tapped(track=track, signals=signals, events=events)
        for track, signals, events in zip(tracks, listening.of_tracks(), past.events, strict=True)
    ]


def carried_forward(figures: FloatArray) -> FloatArray:
    """Each column's last number where it has none; (n, columns).

    >>> nan = np.nan
    >>> carried_forward(np.array([[nan, 1.0], [2.0, nan], [nan, nan]])).tolist()
    [[nan, 1.0], [2.0, 1.0], [2.0, 1.0]]
    """
    rows = np.arange(len(figures))[:, None]
    latest = np.maximum.accumulate(np.where(np.isnan(figures), 0, rows), axis=0)
    carried: FloatArray = np.take_along_axis(figures, latest, axis=0)
    return carried


def latest_at(observed_at_ms: IntArray, figures: FloatArray, at_ms: IntArray) -> FloatArray:
    """The figure (n, ...) of the last reading up to each instant, not-a-number before the first."""
    place = np.searchsorted(observed_at_ms, at_ms, side="right")
    before = np.full((1, *figures.shape[1:]), np.nan)
    return np.concatenate([before, figures])[place]


def at_instants(
    stays: Sequence[Stay], tapped: Mapping[str, Tapped], figure: Callable[[Tapped], FloatArray]
) -> list[FloatArray]:
    """For each stay a figure at its instants, by the last reading; ``tapped`` by the patients of stays."""
    return [
        one.at(figure(one), stay.at_ms)
        if (one := tapped.get(stay.patient))
        else np.full(len(stay.at_ms), np.nan)
        for stay in stays
    ]


class _Listening:
    """A monitor, and the signals of its readings one track after the other."""

    def __init__(self, rules: Rules, lengths: Sequence[int]) -> None:
        self._monitor = Monitor(rules, listener=self._listen)
        self._first = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        self._signals = np.full((self._first[-1], SIGNAL_COUNT), np.nan)
        self._heard: defaultdict[str, int] = defaultdict(int)
        self._places = np.zeros(0, dtype=np.int64)

    def receive(self, batch: Batch) -> None:
        places = []
        for patient in batch.patients:
            places.append(self._first[int(patient)] + self._heard[patient])
            self._heard[patient] += 1
        self._places = np.array(places, dtype=np.int64)
        self._monitor.receive(batch)

    def drain(self) -> Outcome:
        return self._monitor.drain()

    def state_of(self, patient: str) -> bytes:
        return self._monitor.state_of(patient)

    def of_tracks(self) -> list[FloatArray]:
        return [self._signals[a:b] for a, b in zip(self._first[:-1], self._first[1:], strict=True)]

    def _listen(self, table: PatientTable, taken: Round, signals: FloatArray) -> None:  # noqa: ARG002
        self._signals[self._places[taken.index]] = signals


def _never(blocks: Mapping[int, bytes]) -> Watching:
    raise NotImplementedError(f"{len(blocks)} blocks: nothing is restored here")
