"""The monitor's own alarms as they are, with all their waiting, held against events: what a nurse would get.

Other than the rows of a comparison, which ask for any threshold how good a score is, this is one setting: the
one that the rules have. An alarm that is open at any instant of an event's window is true, any other false.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.draws import Draws, estimated, share
from wardwatch.evaluating.episodes import Episode, episodes
from wardwatch.evaluating.labelled import Event, Stay
from wardwatch.evaluating.tapping import Tapped

Figures = dict[str, Any]

_ALL = "all"


class _Counted:
    """Of each stay the alarms, the true ones among them, and the events during which there is one."""

    def __init__(self, stays: int) -> None:
        self.alarms, self.true, self.caught = np.zeros((3, stays))

    def count(self, number: int, stay: Stay, alarms: Sequence[Episode]) -> None:
        self.alarms[number] = len(alarms)
        self.true[number] = sum(any(_open_in(alarm, event) for event in stay.events) for alarm in alarms)
        self.caught[number] = sum(any(_open_in(alarm, event) for alarm in alarms) for event in stay.events)


def own_alarms(stays: Sequence[Stay], tapped: Mapping[str, Tapped], draws: Draws) -> list[Figures]:
    """Of all physiological alarms, and of each condition; ``tapped`` is by the patients of the stays."""
    counted = {_ALL: _Counted(len(stays))}
    for number, stay in enumerate(stays):
        by_condition: dict[str, list[Episode]] = {_ALL: []}
        for alarm in episodes(tapped[stay.patient].events) if stay.patient in tapped else ():
            by_condition[_ALL].append(alarm)
            by_condition.setdefault(alarm.condition, []).append(alarm)
        for condition, alarms in by_condition.items():
            counted.setdefault(condition, _Counted(len(stays))).count(number, stay, alarms)
    days = draws.weights @ np.array([stay.watched_days for stay in stays], dtype=np.float64)
    events = draws.weights @ np.array([len(stay.events) for stay in stays], dtype=np.float64)
    return [
        {"condition": condition} | _figures(counted[condition], days, events, draws)
        for condition in sorted(counted, key=lambda name: (name != _ALL, name))
    ]


def _figures(counted: _Counted, days: FloatArray, events: FloatArray, draws: Draws) -> Figures:
    alarms, true = draws.weights @ counted.alarms, draws.weights @ counted.true
    told = {
        "per_patient_day": estimated(share(alarms, days)),
        "false_per_patient_day": estimated(share(alarms - true, days)),
        "sensitivity": estimated(share(draws.weights @ counted.caught, events)),
        "ppv": estimated(share(true, alarms)),
    }
    return {
        "alarms": int(counted.alarms.sum()),
        "true": int(counted.true.sum()),
        "caught": int(counted.caught.sum()),
        **{name: of.value for name, of in told.items()},
        "intervals": {name: of.interval for name, of in told.items()},
    }


def _open_in(alarm: Episode, event: Event) -> bool:
    return alarm.start_ms <= event.until_ms and (alarm.end_ms is None or alarm.end_ms >= event.from_ms)
