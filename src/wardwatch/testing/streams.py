"""Streams of readings to try detectors on: many patients over days, as a detector sees them, from a seed.

The patients are made up by a simple model: of each vital a personal mean, a daily rhythm, and around them
first-order autoregressive noise, written down in the chart's resolution. Units are those of the table of
vitals. Nothing in here is clinical knowledge: the streams shall exercise a detector, not look like a ward.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from wardwatch.core.context import REST_MS
from wardwatch.core.detectors.detector import JUDGED, Seen
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.core.vitals import STEPS_PER_UNIT, VITALS, steps_of

_START_MS = 1_704_067_200_000  # 2024-01-01T00:00Z
_LOCAL_AHEAD_MS = 2 * 3600 * 1000
_DAY_MS = 24 * 3600 * 1000
_MEAN_GAP_S = 20 * 60.0
_NOISE_LASTS_S = 15 * 60.0
# What `elapsed_s` says at a patient's first value: a long time, but a number.
FIRST_ELAPSED_S = 24 * 3600.0

# Heart rate, oxygen saturation, respiratory rate, temperature, systolic and diastolic pressure.
_USUAL = np.array([72.0, 96.0, 15.0, 36.8, 120.0, 75.0])[:, None]
_SPREAD = np.array([3.0, 1.0, 2.0, 0.2, 8.0, 6.0])[:, None]
_MISSING_SHARE = np.array([0.1, 0.2, 0.1, 0.5, 0.7, 0.7])[:, None]
_EMPTY_SHARE = 0.03
_RHYTHM_SPREADS = 1.0
# The gate lets through what is plausible, and a spread is never taken for less than a sensor resolves.
_LOWEST = np.array([vital.plausible_low for vital in VITALS[:JUDGED]])[:, None]
_HIGHEST = np.array([vital.plausible_high for vital in VITALS[:JUDGED]])[:, None]
_LEAST_SPREAD = np.array([1.5, 0.7, 1.0, 0.15, 1.0, 1.0])[:, None]
_STEPS_PER_UNIT = STEPS_PER_UNIT[:JUDGED, None]


@dataclass(frozen=True, slots=True)
class Stream:
    """``whole`` is what is seen in all rounds: its arrays have the round as an additional first axis."""

    whole: Seen

    def __len__(self) -> int:
        return len(self.whole.at_ms)

    @property
    def patients(self) -> int:
        """How many patients are seen in each round."""
        return int(self.whole.at_ms.shape[1])

    def seen(self, index: int) -> Seen:
        """One round, in arrays of its own."""
        return _each(self.whole, lambda array: array[index].copy())

    def window(self, index: int) -> Seen:
        """One round as views of the whole: who goes beyond them finds the future."""
        return _each(self.whole, lambda array: array[index])

    def first(self, patients: int) -> Stream:
        """The stream of the first so many patients alone."""
        return Stream(_each(self.whole, lambda array: array[..., :patients].copy()))

    def with_future_of(self, other: Stream, since: int) -> Stream:
        """This stream before the round ``since``, the ``other`` from there on."""
        wholes = zip(_arrays(self.whole), _arrays(other.whole), strict=True)
        spliced = [np.concatenate([ours[:since], theirs[since:]]) for ours, theirs in wholes]
        return Stream(Seen(**dict(zip(Seen.__slots__, spliced, strict=True))))


def columns(seen: Seen, seats: IntArray) -> Seen:
    """The patients at ``seats``, in that order."""
    return _each(seen, lambda array: np.take(array, seats, axis=-1))


def ordinary(seed: int, *, patients: int, rounds: int, complete: bool = False) -> Stream:
    """Irregular readings, 20 min apart on average, with an episode of illness in each patient.

    Unless ``complete`` single vitals and whole readings are missing.
    """
    rng = np.random.default_rng(seed)
    at_ms = _irregular(rng, rounds, patients)
    usual = _rounded(_USUAL + _SPREAD * rng.normal(size=(JUDGED, patients))) + np.zeros((rounds, 1, 1))
    usual = usual + _rhythm(at_ms)
    values = usual + _SPREAD * (_noise(rng, at_ms) + _episode(rng, at_ms))
    if not complete:
        _leave_out(rng, values)
    steps, learning = _steps(rng, at_ms), rng.choice([1.0, 0.1, 0.0], at_ms.shape, p=[0.9, 0.05, 0.05])
    return _stream(at_ms, _rounded(values), usual, steps=steps, learning=learning)


def missing_at_first(stream: Stream, seed: int, *, until: int) -> Stream:
    """A complete ``stream`` from which values are missing before the round ``until``, and none from there."""
    rng = np.random.default_rng(seed)
    whole = stream.whole
    values = whole.values.copy()
    _leave_out(rng, values)
    values[until:] = whole.values[until:]
    # Of what is measured z says the same as before, so the usual follows from it.
    usual = whole.values - _SPREAD * whole.z
    return _stream(whole.at_ms, values, usual, steps=whole.steps, learning=whole.learning)


def constant(seed: int, *, patients: int, rounds: int, since: int = 0) -> Stream:
    """All values are the usual ones, without noise, from the round ``since``; ordinary noise before."""
    rng = np.random.default_rng(seed)
    at_ms = _irregular(rng, rounds, patients)
    usual = _rounded(_USUAL + _SPREAD * rng.normal(size=(JUDGED, patients))) + np.zeros((rounds, 1, 1))
    values = usual + _SPREAD * _noise(rng, at_ms)
    values[since:] = usual[since:]
    return _stream(at_ms, _rounded(values), usual, steps=_steps(rng, at_ms), learning=np.ones(at_ms.shape))


def extreme(seed: int, *, rounds: int, times: int) -> Stream:
    """Five patients whose vitals are only ever at the ends of the plausible.

    A series of ``rounds`` comes ``times`` over. Gaps between readings are from 1 ms to 30 days, in the mean
    somewhat less than a day. The patients are always high, always low, from one end to the other each time,
    at random, and in spells.
    """
    rng = np.random.default_rng(seed)
    gaps_s = [0.001, 1.0, 60.0, 600.0, 3600.0, 6 * 3600.0, 24 * 3600.0, 30 * 24 * 3600.0]
    gap_ms = 1000.0 * rng.choice(gaps_s, (rounds, 1), p=[0.05, 0.1, 0.15, 0.15, 0.23, 0.2, 0.1, 0.02])
    place = np.arange(rounds)
    high = np.stack(
        [place >= 0, place < 0, place % 2 == 0, rng.random(rounds) < 0.5, place // 20 % 2 == 0], axis=-1
    )
    values = np.where(high[:, None, :], _HIGHEST, _LOWEST)
    # Each time takes whole days, so that all times are the same to the clock.
    since_ms = np.cumsum(gap_ms, axis=0).astype(np.int64)
    days_ms = (since_ms[-1, 0] // _DAY_MS + 1) * _DAY_MS
    at_ms = _START_MS + np.concatenate([since_ms + time * days_ms for time in range(times)])
    at_ms = at_ms + np.zeros((1, values.shape[-1]), dtype=np.int64)
    values = np.tile(values, (times, 1, 1))
    usual = np.broadcast_to(_USUAL, values.shape)
    context = {"steps": np.zeros(at_ms.shape), "learning": np.ones(at_ms.shape)}
    return _stream(at_ms, values, usual, spread=_LEAST_SPREAD, **context)


def with_empty_between(stream: Stream) -> Stream:
    """The same with a reading in which nothing was measured after each; those of before are at 0, 2, 4, …"""
    whole = stream.whole
    twice = _each(whole, lambda array: np.repeat(array, 2, axis=0))
    twice.at_ms[1:-1:2] += (whole.at_ms[1:] - whole.at_ms[:-1]) // 2
    twice.at_ms[-1] += 1000
    later_ms = twice.at_ms[1::2] - whole.at_ms
    twice.local_ms[1::2] += later_ms
    # An empty reading's time too is that since the vital's previous value, be it of the reading just before.
    measured = ~np.isnan(whole.values)
    twice.elapsed_s[1::2] = np.where(measured, 0.0, whole.elapsed_s) + later_ms[:, None, :] / 1000.0
    for array in (twice.values, twice.z, twice.innovation):
        array[1::2] = np.nan
    twice.steps[1::2] = 0.0
    return Stream(twice)


def _arrays(seen: Seen) -> list[npt.NDArray[Any]]:
    return [getattr(seen, name) for name in Seen.__slots__]


def _each(seen: Seen, made: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> Seen:
    return Seen(**{name: made(getattr(seen, name)) for name in Seen.__slots__})


def _irregular(rng: np.random.Generator, rounds: int, patients: int) -> IntArray:
    gaps_ms = 1000 + 1000 * rng.exponential(_MEAN_GAP_S, (rounds, patients))
    since_ms: IntArray = np.cumsum(gaps_ms, axis=0).astype(np.int64)
    return _START_MS + rng.integers(_DAY_MS, size=patients) + since_ms


def _noise(rng: np.random.Generator, at_ms: IntArray) -> FloatArray:
    """(rounds, judged vitals, patients) in spreads; a value resembles the one before, the less the later."""
    noise = rng.normal(size=(len(at_ms), JUDGED, at_ms.shape[1]))
    for index in range(1, len(at_ms)):
        alike = np.exp((at_ms[index - 1] - at_ms[index]) / 1000.0 / _NOISE_LASTS_S)
        noise[index] = alike * noise[index - 1] + np.sqrt(1.0 - alike * alike) * noise[index]
    return noise


def _rhythm(at_ms: IntArray) -> FloatArray:
    """Lowest at 4 o'clock in the morning."""
    angle = 2.0 * np.pi * ((at_ms + _LOCAL_AHEAD_MS) / _DAY_MS - 4.0 / 24.0)
    rhythm: FloatArray = -_RHYTHM_SPREADS * _SPREAD * np.cos(angle)[:, None, :]
    return rhythm


