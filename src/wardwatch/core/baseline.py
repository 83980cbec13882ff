"""What is usual for this patient at this time of day, and how much of a value is news.

A robust local level with two circadian harmonics (a day's and half a day's sine and cosine: F. Halberg's
cosinor, 1967) for each vital, and the variance around them. A value is scored against the baseline before
the baseline learns from it. It begins at the population's, which counts for two hours of readings. Weights
follow elapsed time, not the number of readings, because readings are irregular. An unusual value pulls with a
force that does not grow with its distance (P. J. Huber, "Robust estimation of a location parameter", 1964),
and one far outside the usual with a tenth of that; so an illness moves the baseline slowly and one artefact
hardly at all, and yet a new normal is learned in the end.

Neighbouring values are alike: of minute heart rates the correlation is 0.92-0.96 (docs/evidence.md). The
*innovation* is what is left of a value after the one before had foretold its part (a first-order
autoregression, G. E. P. Box and G. M. Jenkins, 1970, in continuous time): that is news, and white noise while
nothing happens.

Its limits: one vital at a time, two harmonics are a smooth day, and who works nights is learned as slowly as
everything else.

>>> import numpy as np
>>> from wardwatch.core.detectors.detector import empty_state
>>> prior = Prior.of_one(level=70.0, spread=6.0, innovation_spread=2.0)
>>> baseline = Baseline(prior)
>>> state = empty_state(baseline, patients=1)
>>> values = np.full((JUDGED, 1), 100.0)
>>> seen = baseline.hold_against(state, values, np.full((JUDGED, 1), 60.0), np.zeros(1, dtype=np.int64))
>>> seen.usual[0], seen.z[0]
(array([70.]), array([5.]))
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, JUDGED_NAMES, Field, State
from wardwatch.core.detectors.recursions import elapsed_or_long_ago, or_zero
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.core.vitals import VITALS

# The least spread that a vital is believed to have: sensor resolution, as in docs/evidence.md (HR 1.5 /min,
# SpO2 0.7 %, respiration 1 /min, temperature 0.15 Cel). For the pressures wardwatch's own choice.
SPREAD_FLOORS: dict[str, float] = {
    "heart_rate": 1.5,
    "oxygen_saturation": 0.7,
    "respiratory_rate": 1.0,
    "body_temperature": 0.15,
    "systolic_pressure": 3.0,
    "diastolic_pressure": 3.0,
}
FLOORS = np.array([SPREAD_FLOORS[name] for name in JUDGED_NAMES])[:, None]
_FLOORS_SQUARED = FLOORS * FLOORS

# Some nights and days together are what is usual; a longer memory missed more injected events
# (docs/evidence.md). Wardwatch's own choice, as are the next three.
TIME_CONSTANT_S = 5 * 86400.0
# Nobody's usual is known before a whole day was seen.
LEARNING_S = 24 * 3600.0
# Until then the population's counts as if it had been seen for two hours.
PRIOR_S = 2 * 3600.0
# From so many spreads on a value is taken for an event rather than for usual.
_FAR_SPREADS = 3.5
_FAR_WEIGHT = 0.1
# The harmonics have a mean square of 1/2, and so learn faster by as much than the level, less a margin.
_HARMONICS_GAIN = 1.5
# 95 % efficiency at the normal distribution: Huber 1964.
_HUBER = 1.345
# No value widens a variance as if it lay further out, in squared spreads.
_MOST_SQUARED = 9.0
# What stands between two values that are further apart is not one innovation.
_LONGEST_STEP_S = 300.0
_MINUTE_S = 60.0
_DAY_MS = 86_400_000

# A value counts for as long as it stands, at most for its maximum age.
_AGES_S = np.array([float(vital.maximum_age_s) for vital in VITALS[:JUDGED]])[:, None]
_TERMS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Prior:
    """The population that everybody is taken from at first; each (judged vitals), in the vitals' units.

    ``harmonics`` (4, judged vitals) are cosine and sine of the day, then of the half day.
    ``innovation_variance`` is that of a minute's step; ``memory_s`` the time constant by which a deviation
    from the usual decays.
    """

    level: FloatArray
    harmonics: FloatArray
    variance: FloatArray
    innovation_variance: FloatArray
    memory_s: FloatArray

    @classmethod
    def of_one(cls, *, level: float, spread: float, innovation_spread: float) -> Prior:
        """The same for all vitals, without a time of day: for tests and examples."""
        every = np.ones(JUDGED)
        return cls(
            level=level * every,
            harmonics=np.zeros((4, JUDGED)),
            variance=spread * spread * every,
            innovation_variance=innovation_spread * innovation_spread * every,
            memory_s=1000.0 * every,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Values held against their baselines; all (judged vitals, n), not-a-number where not measured.

    ``residual`` is what a value is above its usual, ``surprise`` what it is above what the one before had
    foretold; both in the vital's unit. ``z`` and ``innovation`` are the same in spreads. ``minutes`` is how
    many times the variance of a minute's innovation this one's has; ``waves``, (n) each, the harmonics at
    this time of day.
    """

    usual: FloatArray
    spread: FloatArray
    residual: FloatArray
    z: FloatArray
    surprise: FloatArray
    innovation: FloatArray
    minutes: FloatArray
    waves: FloatArray


