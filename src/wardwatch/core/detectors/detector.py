"""What a detector is: it scores what was seen, then it learns from it, for many patients at once.

A detector is no object with a patient's state inside. It says which numbers it keeps of a patient
(:class:`Field`); whoever runs it keeps them for all patients, side by side in memory, and hands over those of
the patients at hand as arrays with one column a patient.

`wardwatch.testing.check_detector` proves of any detector that it keeps to this.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.core.vitals import VITAL_NAMES

# The vitals that are judged against the patient's own baseline: the first ones of the table. The mean
# pressure follows from two others, and the skin's temperature tells of the room as much as of the patient.
JUDGED = 6
JUDGED_NAMES = VITAL_NAMES[:JUDGED]

State = Mapping[str, npt.NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Field:
    """Numbers kept for each patient: ``width`` of them, all ``default`` for a patient never seen.

    ``dtype`` is how they are kept; while at work, floating-point fields are double precision.
    """

    name: str
    width: int = 1
    default: float | tuple[float, ...] = 0.0
    dtype: str = "f4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One reading each of ``n`` patients, as columns; not-a-number where a vital was not measured.

    ``values`` (judged vitals, n) are in the table's units. ``z`` is how far each lies from the patient's
    usual at this time of day, in the patient's spreads. ``innovation`` is the same after what the value
    before had foretold was taken away, again in spreads of its own: white noise while nothing happens.
    ``elapsed_s`` is the time since the vital's previous value. ``at_ms`` (n) is the instant, ``local_ms`` the
    same on the ward's wall clock; ``steps`` (n) since the reading before, not-a-number if unknown;
    ``resting`` (n) whether the wearer has been at rest. ``learning`` (n) is 1 where detectors may learn,
    0 where they must not, and between where they shall learn more slowly.
    """

    at_ms: IntArray
    local_ms: IntArray
    values: FloatArray
    elapsed_s: FloatArray
    z: FloatArray
    innovation: FloatArray
    steps: FloatArray
    resting: BoolArray
    learning: FloatArray

    def __len__(self) -> int:
        return len(self.at_ms)


class Keeper(Protocol):
    """Whatever keeps numbers of patients."""

    @property
    def fields(self) -> tuple[Field, ...]:
        """What is kept of a patient."""


class Detector(Keeper, Protocol):
    """Scores before it learns.

    ``state`` has for each field an array of (width, n). Both methods see each patient's column alone: what
    they do to it must not depend on the other columns, nor on how many there are. What is not a number is
    not measured: it scores not-a-number and teaches nothing.
    """

    @property
    def name(self) -> str:
        """One word, as it stands in an alarm's reasons."""

    def score(self, state: State, seen: Seen) -> FloatArray:
        """How unusual: (judged vitals, n), 0 for usual, larger for stranger; changes nothing."""

    def learn(self, state: State, seen: Seen) -> None:
        """Take what was seen into ``state``, in place."""


Learner = Callable[[FloatArray], None]


class OnePass:
    """Makes a detector of one that works out only once what scoring and learning have in common."""

    def score_and_learner(self, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
        """The score, and what learns from the same reading when it is called.

        It is called with what to take for ``seen.learning``, before ``state`` changes in any other way.
        """
        raise NotImplementedError

    def score(self, state: State, seen: Seen) -> FloatArray:
        """As :meth:`Detector.score`."""
        return self.score_and_learner(state, seen)[0]

    def learn(self, state: State, seen: Seen) -> None:
        """As :meth:`Detector.learn`."""
        self.score_and_learner(state, seen)[1](seen.learning)


def score_and_learner(detector: Detector, state: State, seen: Seen) -> tuple[FloatArray, Learner]:
    """:meth:`OnePass.score_and_learner` of any detector."""
    if isinstance(detector, OnePass):
        return detector.score_and_learner(state, seen)
    scores = detector.score(state, seen)
    return scores, lambda learning: detector.learn(state, replace(seen, learning=learning))


def empty_state(keeper: Keeper, patients: int) -> dict[str, npt.NDArray[Any]]:
    """The state of so many patients never seen, as it is while at work."""
    state = {}
    for field in keeper.fields:
        dtype = np.float64 if field.dtype.startswith("f") else np.dtype(field.dtype)
        filled = np.empty((field.width, patients), dtype=dtype)
        filled[:] = np.reshape(field.default, (-1, 1))
        state[field.name] = filled
    return state
