"""What is taken of a vital that the recordings don't hold: plausible, and no more than a place to start.

Levels lie within the band that scores 0 in NEWS2 (Royal College of Physicians, 2017), where it has one, and
for the diastolic pressure, which it does not score, at 72 mm[Hg]. Spreads and memories are wardwatch's own
choices. A patient's own figures take over within hours.
"""

from __future__ import annotations

from dataclasses import dataclass

from wardwatch.core.detectors.detector import JUDGED_NAMES
from wardwatch.core.detectors.spot import NORMAL
from wardwatch.fitting.tail import Tail


@dataclass(frozen=True, slots=True)
class Default:
    """In the vital's unit, ``memory_s`` in seconds; ``innovation_spread`` is that of a minute."""

    level: float
    spread: float
    innovation_spread: float
    memory_s: float


_DEFAULTS = {
    "heart_rate": Default(75.0, 8.0, 2.5, 970.0),
    "oxygen_saturation": Default(97.0, 1.5, 0.8, 900.0),
    "respiratory_rate": Default(17.0, 3.0, 1.5, 900.0),
    "body_temperature": Default(36.8, 0.3, 0.15, 3600.0),
    "systolic_pressure": Default(122.0, 14.0, 8.0, 3600.0),
    "diastolic_pressure": Default(72.0, 10.0, 6.0, 3600.0),
}
# In the order of the judged vitals.
DEFAULTS = tuple(_DEFAULTS[name] for name in JUDGED_NAMES)
DEFAULT_TAIL = Tail(NORMAL.threshold[0], NORMAL.shape[0], NORMAL.scale[0], NORMAL.share[0])
