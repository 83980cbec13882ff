"""Recordings played once for many rates of learned alarms, side by side: each wearer once for each rate.

What is learned depends on what alarms, and so on the limit. The first copy is the monitor as it is set, whose
signals are kept; the others have the limits that the model gives for other rates.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from wardwatch.core.bank import Bank
from wardwatch.core.conditions import SIGNAL_COUNT
from wardwatch.core.monitor import Monitor, Outcome, Rules
from wardwatch.core.reading import Batch, FloatArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.evaluating.banks import BankOfLimits
from wardwatch.evaluating.forking import Monitors, Past, play
from wardwatch.evaluating.tapping import Tapped
from wardwatch.evaluating.tracks import Track
from wardwatch.evaluating.wardwatch_score import LearnedLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class SideBySide:
    """What came of the monitor as it is set, with its signals, and of one for each of the other rates."""

    as_set: Past
    tapped: Sequence[Tapped]
    of_rates: Sequence[Past]


def play_side_by_side(
    rules: Rules,
    rates: Sequence[float],
    tracks: Sequence[Track],
    wanted: Sequence[tuple[int, int]],
    wanted_of_rates: Sequence[tuple[int, int]],
    advance: Callable[[int], None],
) -> SideBySide:
    """Play whole tracks; ``wanted`` are the (track, row) whose states are needed of the monitor as it is set.

    ``rates`` are learned alarms a patient-day; ``advance`` is told how many readings were played.
    """
    count, copies = len(tracks), 1 + len(rates)
    limits = [LearnedLimits.of(one) for one in (rules, *(with_rate(rules, rate) for rate in rates))]
    limits_of = {str(number): limits[number // count] for number in range(count * copies)}
    bank = BankOfLimits(
        rules.model,
        rules.local_time,
        {name: its.bits for name, its in limits_of.items()},
        {name: its.score for name, its in limits_of.items()},
    )
    hearing = _Hearing(rules, bank, [len(track) for track in tracks])
    places = [
        *wanted,
        *((number + count * n, row) for n in range(1, copies) for number, row in wanted_of_rates),
    ]
    past = play(Monitors(new=lambda: hearing, restored=Monitor.restore), [*tracks] * copies, places, advance)
    pasts = [_copy(past, count, n) for n in range(copies)]
    signals = zip(tracks, hearing.signals(), pasts[0].events, strict=True)
    return SideBySide(
        as_set=pasts[0],
        tapped=[Tapped(track=track, signals=its, events=events) for track, its, events in signals],
        of_rates=pasts[1:],
    )


def with_rate(rules: Rules, rate: float) -> Rules:
    """The same with so many learned alarms a patient-day."""
    return replace(rules, false_alarms_a_patient_day=rate)


def monitors_of(rules: Rules) -> Monitors:
    """As the worker makes them."""
    return Monitors(new=partial(Monitor, rules), restored=partial(Monitor.restore, rules=rules))


def _copy(past: Past, count: int, copy: int) -> Past:
    """Of one copy alone."""
    first = copy * count
    states: Mapping[tuple[int, int], bytes] = {
        (number - first, row): state
        for (number, row), state in past.states.items()
        if first <= number < first + count
    }
    return Past(events=past.events[first : first + count], states=states)


class _Hearing:
    """A monitor, of which the signals of the first copies are kept."""

    def __init__(self, rules: Rules, bank: Bank, lengths: Sequence[int]) -> None:
        self._monitor = Monitor(rules, bank=bank, listener=self._listen)
        self._ends = np.cumsum([0, *lengths])
        # One more place, into which everything goes that is not kept.
        self._signals = np.full((self._ends[-1] + 1, SIGNAL_COUNT), np.nan)
        self._next = {str(number): int(first) for number, first in enumerate(self._ends[:-1])}
        self._places = np.zeros(0, dtype=np.int64)

    def receive(self, batch: Batch) -> None:
        self._places = np.full(len(batch), self._ends[-1])
        for place, patient in enumerate(batch.patients):
            if (row := self._next.get(patient)) is not None:
                self._places[place] = row
                self._next[patient] = row + 1
        self._monitor.receive(batch)

    def drain(self) -> Outcome:
        return self._monitor.drain()

    def state_of(self, patient: str) -> bytes:
        return self._monitor.state_of(patient)

    def signals(self) -> list[FloatArray]:
        return [self._signals[a:b] for a, b in zip(self._ends[:-1], self._ends[1:], strict=True)]

    def _listen(self, table: PatientTable, taken: Round, signals: FloatArray) -> None:  # noqa: ARG002
        self._signals[self._places[taken.index]] = signals
