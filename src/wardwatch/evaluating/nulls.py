"""What any method must beat: chance, the clock, fixed limits, the early warning score that wards have.

Each is as good as a fair person would make it, and is judged just as our own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wardwatch.core import conditions, news2
from wardwatch.core.conditions import NEWS2_SIGNAL
from wardwatch.core.news2 import PARAMETERS
from wardwatch.core.reading import ON_OXYGEN, UNKNOWN, FloatArray, IntArray
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.tapping import Tapped, carried_forward

HOUR_MS = 3_600_000
# For how long a value stands for whoever scores NEWS2 by hand: the longest that the chart leaves between two
# observations (NEWS2, Royal College of Physicians 2017: at least 12-hourly).
CHART_HOLD_MS = 12 * HOUR_MS

_LIMITS = [which for which, one in enumerate(conditions.CONDITIONS) if one.rule == "limit"]
_SCORED = [VITAL_INDEX[name] for name in PARAMETERS if name in VITAL_INDEX]


def random_alarms(stays: Sequence[Stay], seed: int) -> list[FloatArray]:
    """A number drawn anew at each instant."""
    random = np.random.default_rng(seed)
    return [random.random(len(stay.at_ms)) for stay in stays]


def clock(stays: Sequence[Stay]) -> list[FloatArray]:
    """The hours since the first instant: how long somebody has been here, and nothing of the body."""
    return [(stay.at_ms - stay.at_ms[:1]) / HOUR_MS for stay in stays]


def static_limits(tapped: Tapped) -> FloatArray:
    """(readings): how many bands the worst vital is beyond its hard limit, below 0 within; no waiting."""
    standing = tapped.standing()[:, conditions.SIGNAL[_LIMITS]]
    beyond = (standing - conditions.LIMIT_STEPS[_LIMITS]) * conditions.DIRECTION[_LIMITS]
    bands = np.where(np.isnan(beyond), -np.inf, beyond / conditions.BAND_STEPS[_LIMITS])
    worst = bands.max(axis=1, initial=-np.inf)
    return np.where(np.isinf(worst), np.nan, worst)


def news2_monitored(tapped: Tapped) -> FloatArray:
    """(readings): the monitor's own totals, of values that are not too old for it."""
    total: FloatArray = tapped.standing()[:, NEWS2_SIGNAL]
    return total


def news2_charted(tapped: Tapped) -> FloatArray:
    """(readings): the total by hand, of each vital's last value for as long as a chart lets it stand."""
    track, signals = tapped.track, tapped.signals
    # What the monitor refused is no signal.
    values = np.where(np.isnan(signals[:, :VITAL_COUNT]), np.nan, track.values)
    held = _held(values, track.observed_at_ms)
    oxygen = _held(track.context[:, ON_OXYGEN : ON_OXYGEN + 1], track.observed_at_ms)[:, 0]
    consciousness = np.where(track.consciousness == UNKNOWN, np.nan, track.consciousness.astype(np.float64))
    level = np.nan_to_num(_held(consciousness[:, None], track.observed_at_ms)[:, 0], nan=UNKNOWN)
    total = news2.score(
        held, oxygen, level.astype(np.int8), np.zeros(len(held), dtype=np.bool_)
    ).lowest.astype(np.float64)
    return np.where(np.isnan(held[:, _SCORED]).all(axis=1), np.nan, total)


def _held(values: FloatArray, at_ms: IntArray) -> FloatArray:
    """(n, columns): each column's last number, unless it is too old."""
    measured_ms = carried_forward(np.where(np.isnan(values), np.nan, at_ms[:, None].astype(np.float64)))
    with np.errstate(invalid="ignore"):
        return np.where(at_ms[:, None] - measured_ms <= CHART_HOLD_MS, carried_forward(values), np.nan)
