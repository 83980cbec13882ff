"""Whether a rate of false alarms that is set on some patients is the rate that others get.

Patients are halved at random, again and again. The threshold for the rate that is set is found on one half,
and the false alarms that it makes are counted on the other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from wardwatch.evaluating.judged import Judged
from wardwatch.evaluating.operating import operating_points

# Rates a patient-day that are set; how often patients are halved.
SET_RATES = (0.05, 0.1, 0.25, 1.0)
_HALVINGS = 200


def rate_calibration(judged: Judged, seed: int) -> list[dict[str, Any]]:
    """For each rate the one obtained: the mean over the halvings, and between which 95 % of them lie."""
    patients = len(judged.instants.stays)
    if patients < 2:
        return []
    random = np.random.default_rng(seed)
    tuned_on = np.zeros((_HALVINGS, patients))
    for halving in tuned_on:
        halving[random.permutation(patients)[: patients // 2]] = 1.0
    made = np.nan_to_num(judged.false_alarms(tuned_on))
    others = judged.false_alarms(1.0 - tuned_on)
    calibration = []
    for rate in SET_RATES:
        obtained = others[np.arange(_HALVINGS), operating_points(made, rate)]
        defined = not np.isnan(obtained).any()
        ends = np.percentile(obtained, (2.5, 97.5)).tolist()
        calibration.append(
            {
                "set": rate,
                "obtained": float(obtained.mean()) if defined else None,
                "interval": ends if defined else None,
                "patients": patients - patients // 2,
            }
        )
    return calibration
