"""Whether the resting heart rate of two nights running is above what is usual for this patient's nights.

That an infection raises the resting heart rate of nights, days before it is felt, is Alavi et al.'s finding
(Nature Medicine 28, 2022), and two nights running are theirs (`nightsignal`). The figure of a night, what is
held against it, and how far it must lie from that, are wardwatch's own, chosen on eight wearers whose health
nobody knows (docs/evidence.md).

*A night's figure* is the lowest level of its heart rate: the exponentially weighted mean, over half an hour,
of the readings without a step from 00:00 to 06:59 on the ward's clock, after the first half hour of them; in
halves of a beat. Deep sleep varies less from night to night than the mean of whole nights, which tells of
bedtimes and dreams as well. A reading stands for the time since the heart rate before, for 5 min at most;
with less than an hour of them a night has no figure.

*Usual* is the median of the figures of the 28 nights up to a week before: a rise of some days does not hide
itself, as it does in a baseline of all nights. At least four of them must have a figure. The *spread* is the
root mean square distance of these nights from the median, none beyond 4 /min, together with ten nights of a
population whose spread is 2 /min; and wider the fewer nights the median is of.

A night is *raised* if it lies more than 1.5 /min and more than 0.3 spreads above its usual. The alarm comes
with two raised nights running, between which one may be missing, whose mean distance (9 /min at most, each)
is more than 1.4 spreads; and goes on while each further night is raised.

A night ends with the patient's first heart rate at or after 07:00, of that day or a later one; at that
reading, and no other, it is scored. What comes late for a night that is over does not reopen it.

Limits
    It says nothing before the 13th night: that is the price of a baseline which ends a week before. Steps
    must be known to be 0, so nights of a device that counts none have no figure; nor have those with fewer
    than twelve readings at rest. Figures below 20.5 or above 147.5 /min are taken as these. After a week
    raised nights begin to count as usual, so that an alarm about a new normal ends by itself.
    ``Seen.learning`` is not heeded: to leave a night out because of an alarm would hide the very illness that
    is looked for.

>>> from wardwatch.core.detectors.detector import empty_state
>>> def reading(minute, heart_rate):
...     ms = np.array([minute * 60_000])
...     one, vitals = np.ones(1), np.full((JUDGED, 1), heart_rate)
...     return Seen(at_ms=ms, local_ms=ms, values=vitals, elapsed_s=60.0 * one + 0 * vitals, z=vitals,
...                 innovation=vitals, steps=0 * one, resting=one > 0, learning=one)
>>> detector = NightLevel()
>>> state = empty_state(detector, 1)
>>> for day, level in enumerate([52.0] * 12 + [55.5, 56.0, 55.0, 52.0]):
...     for minute in range(70):
...         detector.learn(state, reading(day * 1440 + minute, level))
...     morning = reading(day * 1440 + 420, 80.0)
...     if day > 10:
...         print(detector.score(state, morning)[HEART_RATE])
...     detector.learn(state, morning)
[0.]
[0.5]
[1.]
[1.]
[0.]
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field, Learner, OnePass, Seen, State
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.core.vitals import VITAL_INDEX, VITALS

HEART_RATE = VITAL_INDEX["heart_rate"]
# Where a night ends: as usual; raised, with which an alarm goes on but none begins; alarming.
USUAL, RAISED, ALARMING = 0.0, 0.5, 1.0

# All of these are wardwatch's own choices, on eight wearers (docs/evidence.md). How far a raised night lies
# above its usual, in /min and in spreads; and two in the mean, of which neither counts for more than so much.
RAISED_RATE, RAISED_SPREADS = 1.5, 0.3
MEAN_SPREADS, MOST_DISTANCE = 1.4, 9.0
_TIME_CONSTANT_S = 1800.0
_SETTLING_S, _ENOUGH_S = 1800.0, 3600.0
_APART_NIGHTS, _USUAL_NIGHTS, _LEAST_NIGHTS = 7, 28, 4
_POPULATION_SPREAD, _POPULATION_NIGHTS = 2.0, 10
_MOST_APART = 2 * _POPULATION_SPREAD
# The variance of the median of n nights, in variances of a night (normal, and many of them): pi / (2 n).
_OF_MEDIAN = np.pi / 2

# A reading stands for no longer than it does anywhere else.
_MOST_STANDS_S = float(VITALS[HEART_RATE].maximum_age_s)

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_NIGHT_MS = 7 * _HOUR_MS

# Figures are kept in halves of a beat, less so many: 1 to 255, and 0 for none.
_HALVES_LESS = 40
_NONE, _LEAST_KEPT, _MOST_KEPT = 0, 1, 255
# Tonight; the night before, with one missing between; and the nights which are usual to that.
_KEPT_NIGHTS = 1 + 2 + _APART_NIGHTS + _USUAL_NIGHTS

# Before any night; that of 1970 is long over, and two bytes have room for all up to 2149.
_NEVER = -(10**6)


@dataclass(frozen=True, slots=True)
class Night:
    """A night of each of ``n`` patients; not-a-number where there is no figure, or too few nights before.

    ``figure``, ``usual`` and ``spread`` are in /min; ``nights`` are how many ``usual`` is of.
    """

    figure: FloatArray
    usual: FloatArray
    spread: FloatArray
    nights: IntArray

    @property
    def distance(self) -> FloatArray:
        """How far above the usual."""
        return self.figure - self.usual

    @property
    def raised_from(self) -> FloatArray:
        """With what distance it is just not raised."""
        return np.maximum(RAISED_RATE, RAISED_SPREADS * self.spread)

    def after(self, before: Night) -> FloatArray:
        """What it is, after the night before."""
        raised = self.distance > self.raised_from
        alarming = raised & (before.distance > before.raised_from) & (self.distance > self.most_after(before))
        return np.where(alarming, ALARMING, np.where(raised, RAISED, USUAL))

    def most_after(self, before: Night) -> FloatArray:
        """With what distance it is just not alarming, where the night before was raised."""
        needed = 2 * MEAN_SPREADS * self.spread - np.minimum(before.distance, MOST_DISTANCE)
        return np.where(needed >= MOST_DISTANCE, np.inf, np.maximum(self.raised_from, needed))


def last_nights(state: State) -> tuple[Night, Night]:
    """The latest night with a figure, and the one before that."""
    return _two_nights(state["night_levels"])


class NightLevel(OnePass):
    """Scores the reading that ends a night with a figure, in the row of the heart rate.

    ``level_night`` is the day, by number since 1970 on the ward's clock, with whose midnight the night begins
    that goes on or comes next; ``level_s`` is for how long its readings stand so far, ``level_weight_s`` what
    is left of that in the mean ``level``, and ``level_lowest`` its lowest. ``last_level_night`` is the latest
    night that is over and has a figure; ``night_levels`` has its figure, that of the night before, and so on.
    """

    name = "night_level"
    fields = (
        # The only one that is looked at with every reading, by day too: it comes with all else of single
        # precision, in which whole numbers up to 16 million are exact.
        Field("level_night", default=_NEVER),
        Field("level_s"),
        Field("level_weight_s"),
        Field("level"),
        Field("level_lowest", default=np.nan),
        Field("last_level_night", dtype="u2"),
        Field("night_levels", width=_KEPT_NIGHTS, default=_NONE, dtype="u1"),
    )

    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        """(judged vitals, n): what the night is where one ends, not-a-number everywhere else.

        Learning ends the night where it is over, then counts the reading towards its own.
        """
        scores = np.full((JUDGED, len(seen)), np.nan)
        over = _over(state, seen)
        ending = over[state["level_s"][0, over] >= _ENOUGH_S]
        levels = None
        if len(ending):
            levels = _with_tonight(state, ending)
            tonight, before = _two_nights(levels)
            scores[HEART_RATE, ending] = tonight.after(before)

        def learn(_: FloatArray) -> None:
            if levels is not None:
                state["night_levels"][:, ending] = levels
                state["last_level_night"][0, ending] = state["level_night"][0, ending]
            if len(over):
                _begin(state, over, seen.local_ms[over])
            _count(state, seen)

        return scores, learn


def _midnight_ms(state: State) -> FloatArray:
    """(n): when the night begins that goes on or comes next."""
    midnight_ms: FloatArray = state["level_night"][0] * _DAY_MS
    return midnight_ms


def _over(state: State, seen: Seen) -> IntArray:
    """The columns where a heart rate was measured after the end of the night that the state tells of."""
    over = seen.local_ms - _midnight_ms(state) >= _NIGHT_MS
    return np.flatnonzero(over & np.isfinite(seen.values[HEART_RATE]))


def _begin(state: State, columns: IntArray, local_ms: IntArray) -> None:
    """Empty nights for these patients: the ones that go on at, or come next after, ``local_ms``."""
    until_midnight = _DAY_MS - _NIGHT_MS
    state["level_night"][0, columns] = (local_ms + until_midnight) // _DAY_MS
    for name, empty in ("level_s", 0.0), ("level_weight_s", 0.0), ("level", 0.0), ("level_lowest", np.nan):
        state[name][0, columns] = empty


def _count(state: State, seen: Seen) -> None:
    """Take the readings into their nights, none of which is over."""
    stands_s = np.fmin(seen.elapsed_s[HEART_RATE], _MOST_STANDS_S)
    resting: BoolArray = (seen.local_ms >= _midnight_ms(state)) & (seen.steps == 0) & (stands_s > 0)
    columns = np.flatnonzero(resting & np.isfinite(seen.values[HEART_RATE]))
    if not len(columns):
        return
    stands_s, heart_rate = stands_s[columns], seen.values[HEART_RATE, columns]
    resting_s = np.minimum(state["level_s"][0, columns] + stands_s, _NIGHT_MS / 1000)
    weight_s = state["level_weight_s"][0, columns] * np.exp(-stands_s / _TIME_CONSTANT_S) + stands_s
    level = state["level"][0, columns]
    level = level + stands_s / weight_s * (heart_rate - level)
    settled = np.where(resting_s > _SETTLING_S, level, np.nan)
    state["level_s"][0, columns] = resting_s
    state["level_weight_s"][0, columns] = weight_s
    state["level"][0, columns] = level
    state["level_lowest"][0, columns] = np.fmin(state["level_lowest"][0, columns], settled)


def _with_tonight(state: State, ending: IntArray) -> IntArray:
    """(nights, ending): the figures with tonight's first, as they are kept; changes nothing."""
    halves = np.rint(2 * state["level_lowest"][0, ending]) - _HALVES_LESS
    before = state["night_levels"][:, ending].astype(np.int64)
    since = (state["level_night"][0, ending] - state["last_level_night"][0, ending]).astype(np.int64)
    place = np.arange(_KEPT_NIGHTS)[:, None] - np.maximum(since, 1)
    levels = np.take_along_axis(before, np.maximum(place, 0), axis=0)
    levels[place < 0] = _NONE
    levels[0] = np.clip(halves, _LEAST_KEPT, _MOST_KEPT)
    return levels


