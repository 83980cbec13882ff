"""What a kind of device measures, how often, and how it writes it: no device measures everything.

The kinds, intervals and averages are wardwatch's own choices of what is common; no product is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wardwatch_simulators.living.population import Population
from wardwatch_simulators.living.randomness import Float32s

# How many digits a device writes after the point: those of the charts (wardwatch.core.vitals).
DECIMALS = {"body_temperature": 1, "skin_temperature": 1, "activity": 3}
_STEPS, _ACTIVITY = "steps", "activity"
# Wearers' devices are not in step: the next wearer's has its turn so much later.
_APART_S = 37


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceKind:
    """``every_s`` holds, for each vital that it measures, the seconds from one measurement to the next.

    It is the mean of the latest ``average_s``; steps are those since the last measurement, and activity
    is the mean since then.
    """

    name: str
    every_s: Mapping[str, int]
    average_s: int = 8

    def measured(self, population: Population, first_s: int, count: int) -> dict[str, Float32s]:
        """What it writes of these wearers' seconds: rounded, and not-a-number where it is silent."""
        longest = max(self.average_s, self.every_s.get(_STEPS, 1), self.every_s.get(_ACTIVITY, 1))
        vitals = population.seconds(first_s - longest + 1, count + longest - 1)
        times_s = np.arange(first_s, first_s + count, dtype=np.int64)
        result = {}
        for name, every_s in self.every_s.items():
            if name == _STEPS:
                seen = _sum_of_latest(vitals[name], every_s, count)
            elif name == _ACTIVITY:
                seen = _sum_of_latest(vitals[name], every_s, count) / np.float32(every_s)
            else:
                seen = _sum_of_latest(vitals[name], self.average_s, count) / np.float32(self.average_s)
            written = _written(name, seen)
            if every_s > 1:
                turn = (times_s + _APART_S * population.wearers[:, np.newaxis]) % every_s == 0
                written = np.where(turn, written, np.float32(np.nan))
            result[name] = written
        return result


def _sum_of_latest(values: Float32s, size: int, count: int) -> Float32s:
    # Added up in a fixed order, so that the last bits are the same on all processors.
    end = values.shape[1]
    total = values[:, end - count :].copy()
    for before in range(1, size):
        total += values[:, end - count - before : end - before]
    return total


def _written(name: str, values: Float32s) -> Float32s:
    factor = np.float32(10 ** DECIMALS.get(name, 0))
    result: Float32s = np.floor(values * factor + np.float32(0.5)) / factor
    return result


_ALL = (
    DeviceKind(name="wristband", every_s={"heart_rate": 1, "skin_temperature": 1, "steps": 1, "activity": 1}),
    DeviceKind(
        name="chest_patch",
        every_s={
            "heart_rate": 1, "respiratory_rate": 1, "skin_temperature": 1, "body_temperature": 60, "steps": 1,
            "activity": 1,
        },
    ),
    DeviceKind(name="oximeter", every_s={"heart_rate": 1, "oxygen_saturation": 1}),
    DeviceKind(
        name="ward_set",
        every_s={
            "heart_rate": 1, "oxygen_saturation": 1, "respiratory_rate": 1, "body_temperature": 1,
            "systolic_pressure": 300, "diastolic_pressure": 300, "skin_temperature": 1, "steps": 1,
            "activity": 1,
        },
    ),
    # Goes with another device. Ambulatory cuffs are inflated every quarter to half an hour.
    DeviceKind(name="cuff", every_s={"systolic_pressure": 900, "diastolic_pressure": 900}),
    # One record a minute, as wrist-worn consumer trackers export them.
    DeviceKind(name="tracker", every_s={"heart_rate": 60, "steps": 60}, average_s=60),
)  # fmt: skip
DEVICE_KINDS: dict[str, DeviceKind] = {kind.name: kind for kind in _ALL}
