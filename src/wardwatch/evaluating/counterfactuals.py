"""What an alarm says would have kept it away, as a change of the readings that brought it about.

The counterfactual of an alarm's step is made of statements, each of which is to be true by itself: had it
lasted less than so long; had this vital, or all of these, stayed within such bounds; had the heart rate of
the night been at most so much. Bounds are for the values of the time from the alarm's onset to the step, with
those that were measured before the onset and still stood. Values that the gate refuses are left as they are:
they brought nothing about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

import numpy as np

from wardwatch.core.events import AlarmEvent
from wardwatch.core.falls import LIES_WITHIN_MS
from wardwatch.core.gate import PLAUSIBLE_INTERVAL_MS
from wardwatch.core.local_time import LocalTime
from wardwatch.core.reading import (
    ACTIVITY,
    CONSCIOUSNESS_LEVELS,
    ON_OXYGEN,
    RR_INTERVAL,
    STEPS,
    UNKNOWN,
    BoolArray,
)
from wardwatch.core.rhythm import LOOKS_BACK_MS
from wardwatch.core.vitals import OBSERVATION_MAXIMUM_AGE_S, VITAL_INDEX, VITALS
from wardwatch.evaluating.tracks import DAY_MS, HEART_RATE, Track

_SYSTOLIC, _DIASTOLIC = VITAL_INDEX["systolic_pressure"], VITAL_INDEX["diastolic_pressure"]
# The night of `night_level`, on the ward's clock.
_NIGHT_MS = 7 * 3_600_000

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """With all of this the step would not have come.

    ``vitals`` has the lowest and the highest value of each; ``on_oxygen`` and ``consciousness`` what would
    have to be entered, ``impact`` the most that the activity shortly before the onset could have been, and
    ``intervals`` the shortest and the longest time between beats, or ``None``. ``of_night``: it is about the
    values of the night before the onset.
    """

    vitals: Mapping[str, Bounds] = field(default_factory=dict)
    on_oxygen: bool | None = None
    consciousness: str | None = None
    impact: float | None = None
    intervals: Bounds | None = None
    of_night: bool = False

    def __str__(self) -> str:
        entered = [f"{name}={told}" for name, told in self._entered().items()]
        within = dict(self.vitals) | ({"rr_interval_ms": self.intervals} if self.intervals else {})
        bounds = [f"{name} {low:g} to {high:g}" for name, (low, high) in within.items()]
        return ", ".join(bounds + entered) + (" at night" if self.of_night else "")

    def _entered(self) -> dict[str, bool | str | float]:
        entered = {"on_oxygen": self.on_oxygen, "consciousness": self.consciousness, "impact": self.impact}
        return {name: told for name, told in entered.items() if told is not None}


def lasted_less_than_ms(event: AlarmEvent) -> int:
    """How long what alarms must last, at least, for this step."""
    lasted_s = float(event.why["counterfactual"]["lasted_less_than_s"])
    return round(lasted_s * 1000)


def statements(event: AlarmEvent) -> list[Statement]:
    """All that a step's counterfactual says of values; raises ValueError for what this does not know."""
    left = dict(event.why["counterfactual"])
    del left["lasted_less_than_s"]
    bounds = {name: _bounds(of) for name, of in left.pop("vitals", {}).items()}
    enough = left.pop("enough", "each")
    together = Statement(
        vitals=bounds if enough == "all" else {},
        on_oxygen=left.pop("on_oxygen", None),
        consciousness=left.pop("consciousness", None),
    )
    found = [] if together == Statement() else [together]
    if enough == "each":
        found += [Statement(vitals={name: its}) for name, its in bounds.items()]
    if night := left.pop("nightly_level", None):
        found.append(Statement(vitals={"heart_rate": _bounds(night)}, of_night=True))
    if impact := left.pop("impact", None):
        found.append(Statement(impact=float(impact["at_most"])))
    if intervals := left.pop("rr_interval_ms", None):
        found.append(Statement(intervals=_bounds(intervals)))
    if left:
        raise ValueError(f"A counterfactual says something that can't be checked: {', '.join(left)}.")
    return found


def _bounds(of: Mapping[str, Any]) -> Bounds:
    return float(of.get("at_least", -inf)), float(of.get("at_most", inf))


