"""What wardwatch's own row is ranked by: one score from the signals that its conditions go by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.bank import Bank
from wardwatch.core.conditions import DETERIORATION_SIGNAL, NEWS2_SIGNAL, UNUSUAL_SIGNAL
from wardwatch.core.monitor import Rules
from wardwatch.core.reading import FloatArray

# Bits of the unusual that weigh as much as a point of NEWS2. Wardwatch's own choice.
_BITS_A_POINT = 4.0


@dataclass(frozen=True, slots=True)
class LearnedLimits:
    """Above which the signals of the unusual, in ``bits``, and of deterioration, a ``score``, are told."""

    bits: float
    score: float

    @classmethod
    def of(cls, rules: Rules) -> LearnedLimits:
        """Those of a monitor with these rules."""
        bank = Bank(rules.model, rules.local_time, rules.false_alarms_a_patient_day)
        return cls(bank.limit_bits, bank.deterioration.limit)


def wardwatch_score(signals: FloatArray, limits: LearnedLimits) -> FloatArray:
    """(n), from standing signals (n, SIGNAL_COUNT); not-a-number before anything is known.

    It is the score of deterioration, and of whom too few vitals are known, as of a wearer's heart rate alone,
    the points of NEWS2: both are about 0 for who is well. What is unusual for the patient is added.
    """
    unusual = np.nan_to_num(signals[:, UNUSUAL_SIGNAL] + limits.bits, nan=0.0)
    deterioration = signals[:, DETERIORATION_SIGNAL] + limits.score
    known = np.where(np.isnan(deterioration), signals[:, NEWS2_SIGNAL], deterioration)
    score: FloatArray = known + np.maximum(unusual, 0.0) / _BITS_A_POINT
    return score
