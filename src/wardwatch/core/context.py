"""What stands around a value: whether the wearer rests, and whether the sensor can be believed.

A learned alarm is held back
- while the wearer moves, and until 12 minutes after the last step (docs/evidence.md);
- after that until the heart has *settled*: once back near its usual, or after three quarters of an hour.
  Without this, half of the learned alarms are about somebody who has just climbed the stairs;
- while the device says that it is not worn, or that its signal is poor;
- while values come with gaps: a tracker that lies on a table finds a pulse now and then;
- while a vital jumps about as no heart does: so does a loose sensor.
A hard limit is never held back. Nothing is learned then either. What was measured off the body, or with a
poor signal, is not shown to the detectors at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field, State
from wardwatch.core.detectors.recursions import elapsed_or_long_ago, ew_mean, share
from wardwatch.core.reading import SIGNAL_QUALITY, WORN, BoolArray, FloatArray
from wardwatch.core.vitals import VITAL_INDEX

# Docs/evidence.md. Who sends no steps is taken to be at rest.
REST_MS = 12 * 60 * 1000
# The following are wardwatch's own choices, tuned on recordings of real wearers (docs/evidence.md).
_SETTLES_FROM_MS = 3 * 60 * 1000
_SETTLED_SPREADS = 2.0
SETTLED_AFTER_MS = 45 * 60 * 1000
# Devices call the better half of their signals usable; a finer line needs the device's own documentation.
POOR_SIGNAL = 0.5
_COVERAGE_TIME_CONSTANT_S = 20 * 60.0
_LEAST_COVERAGE = 0.7
# A value covers the time since the one before, unless that took longer than twice the usual interval.
_USUAL_INTERVAL_GAIN = 0.02
_SHORTEST_INTERVAL_S, _LONGEST_INTERVAL_S = 1.0, 900.0
_ERRATIC_TIME_CONSTANT_S = 8 * 60.0
# One jump alone, however wide, is an event and not yet erratic.
_MOST_SQUARED_INNOVATION = 9.0
_MOST_SHARE = 0.12
_ERRATIC = 4.5

_HEART_RATE = VITAL_INDEX["heart_rate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What to believe; both are (judged vitals, n).

    ``calm`` is where a value was taken at rest by a sensor that can be believed: from these one may learn.
    ``steady`` is where the wearer has settled as well: by these a learned alarm may go.
    """

    calm: BoolArray
    steady: BoolArray


def off_body(context: FloatArray) -> BoolArray:
    """(n): whose values say nothing of the patient; ``context`` is a round's (n, context names)."""
    with np.errstate(invalid="ignore"):
        off: BoolArray = np.less(context[:, SIGNAL_QUALITY], POOR_SIGNAL)
        off |= context[:, WORN] == 0.0
    return off


def any_vital(of_vitals: BoolArray) -> BoolArray:
    """(n): where it is so of any vital; ``of_vitals`` is (judged vitals, n)."""
    found: BoolArray = np.logical_or.reduce(of_vitals, axis=0)
    return found


class Context:
    """Keeps what tells whether a value may be judged."""

    fields = (
        # 1 once the wearer has settled after the latest movement.
        Field("settled", default=1.0),
        # The share of time that was covered by values, and the usual interval between them.
        Field("coverage"),
        Field("usual_interval_s", default=150.0),
        # The latest squared innovations, on average 1.
        Field("erratic", JUDGED, 1.0),
        Field("signal_quality", default=np.nan),
    )

    def observe(
        self,
        state: State,
        *,
        still_ms: FloatArray,
        elapsed_s: FloatArray,
        z: FloatArray,
        innovation: FloatArray,
        signal_quality: FloatArray,
    ) -> Standing:
        """Take a round in and say what may be believed of it.

        ``still_ms`` (n) is the time since the latest step; the others are (judged vitals, n).
        """
        measured = ~np.isnan(z)
        self._cover(state, np.where(measured, elapsed_s, np.inf).min(axis=0), any_vital(measured))
        gain = share(elapsed_s, _ERRATIC_TIME_CONSTANT_S, _MOST_SHARE)
        squared = np.minimum(innovation * innovation, _MOST_SQUARED_INNOVATION)
        erratic = state["erratic"]
        np.copyto(erratic, ew_mean(erratic, squared, gain), where=measured)
        np.copyto(state["signal_quality"][0], signal_quality, where=~np.isnan(signal_quality))
        settled = self._settle(state, still_ms, z[_HEART_RATE])
        resting = (still_ms > REST_MS) & (state["coverage"][0] >= _LEAST_COVERAGE)
        calm = measured & resting & (erratic < _ERRATIC)
        return Standing(calm=calm, steady=calm & settled)

    def _cover(self, state: State, elapsed_s: FloatArray, measured: BoolArray) -> None:
        coverage, interval_s = state["coverage"][0], state["usual_interval_s"][0]
        elapsed_s = elapsed_or_long_ago(elapsed_s)
        left = np.exp(elapsed_s * (-1.0 / _COVERAGE_TIME_CONSTANT_S))
        covered = np.where(elapsed_s <= 2.0 * interval_s, 1.0 - left, 0.0)
        np.copyto(coverage, coverage * left + covered, where=measured)
        # The median of the intervals, followed in small steps: gaps, however long, count as one interval.
        step = 1.0 + _USUAL_INTERVAL_GAIN * np.sign(elapsed_s - interval_s)
        followed = np.clip(interval_s * step, _SHORTEST_INTERVAL_S, _LONGEST_INTERVAL_S)
        np.copyto(interval_s, followed, where=measured)

    def _settle(self, state: State, still_ms: FloatArray, heart_z: FloatArray) -> BoolArray:
        settled = state["settled"][0]
        with np.errstate(invalid="ignore"):
            calm = (still_ms >= _SETTLES_FROM_MS) & (heart_z < _SETTLED_SPREADS)
        now: BoolArray = (still_ms > 0) & ((settled > 0) | calm) | (still_ms > SETTLED_AFTER_MS)
        settled[:] = now
        return now
