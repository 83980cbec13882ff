"""Cumulative sums: a small shift that lasts, seen sooner than any single value could tell.

The two-sided tabular CUSUM (E. S. Page, "Continuous inspection schemes", Biometrika 41, 1954; in this form
D. C. Montgomery, Introduction to Statistical Quality Control, chapter "Cumulative sum control chart"), on the
innovation of each vital: what is left of a value after the patient's usual and what the value before had
foretold. One sum collects what lies more than ``SLACK`` above 0, the other what lies as far below; neither
goes below 0. The score is the one of the side where the value lies, with the value at hand in it: that a
vital has just fallen is no sign that it is too high.

With a slack of 0.5 the sums are the quickest to find a shift of 1 spread; of white noise they pass 5 once in
465 values (Montgomery). What comes of that for a threshold is not decided here: scores are calibrated.

Limits
    A shift that comes so slowly that each innovation stays within the slack is never seen: that is what
    `trend` is for. Raised sums fall by no more than the slack a value, so the score stays high for a while
    after the shift is over: whoever makes an alarm of it calls :meth:`Cusum.reset`.
    In the exact form a sum remembers for ever. Here it fades over :data:`TIME_CONSTANT_S`, one value adds at
    most :data:`MOST_VALUE` less the slack, and the sum ends at :data:`MOST_SUM`.

>>> import numpy as np
>>> from wardwatch.core.detectors.detector import JUDGED, Seen, empty_state
>>> one, two = np.ones(1), np.full((JUDGED, 1), 2.0)
>>> seen = Seen(at_ms=one.astype(np.int64), local_ms=one.astype(np.int64), values=two, elapsed_s=two * 0.0,
...     z=two, innovation=two, steps=one, resting=one > 0, learning=one)
>>> detector = Cusum()
>>> state = empty_state(detector, patients=1)
>>> for _ in range(3):
...     print(detector.score(state, seen)[0])
...     detector.learn(state, seen)
[1.5]
[3.]
[4.5]
"""

from __future__ import annotations

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field, Learner, OnePass, Seen, State
from wardwatch.core.detectors.recursions import cusum_step, fade
from wardwatch.core.reading import BoolArray, FloatArray

# Half the shift that is to be found soonest, which is 1 spread (Montgomery).
SLACK = 0.5
# Vitals that a nurse takes come every 4 to 12 hours, and some of them must add up; but what was collected
# yesterday says little of today. Wardwatch's own choice.
TIME_CONSTANT_S = 12 * 3600.0
# In spreads. A single artefact, however wild, stays below the usual threshold of 5. Wardwatch's own choice.
MOST_VALUE = 4.0
# Five times the usual threshold; from there a patient who is well again is back at 0 within 50 values.
MOST_SUM = 25.0


class Cusum(OnePass):
    """Two cumulative sums a vital; ``slack``, ``most_value`` and ``most_sum`` are in spreads.

    With a ``seen.learning`` below 1 a value counts for less.
    """

    name = "cusum"
    fields = (Field("cusum_up", JUDGED), Field("cusum_down", JUDGED))

    def __init__(
        self,
        *,
        slack: float = SLACK,
        most_value: float = MOST_VALUE,
        most_sum: float = MOST_SUM,
        time_constant_s: float = TIME_CONSTANT_S,
    ) -> None:
        self._slack, self._most_value, self._most_sum = slack, most_value, most_sum
        self._time_constant_s = time_constant_s

    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        """The sum on the side where the value's z lies, with this value fully in it: 0 to ``most_sum``."""
        left = fade(seen.elapsed_s, self._time_constant_s)
        before = state["cusum_up"] * left, state["cusum_down"] * left
        value = np.clip(seen.innovation, -self._most_value, self._most_value)
        up, down = self._taken_in(*before, value, 1.0)

        def learn(learning: FloatArray) -> None:
            in_part = (learning != 1.0).any()
            sums = self._taken_in(*before, value, learning) if in_part else (up, down)
            measured = ~np.isnan(value)
            for field, latest in zip(self.fields, sums, strict=True):
                np.copyto(state[field.name], latest, where=measured)

        return np.where(seen.z < 0.0, down, up), learn

    def reset(self, state: State, where: BoolArray) -> None:
        """Begin anew, as after an alert; ``where`` is (n) for whole patients or (judged vitals, n)."""
        for field in self.fields:
            np.copyto(state[field.name], 0.0, where=where)

    def _taken_in(
        self, up: FloatArray, down: FloatArray, value: FloatArray, weight: FloatArray | float
    ) -> tuple[FloatArray, FloatArray]:
        """Both sums with this value in them; not-a-number where none was measured."""
        up, down = cusum_step(up, down, weight * value, weight * self._slack)
        return np.minimum(up, self._most_sum), np.minimum(down, self._most_sum)
