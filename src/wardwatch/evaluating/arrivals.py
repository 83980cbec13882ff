"""Readings as they came, to a monitor that watches the devices, too.

A file of readings keeps their order but not when each arrived. Where most devices' clocks are right, the
middle of what neighbouring lines tell is right as well: that is taken for the instant of arrival, and it
never goes back. So readings that a device had kept come late, and one whose clock is wrong stands out.

>>> arrived_ms(np.array([1000, 2000, 9000, 3000, 4000, 1500, 5000]))
array([3000, 3000, 3000, 3000, 3000, 4000, 4000])
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from wardwatch.core.conditions import SIGNAL_COUNT
from wardwatch.core.events import AlarmEvent, Placement
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch, FloatArray, IntArray, Reading, Round
from wardwatch.core.table import PatientTable
from wardwatch.evaluating.tapping import Tapped
from wardwatch.evaluating.tracks import MINUTE_MS, Track
from wardwatch.wire.recordings.recording import Stream, UnreadableRow

# Lines to each side that the middle is taken of: seconds of a ward. Wardwatch's own choice.
_NEIGHBOURS = 25
# Readings that are looked at together: few enough to be held as objects.
_PIECE_READINGS = 4096


def arrived_ms(observed_at_ms: IntArray, latest_ms: int = 0) -> IntArray:
    """When readings came that lie in the order of their arrival, none before ``latest_ms``."""
    count = len(observed_at_ms)
    reach = min(_NEIGHBOURS, (count - 1) // 2)
    padded = np.pad(observed_at_ms, reach, mode="reflect")
    middle = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1), axis=1)
    rising: IntArray = np.maximum.accumulate(np.maximum(middle.astype(np.int64), latest_ms))
    return rising


class Watched:
    """What a monitor makes of readings in the order of their arrival; it looks once a minute of theirs."""

    def __init__(self, rules: Rules) -> None:
        self.events: list[AlarmEvent] = []
        self._monitor = Monitor(replace(rules, watches_devices=True), listener=self._listen)
        self._signals: defaultdict[str, list[FloatArray]] = defaultdict(list)
        self._observed_ms: defaultdict[str, list[int]] = defaultdict(list)
        self._batch_signals = np.zeros((0, SIGNAL_COUNT))
        self._latest_ms = 0

    def watch(self, streams: Iterable[Stream], advance: Callable[[], None]) -> None:
        """Hand over all readings; ``advance`` is called from time to time."""
        held: list[Reading] = []
        for stream in streams:
            for row in stream.rows:
                if not isinstance(row, Placement | UnreadableRow):
                    held.append(row)
                if len(held) == _PIECE_READINGS:
                    self._receive(held)
                    held = []
                    advance()
        self._receive(held)
        self._monitor.tick(self._latest_ms + MINUTE_MS)
        self.events += self._monitor.drain().events

    def tapped(self, tracks: Sequence[Track]) -> dict[str, Tapped]:
        """By patient, with the tracks that the same recordings give, which are in order of time."""
        events = defaultdict(list)
        for event in self.events:
            events[event.patient].append(event)
        return {
            track.patient: Tapped(track=track, signals=self._in_time(track), events=events[track.patient])
            for track in tracks
        }

    def _receive(self, readings: Sequence[Reading]) -> None:
        if not readings:
            return
        observed_ms = np.array([reading.observed_at_ms for reading in readings], dtype=np.int64)
        arrived = arrived_ms(observed_ms, self._latest_ms)
        self._latest_ms = int(arrived[-1])
        # Time passes between the minutes, whether somebody sends or not.
        minutes = np.flatnonzero(np.diff(arrived // MINUTE_MS)) + 1
        for part, its in zip(
            np.split(np.arange(len(readings)), minutes), np.split(arrived, minutes), strict=True
        ):
            self._monitor.tick(int(its[0]))
            self._hand_over([readings[place] for place in part.tolist()], its)
        self.events += self._monitor.drain().events

    def _hand_over(self, readings: Sequence[Reading], arrived: IntArray) -> None:
        batch = Batch.of(readings, arrived_at_ms=arrived.tolist())
        self._batch_signals = np.full((len(batch), SIGNAL_COUNT), np.nan)
        self._monitor.receive(batch)
        for place, patient in enumerate(batch.patients):
            self._signals[patient].append(self._batch_signals[place])
            self._observed_ms[patient].append(int(batch.observed_at_ms[place]))

    def _listen(self, table: PatientTable, taken: Round, signals: FloatArray) -> None:  # noqa: ARG002
        self._batch_signals[taken.index] = signals

    def _in_time(self, track: Track) -> FloatArray:
        order = np.argsort(np.array(self._observed_ms[track.patient]), kind="stable")
        signals: FloatArray = np.array(self._signals[track.patient])[order]
        return signals
