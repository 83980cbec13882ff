"""Variability: whether a vital has begun to swing more, or less, than it does in this patient.

The logarithm of the ratio of two exponentially weighted variances of the innovations, one over the last hour
and one over the last day, by its standard error (after the F test of two variances, R. A. Fisher 1924, with
the logarithm's error by the delta method). Innovations have mean 0, so the variance is their mean square. A
loss of heart rate variability precedes sepsis by hours (M. P. Griffin and J. R. Moorman, "Toward the early
diagnosis of neonatal sepsis", 2001): less counts as much as more.

The standard error
    A weighted mean square of normal values has a relative variance of 2 v, v being the sum of the squared
    weights; v of the day's weights is kept. In the long run the hour's is 24 v. As the day contains the hour,
    the two have a covariance, of 2 v times 48 / 25; so the logarithm of their ratio has a variance of
    2 v (1 + 24 - 2 x 48 / 25) = 42.3 v. Until a day was seen v is larger, and the score smaller.

Limits
    The first day counts readings alike, and the score is not a number before :data:`LEAST_READINGS`: a vital
    that comes every few hours has none for weeks. Heavy tails make the true error larger: scores are
    calibrated. Innovations are cut at :data:`MOST_VALUE`, variances at :data:`LEAST_VARIANCE`, so that
    neither an artefact nor a flat line makes a ratio without end; a score ends at :data:`MOST_SCORE`.

>>> import numpy as np
>>> from wardwatch.core.detectors.detector import JUDGED, Seen, empty_state
>>> detector = VarianceRatio()
>>> state = empty_state(detector, patients=1)
>>> one, sign = np.ones(1), np.full((JUDGED, 1), 1.0)
>>> for size, readings in (1.0, 1440), (2.0, 60):
...     for _ in range(readings):
...         sign = -sign
...         seen = Seen(at_ms=one.astype(np.int64), local_ms=one.astype(np.int64), values=sign, z=sign,
...             innovation=sign * size, elapsed_s=abs(sign) * 60, steps=one, resting=one > 0, learning=one)
...         score = detector.score(state, seen)
...         detector.learn(state, seen)
...     print(score[0].round(1))
[0.]
[5.7]
"""

from __future__ import annotations

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field, Learner, OnePass, Seen, State
from wardwatch.core.detectors.recursions import ew_mean, share
from wardwatch.core.reading import FloatArray

FAST_S = 3600.0
SLOW_TIMES = 24.0
# One value is at most a fifth of the hour's variance: of vitals that come seldom, the last ones count.
MOST_SHARE = 0.2
LEAST_READINGS = 200
# In spreads, as in `cusum`.
MOST_VALUE = 4.0
# Of innovations whose usual variance is 1. Wardwatch's own choice.
LEAST_VARIANCE = 0.1
MOST_SCORE = 50.0

_LOG_VARIANCE = 2.0 * (1.0 + SLOW_TIMES - 4.0 * SLOW_TIMES / (1.0 + SLOW_TIMES))


class VarianceRatio(OnePass):
    """Two variances a vital, and the sum of the slower one's squared weights.

    They start as if one innovation of the usual size had been seen.
    """

    name = "variance_ratio"
    fields = (
        Field("variance_fast", JUDGED, 1.0),
        Field("variance_slow", JUDGED, 1.0),
        Field("variance_weights", JUDGED, 1.0),
    )

    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        """|log(variance of the last hour / of the last day)| in standard errors, with this value in both."""
        value = np.clip(seen.innovation, -MOST_VALUE, MOST_VALUE)
        squared = value * value
        by_time = share(seen.elapsed_s, FAST_S, MOST_SHARE)
        kept = state["variance_weights"]
        # That of one more among values that all weigh alike, until the window is full.
        alike = kept / (1.0 + kept)
        slow_share, fast_share = np.maximum(by_time / SLOW_TIMES, alike), np.maximum(by_time, alike)
        fast, slow, weights = _taken_in(state, squared, fast_share, slow_share)
        ratio = np.maximum(fast, LEAST_VARIANCE) / np.maximum(slow, LEAST_VARIANCE)
        score = np.minimum(np.abs(np.log(ratio)) / np.sqrt(_LOG_VARIANCE * weights), MOST_SCORE)
        np.copyto(score, np.nan, where=weights > 1.0 / LEAST_READINGS)

        def learn(learning: FloatArray) -> None:
            measured = ~np.isnan(squared)
            taken_in = _taken_in(state, squared, learning * fast_share, learning * slow_share)
            for field, numbers in zip(self.fields, taken_in, strict=True):
                np.copyto(state[field.name], numbers, where=measured)

        return score, learn


def _taken_in(
    state: State, squared: FloatArray, fast_share: FloatArray, slow_share: FloatArray
) -> tuple[FloatArray, ...]:
    """The three numbers with this value in them, in the order of the fields."""
    fast, slow, weights = (state[field.name] for field in VarianceRatio.fields)
    left = 1.0 - slow_share
    weights = left * left * weights + slow_share * slow_share
    return ew_mean(fast, squared, fast_share), ew_mean(slow, squared, slow_share), weights
