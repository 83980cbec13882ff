"""What a value says for an acute illness: how rare it is in the population, on the worse side.

The vitals are those that NEWS2 scores (Royal College of Physicians, 2017), and the sides those on which acute
illness moves them: a fast heart, fast breathing, little oxygen, a low pressure, and a temperature away from
the middle. The other sides are left to the hard limits. Which sides to take was chosen on half of the stays
that the figures were measured on, and holds on the other half (docs/evidence.md).

The *evidence* of a value is in bits. Half of the population's values have none; with every further bit half
as many lie as far out. It ends where the reference does, so that one wild value is no more than one.

Nothing here was fitted to who fell ill: references are those of everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.calibration import FalseAlarms, Reference
from wardwatch.core.detectors.detector import JUDGED_NAMES
from wardwatch.core.reading import FloatArray

# +1 where a high value is the worse, -1 where a low one is, 0 where both are: wardwatch's own choice.
_SIDES = {
    "heart_rate": 1,
    "oxygen_saturation": -1,
    "respiratory_rate": 1,
    "body_temperature": 0,
    "systolic_pressure": -1,
}
# The first ones of the judged vitals.
SPEAKING = len(_SIDES)
SPEAKING_NAMES = JUDGED_NAMES[:SPEAKING]
_SIDE = np.array([_SIDES[name] for name in SPEAKING_NAMES])
# What half of the values reach says nothing.
_NO_BITS = 1.0
# 1 of 2^12 is the last point of a reference (`calibration`).
MOST_EVIDENCE = 12.0 - _NO_BITS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Population:
    """A part of the model, in the order of :data:`SPEAKING_NAMES`.

    ``middle`` is each vital's median, ``references`` how rare it is to lie so far from there on the worse
    side, ``mean`` the mean evidence of a value. ``false_alarms`` are the alarms of `deterioration` a
    patient-day, for a limit of its score.
    """

    middle: FloatArray
    references: tuple[Reference, ...]
    mean: FloatArray
    false_alarms: FalseAlarms

    def evidence_of(self, values: FloatArray) -> FloatArray:
        """Of values (speaking vitals, n); not-a-number stays so."""
        distance = distances(values, self.middle)
        evidence = np.empty_like(distance)
        for vital, reference in enumerate(self.references):
            evidence[vital] = reference.bits_of(distance[vital]) - _NO_BITS
        return np.minimum(np.maximum(evidence, 0.0), MOST_EVIDENCE)

    def bounds_of(self, vital: int, evidence: float) -> tuple[float | None, float | None]:
        """The lowest and highest value with no more evidence than this; ``None`` where there is none."""
        if evidence >= MOST_EVIDENCE:
            return None, None
        middle, distance = float(self.middle[vital]), self.references[vital].score_at(evidence + _NO_BITS)
        side = int(_SIDE[vital])
        return None if side > 0 else middle - distance, None if side < 0 else middle + distance


def distances(values: FloatArray, middle: FloatArray) -> FloatArray:
    """How far values (speaking vitals, n) lie from the middle on the worse side; below 0 on the other."""
    side = _SIDE[:, None]
    from_middle = values - middle[:, None]
    found: FloatArray = np.where(side == 0, np.abs(from_middle), side * from_middle)
    return found
