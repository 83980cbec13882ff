"""How far a vital may be from the value shortly before without being taken for a leap.

Hearts can leap, but sensors do so more often: what leaps further than this within two minutes must be
confirmed. Wardwatch's own choices.
"""

from __future__ import annotations

from wardwatch.core.vitals import VITAL_NAMES

LEAP_MS = 120_000
LEAP_OF = {
    "heart_rate": 20.0,
    "oxygen_saturation": 6.0,
    "respiratory_rate": 12.0,
    "body_temperature": 1.0,
    "systolic_pressure": 40.0,
    "diastolic_pressure": 30.0,
    "mean_pressure": 30.0,
    "skin_temperature": 3.0,
}
# In the order of the vitals.
LEAPS = tuple(LEAP_OF[name] for name in VITAL_NAMES)
