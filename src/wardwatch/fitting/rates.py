"""How many learned alarms a patient-day there are for a limit: counted, by the very monitor, limit by limit.

What is learned depends on what alarms, and so on the limit; each limit needs the whole recordings. All limits
are played side by side, every patient once for each limit as a patient of its own, which costs little more
than one of them. All days of a patient count, as they do on a ward, and every learned alarm counts as false.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from wardwatch.core.calibration import FalseAlarms, Reference
from wardwatch.core.fusion import BAND_SPREADS
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.banks import BankOfLimits
from wardwatch.evaluating.tracks import Track
from wardwatch.fitting.errors import FitError
from wardwatch.fitting.replays import Advance, learned_alarms, rules_of

# Of the root of the fused score, which is in spreads: from the band's edge, below which nothing alarms, to
# where recordings of some years have no alarms left.
_ROOTS: FloatArray = np.array([BAND_SPREADS * 1.08**step for step in range(24)])
# A rate from fewer alarms is chance. Wardwatch's own choice.
_FEWEST_ALARMS = 4
_FEWEST_POINTS = 2


def limits_for(fused: Reference) -> tuple[float, ...]:
    """Limits in bits that are worth measuring, rising."""
    return tuple(float(bits) for bits in np.unique(fused.bits_of(_ROOTS).round(4)))


def fit_rates(
    tracks: Sequence[Track],
    model: Model,
    local_time: LocalTime,
    advance: Advance,
    limits: Sequence[float],
) -> FalseAlarms:
    """With this model, whose own rates don't matter, for rising limits; raises :class:`FitError`."""
    count = len(tracks)
    limit_of = {str(number): limits[number // count] for number in range(count * len(limits))}
    bank = BankOfLimits(model, local_time, limit_of)
    told = learned_alarms([*tracks] * len(limits), rules_of(model, local_time), bank, advance)
    alarms = np.array([len(its) for its in told]).reshape(len(limits), count).sum(axis=1)
    return falling(limits, alarms.tolist(), sum(track.watched_days() for track in tracks))


def falling(limits: Sequence[float], alarms: Sequence[int], days: float) -> FalseAlarms:
    """Alarms in so many patient-days as rates, those left out that are chance or don't fall.

    >>> falling([4.0, 5.0, 6.0, 7.0, 8.0], [90, 40, 41, 5, 1], days=100.0).measured
    ((4.0, 0.9), (5.0, 0.4), (7.0, 0.05))
    """
    kept: list[tuple[float, float]] = []
    for limit, number in zip(limits, alarms, strict=True):
        rate = round(number / days, 6) if days else 0.0
        if number >= _FEWEST_ALARMS and (not kept or rate < kept[-1][1]):
            kept.append((limit, rate))
    if len(kept) < _FEWEST_POINTS:
        raise FitError(
            f"in {days:,.1f} patient-days there are too few learned alarms, whatever the limit, to measure "
            "how they become fewer: fit on longer recordings"
        )
    return FalseAlarms(tuple(kept))
