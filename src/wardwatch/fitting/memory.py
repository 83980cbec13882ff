"""How long a deviation from the usual lasts, and how much of a minute's value is news.

A first-order autoregression in continuous time, as `wardwatch.core.baseline` has it: of a deviation exp(-t /
memory) is left after t, and what a value is beyond that is its innovation.

The memory comes from the correlation of neighbouring values. Where these are an hour apart, the minute's
innovation can't be seen and is inferred: what is lost between neighbours beyond what is lost from the first
to the second hour is taken as noise of the measurement, which comes anew with each value. That guess is on
the large side, which is the safe one: where too little is taken for news, the first restless hour looks like
a loose sensor.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.reading import FloatArray
from wardwatch.fitting.series import DENSE_INTERVAL_S
from wardwatch.fitting.usual import Usual, variance_of

MINUTE_S = 60.0
# Wardwatch's own choices, all of them: pairs that a correlation needs, how exactly they must be an interval
# apart, how far out a value counts, and what is believed of a correlation.
_FEWEST_PAIRS = 20
_TOLERANCE = 0.25
_MOST_SPREADS = 4.0
_LEAST, _MOST = 0.01, 0.999


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike values are which lie one or two usual intervals apart: correlations."""

    interval_s: float
    one: float
    two: float

    @property
    def memory_s(self) -> float:
        """The time constant by which a deviation decays."""
        return -self.interval_s / float(np.log(self.one))

    @property
    def over_a_minute(self) -> float:
        """How alike values a minute apart are: what an interval forgets more than the next one is noise."""
        decay = min(max(self.two / self.one, _LEAST), _MOST)
        share = min(self.one / decay, 1.0)
        return float(share * decay ** (MINUTE_S / self.interval_s))


def likeness_of(usual: Usual) -> Likeness | None:
    """Of one patient; ``None`` if there are too few pairs of values, or nothing ever changed."""
    interval_s = usual.series.interval_s
    one, two = (_correlation(usual, steps, interval_s) for steps in (1, 2))
    return None if one is None or two is None else Likeness(interval_s=interval_s, one=one, two=two)


def _correlation(usual: Usual, steps: int, interval_s: float) -> float | None:
    z = np.clip(usual.z, -_MOST_SPREADS, _MOST_SPREADS)
    apart_s = (usual.series.local_ms[steps:] - usual.series.local_ms[:-steps]) / 1000.0
    pairs = np.abs(apart_s - steps * interval_s) <= _TOLERANCE * interval_s
    earlier, later = z[:-steps][pairs], z[steps:][pairs]
    squares = float((earlier * earlier).sum() * (later * later).sum())
    if len(earlier) < _FEWEST_PAIRS or squares == 0.0:
        return None
    correlation = float((earlier * later).sum()) / float(np.sqrt(squares))
    return min(max(correlation, _LEAST), _MOST)


def innovation_variance(usual: Usual, likeness: Likeness, memory_s: float) -> float:
    """The variance of a minute's innovation, of one patient, if deviations decay with ``memory_s``."""
    minute = _left(MINUTE_S, memory_s)
    if likeness.interval_s > DENSE_INTERVAL_S:
        return usual.variance * (1.0 + minute * minute - 2.0 * minute * likeness.over_a_minute)
    surprise = _surprises(usual, likeness.interval_s, memory_s)
    step = _left(likeness.interval_s, memory_s)
    return variance_of(surprise) * (1.0 - minute * minute) / (1.0 - step * step)


def _surprises(usual: Usual, interval_s: float, memory_s: float) -> FloatArray:
    apart_s = np.diff(usual.series.local_ms) / 1000.0
    pairs = np.abs(apart_s - interval_s) <= _TOLERANCE * interval_s
    foretold = np.exp(-apart_s / memory_s) * usual.residual[:-1]
    surprises: FloatArray = (usual.residual[1:] - foretold)[pairs]
    return surprises


def _left(elapsed_s: float, memory_s: float) -> float:
    return float(np.exp(-elapsed_s / memory_s))
