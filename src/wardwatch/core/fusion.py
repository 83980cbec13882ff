"""One score from many signs: additive, with exact reasons.

The score of a patient is the squared Mahalanobis distance of the vitals that lie outside their own band,
times a *gain* of up to :data:`MOST_GAIN` by which the other detectors confirm it:

    score = (1 + gain) * sum of c_i,    c_i = d_i (S^-1 d)_i

with d the vitals' z, 0 within the band of :data:`BAND_SPREADS`, and S their covariance (`mahalanobis`). Each
term is its vital's exact contribution. A vital that is within its own band never makes an alarm, whatever the
other detectors say of it; and how rare a score is, `calibration` tells.

The gain is the largest that a detector gives, of a vital outside its band: none up to the first number of
bits in :data:`GAIN_BITS` by which its own score is rare, all of it from the second on.

Counterfactual
    While a vital's value lies between its *allowed* bounds, the others being as they are, the score is at
    most the limit, whatever the gain: the squared distance is a convex quadratic of the one vital's d, so
    that all d between its roots keep it below limit / (1 + most gain). The bounds are sharpened with every
    reading, beyond the limit or not, from the first one of an alarm until it has risen as far as it can; so
    it is true of all these readings together: had the vital stayed within its bounds, there would have been
    no such step. A vital has no bounds if the others would have been enough, not all of them known to be
    steady: what was not judged as things were could have been, had another vital been quiet.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.calibration import Reference
from wardwatch.core.detectors.detector import JUDGED, Field, State
from wardwatch.core.detectors.mahalanobis import contributions, quadratic_in
from wardwatch.core.reading import BoolArray, FloatArray

# 95 % of normally distributed values lie within 2 spreads.
BAND_SPREADS = 2.0
# The next three were tuned on recordings of real wearers (docs/evidence.md).
MOST_GAIN = 6.0
# Cumulative sums tell a jump from a slow drift of the usual; what the others find rare goes on for hours, and
# must be rarer to count for as much.
GAIN_BITS: dict[str, tuple[float, float]] = {
    "cusum": (4.0, 6.0),
    "trend": (8.0, 12.0),
    "spot": (8.0, 12.0),
    "variance_ratio": (8.0, 12.0),
}
# What a bound leaves to the drift of the usual: it is learned on where there is no alarm.
_MARGIN = 0.9


@dataclass(frozen=True, slots=True, kw_only=True)
class Fused:
    """Scores of ``n`` patients: ``parts`` (judged vitals, n) sum to ``score`` (n).

    ``gain`` (n) is in the parts; ``confirmed_by`` (n) is the number of the detector that gave it.
    """

    parts: FloatArray
    score: FloatArray
    gain: FloatArray
    confirmed_by: FloatArray


FIELDS = (
    # Each vital's latest z, if it could be judged.
    Field("z", JUDGED, np.nan),
    # What the latest score was made of.
    Field("scored_z", JUDGED, np.nan),
    Field("gain"),
    Field("confirmed_by", default=-1.0),
    # For how long each vital has been outside its band.
    Field("abnormal_s", JUDGED),
    # Within these bounds a vital would not have made the alarm that is pending or open.
    Field("allowed_low", JUDGED, -np.inf),
    Field("allowed_high", JUDGED, np.inf),
)


def outside_band(z: FloatArray) -> FloatArray:
    """``z`` where it is outside the band, 0 within, not-a-number where there is none."""
    return np.where(np.abs(z) <= BAND_SPREADS, 0.0, z)


def gains(
    d: FloatArray, scores: dict[str, FloatArray], references: dict[str, Reference]
) -> tuple[FloatArray, FloatArray]:
    """(n) each: the gain, and the number of the detector that gives it.

    ``d`` and each of ``scores``, by detector, are (judged vitals, n).
    """
    gain, by = np.zeros(d.shape[1]), np.full(d.shape[1], -1.0)
    with np.errstate(invalid="ignore"):
        places = np.flatnonzero(np.abs(d) > 0.0)
    if not len(places):
        return gain, by
    vital, patient = np.divmod(places, d.shape[1])
    for number, (name, reference) in enumerate(references.items()):
        bits = reference.bits_of(scores[name][vital, patient])
        none, full = GAIN_BITS[name]
        share = np.clip((bits - none) / (full - none), 0.0, 1.0)
        larger = share > gain[patient]
        np.maximum.at(gain, patient[larger], share[larger])
        by[patient[larger]] = number
    return MOST_GAIN * gain, by


def fuse(covariance: FloatArray, z: FloatArray, gain: FloatArray, confirmed_by: FloatArray) -> Fused:
    """The score of the vitals that stand; ``z`` (judged vitals, n), not-a-number for those that don't."""
    d = outside_band(z)
    parts = np.zeros_like(d)
    with np.errstate(invalid="ignore"):
        odd = np.flatnonzero((np.abs(d) > 0.0).any(axis=0))
    if len(odd):
        parts[:, odd] = contributions(covariance[:, odd], d[:, odd]) * (1.0 + gain[odd])
    return Fused(parts=parts, score=total(parts), gain=gain, confirmed_by=confirmed_by)


def total(parts: FloatArray) -> FloatArray:
    """Their sum over the vitals, one after the other: the same for one patient and for a thousand."""
    added = np.zeros(parts.shape[1])
    for part in parts:
        added = added + part
    return added


def allowed(
    covariance: FloatArray, z: FloatArray, usual: FloatArray, spread: FloatArray, most_score: float
) -> tuple[FloatArray, FloatArray]:
    """The lowest and highest value of each vital with which ``most_score`` is surely not passed.

    (judged vitals, n) each, in the vitals' units; inf and -inf for a vital without which the score could be
    passed as well, -inf and inf for one that plays no part and is not needed.
    """
    d = outside_band(z)
    a, b, rest = quadratic_in(covariance, d)
    room = _MARGIN * most_score / (1.0 + MOST_GAIN) - rest
    enough: BoolArray = room >= 0.0
    bounded = enough & (a > 0.0)
    band = _MARGIN * BAND_SPREADS
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = np.sqrt(b * b + a * room)
        low = np.minimum((-b - reach) / a, -band)
        high = np.maximum((-b + reach) / a, band)
    low = np.where(bounded, usual + low * spread, np.where(enough, -np.inf, np.inf))
    high = np.where(bounded, usual + high * spread, np.where(enough, np.inf, -np.inf))
    return low, high


def narrow(state: State, low: FloatArray, high: FloatArray, begun: BoolArray) -> None:
    """Keep the bounds that hold for all readings since the alarm began to be pending."""
    state["allowed_low"][:] = np.where(begun, low, np.maximum(state["allowed_low"], low))
    state["allowed_high"][:] = np.where(begun, high, np.minimum(state["allowed_high"], high))
