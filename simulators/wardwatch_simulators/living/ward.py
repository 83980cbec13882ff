"""A population on a ward: what its devices send, second by second, as readings, and the truth about it."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from wardwatch.core.reading import Reading
from wardwatch_simulators.beds import lay_out
from wardwatch_simulators.living.devices import DECIMALS, DEVICE_KINDS, DeviceKind
from wardwatch_simulators.living.population import Population
from wardwatch_simulators.living.randomness import Float32s, Float64s, purpose_keys, uniforms
from wardwatch_simulators.truth import IllnessPhase

# A second costs as much as twenty, so readings are made a minute at a time.
_AT_ONCE_S = 60
# wardwatch's own choices, as those of the simple Ward.
_BATTERY_LIFE_S = 48 * 3600
_FULL_BATTERY = (60.0, 100.0)
_QUALITY_AT_REST, _QUALITY_LOST_BY_WALKING = 0.96, 0.3
_LIFE, _MOMENT = 0, 1  # lanes of what is drawn for a device

_Column: TypeAlias = npt.NDArray[Any]  # (seconds, wearers)


class LivingWard:
    """Readings of ``population`` from ``first_s`` on, whose seconds count from ``midnight_ms``.

    Patients are called ``sim-0001`` and so on by their number in the population.
    """

    def __init__(
        self,
        population: Population,
        *,
        midnight_ms: int,
        first_s: int = 0,
        kind: DeviceKind = DEVICE_KINDS["ward_set"],
    ) -> None:
        self._population, self._kind = population, kind
        self._midnight_ms, self._first_s, self._second = midnight_ms, first_s, first_s
        numbers = (population.wearers + 1).tolist()
        self.patients = tuple(f"sim-{number:04d}" for number in numbers)
        self.placements = lay_out(self.patients)
        self._devices = [f"simdev-{number:04d}" for number in numbers]
        draws = uniforms(purpose_keys(population.keys, "device"), np.zeros(1, dtype=np.int64))[:, 0]
        # Devices are not in step: each measures at a moment of its own within the second.
        moments = (draws[:, _MOMENT] * np.float32(1000)).astype(np.int64)
        self._order: list[int] = np.argsort(moments, kind="stable").tolist()
        self._moments_ms: list[int] = moments.tolist()
        lowest, highest = _FULL_BATTERY
        self._full_battery: Float64s = lowest + (highest - lowest) * draws[:, _LIFE].astype(np.float64)
        self._columns: dict[str, _Column] = {}

    @property
    def now_ms(self) -> int:
        """The start of the second that comes next, on the wearers' clock."""
        return self._midnight_ms + self._second * 1000

    def next_second(self) -> list[Reading]:
        """What all devices measure within the next second, in the order in which they measure it."""
        at = (self._second - self._first_s) % _AT_ONCE_S
        if at == 0:
            self._columns = self._next_minute()
        names = tuple(self._columns)
        rows = list(zip(*(column[at].tolist() for column in self._columns.values()), strict=True))
        now_ms, battery = self.now_ms, self._battery()
        self._second += 1
        return [
            Reading(
                patient=self.patients[i],
                device=self._devices[i],
                seq=self._second - self._first_s,
                observed_at_ms=now_ms + self._moments_ms[i],
                worn=True,
                battery=battery[i],
                **dict(zip(names, rows[i], strict=True)),
            )
            for i in self._order
        ]

    def truth(self) -> list[IllnessPhase]:
        """What has really begun so far, in order of time."""
        first_wearer = int(self._population.wearers[0])
        return [
            IllnessPhase(
                patient=self.patients[event.wearer - first_wearer],
                course=event.course,
                phase=event.phase,
                at_ms=self._midnight_ms + event.at_s * 1000,
                severity=event.severity,
                description=event.description,
            )
            for event in self._population.truth(self._second)
        ]

    def _next_minute(self) -> dict[str, _Column]:
        measured = self._kind.measured(self._population, self._second, _AT_ONCE_S)
        columns = {name: _written(name, values.T) for name, values in measured.items()}
        walks = np.nan_to_num(measured["steps"].T) > 0 if "steps" in measured else np.zeros(self._shape)
        columns["signal_quality"] = _QUALITY_AT_REST - _QUALITY_LOST_BY_WALKING * walks
        return columns

    @property
    def _shape(self) -> tuple[int, int]:
        return _AT_ONCE_S, len(self._population)

    def _battery(self) -> list[float]:
        """In %; a device that runs empty is taken to be charged at once."""
        left = self._full_battery - 100.0 * (self._second - self._first_s) / _BATTERY_LIFE_S
        battery: list[float] = np.ceil(left % 100.0).tolist()
        return battery


def _written(name: str, values: Float32s) -> _Column:
    """As numbers that are written as a device does, and None where it is silent."""
    decimals = DECIMALS.get(name, 0)
    rounded = np.round(values.astype(np.float64), decimals)
    silent = np.isnan(rounded)
    if not decimals:
        # Without a point where there are no decimals.
        rounded = np.where(silent, 0, rounded).astype(np.int64)
    if not silent.any():
        return rounded
    column = rounded.astype(object)
    column[silent] = None
    return column
