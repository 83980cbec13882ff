"""The reasons of learned alarms: how far each vital is from the patient's usual, and what that amounts to."""

from __future__ import annotations

from typing import Any

import numpy as np

from wardwatch.core import fusion, looking
from wardwatch.core.alarms import Step
from wardwatch.core.bank import Bank, known_soon
from wardwatch.core.detectors.detector import JUDGED, State
from wardwatch.core.detectors.night_level import Night, last_nights
from wardwatch.core.detectors.trend import WINDOWS_H, slopes_per_hour
from wardwatch.core.reading import FloatArray
from wardwatch.core.table import PatientTable
from wardwatch.core.vitals import VITALS

# Where all vitals are within so many spreads of their usual none comes to lie outside its band, though what
# is usual drifts with the time of day while an alarm is pending.
_CALM_SPREADS = 1.0


def unusual(table: PatientTable, bank: Bank, step: Step) -> tuple[str, dict[str, Any]]:
    """Of the fused score: the vitals that stood when the alarm took this step, the strangest first."""
    state = bank.state_of(table, np.array([step.row]))
    z = state["scored_z"]
    fused = fusion.fuse(state["covariance"], z, state["gain"][0], state["confirmed_by"][0])
    # Each value against what was usual when it was measured: some may have stood for an hour.
    measured_ms = np.minimum(looking.looked_at_ms(table, np.array([step.row])).T, step.since_ms)
    usual, spread = bank.usual_and_spread(state, measured_ms)
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
        "allowed": _allowed(state, usual, spread),
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


def _allowed(state: State, usual: FloatArray, spread: FloatArray) -> dict[str, Any]:
    """Which values would have prevented the alarm: of each vital that could have alone, or else of all."""
    alone = {
        VITALS[vital].name: _between(state["allowed_low"][vital, 0], state["allowed_high"][vital, 0])
        for vital in range(JUDGED)
        if -np.inf < state["allowed_low"][vital, 0] < state["allowed_high"][vital, 0] < np.inf
    }
    if alone:
        return {"vitals": alone, "enough": "each"}
    low, high = usual - _CALM_SPREADS * spread, usual + _CALM_SPREADS * spread
    known = np.flatnonzero(known_soon(state)[:, 0]).tolist()
    calm = {VITALS[vital].name: _between(low[vital, 0], high[vital, 0]) for vital in known}
    return {"vitals": calm, "enough": "all"}


def _between(low: float, high: float) -> dict[str, float]:
    return {"at_least": float(low), "at_most": float(high)}


def usual_of(table: PatientTable, bank: Bank, row: int, vital: int) -> dict[str, Any]:
    """What was usual of a vital when its latest value was observed; nothing where that is not known yet."""
    observed_ms = table["seen_ms"][[row], vital]
    centres, spreads = bank.known_usual(table, np.array([row]), observed_ms)
    centre, band = float(centres[vital, 0]), fusion.BAND_SPREADS * float(spreads[vital, 0])
    return {} if np.isnan(centre) else {"usual": centre, "usual_band": [centre - band, centre + band]}


def nightly(table: PatientTable, bank: Bank, row: int) -> tuple[str, dict[str, Any]]:
    """Of the heart's lowest level in two nights, against what is usual for the patient's nights."""
    tonight, before = last_nights(bank.state_of(table, np.array([row])))
    reasons: dict[str, Any] = {"vital": "heart_rate", "unit": "/min"}
    figure, usual, spread, nights = _of_night(tonight)
    if figure is None or usual is None:
        # Of an alarm that began by another rule's state, or long ago.
        return "Resting HR at night", reasons
    before_figure, before_usual, before_spread, _ = _of_night(before)
    reasons |= {
        "value": figure,
        "usual": usual,
        "spread": spread,
        "nights": nights,
        "night_before": {"value": before_figure, "usual": before_usual, "spread": before_spread},
    }
    most = float(tonight.most_after(before)[0])
    if np.isfinite(most):
        # Figures are in halves of a beat.
        reasons["allowed"] = {"nightly_level": {"at_most": float(np.floor(2 * (usual + most))) / 2}}
    return f"Resting HR at night {figure:g}, usual {usual:g}", reasons


def _of_night(night: Night) -> tuple[float | None, float | None, float | None, int]:
    figure, usual, spread = (
        None if np.isnan(number[0]) else float(number[0])
        for number in (night.figure, night.usual, night.spread)
    )
    return figure, usual, spread, int(night.nights[0])
