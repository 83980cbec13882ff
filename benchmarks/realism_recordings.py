"""What the benchmark of realism reads of real wearers and patients, and what it simulates beside them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from wardwatch.core.reading import Reading
from wardwatch.wire.recordings.opening import open_recording
from wardwatch_simulators.living import DEVICE_KINDS, ON_THE_WARD, Episode, Population

FloatArray = npt.NDArray[np.float64]

DAY_MIN, HOUR_MIN, _MINUTE_MS = 1440, 60, 60_000
VITALS = (
    "heart_rate",
    "oxygen_saturation",
    "respiratory_rate",
    "body_temperature",
    "systolic_pressure",
    "diastolic_pressure",
)
_SECONDS_FROM_S, _SECONDS = 10 * 3600, 3300  # as long as the sessions of stress_predict_e4
_STAY_H = 48


@dataclass(frozen=True, slots=True)
class Minutes:
    """One wearer's minutes from a local midnight on; not-a-number where nothing was measured."""

    heart_rate: FloatArray
    steps: FloatArray

    @property
    def hour(self) -> npt.NDArray[np.int64]:
        """The hour of the day of each minute."""
        return np.arange(len(self.heart_rate)) // HOUR_MIN % 24


def real_minutes(folder: Path) -> list[Minutes]:
    """The wearers of wearable_minutes; their clock is local."""
    return [_minutes(readings) for readings in _readings(folder / "wearable_minutes")]


def _minutes(readings: list[Reading]) -> Minutes:
    at = np.array([reading.observed_at_ms // _MINUTE_MS for reading in readings])
    first = at[0] // DAY_MIN * DAY_MIN
    columns = np.full((2, (at[-1] // DAY_MIN + 1) * DAY_MIN - first), np.nan)
    columns[0, at - first] = [_known(reading.heart_rate) for reading in readings]
    columns[1, at - first] = [_known(reading.steps) for reading in readings]
    return Minutes(*columns)


def simulated_minutes(seed: int, wearers: int, days: int) -> list[Minutes]:
    """People at home, as a tracker writes them: whole numbers."""
    vitals = Population(seed=seed, wearers=wearers).minutes(0, days * DAY_MIN)
    heart_rate = np.floor(vitals["heart_rate"].astype(np.float64) + 0.5)
    return [Minutes(*pair) for pair in zip(heart_rate, vitals["steps"].astype(np.float64), strict=True)]


def real_seconds(folder: Path) -> dict[str, list[FloatArray]]:
    """Heart rate and skin temperature of each wearer of stress_predict_e4."""
    result: dict[str, list[FloatArray]] = {"heart_rate": [], "skin_temperature": []}
    for readings in _readings(folder / "stress_predict_e4.tar.gz"):
        for name, wearers in result.items():
            wearers.append(np.array([_known(getattr(reading, name)) for reading in readings]))
    return result


def simulated_seconds(seed: int, wearers: int) -> dict[str, list[FloatArray]]:
    """The same of as many people, as a wristband shows it."""
    population = Population(seed=seed, wearers=wearers)
    measured = DEVICE_KINDS["wristband"].measured(population, _SECONDS_FROM_S, _SECONDS)
    names = ("heart_rate", "skin_temperature")
    return {name: list(measured[name].astype(np.float64)) for name in names}


def real_stays(folder: Path) -> list[FloatArray]:
    """(hours, :data:`VITALS`) of each stay of physionet2019_setB."""
    return [
        np.array([[_known(getattr(reading, name)) for name in VITALS] for reading in readings])
        for readings in _readings(folder / "physionet2019_setB.tar.gz")
    ]


def simulated_stays(seed: int, wearers: int) -> list[FloatArray]:
    """As many hours of people on the ward; one in eighteen falls septic, as in physionet2019_setB."""
    episodes = [Episode(w, "sepsis", (6 + w % 36) * 3600) for w in range(0, wearers, 18)]
    population = Population(seed=seed, wearers=wearers, setting=ON_THE_WARD, episodes=episodes)
    hours = [population.seconds(hour * 3600, 1) for hour in range(12, 12 + _STAY_H)]
    table = np.array([[hour[name][:, 0] for name in VITALS] for hour in hours], dtype=np.float64)
    return list(table.transpose(2, 0, 1))


def _readings(path: Path) -> list[list[Reading]]:
    streams = ([row for row in s.rows if isinstance(row, Reading)] for s in open_recording(path).streams())
    return [readings for readings in streams if readings]


def _known(value: float | None) -> float:
    return np.nan if value is None else value
