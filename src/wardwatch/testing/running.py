"""Running a detector as the bank runs it, and telling where two runs differ.

After each round the bank keeps a patient's state in the stored types of its fields, so it is done here. And
each round has a copy of the detector as it was handed in, as if each round were in another process:
what a detector puts aside outside the state is gone, and shows where a check looks for it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from wardwatch.core.detectors.detector import JUDGED, JUDGED_NAMES, Detector, Learner, Seen, empty_state
from wardwatch.core.detectors.detector import score_and_learner as in_one_pass
from wardwatch.core.reading import FloatArray
from wardwatch.testing.streams import Stream

Arrays: TypeAlias = dict[str, npt.NDArray[Any]]

# A round every twenty minutes, so this is five days: time for nights, trends and slow spreads to show.
ROUNDS = 360
PATIENTS = 5

# How far scores may differ where the state went through other roundings (see `difference`): single precision
# resolves 1e-7, which hundreds of rounds and a division by something small may bring near this.
TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a check is about: the ``detector`` as it was handed in, and the arguments of `check_detector`."""

    detector: Detector
    seed: int
    quiet_below: float


def begin(detector: Detector, patients: int) -> Arrays:
    """The state of patients never seen, as it comes out of the store."""
    state = empty_state(detector, patients)
    store(detector, state)
    return state


def copied(state: Arrays) -> Arrays:
    """The same in arrays of its own."""
    return {name: array.copy() for name, array in state.items()}


def store(detector: Detector, state: Arrays) -> None:
    """Round ``state``, in place, to what the stored types of its fields can hold."""
    with np.errstate(all="ignore"):  # what is too large for its type becomes infinite
        for field in detector.fields:
            state[field.name][...] = state[field.name].astype(field.dtype)


def score(detector: Detector, state: Arrays, seen: Seen) -> FloatArray:
    """The scores in an array of their own."""
    with np.errstate(all="ignore"):  # how a detector does without what is missing is its own affair
        return np.array(detector.score(state, seen))


def learn(detector: Detector, state: Arrays, seen: Seen) -> None:
    """Let the detector learn."""
    with np.errstate(all="ignore"):
        detector.learn(state, seen)


def score_and_learner(detector: Detector, state: Arrays, seen: Seen) -> tuple[FloatArray, Learner]:
    """The scores in an array of their own, and what learns."""
    with np.errstate(all="ignore"):
        scores, learner = in_one_pass(detector, state, seen)

    def learn_quietly(learning: FloatArray) -> None:
        with np.errstate(all="ignore"):
            learner(learning)

    return np.array(scores), learn_quietly


def step(detector: Detector, state: Arrays, seen: Seen) -> FloatArray:
    """A detector just as it was handed in scores and learns one round."""
    at_work = copy.deepcopy(detector)
    scores = score(at_work, state, seen)
    learn(at_work, state, seen)
    return scores


def run(detector: Detector, stream: Stream, *, stored: bool = True) -> tuple[FloatArray, Arrays]:
    """All scores (rounds, judged vitals, patients), and the state at the end.

    Unless ``stored`` the state keeps double precision from the first round to the last.
    """
    scores = np.empty((len(stream), JUDGED, stream.patients))
    state = begin(detector, stream.patients) if stored else empty_state(detector, stream.patients)
    for index in range(len(stream)):
        scores[index] = step(detector, state, stream.seen(index))
        if stored:
            store(detector, state)
    return scores, state


def difference(one: FloatArray, other: FloatArray, *, at: int = 0, tolerance: float = 0.0) -> str | None:
    """Where scores first differ, in words; ``None`` if nowhere.

    They are those of all rounds from ``at`` on, or of this one alone. The ``tolerance`` is a share of 1 plus
    the score's size. Not-a-number equals itself alone.
    """
    with np.errstate(all="ignore"):
        near = np.abs(one - other) <= tolerance * (1.0 + np.abs(one))
    same = (one == other) | (np.isnan(one) & np.isnan(other)) | near
    if same.all():
        return None
    first = tuple(np.argwhere(~same)[0])
    index, vital = (first[0] if one.ndim == 3 else 0), first[-2]
    scores = f"{one[first]:.9g} in one case and {other[first]:.9g} in the other"
    return f"the {JUDGED_NAMES[vital]} of round {at + index} scores {scores}"


def changed(before: Arrays, after: Arrays) -> str | None:
    """The first field in which two states differ; ``None`` if in none."""
    for name, array in before.items():
        if not np.array_equal(array, after[name], equal_nan=array.dtype.kind == "f"):
            return name
    return None