def first_row(statement: Statement, track: Track, event: AlarmEvent, local_time: LocalTime) -> int:
    """The first reading that a statement is about: one at the onset, or the oldest that still stood then."""
    onset = track.row_at(event.onset_ms)
    if statement.of_night:
        return _first_of_night(track.piece(0, onset), local_time)
    if statement.impact is not None:
        return track.row_at(event.onset_ms - LIES_WITHIN_MS)
    if statement.intervals is not None:
        return track.row_at(event.onset_ms - LOOKS_BACK_MS)
    oldest = track.row_at(event.onset_ms - OBSERVATION_MAXIMUM_AGE_S * 1000)
    before = track.piece(oldest, onset)
    return oldest + min([len(before), *_standing(statement, before, event.onset_ms)])


def _standing(statement: Statement, before: Track, onset_ms: int) -> Iterator[int]:
    """The rows whose values, of those that the statement names, still stood at the onset."""
    for name in statement.vitals:
        vital = VITAL_INDEX[name]
        yield from _latest(before, _accepted(before, vital), onset_ms, VITALS[vital].maximum_age_s)
    for named, told in (
        (statement.on_oxygen, ~np.isnan(before.context[:, ON_OXYGEN])),
        (statement.consciousness, before.consciousness != UNKNOWN),
    ):
        if named is not None:
            yield from _latest(before, told, onset_ms, OBSERVATION_MAXIMUM_AGE_S)


def _latest(before: Track, told: BoolArray, onset_ms: int, maximum_age_s: int) -> list[int]:
    young = onset_ms - before.observed_at_ms <= maximum_age_s * 1000
    latest: list[int] = np.flatnonzero(told & young)[-1:].tolist()
    return latest


def _first_of_night(before: Track, local_time: LocalTime) -> int:
    """The first reading of the latest night with a heart rate at rest."""
    local_ms = local_time.of(before.observed_at_ms)
    with np.errstate(invalid="ignore"):
        resting = (before.context[:, STEPS] == 0) & _accepted(before, HEART_RATE)
    latest = np.flatnonzero(resting & (local_ms % DAY_MS < _NIGHT_MS))[-1:]
    if not len(latest):
        return len(before)
    return int(np.argmax(local_ms >= local_ms[latest] // DAY_MS * DAY_MS))


def with_values(statement: Statement, readings: Track, concerned: BoolArray, local_time: LocalTime) -> Track:
    """The readings as the statement would have them, where they are ``concerned`` (n)."""
    if statement.of_night:
        local_ms = local_time.of(readings.observed_at_ms)
        night = local_ms[concerned][:1] // DAY_MS
        concerned = concerned & (local_ms // DAY_MS == night) & (local_ms % DAY_MS < _NIGHT_MS)
    changed = replace(readings.copy(), consciousness=readings.consciousness.copy())
    for name, (low, high) in statement.vitals.items():
        vital = VITAL_INDEX[name]
        where = concerned & _accepted(readings, vital)
        changed.values[where, vital] = np.clip(readings.values[where, vital], low, high)
    if statement.on_oxygen is not None:
        told = concerned & ~np.isnan(readings.context[:, ON_OXYGEN])
        changed.context[told, ON_OXYGEN] = statement.on_oxygen
    if statement.consciousness is not None:
        told = concerned & (readings.consciousness != UNKNOWN)
        changed.consciousness[told] = CONSCIOUSNESS_LEVELS.index(statement.consciousness)
    if statement.impact is not None:
        activity = readings.context[:, ACTIVITY]
        changed.context[concerned, ACTIVITY] = np.minimum(activity[concerned], statement.impact)
    if statement.intervals is not None:
        told = concerned & _plausible_interval(readings)
        changed.context[told, RR_INTERVAL] = np.clip(
            readings.context[told, RR_INTERVAL], *statement.intervals
        )
    return changed


def _accepted(readings: Track, vital: int) -> BoolArray:
    """Which readings have a value of this vital that the gate may let in."""
    accepted = _plausible(readings, vital)
    if vital in (_SYSTOLIC, _DIASTOLIC):
        with np.errstate(invalid="ignore"):
            contradicting = readings.values[:, _SYSTOLIC] <= readings.values[:, _DIASTOLIC]
        accepted &= ~(contradicting & _plausible(readings, _SYSTOLIC) & _plausible(readings, _DIASTOLIC))
    return accepted


def _plausible_interval(readings: Track) -> BoolArray:
    low, high = PLAUSIBLE_INTERVAL_MS
    with np.errstate(invalid="ignore"):
        found: BoolArray = (readings.context[:, RR_INTERVAL] >= low) & (
            readings.context[:, RR_INTERVAL] <= high
        )
    return found


def _plausible(readings: Track, vital: int) -> BoolArray:
    values = readings.values[:, vital]
    with np.errstate(invalid="ignore"):
        found: BoolArray = (values >= VITALS[vital].plausible_low) & (values <= VITALS[vital].plausible_high)
    return found
