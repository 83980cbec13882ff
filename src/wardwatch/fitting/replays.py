"""Tracks through a monitor, of which only what a fit needs is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from wardwatch.core.bank import Bank
from wardwatch.core.conditions import NAMES, UNUSUAL
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model
from wardwatch.core.monitor import Monitor, Outcome, Rules
from wardwatch.core.reading import Batch, FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.evaluating.forking import Monitors, play, shares
from wardwatch.evaluating.tracks import Track

Advance = Callable[[float], None]

_LEARNED = NAMES[UNUSUAL]


def learned_alarms(
    tracks: Sequence[Track], rules: Rules, bank: Bank, advance: Advance
) -> list[list[AlarmEvent]]:
    """The starts of learned alarms of each track, which the monitor knows by its number.

    ``advance`` is told the share of the readings that were played, 0 to 1.
    """
    monitors = Monitors(new=lambda: _LearnedOnly(Monitor(rules, bank=bank)), restored=Monitor.restore)
    return play(monitors, tracks, (), shares(sum(map(len, tracks)), advance)).events


def signals_of(
    signal: int, tracks: Sequence[Track], rules: Rules, advance: Advance
) -> list[tuple[IntArray, FloatArray]]:
    """Of each track the instants of its readings that were let in, and a signal of `conditions` at each."""
    heard = _Heard(signal)
    monitors = Monitors(
        new=lambda: _LearnedOnly(Monitor(rules, listener=heard.add)), restored=Monitor.restore
    )
    play(monitors, tracks, (), shares(sum(map(len, tracks)), advance))
    return heard.by_track(len(tracks))


def rules_of(model: Model, local_time: LocalTime) -> Rules:
    """Those of a monitor with this model."""
    return Rules(model=model, local_time=local_time).unattended()


class _Heard:
    """One signal of all readings; patients are named by the numbers of their tracks."""

    def __init__(self, signal: int) -> None:
        self._signal = signal
        self._track: list[IntArray] = []
        self._at_ms: list[IntArray] = []
        self._signals: list[FloatArray] = []

    def add(self, table: PatientTable, taken: Round, signals: FloatArray) -> None:
        self._track.append(np.array([int(table.patients[row]) for row in taken.rows.tolist()]))
        self._at_ms.append(taken.observed_at_ms)
        self._signals.append(signals[:, self._signal].copy())

    def by_track(self, count: int) -> list[tuple[IntArray, FloatArray]]:
        nothing = np.zeros(0, dtype=np.int64)
        track = np.concatenate([*self._track, nothing])
        order = np.argsort(track, kind="stable")
        at_ms = np.concatenate([*self._at_ms, nothing])[order]
        signals = np.concatenate([*self._signals, np.zeros(0)])[order]
        ends = np.searchsorted(track[order], np.arange(1, count))
        return list(zip(np.split(at_ms, ends), np.split(signals, ends), strict=True))


class _LearnedOnly:
    """Lets go of all other events at once: of many patients over months they fill the memory."""

    def __init__(self, monitor: Monitor) -> None:
        self._monitor = monitor

    def receive(self, batch: Batch) -> None:
        self._monitor.receive(batch)

    def drain(self) -> Outcome:
        outcome = self._monitor.drain()
        outcome.events = [
            event for event in outcome.events if event.condition == _LEARNED and event.phase is Phase.START
        ]
        return outcome

    def state_of(self, patient: str) -> bytes:
        return self._monitor.state_of(patient)
