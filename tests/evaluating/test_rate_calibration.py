import numpy as np
import pytest

from tests.support.hourly_stays import hourly_stay
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.instants import Instants
from wardwatch.evaluating.judged import Judged
from wardwatch.evaluating.rate_calibration import rate_calibration


def judged(scores: list[FloatArray]) -> Judged:
    instants = Instants.of([hourly_stay(len(each), patient=str(n)) for n, each in enumerate(scores)])
    return Judged("wardwatch", instants, instants.joined(scores))


def test_patients_who_are_alike_get_what_was_set() -> None:
    random = np.random.default_rng(1)
    told = rate_calibration(judged([*random.random((400, 48))]), seed=1)
    assert [one["set"] for one in told] == [0.05, 0.1, 0.25, 1.0]
    for one in told:
        assert one["obtained"] == pytest.approx(one["set"], rel=0.15)
        low, high = one["interval"]
        assert low < one["set"] < high
        assert one["patients"] == 200


def test_whole_points_cannot_be_set_to_a_rate_and_it_shows() -> None:
    random = np.random.default_rng(1)
    told = rate_calibration(judged([*random.integers(0, 8, (400, 48)).astype(np.float64)]), seed=1)
    # One in eight hours, or not at all.
    assert {one["obtained"] for one in told} == {0.0}


def test_it_is_the_same_for_the_same_seed_and_nothing_for_one_patient() -> None:
    random = np.random.default_rng(1)
    them = judged([*random.random((20, 48))])
    assert rate_calibration(them, seed=1) == rate_calibration(them, seed=1) != rate_calibration(them, seed=2)
    assert rate_calibration(judged([np.zeros(3)]), seed=1) == []
