"""River's traps: each is shown to be one of river's, and not to be one of ours."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import pytest
from river import anomaly, proba, utils

from tests.support.river_specs import HEART_RATE, SPECS, TWO, part
from wardwatch.core.river_detector import Kept, RiverDetector, RiverSpec
from wardwatch.core.river_making import make
from wardwatch.core.river_names import RiverError
from wardwatch.core.river_probe import tried


def detector_of(name: str, parameters: dict[str, Any], vitals: tuple[str, ...] = HEART_RATE) -> RiverDetector:
    return tried(RiverSpec(name, parameters, vitals, 0.9))


def scores(detector: RiverDetector, kept: Kept, values: Iterable[float]) -> list[float]:
    return [detector.take(kept, (float(value),), learning=True) for value in values]


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("GaussianScorer", {"grace_period": 5}),
        ("GaussianScorer", {"grace_period": 5, "window_size": 10}),
        ("StandardAbsoluteDeviation", {}),
        ("PredictiveAnomalyDetection", {"predictive_model": part("time_series.HoltWinters", alpha=0.3)}),
        ("LocalOutlierFactor", {}),
        ("LODA", {"n_random_cuts": 5}),
        ("HalfSpaceTrees", {"n_trees": 3, "height": 4, "window_size": 10}),
    ],
)
def test_beside_a_constant_nothing_is_unusual(name: str, parameters: dict[str, Any]) -> None:
    detector = detector_of(name, parameters)
    told = scores(detector, detector.fresh(), [70] * 60 + [71])
    assert all(math.isnan(score) for score in told)


def test_river_itself_takes_the_constant_for_unusual() -> None:
    detector = make("GaussianScorer", {"grace_period": 5})
    for _ in range(60):
        detector.learn_one({}, 70.0)
    assert detector.score_one({}, 70.0) == 1.0


@pytest.mark.parametrize("name", SPECS)
def test_after_a_constant_the_first_change_is_learned_and_the_next_is_judged(name: str) -> None:
    detector = tried(SPECS[name])
    kept = detector.fresh()
    width = len(detector.vitals)
    for step in range(100):
        detector.take(kept, (70.0,) * width if step < 60 else (60.0 + step % 20,) * width, learning=True)
    assert not math.isnan(detector.take(kept, (75.0,) * width, learning=True))


def test_one_step_off_a_patient_who_hardly_moves_is_not_far() -> None:
    """River: 100 readings of 70 and one of 71 make another 71 ten deviations."""
    detector = detector_of("StandardAbsoluteDeviation", {})
    told = scores(detector, detector.fresh(), ([70] * 100 + [71] * 3) * 5)
    assert all(math.isnan(score) or score <= 2 for score in told)


def test_a_variance_below_zero_is_no_score(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = detector_of("GaussianScorer", {"grace_period": 5, "window_size": 10})
    kept = detector.fresh()
    scores(detector, kept, range(60, 80))
    monkeypatch.setattr(proba.Gaussian, "sigma", property(lambda _: (-1e-9) ** 0.5))
    assert isinstance(kept.detector.gaussian.sigma, complex)
    assert math.isnan(detector.take(kept, (75.0,), learning=True))


@pytest.mark.parametrize("said", [1j, math.nan, math.inf, "high", None], ids=repr)
def test_what_is_no_finite_number_is_no_score(monkeypatch: pytest.MonkeyPatch, said: object) -> None:
    detector = detector_of("StandardAbsoluteDeviation", {})
    kept = detector.fresh()
    scores(detector, kept, range(60, 80))
    monkeypatch.setattr(anomaly.StandardAbsoluteDeviation, "score_one", lambda *_: said)
    assert math.isnan(detector.take(kept, (75.0,), learning=True))


def test_a_failure_to_score_is_no_score_and_the_value_is_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = detector_of("StandardAbsoluteDeviation", {})
    kept = detector.fresh()
    scores(detector, kept, range(60, 80))
    with monkeypatch.context() as patched:
        patched.setattr(anomaly.StandardAbsoluteDeviation, "score_one", _fails)
        assert math.isnan(detector.take(kept, (75.0,), learning=True))
    assert kept.learned == kept.detector.variance.mean.n == 21


def test_after_a_failure_to_learn_the_detector_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    detector = detector_of("LODA", {"n_random_cuts": 3})
    kept = detector.fresh()
    scores(detector, kept, range(60, 80))
    with monkeypatch.context() as patched:
        patched.setattr(anomaly.LODA, "learn_one", _fails)
        detector.take(kept, (75.0,), learning=True)
    assert detector.written(kept) == detector.written(detector.fresh())


def _fails(*_: object) -> None:
    raise RuntimeError


def test_a_detector_that_spoiled_itself_begins_anew() -> None:
    """River's sums never recover from a value that is not a number: this one is put there as a bug would."""
    detector = detector_of("StandardAbsoluteDeviation", {})
    kept = detector.fresh()
    scores(detector, kept, range(60, 80))
    kept.detector.variance.mean.update(math.nan)
    kept.detector.sub_stat.update(math.nan)
    told = scores(detector, kept, [70, 60, 80, 70, 60, 80])
    assert math.isnan(told[0])
    assert not math.isnan(told[-1])


