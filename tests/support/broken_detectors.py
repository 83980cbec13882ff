"""A sound detector, and many that each break one promise of the form."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field, Learner, OnePass, Seen, State
from wardwatch.core.reading import FloatArray

_TIME_CONSTANT_S = 6 * 3600.0


class Level:
    """Sound: how far z lies from its mean over some hours."""

    name = "level"
    fields: tuple[Field, ...] = (Field("level", JUDGED),)

    def score(self, state: State, seen: Seen) -> FloatArray:
        return np.abs(seen.z - state["level"])

    def learn(self, state: State, seen: Seen) -> None:
        state["level"] += self.learned(state, seen)

    def learned(self, state: State, seen: Seen) -> FloatArray:
        """How much learning moves the level."""
        share = seen.learning * -np.expm1(-seen.elapsed_s / _TIME_CONSTANT_S)
        return np.where(np.isnan(seen.z), 0.0, share * (seen.z - state["level"]))


class WithASentenceForAName(Level):
    name = "mean over hours"


class WithAFieldTwice(Level):
    fields = (*Level.fields, *Level.fields)


class WithADefaultThatDoesNotFit(Level):
    fields = (*Level.fields, Field("never", default=0.5, dtype="i4"))


class WithOneScoreForAllVitals(Level):
    def score(self, state: State, seen: Seen) -> FloatArray:
        total: FloatArray = super().score(state, seen).sum(axis=0, keepdims=True)
        return total


class WithoutAnyScore(Level):
    def score(self, state: State, seen: Seen) -> FloatArray:
        return np.full_like(super().score(state, seen), np.nan)


class LearnsIntoAnotherArray(Level):
    def learn(self, state: Any, seen: Seen) -> None:
        state["level"] = state["level"] + self.learned(state, seen)


class LearnsAnotherField(Level):
    def learn(self, state: Any, seen: Seen) -> None:
        super().learn(state, seen)
        state["latest"] = seen.z


class Fickle(Level):
    """Draws from a generator of its own, which a restart sets back, as it does all that is on the object."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng()

    def score(self, state: State, seen: Seen) -> FloatArray:
        return super().score(state, seen) + self._rng.random()


class LearnsByChance(Level):
    """Only what is learned is random, and no score tells."""

    fields = (*Level.fields, Field("chance"))

    def __init__(self) -> None:
        self._rng = np.random.default_rng()

    def learn(self, state: State, seen: Seen) -> None:
        super().learn(state, seen)
        state["chance"][:] = self._rng.random()


class PoisonedByMissing(Level):
    def learn(self, state: State, seen: Seen) -> None:
        state["level"] += -np.expm1(-seen.elapsed_s / _TIME_CONSTANT_S) * (seen.z - state["level"])


class LosesVitalsMissingOnce(Level):
    """The same by single vitals: empty readings it passes over, half empty ones poison it."""

    def learn(self, state: State, seen: Seen) -> None:
        measured = ~np.isnan(seen.z).all(axis=0)
        state["level"] += np.where(measured, 0.01 * (seen.z - state["level"]), 0.0)


class ForgetsTwice(Level):
    """Decays at readings without a value too, by the whole time since the last value each time."""

    def learn(self, state: State, seen: Seen) -> None:
        state["level"] *= np.exp(-seen.elapsed_s / _TIME_CONSTANT_S)
        state["level"] += self.learned(state, seen)


class RaisesAtMissing(Level):
    def score(self, state: State, seen: Seen) -> FloatArray:
        if np.isnan(seen.z).any():
            raise ValueError("not a number")
        return super().score(state, seen)


class LearnsInScore(Level):
    def score(self, state: State, seen: Seen) -> FloatArray:
        scores = super().score(state, seen)
        state["level"] += self.learned(state, seen)
        return scores

    def learn(self, state: State, seen: Seen) -> None:
        """It has."""


class HoldsAValueAgainstItself(Level):
    """Its reference has the value in it already."""

    def score(self, state: State, seen: Seen) -> FloatArray:
        return np.abs(seen.z - (state["level"] + self.learned(state, seen)))


class TidiesUpWhatIsSeen(Level):
    """Other detectors see zeros then."""

    def learn(self, state: State, seen: Seen) -> None:
        super().learn(state, seen)
        np.nan_to_num(seen.values, copy=False)


class LearnsInFullInOnePass(Level, OnePass):
    """Sound, one after the other; but the one pass does not heed how much to learn."""

    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        in_full = self.learned(state, replace(seen, learning=np.ones(len(seen))))

        def learn(_: FloatArray) -> None:
            state["level"][:] += in_full

        return self.score(state, seen), learn


class LearnsTooEarlyInOnePass(Level, OnePass):
    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        scores = self.score(state, seen)
        self.learn(state, seen)
        return scores, lambda _: None


class ScoresAnotherWayInOnePass(Level, OnePass):
    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        scores = self.score(state, seen) * (1.0 + 1e-15)
        return scores, lambda learning: self.learn(state, replace(seen, learning=learning))


class HandsItsStateOut(Level):
    """The score is the array of the state, and what is learned later is in it."""

    def score(self, state: State, seen: Seen) -> FloatArray:  # noqa: ARG002 (the form's)
        level: FloatArray = state["level"]
        return level


class PeeksBehindTheView(Level):
    """An array's base may have the rounds to come."""

    def score(self, state: State, seen: Seen) -> FloatArray:
        scores = super().score(state, seen)
        whole = seen.z.base
        if whole is None or whole.ndim != 3:
            return scores
        index = (seen.z.ctypes.data - whole.ctypes.data) // whole.strides[0]
        ahead: FloatArray = np.nan_to_num(whole[min(index + 1, len(whole) - 1)])
        return scores + ahead


