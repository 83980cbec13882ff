"""A detector of river as the settings describe it: tried out, then made and run for each patient.

What river's detectors do when they are left alone, and what is done about it here:

- One value that is not a number spoils river's sums for good. None gets in; and a detector that spoiled
  itself, as a regression that ran away, begins anew.
- A constant signal has no spread: `GaussianScorer` and `PredictiveAnomalyDetection` then score the very
  constant 1.0, `StandardAbsoluteDeviation` and `LocalOutlierFactor` score one unit off it above a million.
  While the spread is below half a step of the chart no score is told.
- A rolling variance can fall below zero, and its root is complex. What is no finite real number is no score.
- `PredictiveAnomalyDetection` changes when it scores. Where nothing may be learned a copy scores.
- Without a seed no two detectors are alike. Here they are: the same log gives the same scores.
"""

from __future__ import annotations

import hashlib
import json
import math
import numbers
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from wardwatch.core import river_making
from wardwatch.core.river_names import RiverError
from wardwatch.core.river_state import StateCodec, randoms_of
from wardwatch.core.vitals import VITAL_INDEX, VITAL_NAMES, VITALS, VitalSign

# Foretells its first vital from the others, if there are any.
_FORETELLS = "PredictiveAnomalyDetection"

# One step from the usual is then at most two standard deviations, however still the patient.
_SMALLEST_SPREAD_STEPS = 0.5
# Readings over which the spread is taken where a detector has none of its own: wardwatch's own choice.
_SPREAD_READINGS = 50

