"""The reasons of learned alarms: how far each vital is from the patient's usual, and what that amounts to."""

from __future__ import annotations

from typing import Any

import numpy as np

from wardwatch.core import fusion
from wardwatch.core.alarms import Step
from wardwatch.core.bank import Bank
from wardwatch.core.detectors.detector import JUDGED, State
from wardwatch.core.detectors.nightsignal import last_night
from wardwatch.core.detectors.trend import WINDOWS_H, slopes_per_hour
from wardwatch.core.reading import FloatArray
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITALS


def unusual(table: PatientTable, bank: Bank, step: Step) -> tuple[str, dict[str, Any]]:
    """Of the fused score: the vitals that stood when the alarm took this step, the strangest first."""
    state = bank.state_of(table, np.array([step.row]))
    z = state["scored_z"]
    fused = fusion.fuse(state["covariance"], z, state["gain"][0], state["confirmed_by"][0])
    usual, spread = bank.usual_and_spread(state, np.array([step.since_ms]))
    standing = np.flatnonzero(~np.isnan(z[:, 0]))
    strangest = sorted(standing.tolist(), key=lambda vital: -float(fused.parts[vital, 0]))
    vitals = {VITALS[vital].name: _of_vital(state, fused, usual, spread, vital) for vital in strangest}
    outside = [vital for vital in strangest if abs(z[vital, 0]) > fusion.BAND_SPREADS]
    told = "; ".join(
        f"{VITALS[vital].label} {VITALS[vital].written(vitals[VITALS[vital].name]['now'])}, usual "
        f"{VITALS[vital].written(float(usual[vital, 0]))} ± "
        f"{VITALS[vital].written(fusion.BAND_SPREADS * float(spread[vital, 0]))}"
        for vital in outside or strangest[:1]
    )
    by = int(fused.confirmed_by[0])
    quality = float(state["signal_quality"][0, 0])
    reasons = {
        "model": bank.model.name,
        "score": float(fused.score[0]),
        "most_score": bank.most_score,
        "bits": float(bank.bits_of(fused.score)[0]),
        "most_bits": bank.limit_bits,
        "gain": float(fused.gain[0]),
        "confirmed_by": bank.confirming[by] if by >= 0 else None,
        "vitals": vitals,
        "signal_quality": None if np.isnan(quality) else quality,
        "allowed": {"vitals": _allowed(state)},
    }
    return told, reasons


def _of_vital(
    state: State, fused: fusion.Fused, usual: FloatArray, spread: FloatArray, vital: int
) -> dict[str, Any]:
    z = float(state["scored_z"][vital, 0])
    own, one = float(usual[vital, 0]), float(spread[vital, 0])
    slopes = slopes_per_hour(state)[:, vital, 0]
    return {
        "now": round(own + z * one, 3),
        "unit": VITALS[vital].unit,
        "usual": own,
        "band": [own - fusion.BAND_SPREADS * one, own + fusion.BAND_SPREADS * one],
        "z": z,
        "contribution": float(fused.parts[vital, 0]),
        "direction": "above" if z > 0 else "below",
        "slope_per_h": {
            f"{window_h:g} h": None if np.isnan(slope) else float(slope) * one
            for window_h, slope in zip(WINDOWS_H, slopes, strict=True)
        },
        "minutes_abnormal": round(float(state["abnormal_s"][vital, 0]) / 60.0, 1),
    }


def _allowed(state: State) -> dict[str, dict[str, float]]:
    """For each vital that could have prevented the alarm alone: within which bounds it would have."""
    found = {}
    for vital in range(JUDGED):
        low, high = float(state["allowed_low"][vital, 0]), float(state["allowed_high"][vital, 0])
        if np.isfinite(low) and np.isfinite(high) and low < high:
            found[VITALS[vital].name] = {"at_least": low, "at_most": high}
    return found


def nightly(table: PatientTable, bank: Bank, step: Step) -> tuple[str, dict[str, Any]]:
    """Of the night's mean heart rate at rest, against the median of all nights."""
    night = last_night(bank.state_of(table, np.array([step.row])))
    told = f"Resting HR at night {night.mean}, usual {night.baseline}"
    reasons = {
        "vital": "heart_rate",
        "unit": "/min",
        "value": night.mean,
        "usual": night.baseline,
        "allowed": {"nightly_mean": {"at_most": night.median_before}},
    }
    return told, reasons