class LooksAtTheNeighbour(Level):
    """Holds each patient against the one before in the round."""

    def score(self, state: State, seen: Seen) -> FloatArray:
        scores = super().score(state, seen)
        scores[:, 1:] -= np.nan_to_num(seen.z[:, :-1])
        return scores


class LearnsByPlace(Level):
    """The same in learning."""

    fields = (*Level.fields, Field("place", dtype="i4"))

    def learn(self, state: State, seen: Seen) -> None:
        super().learn(state, seen)
        state["place"][0] = np.arange(len(seen))


class HoldsAgainstTheMeanOfAll(Level):
    """A mean over patients, rounded alike in every order of them."""

    def score(self, state: State, seen: Seen) -> FloatArray:
        mean = math.fsum(np.nan_to_num(seen.z[0])) / len(seen)
        return np.abs(super().score(state, seen) - mean)


class AddsUpManyRows(Level):
    """NumPy adds rows up one by one, but what lies in one row, as with a single patient, in eight strands."""

    fields = (Field("recent", 24),)

    def score(self, state: State, seen: Seen) -> FloatArray:
        mean: FloatArray = (state["recent"] / 24.0).sum(axis=0)
        return np.abs(seen.z - mean)

    def learn(self, state: State, seen: Seen) -> None:
        measured = ~np.isnan(seen.z[0])
        moved = np.concatenate([seen.z[:1], state["recent"][:-1]])
        state["recent"][:] = np.where(measured, moved, state["recent"])


class TakesAnotherWayWhenAllIsThere(Level):
    """As if for speed; but the ways end at different scores."""

    def score(self, state: State, seen: Seen) -> FloatArray:
        if np.isnan(seen.z).any():
            return super().score(state, seen)
        return super().score(state, seen) * (1.0 + 1e-15)


class KeepsItOnItself(Level):
    def __init__(self) -> None:
        self.total: FloatArray | float = 0.0

    def score(self, state: State, seen: Seen) -> FloatArray:
        return super().score(state, seen) + 1e-6 * self.total

    def learn(self, state: State, seen: Seen) -> None:
        super().learn(state, seen)
        self.total += np.nan_to_num(seen.z)


class KeepsInstantsInSinglePrecision(Level):
    """Which resolves two minutes there."""

    fields = (*Level.fields, Field("last_ms", JUDGED))

    def learn(self, state: State, seen: Seen) -> None:
        elapsed_s = (seen.at_ms - state["last_ms"]) / 1000.0
        measured = ~np.isnan(seen.z)
        share = -np.expm1(-elapsed_s / _TIME_CONSTANT_S)
        state["level"] += np.where(measured, share * (seen.z - state["level"]), 0.0)
        state["last_ms"][:] = np.where(measured, seen.at_ms, state["last_ms"])


class CountsForEver(Level):
    fields = (*Level.fields, Field("count"))

    def learn(self, state: State, seen: Seen) -> None:
        super().learn(state, seen)
        state["count"] += ~np.isnan(seen.z).all(axis=0)


class GrowsBeyondItsType(Level):
    fields = (*Level.fields, Field("power", default=1.0))

    def learn(self, state: State, seen: Seen) -> None:
        super().learn(state, seen)
        state["power"] *= np.where(np.abs(seen.z[0]) > 50.0, 10.0, 1.0)


class AlarmsWhenNothingHappens(Level):
    def score(self, state: State, seen: Seen) -> FloatArray:
        return np.where(seen.innovation == 0.0, 5.0, super().score(state, seen))


class NeverCalmsDown(Level):
    """Remembers the greatest distance for good."""

    fields = (Field("greatest", JUDGED),)

    def score(self, state: State, seen: Seen) -> FloatArray:
        return np.fmax(state["greatest"], np.abs(seen.z))

    def learn(self, state: State, seen: Seen) -> None:
        state["greatest"][:] = self.score(state, seen)


# Which checks find them. Where there are more than one, each names the same fault from another side.
BROKEN: dict[type[Level], set[str]] = {
    WithASentenceForAName: {"form"},
    WithAFieldTwice: {"form"},
    WithADefaultThatDoesNotFit: {"form"},
    WithOneScoreForAllVitals: {"form"},
    WithoutAnyScore: {"form"},
    LearnsIntoAnotherArray: {"form"},
    LearnsAnotherField: {"form"},
    Fickle: {"deterministic", "snapshot"},
    LearnsByChance: {"deterministic", "snapshot"},
    PoisonedByMissing: {"missing_values"},
    LosesVitalsMissingOnce: {"missing_values"},
    ForgetsTwice: {"missing_values"},
    LearnsInScore: {"score_before_learn"},
    HoldsAValueAgainstItself: {"score_before_learn"},
    TidiesUpWhatIsSeen: {"score_before_learn"},
    LearnsInFullInOnePass: {"one_pass"},
    LearnsTooEarlyInOnePass: {"one_pass"},
    ScoresAnotherWayInOnePass: {"one_pass"},
    HandsItsStateOut: {"no_lookahead"},
    PeeksBehindTheView: {"no_lookahead"},
    LooksAtTheNeighbour: {"order_of_patients"},
    LearnsByPlace: {"order_of_patients"},
    HoldsAgainstTheMeanOfAll: {"batch_size"},
    AddsUpManyRows: {"batch_size"},
    TakesAnotherWayWhenAllIsThere: {"batch_size"},
    KeepsItOnItself: {"snapshot"},
    KeepsInstantsInSinglePrecision: {"stored_precision"},
    CountsForEver: {"bounded_state"},
    GrowsBeyondItsType: {"bounded_state"},
    AlarmsWhenNothingHappens: {"quiet_when_constant"},
    NeverCalmsDown: {"quiet_when_constant"},
}