def _two_nights(levels: IntArray) -> tuple[Night, Night]:
    """The latest night and the one before, of figures as they are kept."""
    figures = np.where(levels == _NONE, np.nan, (levels.astype(np.float64) + _HALVES_LESS) / 2)
    tonight, last, last_but_one = (_night(figures[ago:]) for ago in range(3))
    missing = np.isnan(last.figure)
    before = Night(
        *(
            np.where(missing, getattr(last_but_one, name), getattr(last, name))
            for name in ("figure", "usual", "spread", "nights")
        )
    )
    return tonight, before


def _night(figures: FloatArray) -> Night:
    """The first of these nights, against those that are usual to it."""
    usual_nights = figures[1 + _APART_NIGHTS :][:_USUAL_NIGHTS]
    nights = np.isfinite(usual_nights).sum(axis=0)
    # What is missing is last.
    in_order = np.sort(usual_nights, axis=0)
    middle = np.stack([np.maximum(nights - 1, 0) // 2, np.minimum(nights // 2, len(in_order) - 1)])
    usual = np.take_along_axis(in_order, middle, axis=0).mean(axis=0)
    apart = np.minimum(np.abs(usual_nights - usual), _MOST_APART)
    squares = _POPULATION_NIGHTS * _POPULATION_SPREAD**2 + np.nansum(apart**2, axis=0)
    spread = np.sqrt(squares / (_POPULATION_NIGHTS + nights) * (1 + _OF_MEDIAN / np.maximum(nights, 1)))
    enough = nights >= _LEAST_NIGHTS
    return Night(figures[0], np.where(enough, usual, np.nan), np.where(enough, spread, np.nan), nights)
