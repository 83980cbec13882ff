"""What wardwatch's own row is ranked by: one score from the signals that its conditions go by."""

from __future__ import annotations

import numpy as np

from wardwatch.core.conditions import NEWS2_SIGNAL, UNUSUAL_SIGNAL
from wardwatch.core.reading import FloatArray

# Bits that weigh as much as a point of NEWS2. Wardwatch's own choice.
_BITS_A_POINT = 4.0


def wardwatch_score(signals: FloatArray, limit_bits: float) -> FloatArray:
    """(n), from standing signals (n, SIGNAL_COUNT); not-a-number before anything is known.

    ``limit_bits`` is the limit that the signal of the unusual is told above.
    """
    unusual = np.nan_to_num(signals[:, UNUSUAL_SIGNAL] + limit_bits, nan=0.0)
    score: FloatArray = signals[:, NEWS2_SIGNAL] + np.maximum(unusual, 0.0) / _BITS_A_POINT
    return score