def test_where_nothing_may_be_learned_scoring_changes_nothing() -> None:
    detector = tried(SPECS["prediction"])
    assert detector.scoring_learns
    kept = detector.fresh()
    for step in range(30):
        detector.take(kept, (60.0 + step % 7, 14.0 + step % 3), learning=True)
    before = detector.written(kept)
    first = detector.take(kept, (150.0, 30.0), learning=False)
    assert detector.take(kept, (150.0, 30.0), learning=False) == first
    assert detector.written(kept) == before
    detector.score(kept, (150.0, 30.0), learning=True)
    assert detector.written(kept) != before


def test_without_a_seed_all_patients_have_the_same_detector() -> None:
    parameters = {"n_trees": 2, "height": 3, "window_size": 10}
    assert make("HalfSpaceTrees", parameters).rng.random() != make("HalfSpaceTrees", parameters).rng.random()
    detector = detector_of("HalfSpaceTrees", parameters)
    one, other = detector.fresh(), detector.fresh()
    assert scores(detector, one, range(60, 90))[-5:] == scores(detector, other, range(60, 90))[-5:]
    assert detector.written(one) == detector.written(other)


def test_a_seed_is_kept() -> None:
    by_seed = [detector_of("HalfSpaceTrees", {"seed": seed, "window_size": 10}) for seed in (1, 2)]
    told = [scores(detector, detector.fresh(), range(60, 90))[-5:] for detector in by_seed]
    assert told[0] != told[1]


def test_features_are_given_as_shares_of_their_plausible_range() -> None:
    detector = tried(SPECS["trees"])
    assert detector.arguments((20.0, 80.0)) == ({"heart_rate": 0.0, "respiratory_rate": 1.0},)
    assert detector.arguments((160.0, 20.0)) == ({"heart_rate": 0.5, "respiratory_rate": 0.25},)


def test_a_target_is_given_in_its_unit_and_the_other_vitals_as_features() -> None:
    assert tried(SPECS["gaussian"]).arguments((72.0,)) == ({}, 72.0)
    assert tried(SPECS["prediction"]).arguments((72.0, 20.0)) == ({"respiratory_rate": 0.25}, 72.0)


def test_scores_are_rivers_own() -> None:
    detector = detector_of("GaussianScorer", {"window_size": 20, "grace_period": 10})
    reference = make("GaussianScorer", {"window_size": 20, "grace_period": 10})
    assert isinstance(reference.gaussian, utils.Rolling)
    kept = detector.fresh()
    for step in range(100):
        value = 60.0 + step * step % 13
        told = detector.take(kept, (value,), learning=True)
        assert step < 2 or told == reference.score_one({}, value)
        reference.learn_one({}, value)


@pytest.mark.parametrize(
    ("vitals", "threshold", "sentence"),
    [
        ((), 0.9, "LODA needs at least one vital."),
        (("heart_rate", "heart_rate"), 0.9, "LODA is given the same vital twice."),
        (("hart_rate",), 0.9, "There is no vital hart_rate (did you mean heart_rate?)."),
        (("heart_rate",), math.nan, "The threshold of LODA must be a number."),
    ],
)
def test_a_spec_that_makes_no_sense_is_a_sentence(
    vitals: tuple[str, ...], threshold: float, sentence: str
) -> None:
    with pytest.raises(RiverError) as caught:
        RiverDetector(RiverSpec("LODA", {}, vitals, threshold))
    assert str(caught.value) == sentence


@pytest.mark.parametrize("name", ["GaussianScorer", "StandardAbsoluteDeviation"])
def test_a_detector_of_one_vital_is_not_given_two(name: str) -> None:
    with pytest.raises(RiverError, match="judges one vital: configure it once for each"):
        RiverDetector(RiverSpec(name, {}, TWO, 0.9))
