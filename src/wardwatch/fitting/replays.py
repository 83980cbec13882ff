"""Tracks through a monitor, of which only what a fit needs is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wardwatch.core.bank import Bank
from wardwatch.core.conditions import NAMES, UNUSUAL
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model
from wardwatch.core.monitor import Monitor, Outcome, Rules
from wardwatch.core.reading import Batch
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


def rules_of(model: Model, local_time: LocalTime) -> Rules:
    """Those of a monitor with this model."""
    return Rules(model=model, local_time=local_time).unattended()


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
