"""From a score to how rare it is: conformal p values against a reference, and rates of false alarms.

A *reference* is how often a score as high as this is reached by patients at rest to whom nothing happened: 32
points of the survival function. The p value of a score is the share of the reference that is at least as
high (conformal prediction: V. Vovk, A. Gammerman and G. Shafer, Algorithmic Learning in a Random World,
2005); it is told in *bits*, -log2 p, so that every further bit means half as often. Beyond the reference's
last point bits go on rising at the pace of its last points: no recording is long enough for the rarest.

The reference is part of the model, fitted on recordings and protected: nothing that a patient does changes
it. A reference of the patient's own was tried, shrunk to this one: it learns from each patient's strangest
hours that these are usual, and cost a quarter of the injected events at the same rate of false alarms
(docs/evidence.md).

>>> reference = Reference(scores=np.array([0.0, 1.0, 2.0]), bits=np.array([0.0, 3.0, 10.0]))
>>> reference.bits_of(np.array([0.5, 2.0, 4.0]))
array([ 1.5, 10. , 24. ])
>>> reference.score_at(24.0)
4.0
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from wardwatch.core.reading import FloatArray

POINTS = 32


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """``scores`` rise; ``bits`` begin at 0 and never fall."""

    scores: FloatArray
    bits: FloatArray
    # Bits a unit of score, over the last quarter of the points.
    _last_slope: float = field(init=False)

    def __post_init__(self) -> None:
        first = -max(len(self.scores) // 4, 2)
        slope = (self.bits[-1] - self.bits[first]) / (self.scores[-1] - self.scores[first])
        object.__setattr__(self, "_last_slope", float(slope))

    @classmethod
    def of(cls, scores: FloatArray) -> Reference:
        """From scores that were reached while nothing happened."""
        # Evenly in bits: the tail is what matters, and 1 of 2^12 is as far as a month of minutes can tell.
        shares = np.exp2(-np.linspace(0.0, 12.0, POINTS))
        points = np.unique(np.quantile(scores, 1.0 - shares))
        reached = np.sort(scores)
        above = len(reached) - np.searchsorted(reached, points, side="left")
        return cls(points, -np.log2(above / len(reached)))

    def bits_of(self, scores: FloatArray) -> FloatArray:
        """How rare; not-a-number stays so."""
        beyond = np.maximum(scores - self.scores[-1], 0.0)
        bits: FloatArray = np.interp(scores, self.scores, self.bits) + beyond * self._last_slope
        return bits

    def score_at(self, bits: float) -> float:
        """The highest score that is not rarer than this."""
        if bits > self.bits[-1]:
            return float(self.scores[-1] + (bits - self.bits[-1]) / self._last_slope)
        return float(np.interp(bits, self.bits, self.scores))


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """How many learned alarms a patient-day there are for a limit, as measured: (limit in bits, rate)."""

    measured: tuple[tuple[float, float], ...]

    def limit_for(self, a_patient_day: float) -> float:
        """The limit, in bits, with so many of them; log(rate) is a straight line between measurements."""
        limits, rates = zip(*sorted(self.measured), strict=True)
        logs = np.log(np.array(rates))
        wanted = np.log(a_patient_day)
        # Rates fall as limits rise.
        if wanted >= logs[0]:
            return float(limits[0])
        if wanted <= logs[-1]:
            slope = (limits[-1] - limits[0]) / (logs[-1] - logs[0])
            return float(limits[-1] + (wanted - logs[-1]) * slope)
        return float(np.interp(-wanted, -logs, limits))
