"""The cumulative sums: the textbook's example, forgetting, bounds, and starting anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.seen import seen
from wardwatch.core.detectors.cusum import MOST_SUM, MOST_VALUE, SLACK, TIME_CONSTANT_S, Cusum
from wardwatch.core.detectors.detector import JUDGED, empty_state

# D. C. Montgomery, Introduction to Statistical Quality Control, table "Data for the cusum example": 20 values
# of mean 10 and spread 1, then 10 of mean 11; and the two sums that the book gets with a slack of 0.5.
# fmt: off
MONTGOMERY = [
    9.45, 7.99, 9.29, 11.66, 12.16, 10.18, 8.04, 11.46, 9.20, 10.34, 9.03, 11.47, 10.51, 9.40, 10.08,
    9.37, 10.62, 10.31, 8.52, 10.84, 10.90, 9.33, 12.29, 11.50, 10.60, 11.08, 10.38, 11.62, 11.31, 10.52,
]
UPWARDS = [
    0, 0, 0, 1.16, 2.82, 2.50, 0.04, 1.00, 0, 0, 0, 0.97, 0.98, 0, 0,
    0, 0.12, 0, 0, 0.34, 0.74, 0, 1.79, 2.79, 2.89, 3.47, 3.35, 4.47, 5.28, 5.30,
]
DOWNWARDS = [
    0.05, 1.56, 1.77, 0, 0, 0, 1.46, 0, 0.30, 0, 0.47, 0, 0, 0.10, 0,
    0.13, 0, 0, 0.98, 0, 0, 0.17, 0, 0, 0, 0, 0, 0, 0, 0,
]
# fmt: on


def test_the_textbooks_example() -> None:
    detector = Cusum()
    state = empty_state(detector, 1)
    for value, up, down in zip(MONTGOMERY, UPWARDS, DOWNWARDS, strict=True):
        reading = seen(innovation=value - 10.0, elapsed_s=0.0)
        assert detector.score(state, reading)[0, 0] == pytest.approx(up, abs=1e-9)
        below = seen(-1.0, innovation=value - 10.0, elapsed_s=0.0)
        assert detector.score(state, below)[0, 0] == pytest.approx(down, abs=1e-9)
        detector.learn(state, reading)
        assert state["cusum_up"][0, 0] == pytest.approx(up, abs=1e-9)
        assert state["cusum_down"][0, 0] == pytest.approx(down, abs=1e-9)


values = st.one_of(st.just(np.nan), st.floats(-50, 50))
readings = st.lists(st.tuples(values, st.floats(0, 1e5), st.sampled_from([0.0, 0.25, 1.0])), max_size=40)


@given(readings)
def test_it_is_what_plain_python_makes_of_it(history: list[tuple[float, float, float]]) -> None:
    detector = Cusum()
    state = empty_state(detector, 1)
    up = down = 0.0
    for innovation, elapsed_s, learning in history:
        reading = seen(innovation=innovation, elapsed_s=elapsed_s, learning=learning)
        score = detector.score(state, reading)[0, 0]
        detector.learn(state, reading)
        if np.isnan(innovation):
            assert np.isnan(score)
            continue
        value = min(max(innovation, -MOST_VALUE), MOST_VALUE)
        up, down = (part * float(np.exp(-elapsed_s / TIME_CONSTANT_S)) for part in (up, down))
        expected = max(up + value - SLACK, 0.0)
        assert score == pytest.approx(min(expected, MOST_SUM), abs=1e-9)
        up = min(max(up + learning * (value - SLACK), 0.0), MOST_SUM)
        down = min(max(down - learning * (value + SLACK), 0.0), MOST_SUM)
        assert state["cusum_up"][0, 0] == pytest.approx(up, abs=1e-9)
        assert state["cusum_down"][0, 0] == pytest.approx(down, abs=1e-9)


@pytest.mark.parametrize("elapsed_s", [0.0, 60.0, 1e5])
def test_a_value_that_stays_within_the_slack_never_scores(elapsed_s: float) -> None:
    detector = Cusum()
    state = empty_state(detector, 101)
    reading = seen(innovation=np.linspace(-SLACK, SLACK, 101), elapsed_s=elapsed_s, patients=101)
    for _ in range(100):
        assert (detector.score(state, reading) == 0.0).all()
        detector.learn(state, reading)


def test_the_sums_end_at_their_bound() -> None:
    detector = Cusum()
    state = empty_state(detector, 1)
    for _ in range(100):
        detector.learn(state, seen(innovation=1e9))
    assert (state["cusum_up"] == MOST_SUM).all()
    assert (detector.score(state, seen(innovation=1e9)) == MOST_SUM).all()


def test_one_artefact_alone_stays_below_the_usual_threshold() -> None:
    detector = Cusum()
    assert detector.score(empty_state(detector, 1), seen(innovation=1e9)).max() < 5.0


def test_what_was_collected_before_a_long_gap_is_forgotten() -> None:
    detector = Cusum()
    state = empty_state(detector, 1)
    for _ in range(5):
        detector.learn(state, seen(innovation=3.0))
    assert detector.score(state, seen(innovation=0.0)).min() > 10.0
    assert detector.score(state, seen(innovation=0.0, elapsed_s=4 * 86400.0)).max() == 0.0


def test_a_reset_begins_anew_only_where_it_is_told_to() -> None:
    detector = Cusum()
    state = empty_state(detector, 3)
    for innovation in -3.0, 3.0:
        detector.learn(state, seen(innovation=innovation, patients=3))
    before = {name: numbers.copy() for name, numbers in state.items()}
    detector.reset(state, np.array([False, True, False]))
    of_one_vital = np.zeros((JUDGED, 3), dtype=np.bool_)
    of_one_vital[4, 2] = True
    detector.reset(state, of_one_vital)
    for name, numbers in state.items():
        cleared = np.broadcast_to([False, True, False], (JUDGED, 3)) | of_one_vital
        assert (numbers[cleared] == 0.0).all()
        assert (numbers[~cleared] == before[name][~cleared]).all()