class Baseline:
    """The baselines of all judged vitals."""

    def __init__(self, prior: Prior) -> None:
        self._level = prior.level[:, np.newaxis]
        # The level as a distance from the population's: in single precision one of 37 Cel could not move by
        # what a reading a second is worth.
        usual = (*([0.0] * JUDGED), *prior.harmonics.reshape(-1).tolist())
        self.fields = (
            Field("usual", _TERMS * JUDGED, usual),
            Field("usual_variance", JUDGED, tuple(prior.variance.tolist())),
            Field("innovation_variance", JUDGED, tuple(prior.innovation_variance.tolist())),
            # Of the latest value; 0 where there is none.
            Field("residual", JUDGED),
            Field("learned_s", JUDGED),
        )
        self._decay = -1.0 / prior.memory_s[:, None]
        self._minute_share = -np.expm1(2.0 * _MINUTE_S * self._decay)
        # What comes within a second is learned as if it were a second's.
        self._least_minutes = -np.expm1(2.0 * self._decay) / self._minute_share

    def hold_against(
        self, state: State, values: FloatArray, elapsed_s: FloatArray, local_ms: IntArray
    ) -> Held:
        """Score ``values``, ``elapsed_s`` after the ones before; changes nothing.

        ``local_ms`` (n) is the instant on the ward's wall clock.
        """
        waves = waves_of_day(local_ms)
        usual, spread = self._usual(state, waves), _spread(state)
        residual = values - usual
        foretold = np.exp(elapsed_or_long_ago(elapsed_s) * self._decay)
        surprise = residual - foretold * state["residual"]
        minutes = (1.0 - foretold * foretold) / self._minute_share
        variance = state["innovation_variance"] * minutes
        return Held(
            usual=usual,
            spread=spread,
            residual=residual,
            z=residual / spread,
            surprise=surprise,
            innovation=surprise / np.sqrt(np.maximum(variance, _FLOORS_SQUARED)),
            minutes=minutes,
            waves=waves,
        )

    def usual_and_spread(self, state: State, local_ms: IntArray) -> tuple[FloatArray, FloatArray]:
        """What is usual at this time of day, and the spread around it; (judged vitals, n) each."""
        return self._usual(state, waves_of_day(local_ms)), _spread(state)

    def _usual(self, state: State, waves: FloatArray) -> FloatArray:
        level, *harmonics = state["usual"].reshape(1 + len(waves), JUDGED, -1)
        usual: FloatArray = self._level + level
        # One after the other: a sum over an axis may be added up otherwise for one patient than for many.
        for harmonic, wave in zip(harmonics, waves, strict=True):
            usual += harmonic * wave
        return usual

    def learn(
        self,
        state: State,
        held: Held,
        elapsed_s: FloatArray,
        weight: FloatArray,
        released: BoolArray,
    ) -> None:
        """Take the values into the baseline, in place.

        ``weight`` (judged vitals, n) is how much each counts, 0 to 1; ``released`` (n) where even a far value
        counts in full, as if the usual had been known for a day only.
        """
        missing = np.isnan(held.residual)
        np.copyto(state["residual"], held.residual, where=~missing)
        learned_s, variance = state["learned_s"], state["usual_variance"]
        stood_s = np.fmin(elapsed_s, _AGES_S)
        unusual = np.abs(or_zero(held.z, missing | released))
        weight = or_zero(weight, missing)
        np.multiply(weight, _FAR_WEIGHT, out=weight, where=unusual > _FAR_SPREADS)
        known_s = np.where(released, np.minimum(learned_s, LEARNING_S), learned_s)
        gain = weight * (stood_s / np.minimum(known_s + (stood_s + PRIOR_S), TIME_CONSTANT_S))
        pull = gain / np.maximum(unusual / _HUBER, 1.0)
        residual = or_zero(held.residual, missing)
        squared = np.minimum(residual * residual, _MOST_SQUARED * variance)
        moved = pull * residual
        usual = state["usual"]
        usual[:JUDGED] += moved
        harmonics = usual[JUDGED:].reshape(len(held.waves), JUDGED, -1)
        harmonics += (_HARMONICS_GAIN * moved) * held.waves[:, np.newaxis]
        variance += pull * (squared - variance)
        self._learn_innovations(state, held, stood_s, gain)
        learned_s += stood_s * (weight > 0.0)

    def shift(self, state: State) -> None:
        """Take the latest values for usual, and let the usual follow as after the first day."""
        state["usual"][:JUDGED] += state["residual"]
        state["residual"][:] = 0.0
        np.minimum(state["learned_s"], LEARNING_S, out=state["learned_s"])

    def _learn_innovations(self, state: State, held: Held, stood_s: FloatArray, gain: FloatArray) -> None:
        variance = state["innovation_variance"]
        surprise = or_zero(held.surprise, np.isnan(held.surprise))
        # In terms of a step of one minute.
        squared = surprise * surprise / np.maximum(held.minutes, self._least_minutes)
        squared = np.minimum(squared, _MOST_SQUARED * variance)
        variance += or_zero(gain, stood_s >= _LONGEST_STEP_S) * (squared - variance)


def waves_of_day(local_ms: IntArray) -> FloatArray:
    """(4, n): cosine and sine of the day, then of the half day."""
    angle = (local_ms % _DAY_MS) * (2.0 * np.pi / _DAY_MS)
    cosine, sine = np.cos(angle), np.sin(angle)
    # By the double angle: two calls fewer.
    return np.array([cosine, sine, cosine * cosine - sine * sine, 2.0 * cosine * sine])


def _spread(state: State) -> FloatArray:
    spread: FloatArray = np.sqrt(np.maximum(state["usual_variance"], _FLOORS_SQUARED))
    return spread


def still_learning(learned_s: FloatArray) -> BoolArray:
    """Of which vitals too little was seen to judge them by the patient's own baseline."""
    return learned_s < LEARNING_S
