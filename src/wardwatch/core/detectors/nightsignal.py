"""NightSignal: is the resting heart rate of two nights running above what is usual for this patient's nights?

Alavi et al., "Real-time alerting system for COVID-19 and other stress events using wearable data", Nature
Medicine 28, 2022; there it warned before the symptoms of many infections, by a median of 3 days.

A night's figure is the mean heart rate of its readings without a step, 00:00 to 06:59 on the ward's clock,
floored. The baseline of a night is the floored median of the figures of all nights up to and including it. A
night is *high* if it lies 4 /min or more above its baseline, *raised* from 3 /min on. Two high nights running
are red (2), two at least raised ones yellow (1), all else is green (0). If a single night is missing between
two, the floored mean of both takes its place, in the median and as a night before or after another.

A night ends with the patient's first heart rate at or after 07:00, of that day or a later one; at that
reading, and no other, it is scored. What comes late for a night that is over does not reopen it.

What the paper leaves open is taken from the authors' program (`nightsignal.py` of
https://github.com/StanfordBioinformatics/wearable-infection), from its branch for Fitbit:

- Steps must be known to be 0. Readings with unknown steps are left out, and with them all nights of a device
  that counts none. (The branch for the Apple Watch takes minutes of which no steps are recorded as rest, but
  only on days with such records, because it writes no zeros. Whoever adapts such a device adds them.)
- One reading is enough for a night.
- A high night after a raised one is yellow.
- The imputed night has a baseline and a height of its own, with which it stands before the night after it.

We differ from the program in four points:

- It cuts the decimals off each heart rate; we take the mean of the values as they are, to a tenth. For
  trackers that send whole numbers it is the same.
- It fills a gap of one night only if the night before the gap follows another, or the night after it is
  followed by one, which shows a day late. We fill every gap of one night as soon as it has an end.
- It judges all days anew each morning. Our colour of a night is what was known at its end, and that of an
  imputed night, known only afterwards, is never reported.
- It has one row a minute; we count each reading alike, however many a minute has.

Limits. Nights below 34 or above 129 /min are taken as these, so that it is blind for small children. When 256
nights of a patient have the same mean, all counts of that patient are halved, rounded up: from then on
recent nights weigh more. Of a night 700,000 readings count, 27 a second; of a heart rate above 300 /min, 300.
A slow rise carries the baseline along. ``Seen.learning`` is not heeded: to leave a
night out because of an alarm would hide the very illness that is looked for.

>>> from wardwatch.core.detectors.detector import empty_state
>>> def reading(day, hour, heart_rate):
...     ms = np.array([(day * 24 + hour) * 3_600_000])
...     one, vitals = np.ones(1), np.full((JUDGED, 1), heart_rate)
...     return Seen(at_ms=ms, local_ms=ms, values=vitals, elapsed_s=vitals, z=vitals, innovation=vitals,
...                 steps=0 * one, resting=one > 0, learning=one)
>>> detector = NightSignal()
>>> state = empty_state(detector, 1)
>>> for day, heart_rate in enumerate([60.0, 60.4, 60.9, 64.0, 64.2]):
...     detector.learn(state, reading(day, 3, heart_rate))
...     morning = reading(day, 7, 90.0)
...     print(detector.score(state, morning)[HEART_RATE])
...     detector.learn(state, morning)
[0.]
[0.]
[0.]
[0.]
[2.]
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wardwatch.core.detectors.detector import JUDGED, Field, Learner, OnePass, Seen, State
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.core.vitals import VITAL_INDEX

HEART_RATE = VITAL_INDEX["heart_rate"]
GREEN, YELLOW, RED = 0, 1, 2

# Alavi et al. 2022, in /min above the baseline.
_RAISED, _HIGH = 3, 4

_HOUR_MS = 3_600_000
_DAY_MS = 24 * _HOUR_MS
_NIGHT_MS = 7 * _HOUR_MS

# Nights that are told apart, in /min: from an athlete's to far above an adult's with fever.
LOWEST, HIGHEST = 34, 129
_MOST = np.iinfo(np.uint8).max

# Heart rates are added up as whole tenths, so that the sums are exact, whatever the number of readings.
_PER_UNIT = 10

# So that the sum has room in 4 bytes.
_MOST_RATE, _MOST_READINGS = 300, 700_000

# Before any night; that of 1970 is long over, and two bytes have room for all up to 2149.
_NEVER = -(10**6)
_NO_NIGHT = 0

_Ints = npt.NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, slots=True)
class _Closed:
    """Nights that are over, one a patient in one of the ``columns`` of the state.

    ``mean`` is the floored mean, ``height`` 0 usual, 1 raised, 2 high, ``level`` the colour; ``counts``, (n,
    bins), how many of the patient's nights had which mean, this one and an imputed one among them.
    """

    columns: IntArray
    mean: _Ints
    height: _Ints
    level: _Ints
    counts: _Ints


@dataclass(frozen=True, slots=True)
class LastNight:
    """The latest night that is over: its figure and its baseline; /min.

    ``green_up_to`` is a figure with which it would have been green, as with any lower one: the median of the
    nights before without their highest. A night at or below the median of those before it is green, and so is
    one imputed for the night before. But what was imputed is among the nights before, and would itself have
    been lower: without the highest, the median is at most that of the nights that were measured.
    """

    mean: int
    baseline: int
    green_up_to: int


def last_night(state: State) -> LastNight:
    """Of the first patient of ``state``, who must have had a night."""
    mean, counts = state["last_mean"][0, :1].astype(np.int64), state["nights"][:, :1].T.astype(np.int64)
    others = counts.copy()
    others[0, mean[0] - LOWEST] -= 1
    if others.sum() > 1:
        others[0, np.flatnonzero(others[0])[-1]] -= 1
    green_up_to = _floored_median(others if others.any() else counts)
    return LastNight(int(mean[0]), int(_floored_median(counts)[0]), int(green_up_to[0]))


class NightSignal(OnePass):
    """Scores the reading that ends a night with 0 green, 1 yellow or 2 red, in the row of the heart rate.

    ``night`` is the day, by number since 1970 on the ward's clock, with whose midnight the night begins that
    goes on or comes next; ``tenths`` and ``readings`` are the sum, in tenths of /min, and the number of its
    heart rates so far. ``last_*`` tell of the latest night that is over; ``nights`` is how many nights had a
    mean of 34, 35, … 129 /min.
    """

    name = "nightsignal"
    fields = (
        # The only one that is looked at with every reading, by day too: it comes with all else of single
        # precision, in which whole numbers up to 16 million are exact.
        Field("night", default=_NEVER),
        Field("tenths", dtype="i4"),
        Field("readings", dtype="i4"),
        Field("last_night", default=_NO_NIGHT, dtype="u2"),
        Field("last_mean", dtype="u1"),
        Field("last_height", dtype="u1"),
        Field("nights", width=HIGHEST - LOWEST + 1, dtype="u1"),
    )

    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        """(judged vitals, n): the colour where a night ends, not-a-number everywhere else.

        Learning ends the night where it is over, then counts the reading towards its own.
        """
        scores = np.full((JUDGED, len(seen)), np.nan)
        over, closed = _over(state, seen), None
        if len(over):
            closed = _close(state, over[state["readings"][0, over] > 0])
            scores[HEART_RATE, closed.columns] = closed.level

        def learn(_: FloatArray) -> None:
            if closed is not None:
                _keep(state, closed)
                _begin(state, over, seen.local_ms[over])
            _count(state, seen)

        return scores, learn


def _midnight_ms(state: State) -> FloatArray:
    """(n): when the night begins that goes on or comes next."""
    midnight_ms: FloatArray = state["night"][0] * _DAY_MS
    return midnight_ms


def _over(state: State, seen: Seen) -> IntArray:
    """The columns where a heart rate was measured after the end of the night that the state tells of."""
    over = seen.local_ms - _midnight_ms(state) >= _NIGHT_MS
    return np.flatnonzero(over & np.isfinite(seen.values[HEART_RATE]))


def _count(state: State, seen: Seen) -> None:
    """Count the readings towards their nights, none of which is over."""
    heart_rate = seen.values[HEART_RATE]
    by_night = seen.local_ms >= _midnight_ms(state)
    columns = np.flatnonzero(by_night & (seen.steps == 0) & np.isfinite(heart_rate))
    if len(columns):
        columns = columns[state["readings"][0, columns] < _MOST_READINGS]
        tenths = np.rint(_PER_UNIT * np.clip(heart_rate[columns], 0, _MOST_RATE))
        state["tenths"][0, columns] += tenths.astype(np.int32)
        state["readings"][0, columns] += 1


def _begin(state: State, columns: IntArray, local_ms: IntArray) -> None:
    """Empty nights for these patients: the ones that go on at, or come next after, ``local_ms``."""
    until_midnight = _DAY_MS - _NIGHT_MS
    state["night"][0, columns] = (local_ms + until_midnight) // _DAY_MS
    state["tenths"][0, columns] = 0
    state["readings"][0, columns] = 0


def _keep(state: State, closed: _Closed) -> None:
    """Take nights that are over into the state."""
    ending = closed.columns
    state["last_night"][0, ending] = state["night"][0, ending]
    state["last_mean"][0, ending] = closed.mean
    state["last_height"][0, ending] = closed.height
    state["nights"][:, ending] = closed.counts.T


def _close(state: State, ending: IntArray) -> _Closed:
    """Judge the nights that end, each with at least one reading; changes nothing."""
    tenths, readings = state["tenths"][0, ending], state["readings"][0, ending]
    mean = np.clip(tenths.astype(np.int64) // (_PER_UNIT * readings), LOWEST, HIGHEST)
    since_last = state["night"][0, ending] - state["last_night"][0, ending]
    one_missing = since_last == 2
    consecutive = one_missing | (since_last == 1)

    counts = np.ascontiguousarray(state["nights"].T[ending], dtype=np.int16)
    imputed = (state["last_mean"][0, ending] + mean) // 2
    counts = _with(counts, imputed, one_missing)
    height_before = np.where(one_missing, _height(imputed, counts), state["last_height"][0, ending])

    counts = _with(counts, mean, np.ones_like(one_missing))
    height = _height(mean, counts)
    level = np.where(consecutive, np.minimum(height, height_before), GREEN)
    return _Closed(columns=ending, mean=mean, height=height, level=level, counts=counts)


def _with(counts: _Ints, mean: _Ints, where: BoolArray) -> _Ints:
    """The counts with one night more, where so; all of a patient's are halved if one has become too many."""
    more = counts.copy()
    patients = np.flatnonzero(where)
    bins = mean[patients] - LOWEST
    more[patients, bins] += 1
    full = patients[more[patients, bins] > _MOST]
    more[full] = (more[full] + 1) // 2
    return more


def _height(mean: _Ints, counts: _Ints) -> _Ints:
    """How a night that is among ``counts`` stands to their median: 0 usual, 1 raised, 2 high."""
    above = mean - _floored_median(counts)
    return (above >= _RAISED).astype(np.int64) + (above >= _HIGH)


def _floored_median(counts: _Ints) -> _Ints:
    """The median of nights counted by their mean: the middle one, or the floored mean of the middle two."""
    up_to = np.cumsum(counts, axis=1, dtype=np.int32)
    nights = up_to[:, -1:]
    lower = (up_to > (nights - 1) // 2).argmax(axis=1)
    upper = (up_to > nights // 2).argmax(axis=1)
    floored: _Ints = LOWEST + (lower + upper) // 2
    return floored
