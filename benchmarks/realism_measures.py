"""What real and simulated wearers are measured by: each function takes wearers and gives figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from benchmarks.realism_recordings import VITALS, FloatArray, Minutes

_PERCENTILES = (1, 5, 25, 50, 75, 95, 99)
_LAGS_MIN = (1, 5, 30, 120)
_APART_MIN = (1, 3, 10, 30, 120)
_APART_S = (1, 2, 5, 10, 30, 60, 300)
_NIGHT, _DAY = (0, 6), (9, 22)


def over_wearers(wearers: Sequence[Minutes], measure: Callable[[Minutes], Any]) -> dict[str, Any]:
    """Median, lowest and highest of ``measure`` over the wearers."""
    figures = np.array([measure(wearer) for wearer in wearers], dtype=np.float64)
    return {
        "median": _round(np.nanmedian(figures, axis=0)),
        "lowest": _round(np.nanmin(figures, axis=0)),
        "highest": _round(np.nanmax(figures, axis=0)),
    }


def heart_rate_percentiles(wearer: Minutes) -> FloatArray:
    """At 1, 5, 25, 50, 75, 95 and 99 %."""
    return np.asarray(np.nanpercentile(wearer.heart_rate, _PERCENTILES))


def autocorrelation(wearer: Minutes) -> list[float]:
    """Of the heart rate, at 1, 5, 30 and 120 minutes."""
    return [_correlated(wearer.heart_rate[:-lag], wearer.heart_rate[lag:]) for lag in _LAGS_MIN]


def differences_asleep(wearer: Minutes) -> list[float]:
    """How much the heart rates of minutes without steps differ, at 1, 3, 10, 30 and 120 minutes, by night."""
    return _differences(wearer, _NIGHT)


def differences_awake(wearer: Minutes) -> list[float]:
    """The same by day."""
    return _differences(wearer, _DAY)


def _differences(wearer: Minutes, hours: tuple[int, int]) -> list[float]:
    still = (np.nan_to_num(wearer.steps) == 0) & (wearer.hour >= hours[0]) & (wearer.hour < hours[1])
    heart = np.where(still, wearer.heart_rate, np.nan)
    return [_root_half_mean_square(heart[apart:] - heart[:-apart]) for apart in _APART_MIN]


def walking(wearer: Minutes) -> list[float]:
    """Bouts a day, their length (median, 75, 95 %), the gaps between (the same), steps a day."""
    on = np.concatenate([[0], (np.nan_to_num(wearer.steps) > 0).astype(int), [0]])
    starts, ends = np.flatnonzero(np.diff(on) == 1), np.flatnonzero(np.diff(on) == -1)
    if len(starts) < 2:
        return [0.0] * 8
    days = len(wearer.steps) / 1440
    lengths = np.percentile(ends - starts, (50, 75, 95))
    gaps = np.percentile(starts[1:] - ends[:-1], (50, 75, 95))
    figures = [len(starts) / days, *lengths, *gaps, float(np.nansum(wearer.steps)) / days]
    return [float(figure) for figure in figures]


def exertion(wearer: Minutes) -> float:
    """What a walk of 100 steps a minute adds to the heart rate: the sum of a regression on ten minutes."""
    steps = np.nan_to_num(wearer.steps) / 100
    lagged = np.column_stack([np.roll(steps, lag) for lag in range(10)] + [np.ones(len(steps))])
    quarters = wearer.heart_rate[: len(steps) // 360 * 360].reshape(-1, 360)
    known = np.isfinite(quarters).any(axis=1)
    level = np.full(len(quarters), np.nan)
    level[known] = np.nanmedian(quarters[known], axis=1)
    above = wearer.heart_rate[: quarters.size] - np.repeat(level, 360)
    lagged = lagged[: quarters.size]
    used = np.isfinite(above) & (wearer.hour[: quarters.size] >= _DAY[0])
    found = np.linalg.lstsq(lagged[used], above[used], rcond=None)[0]
    return float(found[:-1].sum())


def day_profile(wearer: Minutes) -> list[float]:
    """The mean heart rate of each hour of the day, above the wearer's mean."""
    mean = np.nanmean(wearer.heart_rate)
    hours = [wearer.heart_rate[wearer.hour == hour] for hour in range(24)]
    return [float(np.nanmean(h) - mean) if np.isfinite(h).any() else np.nan for h in hours]


def step_profile(wearer: Minutes) -> list[float]:
    """The share of minutes with steps in each hour of the day."""
    walks = np.nan_to_num(wearer.steps) > 0
    return [float(walks[wearer.hour == hour].mean()) for hour in range(24)]


def quick_differences(wearers: Sequence[FloatArray]) -> list[float]:
    """How much seconds differ at 1, 2, 5, 10, 30, 60 and 300 s, in the median wearer."""
    found = [[_root_half_mean_square(x[apart:] - x[:-apart]) for apart in _APART_S] for x in wearers]
    return [round(float(figure), 3) for figure in np.nanmedian(np.array(found), axis=0)]


def within_stays(stays: Sequence[FloatArray]) -> dict[str, Any]:
    """How vitals go together within a stay, and what a degree more does to heart rate and breathing."""
    usual = [stay - _mean_of_known(stay) for stay in stays]
    all_hours = np.concatenate(usual)
    pairs = {
        f"{VITALS[a]}, {VITALS[b]}": round(_correlated(all_hours[:, a], all_hours[:, b]), 2)
        for a in range(len(VITALS))
        for b in range(a + 1, len(VITALS))
    }
    temperature = all_hours[:, VITALS.index("body_temperature")]
    slopes = {
        f"{name}_a_degree": round(_slope(temperature, all_hours[:, VITALS.index(name)]), 2)
        for name in ("heart_rate", "respiratory_rate")
    }
    return {"correlation": pairs, **slopes}


def _mean_of_known(stay: FloatArray) -> FloatArray:
    count = np.isfinite(stay).sum(axis=0)
    mean: FloatArray = np.where(count, np.nansum(stay, axis=0) / np.maximum(count, 1), np.nan)
    return mean


def _root_half_mean_square(differences: FloatArray) -> float:
    known = differences[np.isfinite(differences)]
    return float(np.sqrt(np.mean(known**2) / 2)) if len(known) else np.nan


def _correlated(a: FloatArray, b: FloatArray) -> float:
    known = np.isfinite(a) & np.isfinite(b)
    return float(np.corrcoef(a[known], b[known])[0, 1])


def _slope(x: FloatArray, y: FloatArray) -> float:
    known = np.isfinite(x) & np.isfinite(y)
    return float(np.polyfit(x[known], y[known], 1)[0])


def _round(figures: Any) -> Any:
    return np.round(figures, 3).tolist()
