"""Extremes: how rare a value this far out is, by the shape of the tail and not by that of the middle.

SPOT (A. Siffer, P.-A. Fouque, A. Termier and C. Largouët, "Anomaly detection in streams with extreme value
theory", KDD 2017): what exceeds a threshold that is high enough follows a generalised Pareto distribution
(J. Pickands, 1975; A. Balkema and L. de Haan, 1974). With the share p of values beyond the threshold t, a
shape g and a scale s,

    P(|z| > x) = p (1 + g (x - t) / s) ^ (-1 / g),    for g = 0:    p exp(-(x - t) / s).

The score is -log10 of that probability for a |z| above the threshold: 3 for what 1 value in 1,000 exceeds.
For a |z| up to the threshold it is 0: the tail says nothing of the middle. It ends at :data:`MOST_SCORE`.

Threshold and shape of each vital's tail come from many patients and stay (:class:`TailPrior`), because to
learn a shape takes more extremes than a patient has. A patient's own are the share and the mean excess, with
exponentially falling weights, and shrunk to the prior: of both, :data:`PRIOR_WEIGHT` is always the prior's.
The scale is the mean excess times (1 - g), the method of moments.

Limits
    Neighbouring values exceed together; the probability is that of a value, not of an episode. Siffer's
    thresholds move with the patient; here they don't. A patient who is ill for days widens the own tail:
    `Seen.learning` is there against it.

>>> import numpy as np
>>> from wardwatch.core.detectors.detector import JUDGED, Seen, empty_state
>>> detector = Spot(TailPrior.of(threshold=2.0, shape=0.5, scale=1.0, share=0.01))
>>> one = np.ones(3)
>>> z = np.full((JUDGED, 3), [1.9, -2.0001, 20.0])
>>> seen = Seen(at_ms=one.astype(np.int64), local_ms=one.astype(np.int64), values=z, z=z, innovation=z,
...     elapsed_s=z * 0.0, steps=one, resting=one > 0, learning=one)
>>> detector.score(empty_state(detector, patients=3), seen)[0].round(2)
array([0., 2., 4.])
"""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field, Learner, OnePass, Seen, State
from wardwatch.core.detectors.recursions import ew_mean, share
from wardwatch.core.reading import FloatArray, IntArray

# A week, since extremes are rare. Wardwatch's own choice, as are the next two.
TIME_CONSTANT_S = 7 * 86400.0
# One value is at most a fiftieth of what is known, however long the gap before it.
MOST_SHARE = 0.02
PRIOR_WEIGHT = 0.3
# In spreads, as in `mahalanobis`.
MOST_Z = 20.0
# Once in 10^12 values is never: a value a second makes 3 x 10^9 in a century.
MOST_SCORE = 12.0
# A shape nearer to 0 than this makes no difference, but 0 itself would divide by 0.
_LEAST_SHAPE = 1e-9


@dataclass(frozen=True, slots=True)
class TailPrior:
    """The tail of each judged vital's |z| in the population.

    ``threshold`` in spreads, ``shape`` from -0.5 to below 1, ``scale`` in spreads, ``share`` of values beyond
    the threshold.
    """

    threshold: tuple[float, ...]
    shape: tuple[float, ...]
    scale: tuple[float, ...]
    share: tuple[float, ...]

    def __post_init__(self) -> None:
        if any(len(numbers) != JUDGED for numbers in astuple(self)):
            raise ValueError(f"A tail needs each of its numbers for {JUDGED} vitals.")
        for threshold, shape, scale, beyond in zip(*astuple(self), strict=True):
            # Below -0.5 moments say little of the scale; from 1 on there is no mean excess.
            if not (0 < threshold < MOST_Z and -0.5 <= shape < 1 and scale > 0 and 0 < beyond < 1):
                raise ValueError(
                    f"No tail: threshold {threshold}, shape {shape}, scale {scale}, share {beyond}."
                )

    @classmethod
    def of(cls, *, threshold: float, shape: float, scale: float, share: float) -> TailPrior:
        """The same for all vitals."""
        return cls((threshold,) * JUDGED, (shape,) * JUDGED, (scale,) * JUDGED, (share,) * JUDGED)


# The normal distribution's own: 2 % of |z| exceed 2.326, by 0.339 in the mean.
NORMAL = TailPrior.of(threshold=2.326, shape=0.0, scale=0.339, share=0.02)


class Spot(OnePass):
    """How improbable each vital's |z| is, as the negative decimal logarithm: 0 to :data:`MOST_SCORE`."""

    name = "spot"

    def __init__(self, prior: TailPrior = NORMAL) -> None:
        threshold, shape, scale, beyond = (np.array(numbers)[:, np.newaxis] for numbers in astuple(prior))
        self._threshold = threshold
        self._shape = np.where(np.abs(shape) < _LEAST_SHAPE, _LEAST_SHAPE, shape)
        # The mean over all values, of which most exceed by 0: it takes no count of those that do.
        excess = beyond * scale / (1.0 - self._shape)
        self._prior_share, self._prior_excess = PRIOR_WEIGHT * beyond, PRIOR_WEIGHT * excess
        self.fields = (
            Field("tail_share", JUDGED, prior.share),
            Field("tail_excess", JUDGED, tuple(excess[:, 0].tolist())),
        )

    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        """-log10 of the tail probability of |z|, 0 up to the threshold.

        What is learned is the share of values that exceed it, and the mean excess.
        """
        distance = np.abs(seen.z)
        excess: FloatArray = np.fmax(np.minimum(distance, MOST_Z) - self._threshold, 0.0)
        exceeds = excess > 0.0
        # 0, or not-a-number.
        scores = np.minimum(distance, 0.0)
        # Few values get this far, and logarithms are dear.
        places = np.flatnonzero(exceeds)
        if len(places):
            vital, patient = np.divmod(places, len(seen))
            scores[vital, patient] = self._decades(state, vital, patient, excess[vital, patient])

        def learn(learning: FloatArray) -> None:
            shares = learning * share(seen.elapsed_s, TIME_CONSTANT_S, MOST_SHARE)
            np.copyto(shares, 0.0, where=np.isnan(distance))
            state["tail_share"][:] = ew_mean(state["tail_share"], exceeds.astype(np.float64), shares)
            state["tail_excess"][:] = ew_mean(state["tail_excess"], excess, shares)

        return scores, learn

    def _decades(self, state: State, vital: IntArray, patient: IntArray, excess: FloatArray) -> FloatArray:
        """The scores at these places, by what each exceeds the threshold."""
        own = 1.0 - PRIOR_WEIGHT
        beyond = own * state["tail_share"][vital, patient] + self._prior_share[vital, 0]
        mean = (own * state["tail_excess"][vital, patient] + self._prior_excess[vital, 0]) / beyond
        shape = self._shape[vital, 0]
        reach = shape * excess / (mean * (1.0 - shape))
        # A tail of negative shape has an end, where 1 + reach is 0: from there on the score is the most.
        decades = np.log1p(np.maximum(reach, -1.0 + 1e-15)) / (shape * np.log(10.0))
        scores: FloatArray = np.minimum(decades - np.log10(beyond), MOST_SCORE)
        return scores