def _episode(rng: np.random.Generator, at_ms: IntArray) -> FloatArray:
    """Six hours in which all vitals of a patient are 4 spreads higher, or lower."""
    span_ms = at_ms[-1] - at_ms[0]
    begin_ms = at_ms[0] + rng.random(at_ms.shape[1]) * span_ms
    within = (at_ms >= begin_ms) & (at_ms < begin_ms + 6 * 3600 * 1000)
    height: FloatArray = within[:, None, :] * rng.choice([-4.0, 4.0], (JUDGED, at_ms.shape[1]))
    return height


def _leave_out(rng: np.random.Generator, values: FloatArray) -> None:
    """Make single values, and all values of whole readings, missing, in place."""
    rounds, _, patients = values.shape
    empty = rng.random((rounds, 1, patients)) < _EMPTY_SHARE
    values[(rng.random(values.shape) < _MISSING_SHARE) | empty] = np.nan


def _steps(rng: np.random.Generator, at_ms: IntArray) -> FloatArray:
    """Few at night; 1 in 20 is not known."""
    hour = (at_ms + _LOCAL_AHEAD_MS) % _DAY_MS / 3_600_000
    walking = rng.random(at_ms.shape) < np.where((hour >= 7) & (hour < 23), 0.5, 0.05)
    steps = np.where(walking, rng.integers(1, 200, at_ms.shape), 0.0)
    steps[rng.random(at_ms.shape) < 0.05] = np.nan
    return steps


