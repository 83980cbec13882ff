"""A model of the population with round figures, which no fit of recordings changes."""

from __future__ import annotations

import numpy as np

from wardwatch.core.baseline import Prior
from wardwatch.core.calibration import FalseAlarms, Reference
from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.detectors.spot import NORMAL
from wardwatch.core.model import Model

PRIOR = Prior.of_one(level=70.0, spread=6.0, innovation_spread=3.0)


def model_with_limit(bits: float) -> Model:
    """A learned alarm from ``bits`` on, if one a patient-day is asked for; a spread has 2 bits."""
    return Model(
        name="of tests",
        sources=(),
        prior=PRIOR,
        correlation=np.eye(JUDGED),
        tail=NORMAL,
        references={},
        fused=Reference(np.array([0.0, 6.0]), np.array([0.0, 12.0])),
        false_alarms=FalseAlarms(((bits, 1.0),)),
    )
