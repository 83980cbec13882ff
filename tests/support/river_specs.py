"""Each of river's detectors as it may be configured, small enough to be quick."""

from __future__ import annotations

from typing import Any

from wardwatch.core.river_plugin import RiverSpec

HEART_RATE = ("heart_rate",)
TWO = ("heart_rate", "respiratory_rate")


def part(path: str, **parameters: Any) -> dict[str, Any]:
    """An object of river as a parameter."""
    return {"river": path, "parameters": parameters}


TREES = {"n_trees": 3, "height": 4, "window_size": 10}

SPECS = {
    "gaussian": RiverSpec("GaussianScorer", {"grace_period": 5}, HEART_RATE, 0.99),
    "gaussian of a window": RiverSpec(
        "GaussianScorer", {"window_size": 8, "grace_period": 5}, HEART_RATE, 0.99
    ),
    "deviation": RiverSpec("StandardAbsoluteDeviation", {}, HEART_RATE, 4),
    "deviation from a median": RiverSpec(
        "StandardAbsoluteDeviation", {"sub_stat": part("stats.Quantile", q=0.5)}, HEART_RATE, 4
    ),
    "trees": RiverSpec("HalfSpaceTrees", TREES, TWO, 0.9),
    "loda": RiverSpec("LODA", {"n_random_cuts": 3}, TWO, 9),
    "neighbours": RiverSpec("LocalOutlierFactor", {"n_neighbors": 3}, TWO, 3),
    "approximate neighbours": RiverSpec(
        "LocalOutlierFactor",
        {"n_neighbors": 3, "engine": part("neighbors.SWINN", graph_k=4, maxlen=30, warm_up=10)},
        TWO,
        3,
    ),
    "support vectors": RiverSpec("OneClassSVM", {"nu": 0.2}, TWO, 1),
    "support vectors by adam": RiverSpec("OneClassSVM", {"optimizer": part("optim.Adam", lr=0.05)}, TWO, 1),
    "prediction": RiverSpec("PredictiveAnomalyDetection", {}, TWO, 0.9),
    "forecast": RiverSpec(
        "PredictiveAnomalyDetection",
        {"predictive_model": part("time_series.SNARIMAX", p=2, d=1, q=1)},
        HEART_RATE,
        0.9,
    ),
    "filter by threshold": RiverSpec(
        "ThresholdFilter",
        {"anomaly_detector": part("anomaly.HalfSpaceTrees", **TREES), "threshold": 0.95},
        TWO,
        0.95,
    ),
    "filter by quantile": RiverSpec(
        "QuantileFilter",
        {"anomaly_detector": part("anomaly.StandardAbsoluteDeviation"), "q": 0.95},
        HEART_RATE,
        4,
    ),
}
