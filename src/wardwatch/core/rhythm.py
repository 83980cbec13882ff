"""Rhythm: what the intervals between beats tell and a heart rate does not.

A device that finds single beats tells the interval before each (`rr_interval_ms`). The latest sixteen are
kept, and three things are judged from them:

Irregular
    The share of pairs of intervals, at most six beats apart, that are more than 5 % of the median apart. In
    atrial fibrillation nearly all are. Single extra beats make few pairs unlike: the others still agree. Two
    or three kinds of intervals that alternate agree with their like. Breathing moves the intervals of fit
    people by as much, but in one even wave of a few beats: what such a wave explains is not irregular.
Pauses
    The second one within three minutes: an interval of 2 s, or one that is at least 1.2 s long and half as
    long again as usual, after beats that were not early: after an early beat hearts wait. A single one,
    however long, may be a beat that the device has missed, or contact that was lost for a moment.
Fast
    The median rate of the latest eight beats.

What comes with a poor signal, from a device that is not worn, or from somebody who has walked within the last
minute is not judged: there beats are lost, and found where there are none.

The rates are those of the NEWS2 chart; all other figures are wardwatch's own choices, made on one half of 278
patients of VitalDB with labelled rhythms and checked on the other; the second pause and the wave on all of
them, and on simulated hearts (docs/evaluate.md).

Doubts
    Two beats missed, or contact lost twice, within three minutes look like pauses still: a pulse sensor that
    misses one beat in 1,000 at random, of 72 /min, makes 16 alarms a day, one in 5,000 one. Unless it tells
    how good its signal is, people turn that alarm off. A single pause, of ten seconds too, makes no alarm.
    Fibrillation whose sixteen beats happen to look like a wave is told of some beats later. That breathing
    makes no alarm is known of simulated hearts only: no recording of fit people at rest has been judged. Two
    devices that both tell intervals tell each of them twice, and look more regular. Regular rhythms that are
    neither fast nor slow, whatever drives them, show in no interval.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from wardwatch.core.conditions import FAST_RATE, LONGEST_EVEN_S, RHYTHM_SIGNALS
from wardwatch.core.context import POOR_SIGNAL
from wardwatch.core.packs import Column
from wardwatch.core.reading import (
    PART_INDEX,
    RR_INTERVAL,
    SIGNAL_QUALITY,
    WORN,
    BoolArray,
    FloatArray,
    IntArray,
    Round,
)
from wardwatch.core.table import PatientTable

_BEAT = PART_INDEX["rr_interval_ms"]

INTERVALS = 16
_FURTHEST_APART = 6
_PAIRS = sum(INTERVALS - apart for apart in range(1, _FURTHEST_APART + 1))
_UNLIKE = 0.05
_RUN = 8
# A wave of so many beats is breathing at 8 to 20 /min, of hearts at 45 to 75 /min. One that explains more of
# the intervals' variance than this, is what moves them: of random ones it explains so much in one of sixty.
_WAVE_BEATS = np.geomspace(2.6, 9.0, 18)
_EVEN_WAVE = 0.65
# A pause is so many times the usual interval, after two of at least this part of the usual; or so long.
_PAUSE_RATIO, _NOT_EARLY, _BEFORE = 1.5, 0.9, 2
_PAUSE_MS = 2_000
# Within this time after a pause the next one counts, and one that counts is told of.
_STANDS_MS = 180_000
# So far back goes what any alarm was judged by.
LOOKS_BACK_MS = 2 * _STANDS_MS
# After so long without an interval the next ones are a new beginning, and who has walked has come to rest.
KEPT_MS = 60_000
_NEVER_MS = -(2**60)
# Within this part of their median intervals differ by less than 5 % of any median that is left of them.
_ALIKE = 0.024

COLUMNS = (
    # The latest intervals, the last one last; 0 where there is none yet.
    Column("rr_ms", "u2", 0, INTERVALS),
    # Whether the latest beat is one that can't be relied on.
    Column("beat_is_poor", "i1", 0),
    # The latest pause; the latest one that counts, and its length.
    Column("long_ms", "i8", _NEVER_MS),
    Column("pause_ms", "i8", _NEVER_MS),
    Column("pause_length_ms", "u2", 0),
)


def judge(table: PatientTable, taken: Round) -> FloatArray:
    """(n, 3): the share of unlike pairs in %, the pause that counts in s or 0, and the fast rate in /min.

    Not-a-number is what a reading says nothing of. The table must know of these readings' steps, and not yet
    of their beats.
    """
    signals = np.full((len(taken), len(RHYTHM_SIGNALS)), np.nan)
    told = taken.told[:, _BEAT]
    if told.any():
        used = _note_beats(table, taken, told)
        if used.any():
            signals[used] = _judge(table, taken if used.all() else taken.where(used))
    return signals


def _note_beats(table: PatientTable, taken: Round, told: BoolArray) -> BoolArray:
    """Note when the beats were; returns whose intervals can be used: both ends must be good."""
    rows, at_ms = taken.rows[told], taken.observed_at_ms[told]
    with np.errstate(invalid="ignore"):
        poor = taken.context[told, SIGNAL_QUALITY] < POOR_SIGNAL
    poor |= taken.context[told, WORN] == 0.0
    poor |= at_ms - table["moved_ms"][rows] <= KEPT_MS
    begins_anew = at_ms - table["seen_ms"][rows, _BEAT] > KEPT_MS
    table["rr_ms"][rows[begins_anew]] = 0
    used = told.copy()
    used[told] = ~poor & (table["beat_is_poor"][rows] == 0)
    table["beat_is_poor"][rows] = poor
    return used


def _judge(table: PatientTable, taken: Round) -> FloatArray:
    rows, at_ms, latest = taken.rows, taken.observed_at_ms, taken.context[:, RR_INTERVAL]
    before = table["rr_ms"][rows]
    _note_pauses(table, rows, at_ms, latest, before)
    intervals = np.concatenate([before[:, 1:], np.rint(latest)[:, np.newaxis].astype(np.uint16)], axis=1)
    table["rr_ms"][rows] = intervals
    stands = at_ms - table["pause_ms"][rows] <= _STANDS_MS
    pause_s = np.where(stands, table["pause_length_ms"][rows] / 1000.0, 0.0)
    unlike = unlike_percent(intervals)
    unlike = np.where(wave_share(intervals) > _EVEN_WAVE, np.minimum(unlike, 0.0), unlike)
    return np.stack([unlike, pause_s, _fast_rate(intervals)], axis=1)


def _note_pauses(
    table: PatientTable, rows: IntArray, at_ms: IntArray, latest: FloatArray, before: IntArray
) -> None:
    usual = np.median(before, axis=1)
    long = (before[:, 0] > 0) & (latest >= np.maximum(_PAUSE_RATIO * usual, LONGEST_EVEN_S * 1000.0))
    long &= (before[:, -_BEFORE:] >= _NOT_EARLY * usual[:, np.newaxis]).all(axis=1)
    long |= latest >= _PAUSE_MS
    counts = long & (at_ms - table["long_ms"][rows] <= _STANDS_MS)
    table["long_ms"][rows[long]] = at_ms[long]
    table["pause_ms"][rows[counts]] = at_ms[counts]
    table["pause_length_ms"][rows[counts]] = np.rint(latest[counts])


def unlike_percent(intervals: IntArray) -> FloatArray:
    """(n): of the pairs of intervals (n, INTERVALS) those that differ, in %; not-a-number if one is missing.

    >>> unlike_percent(np.full((1, INTERVALS), 800)).tolist()
    [0.0]
    """
    lengths = intervals.astype(np.float64)
    allowed = _UNLIKE * np.median(lengths, axis=1, keepdims=True)
    unlike = np.zeros(len(lengths))
    for apart in range(1, _FURTHEST_APART + 1):
        unlike += (np.abs(lengths[:, apart:] - lengths[:, :-apart]) > allowed).sum(axis=1)
    percent: FloatArray = np.where(intervals[:, 0] > 0, 100.0 * unlike / _PAIRS, np.nan)
    return percent


def _waves() -> FloatArray:
    """(waves, INTERVALS, 2): of each length two orthonormal columns that span all its waves."""
    angle = 2 * np.pi * np.arange(INTERVALS) / _WAVE_BEATS[:, np.newaxis]
    columns = np.stack([np.cos(angle), np.sin(angle)], axis=2)
    return np.linalg.qr(columns - columns.mean(axis=1, keepdims=True)).Q


_WAVES = _waves()


def wave_share(intervals: IntArray) -> FloatArray:
    """(n): how much of their variance the one wave explains that explains most, 0 to 1."""
    lengths = intervals - intervals.mean(axis=1, keepdims=True)
    explained = (np.einsum("ni,wij->nwj", lengths, _WAVES) ** 2).sum(axis=2).max(axis=1)
    share: FloatArray = explained / np.maximum((lengths**2).sum(axis=1), 1.0)
    return share


def _fast_rate(intervals: IntArray) -> FloatArray:
    run = intervals[:, -_RUN:]
    with np.errstate(divide="ignore"):
        rate: FloatArray = np.where(run[:, 0] > 0, 60_000.0 / np.median(run, axis=1), np.nan)
    return rate


def reasons(table: PatientTable, row: int, signal: int) -> tuple[str, dict[str, Any]]:
    """The text and the reasons of an alarm that goes by ``signal``."""
    intervals = table["rr_ms"][[row]].astype(np.int64)
    known = intervals[0][intervals[0] > 0]
    told = {"intervals": len(known), "shortest_ms": int(known.min()), "longest_ms": int(known.max())}
    which = RHYTHM_SIGNALS.index(signal)
    if which == 0:
        text, measured = _irregular(intervals)
    elif which == 1:
        text, measured = _pause(table, row)
    else:
        text, measured = _fast(intervals)
    return text, measured | told


def _irregular(intervals: IntArray) -> tuple[str, dict[str, Any]]:
    percent, median_ms = float(unlike_percent(intervals)[0]), float(np.median(intervals))
    low_ms, high_ms = math.ceil(median_ms * (1 - _ALIKE)), math.floor(median_ms * (1 + _ALIKE))
    return f"Irregular pulse: {percent:.0f} % of intervals differ, {60_000 / median_ms:.0f} /min", {
        "value": round(percent, 1),
        "unit": "%",
        "allowed": {"rr_interval_ms": {"at_least": low_ms, "at_most": high_ms}},
    }


def _pause(table: PatientTable, row: int) -> tuple[str, dict[str, Any]]:
    length_s = int(table["pause_length_ms"][row]) / 1000
    return f"Pause of {length_s:.1f} s between beats, and not the first", {
        "value": length_s,
        "unit": "s",
        "pause_at_ms": int(table["pause_ms"][row]),
        # Of shorter intervals none is a pause, whatever is usual.
        "allowed": {"rr_interval_ms": {"at_most": round(LONGEST_EVEN_S * 1000) - 1}},
    }


def _fast(intervals: IntArray) -> tuple[str, dict[str, Any]]:
    rate = float(_fast_rate(intervals)[0])
    return f"Fast beats: {rate:.0f} /min over {_RUN} beats", {
        "value": round(rate, 1),
        "unit": "/min",
        "allowed": {"rr_interval_ms": {"at_least": math.ceil(60_000 / FAST_RATE)}},
    }
