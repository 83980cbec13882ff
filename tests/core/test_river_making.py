"""Detectors by name and parameters, and sentences for what doesn't fit."""

from __future__ import annotations

from typing import Any

import pytest
from river import anomaly, stats

from tests.support.river_specs import part
from wardwatch.core.river_making import detector_names, innermost, make, takes_target
from wardwatch.core.river_names import RiverError


def test_all_of_rivers_anomaly_detectors_are_known() -> None:
    assert set(detector_names()) == set(anomaly.__all__)


def test_parameters_arrive() -> None:
    detector = make("HalfSpaceTrees", {"n_trees": 7, "limits": {"heart_rate": [0.1, 0.6]}})
    assert detector.n_trees == 7
    assert detector.limits["heart_rate"] == [0.1, 0.6]


def test_a_parameter_can_be_an_object_of_river() -> None:
    detector = make("StandardAbsoluteDeviation", {"sub_stat": part("stats.EWMean", fading_factor=0.25)})
    assert isinstance(detector.sub_stat, stats.EWMean)
    assert detector.sub_stat.fading_factor == 0.25


def test_each_has_parts_of_its_own() -> None:
    parameters = {"anomaly_detector": part("anomaly.LODA", seed=1), "q": 0.9}
    one, other = make("QuantileFilter", parameters), make("QuantileFilter", parameters)
    assert one.anomaly_detector is not other.anomaly_detector


@pytest.mark.parametrize(
    ("name", "parameters", "sentence"),
    [
        ("HalfSpaceTree", {}, "River has no anomaly detector HalfSpaceTree (did you mean HalfSpaceTrees?)."),
        (
            "halfspacetrees",
            {},
            "River has no anomaly detector halfspacetrees (did you mean HalfSpaceTrees?).",
        ),
        ("__doc__", {}, "River has no anomaly detector __doc__ (there are GaussianScorer, "),
        ("HalfSpaceTrees", {"trees": 7}, "HalfSpaceTrees has no parameter trees (did you mean n_trees?)."),
        ("LODA", {"height": 7}, "LODA has no parameter height (there are n_bins, n_random_cuts, seed)."),
        ("QuantileFilter", {"q": 0.9}, "QuantileFilter needs the parameter anomaly_detector."),
        ("LocalOutlierFactor", {"engine": 3}, "LocalOutlierFactor can't be made with these parameters: "),
        (
            "LocalOutlierFactor",
            {"engine": part("neighbors.LazySearch", window=3)},
            "neighbors.LazySearch has no parameter window (did you mean window_size?).",
        ),
        (
            "StandardAbsoluteDeviation",
            {"sub_stat": part("stats.EwMean")},
            "River has no stats.EwMean (did you mean EWMean?).",
        ),
        (
            "StandardAbsoluteDeviation",
            {"sub_stat": part("datasets.Keystroke")},
            "A parameter asks for river's datasets.Keystroke, which is in none of anomaly, ",
        ),
        (
            "StandardAbsoluteDeviation",
            {"sub_stat": part("")},
            "A parameter asks for river's , which is in none",
        ),
        (
            "StandardAbsoluteDeviation",
            {"sub_stat": {"river": "stats.Mean", "parameters": 3}},
            "The parameters of stats.Mean must be names with values.",
        ),
    ],
)
def test_what_does_not_fit_is_a_sentence(name: str, parameters: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RiverError) as caught:
        make(name, parameters)
    assert str(caught.value).startswith(sentence)
    assert str(caught.value).endswith(".")


def test_a_filter_takes_what_is_inside_of_it() -> None:
    inside = part("anomaly.QuantileFilter", anomaly_detector=part("anomaly.GaussianScorer"), q=0.9)
    detector = make("ThresholdFilter", {"anomaly_detector": inside, "threshold": 0.9})
    assert isinstance(innermost(detector), anomaly.GaussianScorer)
    assert takes_target(innermost(detector))
    assert not takes_target(make("LODA", {}))
