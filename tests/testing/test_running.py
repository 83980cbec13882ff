"""How a trial keeps state, and how it tells differences."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch.core.detectors.detector import JUDGED, Field, Seen, State
from wardwatch.core.reading import FloatArray
from wardwatch.testing import running, streams


class Third:
    """Adds a third, which no binary number is, to what it keeps."""

    name = "third"
    fields = (Field("sum"), Field("count", dtype="u1"))

    def score(self, state: State, seen: Seen) -> FloatArray:
        return np.zeros((JUDGED, len(seen))) + state["sum"]

    def learn(self, state: State, seen: Seen) -> None:
        state["sum"] += seen.learning / seen.learning / 3.0
        state["count"] += 1


STREAM = streams.constant(0, patients=2, rounds=3)


def test_the_state_is_rounded_to_its_stored_types_after_each_round() -> None:
    scores, state = running.run(Third(), STREAM)
    third = np.float32(1.0 / 3.0)
    two = np.float32(float(third) + 1.0 / 3.0)
    assert scores[:, 0, 0].tolist() == [0.0, float(third), float(two)]
    assert state["sum"].dtype == np.float64
    assert state["count"].dtype == np.uint8
    assert state["count"].tolist() == [[3, 3]]


def test_unless_it_shall_not_be() -> None:
    scores, _ = running.run(Third(), STREAM, stored=False)
    assert scores[:, 0, 0].tolist() == [0.0, 1.0 / 3.0, 2.0 / 3.0]


def test_what_is_too_large_for_its_type_becomes_infinite() -> None:
    state = {"sum": np.array([[1e300]]), "count": np.array([[1]], dtype=np.uint8)}
    running.store(Third(), state)
    assert np.isinf(state["sum"]).all()


def test_equal_scores_do_not_differ_missing_and_infinite_ones_included() -> None:
    scores = np.full((1, JUDGED, 2), 1.5)
    scores[0, 0] = np.nan
    scores[0, 1] = np.inf
    assert running.difference(scores, scores.copy()) is None


@pytest.mark.parametrize("other", [1.5 + 1e-15, np.nan, np.inf, -1.5])
def test_the_first_difference_is_told_by_vital_and_round(other: float) -> None:
    scores = np.full((4, JUDGED, 2), 1.5)
    others = scores.copy()
    others[2:, 1, 0] = other
    found = running.difference(scores, others)
    assert found is not None
    assert found.startswith("the oxygen_saturation of round 2 scores 1.5 in one case and ")
    alone = running.difference(scores[2], others[2], at=2)
    assert alone == found


def test_a_tolerance_is_a_share_of_one_plus_the_score() -> None:
    scores = np.full((1, JUDGED, 1), 99.0)
    assert running.difference(scores, scores + 0.0999, tolerance=1e-3) is None
    assert running.difference(scores, scores + 0.1001, tolerance=1e-3) is not None
    assert running.difference(scores, np.full_like(scores, np.nan), tolerance=1e-3) is not None


def test_a_changed_field_is_named() -> None:
    state = {"kept": np.array([np.nan, 1.0]), "count": np.array([1, 2])}
    assert running.changed(state, running.copied(state)) is None
    assert running.changed(state, state | {"count": np.array([1, 3])}) == "count"
    assert running.changed(state, state | {"kept": np.array([0.0, 1.0])}) == "kept"
