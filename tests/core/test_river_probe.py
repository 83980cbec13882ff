"""A detector that would fail its patients is refused beforehand."""

from __future__ import annotations

import random
import threading
from typing import Any

import pytest
from river import anomaly, base

from tests.support.river_specs import HEART_RATE, SPECS, part
from wardwatch.core.river_detector import RiverSpec
from wardwatch.core.river_names import RiverError
from wardwatch.core.river_probe import plausible_values, tried


class Good(base.AnomalyDetector):
    """Scores by what it saw last: a detector that can be used, and others break it in one respect."""

    def __init__(self) -> None:
        self.seen = [0.0]

    def learn_one(self, x: dict[Any, Any]) -> None:
        self.seen[0] = float(x["heart_rate"])

    def score_one(self, x: dict[Any, Any]) -> Any:
        return abs(float(x["heart_rate"]) - self.seen[0])


class LearnsNothing(Good):
    def learn_one(self, x: dict[Any, Any]) -> None:
        pass


class FailsToLearn(Good):
    def learn_one(self, x: dict[Any, Any]) -> None:
        raise KeyError(x["heart_rate"] * 0)


class ScoresNoNumber(Good):
    def score_one(self, x: dict[Any, Any]) -> Any:
        return 1j * super().score_one(x)


class ByChance(Good):
    def learn_one(self, x: dict[Any, Any]) -> None:
        self.seen[0] = random.random() + x["heart_rate"]


class HoldsALock(Good):
    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()


class LosesItsState(Good):
    def __getstate__(self) -> dict[str, Any]:
        return {"seen": self.seen[:]}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.seen = [state["seen"][0] + 1]


def _in_river(kind: type, monkeypatch: pytest.MonkeyPatch) -> RiverSpec:
    """``kind`` as if it were one of river's detectors."""
    monkeypatch.setattr(kind, "__module__", "river.anomaly")
    monkeypatch.setattr(anomaly, kind.__name__, kind, raising=False)
    monkeypatch.setattr(anomaly, "__all__", [*anomaly.__all__, kind.__name__])
    return RiverSpec(kind.__name__, {}, HEART_RATE, 0.9)


def test_a_good_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    assert tried(_in_river(Good, monkeypatch)).spec.detector == "Good"


@pytest.mark.parametrize(
    ("kind", "complaint"),
    [
        (LearnsNothing, "LearnsNothing learns nothing with these parameters."),
        (FailsToLearn, "FailsToLearn fails with these parameters: KeyError(0.0)."),
        (ScoresNoNumber, "with these parameters, which is no number."),
        (ByChance, "ByChance does not do the same each time."),
        (HoldsALock, "A _thread.lock can't be kept as plain data."),
        (LosesItsState, "LosesItsState does not go on from its saved state as it was."),
    ],
)
def test_a_bad_one_is_refused(kind: type, complaint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RiverError) as caught:
        tried(_in_river(kind, monkeypatch))
    assert str(caught.value).endswith(complaint)


def test_parameters_that_river_does_not_check_are_tried() -> None:
    with pytest.raises(RiverError, match="HalfSpaceTrees fails with these parameters: TypeError"):
        tried(RiverSpec("HalfSpaceTrees", {"n_trees": "ten"}, HEART_RATE, 0.9))


def test_a_filter_that_protects_nothing_is_refused_since_it_learns_nothing() -> None:
    parameters = {"anomaly_detector": part("anomaly.LODA", n_random_cuts=3), "threshold": 99}
    assert tried(RiverSpec("ThresholdFilter", parameters, HEART_RATE, 0.9))
    with pytest.raises(RiverError, match="ThresholdFilter learns nothing"):
        tried(
            RiverSpec("ThresholdFilter", {**parameters, "protect_anomaly_detector": False}, HEART_RATE, 0.9)
        )


def test_all_of_rivers_detectors_can_be_used() -> None:
    assert {spec.detector for spec in SPECS.values()} == set(anomaly.__all__)


def test_made_up_readings_are_plausible_and_as_a_chart_would_have_them() -> None:
    detector = tried(RiverSpec("LODA", {"n_random_cuts": 3}, ("body_temperature",), 9))
    values = [value for (value,) in plausible_values(detector, 200)]
    [vital] = detector.vitals
    assert all(vital.plausible_low <= value <= vital.plausible_high for value in values)
    assert all(value == round(value, 1) for value in values)
    assert len(set(values)) > 5
