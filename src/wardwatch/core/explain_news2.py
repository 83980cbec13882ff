"""The reasons of NEWS2 alarms: the points of each parameter, and with which values there were none."""

from __future__ import annotations

from typing import Any

from wardwatch.core import news2_chart as chart
from wardwatch.core.news2 import PARAMETERS, Scores
from wardwatch.core.reading import UNKNOWN
from wardwatch.core.vitals import VITAL_INDEX, VITALS

_BANDS: dict[str, chart.Bands] = {
    "respiratory_rate": chart.RESPIRATION,
    "oxygen_saturation": chart.SPO2_SCALE_1,
    "systolic_pressure": chart.SYSTOLIC_PRESSURE,
    "heart_rate": chart.PULSE,
    "body_temperature": chart.TEMPERATURE,
}
# On air more would be allowed; this scores nothing in any case.
_ON_SCALE_2 = {"oxygen_saturation": chart.SPO2_SCALE_2_ON_OXYGEN}


def high(scores: Scores, scored_before: int, *, scale_2: bool) -> tuple[str, dict[str, Any]]:
    """Of a total that is too high; ``scores`` is that of one patient.

    ``scored_before`` is which parameters scored while the alarm was pending (:meth:`Scores.scoring`);
    ``scale_2`` is where the oxygen saturation is scored on that.
    """
    lowest, highest = int(scores.lowest[0]), int(scores.highest[0])
    known = zip(PARAMETERS, scores.points[0].tolist(), strict=True)
    points = {name: found for name, found in known if found != UNKNOWN}
    missing = [name for name, gone in zip(PARAMETERS, scores.missing[0].tolist(), strict=True) if gone]
    told = f"NEWS2 {lowest}" if lowest == highest else f"NEWS2 at least {lowest}"
    if missing:
        told = f"{told} ({len(PARAMETERS) - len(missing)} of {len(PARAMETERS)} parameters)"
    reasons = {
        "lowest": lowest,
        "highest": highest,
        "points": points,
        "missing": missing,
        "saturation_scale": 2 if scale_2 else 1,
        "allowed": _allowed(int(scores.scoring()[0]) | scored_before, scale_2=scale_2),
    }
    return told, reasons


def _allowed(scoring: int, *, scale_2: bool) -> dict[str, Any]:
    """What the parameters would have to be to score nothing, all of them, which is enough."""
    names = [name for place, name in enumerate(PARAMETERS) if scoring >> place & 1]
    allowed: dict[str, Any] = {
        "vitals": {name: scores_nothing(name, scale_2=scale_2) for name in names if name in _BANDS},
        "enough": "all",
    }
    if "on_oxygen" in names:
        allowed["on_oxygen"] = False
    if "consciousness" in names:
        allowed["consciousness"] = "A"
    return allowed


def scores_nothing(name: str, *, scale_2: bool = False) -> dict[str, float]:
    """The range of a vital that scores 0 on the chart.

    >>> scores_nothing("body_temperature"), scores_nothing("oxygen_saturation")
    ({'at_least': 36.1, 'at_most': 38.0}, {'at_least': 96.0})
    >>> scores_nothing("oxygen_saturation", scale_2=True)
    {'at_least': 88.0, 'at_most': 92.0}
    """
    bands = (_ON_SCALE_2.get(name) if scale_2 else None) or _BANDS[name]
    place = next(i for i, (_, points) in enumerate(bands) if points == 0)
    resolution = VITALS[VITAL_INDEX[name]].resolution
    found = {"at_least": float(round(bands[place - 1][0] + resolution, 1))}
    if place < len(bands) - 1:
        found["at_most"] = float(bands[place][0])
    return found
