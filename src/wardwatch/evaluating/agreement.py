"""Whether the figures in an alarm's reasons agree with each other, and with the rule.

By rule: the contributions of ``learned`` sum to its score, which is above the limit, and each z is what the
value, the usual and the band say; those of ``deterioration`` do so, too, and each is what is said now and
what has added up; the points of ``news2`` sum to its lowest total, which is beyond the limit, as is the
value of ``limit`` and of ``rhythm``; both nights of ``nightly`` are raised, and in the mean by enough; the
score of ``river`` reaches its threshold; the impact of ``fall`` is above its limit.

>>> agrees({"rule": "news2", "points": {"heart_rate": 2, "respiratory_rate": 3}, "lowest": 5, "limit": 4})
True
>>> agrees({"rule": "news2", "points": {"heart_rate": 2, "respiratory_rate": 3}, "lowest": 6, "limit": 4})
False
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import fsum
from typing import Any

from wardwatch.core.detectors.night_level import MEAN_SPREADS, MOST_DISTANCE, RAISED_RATE, RAISED_SPREADS
from wardwatch.core.fusion import BAND_SPREADS
from wardwatch.core.vitals import VITAL_INDEX, VITALS

Why = Mapping[str, Any]

# What contributions may differ from their sum by.
SUM_TOLERANCE = 1e-9
# A value is told to the third digit after the point.
_HALF_DIGIT = 0.5e-3


def agrees(why: Why) -> bool:
    """Whether the figures agree; those of a rule that is not known don't."""
    check = _OF_RULE.get(why["rule"])
    return check is not None and check(why)


def _learned(why: Why) -> bool:
    added = fsum(of["contribution"] for of in why["vitals"].values())
    return bool(
        abs(added - why["score"]) <= SUM_TOLERANCE
        and why["score"] > why["most_score"]
        and all(map(_z_agrees, why["vitals"].values()))
    )


def _deterioration(why: Why) -> bool:
    added = fsum(of["contribution"] for of in why["vitals"].values())
    return bool(
        abs(added - why["score"]) <= SUM_TOLERANCE
        and why["score"] > why["most_score"]
        and all(
            abs(of["of_now"] + of["of_days"] - of["contribution"]) <= SUM_TOLERANCE
            for of in why["vitals"].values()
        )
    )


def _z_agrees(of: Why) -> bool:
    low, high = of["band"]
    spread = (high - low) / (2 * BAND_SPREADS)
    z = (of["now"] - of["usual"]) / spread
    beyond = "above" if of["z"] > 0 else "below"
    return bool(abs(of["z"] - z) <= _HALF_DIGIT / spread + SUM_TOLERANCE and of["direction"] == beyond)


def _news2(why: Why) -> bool:
    return bool(sum(why["points"].values()) == why["lowest"] > why["limit"])


def _limit(why: Why) -> bool:
    # As a chart writes it: what rounds to the limit is not beyond it.
    value = float(VITALS[VITAL_INDEX[why["vital"]]].written(why["value"]))
    beyond = value - why["limit"] if why["direction"] == "above" else why["limit"] - value
    return bool(beyond > 0)


def _nightly(why: Why) -> bool:
    nights = why, why["night_before"]
    raised = all(_distance(of) > max(RAISED_RATE, RAISED_SPREADS * of["spread"]) for of in nights)
    mean = fsum(min(_distance(of), MOST_DISTANCE) for of in nights) / 2
    return bool(raised and mean > MEAN_SPREADS * why["spread"])


def _distance(of: Why) -> float:
    return float(of["value"] - of["usual"])


def _river(why: Why) -> bool:
    return bool(why["score"] >= why["threshold"])


def _fall(why: Why) -> bool:
    return bool(why["impact"] > why["limit"])


def _rhythm(why: Why) -> bool:
    return bool(why["value"] > why["limit"])


_OF_RULE: dict[str, Callable[[Why], bool]] = {
    "learned": _learned,
    "deterioration": _deterioration,
    "news2": _news2,
    "limit": _limit,
    "nightly": _nightly,
    "river": _river,
    "fall": _fall,
    "rhythm": _rhythm,
}