def _rounded(values: FloatArray) -> FloatArray:
    """As a chart writes them, and plausible."""
    rounded: FloatArray = np.clip(steps_of(values, _STEPS_PER_UNIT) / _STEPS_PER_UNIT, _LOWEST, _HIGHEST)
    return rounded


def _stream(
    at_ms: IntArray,
    values: FloatArray,
    usual: FloatArray,
    *,
    steps: FloatArray,
    learning: FloatArray,
    spread: FloatArray = _SPREAD,
) -> Stream:
    """What follows from the values: z, innovation, time since the value before; and rest, from the steps."""
    z = (values - usual) / spread
    elapsed_s, innovation = np.empty_like(z), np.empty_like(z)
    resting: BoolArray = np.empty(at_ms.shape, dtype=np.bool_)
    last_z = np.zeros_like(z[0])
    last_ms = np.broadcast_to(at_ms[0] - int(1000 * FIRST_ELAPSED_S), last_z.shape)
    moved_ms = at_ms[0] - _DAY_MS
    for index, now_ms in enumerate(at_ms):
        elapsed_s[index] = (now_ms - last_ms) / 1000.0
        foretold = np.exp(-elapsed_s[index] / _NOISE_LASTS_S)
        # What is foretold well has a small spread, but none smaller than a tenth of the whole.
        unforetold = np.sqrt(np.maximum(1.0 - foretold * foretold, 0.01))
        innovation[index] = (z[index] - foretold * last_z) / unforetold
        measured = ~np.isnan(z[index])
        last_z = np.where(measured, z[index], last_z)
        last_ms = np.where(measured, now_ms, last_ms)
        moved_ms = np.where(steps[index] > 0, now_ms, moved_ms)
        resting[index] = now_ms - moved_ms > REST_MS
    return Stream(
        Seen(
            at_ms=at_ms,
            local_ms=at_ms + _LOCAL_AHEAD_MS,
            values=values,
            elapsed_s=elapsed_s,
            z=z,
            innovation=innovation,
            steps=steps,
            resting=resting,
            learning=learning,
        )
    )