_NOT_A_NUMBER = json.dumps(StateCodec().encode(math.nan), separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class RiverSpec:
    """A detector of river by name, its parameters as plain data, and the vitals that it is given.

    ``threshold`` is the score from which on a reading is unusual, on the detector's own scale.
    """

    detector: str
    parameters: Mapping[str, Any]
    vitals: tuple[str, ...]
    threshold: float


@dataclass(slots=True)
class Kept:
    """What is kept of one patient: river's detector; and each vital's recent mean and variance.

    The latter only where the detector has no spread of its own.
    """

    detector: Any
    learned: int = 0
    means: list[float] = field(default_factory=list)
    variances: list[float] = field(default_factory=list)


class RiverDetector:
    """What all patients' detectors of one spec have in common; raises :class:`RiverError`.

    It has not been tried out yet: :func:`wardwatch.core.river_probe.tried` does that.
    """

    def __init__(self, spec: RiverSpec) -> None:
        self.spec = spec
        self.vitals = _vitals(spec)
        self.scoring_learns = False
        self._codec = StateCodec()
        self._unseeded = _unseeded(self._make(), self._make())
        judge = river_making.innermost(self._make())
        self._takes_target = river_making.takes_target(judge)
        self._own_spread = _OWN_SPREADS.get(type(judge).__name__)
        if self._takes_target and len(self.vitals) > 1 and type(judge).__name__ != _FORETELLS:
            raise RiverError(f"{spec.detector} judges one vital: configure it once for each.")

    @property
    def identity(self) -> str:
        """The same for specs whose states can stand in for each other's."""
        plain = [river_making.river_version(), self.spec.detector, dict(self.spec.parameters)]
        text = json.dumps([*plain, list(self.spec.vitals)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def fresh(self) -> Kept:
        """What is kept of a patient never seen."""
        detector = self._make()
        if self._unseeded:
            generators = randoms_of(detector)
            for index in self._unseeded:
                generators[index].seed(0)
        none = [0.0] * (0 if self._own_spread else len(self.vitals))
        return Kept(detector, 0, none, list(none))

    def expect(self, kept: Kept) -> None:
        """Take note of the generators in ``kept``: states that have them, as most do, get smaller."""
        graphs = (self.fresh().detector, kept.detector)
        known = [generator.getstate() for graph in graphs for generator in randoms_of(graph)]
        self._codec = StateCodec(known)

    def take(self, kept: Kept, values: Sequence[float], *, learning: bool) -> float:
        """The score of finite ``values``, one of each vital, or not-a-number; then they are learned."""
        tells = self._tells(kept)
        score = self.score(kept, values, learning=learning)
        if math.isnan(score) and self._is_spoilt(kept):
            self._begin_anew(kept)
        if learning:
            self.learn(kept, values)
        return score if tells else math.nan

    def score(self, kept: Kept, values: Sequence[float], *, learning: bool) -> float:
        """What river says; not-a-number where it fails or says what is no number."""
        detector = kept.detector
        try:
            if self.scoring_learns and not learning:
                detector = self._codec.decode(self._codec.encode(detector))
            score = detector.score_one(*self.arguments(values))
        except Exception:  # noqa: BLE001 (river's own failures, of whatever kind, must not stop the monitor)
            return math.nan
        return float(score) if isinstance(score, numbers.Real) and math.isfinite(score) else math.nan

    def learn(self, kept: Kept, values: Sequence[float]) -> None:
        """Take finite ``values`` in; where river fails at it, half done, the detector begins anew."""
        try:
            kept.detector.learn_one(*self.arguments(values))
        except Exception:  # noqa: BLE001 (as above)
            self._begin_anew(kept)
            return
        share = max(1 / (kept.learned + 1), 1 / _SPREAD_READINGS)
        kept.learned += 1
        for index, mean in enumerate(kept.means):
            distance = values[index] - mean
            kept.means[index] = mean + share * distance
            kept.variances[index] = (1 - share) * (kept.variances[index] + share * distance * distance)

    def arguments(self, values: Sequence[float]) -> tuple[Any, ...]:
        """As river wants them: a target in its own unit, features in 0 to 1 over their plausible ranges.

        `HalfSpaceTrees` assumes 0 to 1, `LocalOutlierFactor` that a distance in one vital is like one in
        another. A target is foretold from the features, if there are any: it is not among them.
        """
        features = {
            vital.name: (value - vital.plausible_low) / (vital.plausible_high - vital.plausible_low)
            for vital, value in zip(self.vitals, values, strict=True)
        }
        if not self._takes_target:
            return (features,)
        del features[self.vitals[0].name]
        return features, float(values[0])

    def written(self, kept: Kept) -> Any:
        """``kept`` as plain data; raises :class:`RiverError` where it can't be that."""
        return [self._codec.encode(kept.detector), kept.learned, kept.means, kept.variances]

    def read(self, plain: Any) -> Kept:
        """What :meth:`written` was given; raises :class:`RiverError` for anything else."""
        expected = self.fresh()
        try:
            encoded, learned, means, variances = plain
            kept = Kept(self._codec.decode(encoded), int(learned), list(means), list(variances))
        except (TypeError, ValueError) as error:
            raise RiverError(f"A state of {self.spec.detector} can't be read: {error}.") from None
        if type(kept.detector) is not type(expected.detector) or len(kept.means) != len(expected.means):
            raise RiverError(f"A state of {self.spec.detector} can't be read: it is of something else.")
        return kept

    def _make(self) -> Any:
        return river_making.make(self.spec.detector, self.spec.parameters)

    def _begin_anew(self, kept: Kept) -> None:
        fresh = self.fresh()
        kept.detector, kept.learned = fresh.detector, fresh.learned
        kept.means, kept.variances = fresh.means, fresh.variances

    def _is_spoilt(self, kept: Kept) -> bool:
        return _NOT_A_NUMBER in json.dumps(self.written(kept)[0], separators=(",", ":"))

    def _tells(self, kept: Kept) -> bool:
        if self._own_spread is not None:
            spread = self._own_spread(river_making.innermost(kept.detector))
            # Compared so that not-a-number, and a complex root of a negative variance, are too small.
            return isinstance(spread, numbers.Real) and float(spread) >= _smallest_spread(self.vitals[0])
        return any(
            variance >= _smallest_spread(vital) ** 2
            for vital, variance in zip(self.vitals, kept.variances, strict=True)
        )


def _smallest_spread(vital: VitalSign) -> float:
    return _SMALLEST_SPREAD_STEPS * vital.resolution


def _of_predictive(detector: Any) -> float:
    """The smallest error that scores 1.0."""
    variance = max(detector.dynamic_se_variance.get(), 0.0)
    return math.sqrt(max(detector.dynamic_mae.get() + detector.n_std * math.sqrt(variance), 0.0))


# The spread that a detector judges by, in the unit of its vital.
_OWN_SPREADS: dict[str, Callable[[Any], Any]] = {
    "GaussianScorer": lambda detector: detector.gaussian.sigma,
    "StandardAbsoluteDeviation": lambda detector: detector.variance.get() ** 0.5,
    _FORETELLS: _of_predictive,
}


def _vitals(spec: RiverSpec) -> tuple[VitalSign, ...]:
    if not spec.vitals:
        raise RiverError(f"{spec.detector} needs at least one vital.")
    if len(set(spec.vitals)) < len(spec.vitals):
        raise RiverError(f"{spec.detector} is given the same vital twice.")
    if not math.isfinite(spec.threshold):
        raise RiverError(f"The threshold of {spec.detector} must be a number.")
    for name in spec.vitals:
        if name not in VITAL_INDEX:
            raise RiverError(f"There is no vital {name}{river_making.nearest(name, VITAL_NAMES)}.")
    return tuple(VITALS[VITAL_INDEX[name]] for name in spec.vitals)


def _unseeded(one: Any, other: Any) -> list[int]:
    """Which generators differ between two detectors that were made alike."""
    pairs: list[tuple[random.Random, random.Random]] = list(
        zip(randoms_of(one), randoms_of(other), strict=True)
    )
    return [index for index, (a, b) in enumerate(pairs) if a.getstate() != b.getstate()]
