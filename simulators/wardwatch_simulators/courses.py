"""Courses of illness: how each moves the vital signs away from the wearer's own level.

The sizes and times below are wardwatch's own plausible choices, made so that a monitor has something to
find. They are no clinical claims, and no figure here comes from patients.
"""

from __future__ import annotations

from dataclasses import dataclass

from wardwatch_simulators.physiology import CHANNEL_NAMES, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One illness; each vital sign is what is added to the wearer's own level at full severity.

    It takes ``rise_s`` seconds from the onset to full severity, and stays there.
    """

    name: str
    description: str
    rise_s: int
    heart_rate: float = 0.0
    oxygen_saturation: float = 0.0
    respiratory_rate: float = 0.0
    body_temperature: float = 0.0
    systolic_pressure: float = 0.0
    skin_temperature: float = 0.0

    def effects(self) -> list[float]:
        """The additions at full severity, in the order of :data:`~.physiology.CHANNEL_NAMES`."""
        return [getattr(self, name) for name in CHANNEL_NAMES]


COURSES: tuple[Course, ...] = (
    Course(
        name="respiratory_depression",
        description="breathing slows, and oxygen saturation falls after it",
        rise_s=5 * 60,
        respiratory_rate=-9.0,
        oxygen_saturation=-14.0,
        heart_rate=-8.0,
    ),
    Course(
        name="tachycardia",
        description="the heart rate jumps up and stays there",
        rise_s=20,
        heart_rate=100.0,
        respiratory_rate=3.0,
        systolic_pressure=-12.0,
    ),
    # The heart rate's rise is this plus what the fever adds (physiology.HEART_RATE_PER_DEGREE).
    Course(
        name="sepsis",
        description="fever, fast heart, fast breathing and falling blood pressure, over minutes",
        rise_s=20 * 60,
        heart_rate=45.0,
        respiratory_rate=14.0,
        body_temperature=2.4,
        systolic_pressure=-40.0,
        oxygen_saturation=-4.0,
        skin_temperature=1.2,
    ),
)


def severity(elapsed_s: FloatArray, rise_s: FloatArray) -> FloatArray:
    """How far a course has gone, 0 to 1: flat before its onset, then an S-shaped rise, then flat.

    >>> import numpy as np
    >>> severity(np.array([-5.0, 0.0, 50.0, 100.0, 500.0]), np.array(100.0)).tolist()
    [0.0, 0.0, 0.5, 1.0, 1.0]
    """
    share = (elapsed_s / rise_s).clip(0.0, 1.0)
    result: FloatArray = share * share * (3.0 - 2.0 * share)
    return result
