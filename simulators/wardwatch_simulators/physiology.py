"""The bodies: vital signs of many wearers, second by second, as columns.

Each wearer has a level of their own for each vital sign. Around it moves slow noise, which a minute later is
much the same, and the quick jitter of a sensor. Walking raises several of them at once; so does fever.

Every figure without a source is wardwatch's own plausible choice and no clinical claim. They are chosen so
that a healthy wearer stays out of the bands that score 3 in NEWS2 (Royal College of Physicians 2017).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One vital sign: the wearers' own levels, and how it moves around them. All in the vital's unit."""

    name: str
    mean: float
    spread: float  # standard deviation between wearers' own levels, which stay within lowest..highest
    lowest: float
    highest: float
    slow: float  # standard deviation of the slow noise
    quick: float  # standard deviation of a sensor's jitter
    exertion: float  # what walking adds


CHANNELS = (
    Channel(
        name="heart_rate", mean=71, spread=7, lowest=58, highest=86, slow=3.5, quick=0.8, exertion=22
    ),
    Channel(
        name="oxygen_saturation", mean=97.3, spread=0.5, lowest=96.6, highest=98.4,
        slow=0.3, quick=0.25, exertion=-0.3,
    ),
    Channel(
        name="respiratory_rate", mean=15, spread=1.2, lowest=13, highest=17, slow=0.8, quick=0.4, exertion=3
    ),
    Channel(
        name="body_temperature", mean=36.8, spread=0.2, lowest=36.4, highest=37.3,
        slow=0.08, quick=0.02, exertion=0.05,
    ),
    Channel(
        name="systolic_pressure", mean=124, spread=7, lowest=115, highest=140, slow=4, quick=2, exertion=8
    ),
    Channel(
        name="skin_temperature", mean=33.2, spread=0.6, lowest=31.5, highest=34.5,
        slow=0.3, quick=0.05, exertion=-0.2,
    ),
)  # fmt: skip
CHANNEL_NAMES = tuple(channel.name for channel in CHANNELS)
HEART_RATE, SATURATION, _, TEMPERATURE, SYSTOLIC, _ = range(len(CHANNELS))

# Lag-1 autocorrelation of real wearers' minute heart rate is 0.92 to 0.96 (measured on recordings of
# wrist-worn trackers); the middle of that, and the same for every channel.
_MINUTE_AUTOCORRELATION = 0.94
_SECOND_AUTOCORRELATION = _MINUTE_AUTOCORRELATION ** (1 / 60)

# Fever raises the heart rate by about this much for each degree Celsius.
HEART_RATE_PER_DEGREE = 10.0

_MEAN_REST_S = 20 * 60
_MEAN_WALK_S = 90
# The body follows the start and the end of walking with this time constant.
_EXERTION_TIME_S = 30.0
_STEPS_PER_S = 1.7


def _column(attribute: str) -> FloatArray:
    return np.array([[getattr(channel, attribute)] for channel in CHANNELS], dtype=np.float64)


class Bodies:
    """The state of ``count`` wearers. Rows are :data:`CHANNELS`, columns are wearers."""

    _slow_size = _column("slow")
    _quick_size = _column("quick")
    _exertion_size = _column("exertion")

    def __init__(self, count: int, rng: np.random.Generator) -> None:
        shape = (len(CHANNELS), count)
        self._rng = rng
        level = _column("mean") + _column("spread") * rng.standard_normal(shape)
        self._own_level: FloatArray = level.clip(_column("lowest"), _column("highest"))
        self._slow: FloatArray = rng.standard_normal(shape)
        self._exertion: FloatArray = np.zeros(count)
        self.walking: BoolArray = np.zeros(count, dtype=np.bool_)

    def step(self, illness: FloatArray, severity: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Let one second pass; returns (channels, wearers) of vital signs, and the steps taken.

        ``illness`` is what illness adds now, (channels, wearers), and ``severity`` its share, 0 to 1: who is
        very ill does not get up to walk. Each call draws equally many random numbers, whatever they decide.
        """
        normals = self._rng.standard_normal((2, *self._slow.shape))
        chances = self._rng.random((2, len(severity)))
        self._move_about(chances[0], severity)
        keep = _SECOND_AUTOCORRELATION
        self._slow = keep * self._slow + np.sqrt(1 - keep * keep) * normals[0]
        values = self._own_level + illness
        values += self._slow_size * self._slow + self._quick_size * normals[1]
        values += self._exertion_size * self._exertion
        values[HEART_RATE] += HEART_RATE_PER_DEGREE * illness[TEMPERATURE]
        # A stride is one step a second or two, never a fraction.
        strides = 1.0 + (chances[1] < _STEPS_PER_S - 1)
        return values, strides * self.walking

    def _move_about(self, chance: FloatArray, severity: FloatArray) -> None:
        starts = chance < (1 - severity) / _MEAN_REST_S
        goes_on = chance >= 1 / _MEAN_WALK_S
        self.walking = np.where(self.walking, goes_on & (severity < 1), starts)
        self._exertion += (self.walking - self._exertion) / _EXERTION_TIME_S
