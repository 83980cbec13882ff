"""The ``why`` of alarms, as docs/alarms.md and docs/technical.md describe them."""

from __future__ import annotations

from typing import Any


def of_a_limit(value: float = 152.0) -> dict[str, Any]:
    """A fast heart."""
    return {
        "rule": "limit",
        "rule_version": 2,
        "limit": 130,
        "limit_of": "standard",
        "direction": "above",
        "band": 20,
        "lasted_s": 139.955,
        "vital": "heart_rate",
        "value": value,
        "unit": "/min",
        "counterfactual": {"lasted_less_than_s": 139.955, "vitals": {"heart_rate": {"at_most": 130}}},
        "why_not_higher": "HR was not at or above 150 /min for 19 s." if value < 150 else None,
    }


def of_unusual_vitals() -> dict[str, Any]:
    """A heart that is fast for this patient, and breathing that goes with it."""
    return {
        "rule": "learned",
        "rule_version": 2,
        "limit": 0.0,
        "limit_of": "standard",
        "direction": "above",
        "band": 1.0,
        "lasted_s": 660.0,
        "model": "shipped",
        "score": 42.5,
        "most_score": 21.0,
        "bits": 13.1,
        "most_bits": 11.2,
        "gain": 1.5,
        "confirmed_by": "cusum",
        "vitals": {
            "heart_rate": _part(104.0, 71.0, 3.0, z=11.0, contribution=40.0),
            "respiratory_rate": _part(18.0, 15.0, 1.2, z=2.5, contribution=2.5),
            "oxygen_saturation": _part(97.0, 97.0, 0.6, z=0.0, contribution=0.0),
        },
        "signal_quality": 0.93,
        "counterfactual": {
            "lasted_less_than_s": 660.0,
            "vitals": {"heart_rate": {"at_least": 58.2, "at_most": 83.8}},
            "enough": "each",
        },
        "why_not_higher": "The score was not 1 bit further out for 660 s.",
    }


def _part(now: float, usual: float, spread: float, *, z: float, contribution: float) -> dict[str, Any]:
    return {
        "now": now,
        "unit": "/min",
        "usual": usual,
        "band": [usual - 2 * spread, usual + 2 * spread],
        "z": z,
        "contribution": contribution,
        "direction": "above" if z > 0 else "below",
        "slope_per_h": {"1 h": 12.25, "4 h": None},
        "minutes_abnormal": 11.0,
    }


def of_deterioration() -> dict[str, Any]:
    """Two vitals that are not far out, for days."""
    return {
        "rule": "deterioration",
        "rule_version": 3,
        "limit": 0.0,
        "limit_of": "standard",
        "direction": "above",
        "band": 4.0,
        "lasted_s": 660.0,
        "model": "shipped",
        "score": 20.0,
        "most_score": 16.5,
        "vitals": {
            "systolic_pressure": {
                "now": 98.0,
                "unit": "mm[Hg]",
                "measured_at_ms": 0,
                "of_most": 123.0,
                "direction": "below",
                "contribution": 15.0,
                "of_now": 3.0,
                "of_days": 12.0,
            },
            "heart_rate": {
                "now": 104.0,
                "unit": "/min",
                "measured_at_ms": 0,
                "of_most": 82.0,
                "direction": "above",
                "contribution": 5.0,
                "of_now": 2.5,
                "of_days": 2.5,
            },
        },
        "counterfactual": {
            "lasted_less_than_s": 660.0,
            "vitals": {"systolic_pressure": {"at_least": 112.0}, "heart_rate": {"at_most": 91.0}},
            "enough": "each",
        },
        "why_not_higher": "The score was not 4 further out for 660 s.",
    }


def of_news2() -> dict[str, Any]:
    """An urgent total, of which two parameters are not known."""
    return {
        "rule": "news2",
        "rule_version": 2,
        "limit": 4,
        "limit_of": "standard",
        "direction": "above",
        "band": 3,
        "lasted_s": 300.0,
        "lowest": 6,
        "highest": 11,
        "points": {"respiratory_rate": 3, "heart_rate": 2, "oxygen_saturation": 1, "body_temperature": 0},
        "missing": ["on_oxygen", "consciousness"],
        "saturation_scale": 1,
        "counterfactual": {
            "lasted_less_than_s": 300.0,
            "vitals": {
                "respiratory_rate": {"at_least": 12.0, "at_most": 20.0},
                "heart_rate": {"at_least": 51.0, "at_most": 90.0},
            },
            "enough": "all",
        },
        "why_not_higher": "NEWS2 was not at or above 7 for 19 s.",
    }


def of_a_fall(at_ms: int) -> dict[str, Any]:
    """An impact, and lying still after it."""
    return {
        "rule": "fall",
        "rule_version": 2,
        "limit": 0.5,
        "limit_of": "standard",
        "direction": "above",
        "band": 1.0,
        "lasted_s": 30.0,
        "impact": 0.93,
        "unit": "g",
        "impact_at_ms": at_ms,
        "counterfactual": {"lasted_less_than_s": 30.0, "impact": {"at_most": 0.5}},
        "why_not_higher": "This condition has no higher priority than medium.",
    }


def of_an_irregular_pulse() -> dict[str, Any]:
    """Intervals between beats that are unlike each other."""
    return {
        "rule": "rhythm",
        "rule_version": 2,
        "limit": 80.0,
        "limit_of": "standard",
        "direction": "above",
        "band": 10.0,
        "lasted_s": 3.0,
        "value": 90.7,
        "unit": "%",
        "intervals": 16,
        "shortest_ms": 540,
        "longest_ms": 1120,
        "counterfactual": {"lasted_less_than_s": 3.0, "rr_interval_ms": {"at_least": 782, "at_most": 819}},
        "why_not_higher": "This condition has no higher priority than medium.",
    }


def of_silence() -> dict[str, Any]:
    """A device that no longer sends."""
    return {
        "rule": "device",
        "rule_version": 1,
        "device": "e4-03",
        "silent": {"heart_rate": {"age_s": 400.0, "limit_s": 330.0}},
    }
