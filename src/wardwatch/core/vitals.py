"""The table of vital signs: code, unit, plausible range, resolution, maximum age.

Codes and units: LOINC and UCUM, as in the HL7 FHIR R4 vital-signs profile. The plausible range is what the
gate accepts as a measurement of a living wearer; it is far wider than any alarm limit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class OtherUnit:
    """A unit that sources are known to send instead, and how it becomes the table's own."""

    name: str
    factor: float
    offset: float = 0.0

    def convert(self, value: float) -> float:
        """``value`` of this unit, in the table's own."""
        return value * self.factor + self.offset


@dataclass(frozen=True, slots=True)
class VitalSign:
    """One row of the table.

    ``resolution`` is the step in which a chart writes the vital, in ``unit``; ``maximum_age_s`` how long a
    value may stand for the patient's present state after it was observed.
    """

    name: str
    label: str
    loinc: str
    unit: str
    plausible_low: float
    plausible_high: float
    resolution: float
    maximum_age_s: int
    other_units: tuple[OtherUnit, ...] = ()

    def written(self, value: float) -> str:
        """``value`` as a chart writes it, without its unit: rounded to the resolution, halves upwards."""
        # Formatting alone would make 120.5 to 120, and 35.05, in binary just below the half, to 35.0.
        nudged = value + 1e-9 * self.resolution
        return f"{nudged:.1f}" if self.resolution < 1 else f"{nudged:.0f}"


# Fahrenheit for Celsius and a fraction for a percentage are the confusions that real sources show.
_FAHRENHEIT = OtherUnit("[degF]", 5 / 9, -32 * 5 / 9)
_FRACTION = OtherUnit("1", 100.0)

# Plausible ranges are wardwatch's own choice (no published figure): what a sensor on a living person can
# report, with room; 0 for a heart rate, a pressure or a saturation is how devices write "lead off", but a
# respiratory rate of 0 is apnoea and must pass.
# Maximum ages are wardwatch's own choice too: 5 min for what a wearable measures by itself all the time, 1 h
# for what changes slowly or is measured by a cuff (NEWS2, Royal College of Physicians 2017: at least hourly
# observation from the urgent-response threshold on).
# Resolutions are those of the NEWS2 chart: whole numbers, and tenths of a degree.
VITALS: tuple[VitalSign, ...] = (
    VitalSign("heart_rate", "HR", "8867-4", "/min", 20, 300, 1, 300),
    VitalSign("oxygen_saturation", "SpO2", "2708-6", "%", 40, 100, 1, 300, (_FRACTION,)),
    VitalSign("respiratory_rate", "RR", "9279-1", "/min", 0, 80, 1, 300),
    VitalSign("body_temperature", "Temp", "8310-5", "Cel", 25, 45, 0.1, 3600, (_FAHRENHEIT,)),
    VitalSign("systolic_pressure", "SBP", "8480-6", "mm[Hg]", 30, 300, 1, 3600),
    VitalSign("diastolic_pressure", "DBP", "8462-4", "mm[Hg]", 10, 200, 1, 3600),
    VitalSign("mean_pressure", "MAP", "8478-0", "mm[Hg]", 15, 250, 1, 3600),
    VitalSign("skin_temperature", "Skin", "39106-0", "Cel", 10, 45, 0.1, 3600, (_FAHRENHEIT,)),
)

STEPS_PER_UNIT = np.array([float(round(1 / vital.resolution)) for vital in VITALS])

VITAL_COUNT = len(VITALS)
VITAL_NAMES: tuple[str, ...] = tuple(vital.name for vital in VITALS)
VITAL_INDEX: dict[str, int] = {name: index for index, name in enumerate(VITAL_NAMES)}

# A clinician's entry (consciousness, oxygen) stands for at most the longest interval between two NEWS2
# observations: "at least 12-hourly" (Royal College of Physicians 2017).
OBSERVATION_MAXIMUM_AGE_S = 12 * 3600

_Floats = npt.NDArray[np.float64]

# Between two steps of the chart the nearer one counts, and half way the upper one, as a person would round
# the written number. 35.05 has no exact binary form, and what was computed, as from degrees Fahrenheit, may
# lie a hair below the half that it means: this margin, far below what any sensor resolves, makes up for it.
_HALF_UP = 0.5 + 1e-9


def steps_of(values: _Floats, steps_per_unit: _Floats) -> _Floats:
    """``values`` in whole steps of the chart's resolution; the arrays broadcast."""
    steps: _Floats = np.floor(values * steps_per_unit + _HALF_UP)
    return steps
