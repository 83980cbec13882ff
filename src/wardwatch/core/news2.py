"""NEWS2, the National Early Warning Score: for many patients at once, and for one.

The score is that of the Royal College of Physicians, whose work is acknowledged here: *National Early
Warning Score (NEWS) 2. Standardising the assessment of acute-illness severity in the NHS.* Updated report
of a working party. London: RCP, 2017. It is made for adults of 16 years or more, and not for pregnancy.

A wearable knows neither oxygen nor consciousness, and a value grows stale. What is missing is never taken
as normal: the score is then *partial*, with the lowest and the highest total that the missing parameters
still allow. Temperature is body temperature; that of the skin says something else and is never scored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import nan

import numpy as np

from wardwatch.core import news2_chart as chart
from wardwatch.core.reading import (
    CONSCIOUSNESS_LEVELS,
    UNKNOWN,
    BoolArray,
    Consciousness,
    FloatArray,
    IntArray,
    SmallIntArray,
)
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX, steps_of

PARAMETERS = chart.PARAMETERS

# Thresholds of the total: NEWS2, Royal College of Physicians 2017.
URGENT_RESPONSE = 5
EMERGENCY_RESPONSE = 7

_SATURATION, _OXYGEN, _CONSCIOUSNESS = 1, 2, 5
_MEASURED = [row for row in range(len(PARAMETERS)) if row not in {_OXYGEN, _CONSCIOUSNESS}]
_MEASURED_COLUMNS = [VITAL_INDEX[PARAMETERS[row]] for row in _MEASURED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """NEWS2 of ``n`` patients.

    ``lowest`` and ``highest`` are the totals that the missing parameters still allow, (n,). ``points`` is
    (n, 7) in the order of :data:`PARAMETERS`, and ``UNKNOWN`` where they can't be told. ``missing``, (n, 7)
    too, is what there was no value of: on scale 2 the points of a known oxygen saturation can be unknown,
    because it is missing whether the patient is on oxygen. ``single_3``: a parameter is known to score 3.
    """

    lowest: SmallIntArray
    highest: SmallIntArray
    points: SmallIntArray
    missing: BoolArray
    single_3: BoolArray

    @property
    def complete(self) -> BoolArray:
        """Where nothing is missing: lowest and highest are then the same, the total."""
        complete: BoolArray = np.all(~self.missing, axis=1)
        return complete

    def scoring(self) -> IntArray:
        """Which parameters score, or may, as numbers with a bit each, the lowest the chart's first; (n,)."""
        scoring = (self.points != 0) & ~self.missing
        as_bits: IntArray = (scoring << np.arange(len(PARAMETERS))).sum(axis=1)
        return as_bits


def score(
    values: FloatArray, on_oxygen: FloatArray, consciousness: SmallIntArray, scale_2: BoolArray
) -> Scores:
    """NEWS2 of ``n`` patients.

    ``values`` is (n, vitals), not-a-number where a vital is missing or stale. ``on_oxygen`` is 1, 0 or
    not-a-number, ``consciousness`` an index in ``CONSCIOUSNESS_LEVELS`` or ``UNKNOWN``. ``scale_2``: score
    the oxygen saturation on scale 2, which is only for hypercapnic respiratory failure that is confirmed,
    and is set by a clinician.
    """
    given = np.empty((len(PARAMETERS), len(values)))
    given[_MEASURED] = values.T[_MEASURED_COLUMNS]
    given[_OXYGEN] = on_oxygen
    given[_CONSCIOUSNESS] = np.where(consciousness < 0, nan, consciousness)

    steps = steps_of(given, chart.STEPS_PER_UNIT)
    # Whatever lies further out is in the same band as the first or the last step.
    steps = np.minimum(np.maximum(steps, chart.FIRST_STEP), chart.LAST_STEP)
    # `fmax` prefers a number: what is not-a-number goes to slot 0.
    slots = (np.fmax(steps, chart.FIRST_STEP - 1) - (chart.FIRST_STEP - 1)).astype(np.intp)
    missing = slots == 0
    slots[_SATURATION] += (3 * scale_2 + slots[_OXYGEN]) * chart.OXYGEN_SATURATION_SLOTS
    slots += chart.FIRST_SLOT

    points = chart.POINTS[slots]
    return Scores(
        lowest=chart.LOWEST[slots].sum(axis=0, dtype=np.int8),
        highest=chart.HIGHEST[slots].sum(axis=0, dtype=np.int8),
        points=points.T,
        missing=missing.T,
        single_3=(points == 3).any(axis=0),
    )


class Risk(StrEnum):
    """The chart's category of clinical risk."""

    LOW = "low"
    LOW_MEDIUM = "low-medium"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Response:
    """What the chart asks for: how often to observe the patient, and who acts."""

    risk: Risk
    monitoring: str
    action: str


# Source of all five: NEWS2, Royal College of Physicians 2017.
_ROUTINE = Response(Risk.LOW, "at least 12-hourly", "routine")
_NURSE = Response(Risk.LOW, "4- to 6-hourly", "registered nurse assesses, decides")
_MEDICAL_TEAM = Response(Risk.LOW_MEDIUM, "at least hourly", "nurse informs the medical team, who review")
_URGENT = Response(
    Risk.MEDIUM, "at least hourly", "urgent assessment by a clinician competent in acute illness"
)
_EMERGENCY = Response(
    Risk.HIGH, "continuous", "emergency assessment by a team with critical-care competencies"
)


def response_to(total: int, *, single_3: bool) -> Response:
    """The chart's response; one parameter that scores 3 raises a low risk, but only to low-medium."""
    if total >= EMERGENCY_RESPONSE:
        return _EMERGENCY
    if total >= URGENT_RESPONSE:
        return _URGENT
    if single_3:
        return _MEDICAL_TEAM
    return _NURSE if total else _ROUTINE


@dataclass(frozen=True, slots=True, kw_only=True)
class News2:
    """NEWS2 of one patient, for people to read.

    ``points`` maps each of :data:`PARAMETERS` to its points, or to ``None`` where they can't be told.

    >>> print(News2.of(respiratory_rate=22, oxygen_saturation=95, heart_rate=112, systolic_pressure=118,
    ...                body_temperature=38.2))
    NEWS2 6 to 11 (missing: on_oxygen, consciousness), at least medium risk
    """

    lowest: int
    highest: int
    missing: tuple[str, ...]
    points: Mapping[str, int | None]
    single_3: bool

    @classmethod
    def of(  # noqa: PLR0913 - the chart has seven parameters and two scales
        cls,
        *,
        respiratory_rate: float | None = None,
        oxygen_saturation: float | None = None,
        on_oxygen: bool | None = None,
        systolic_pressure: float | None = None,
        heart_rate: float | None = None,
        consciousness: Consciousness | None = None,
        body_temperature: float | None = None,
        scale_2: bool = False,
    ) -> News2:
        """The score of what is known; ``None`` is missing. For ``scale_2`` see :func:`score`."""
        if consciousness is not None and consciousness not in chart.CONSCIOUSNESS:
            raise ValueError(f"Consciousness is one of {', '.join(CONSCIOUSNESS_LEVELS)}.")
        vitals = {
            "respiratory_rate": respiratory_rate,
            "oxygen_saturation": oxygen_saturation,
            "systolic_pressure": systolic_pressure,
            "heart_rate": heart_rate,
            "body_temperature": body_temperature,
        }
        values = np.full((1, VITAL_COUNT), nan)
        for name, value in vitals.items():
            values[0, VITAL_INDEX[name]] = nan if value is None else value
        level = UNKNOWN if consciousness is None else CONSCIOUSNESS_LEVELS.index(consciousness)
        scores = score(
            values,
            np.array([nan if on_oxygen is None else float(on_oxygen)]),
            np.array([level], dtype=np.int8),
            np.array([scale_2]),
        )
        return cls(
            lowest=int(scores.lowest[0]),
            highest=int(scores.highest[0]),
            missing=tuple(np.array(PARAMETERS)[scores.missing[0]].tolist()),
            points={
                name: None if points == UNKNOWN else points
                for name, points in zip(PARAMETERS, scores.points[0].tolist(), strict=True)
            },
            single_3=bool(scores.single_3[0]),
        )

    @property
    def total(self) -> int | None:
        """The score, or ``None`` while something is missing."""
        return None if self.missing else self.lowest

    @property
    def response(self) -> Response:
        """What the chart asks for by what is known; what is missing can only ask for more."""
        return response_to(self.lowest, single_3=self.single_3)

    @property
    def risk(self) -> Risk:
        """The category of clinical risk by what is known; it can only be higher."""
        return self.response.risk

    def __str__(self) -> str:
        if self.missing:
            return (
                f"NEWS2 {self.lowest} to {self.highest} (missing: {', '.join(self.missing)}), "
                f"at least {self.risk} risk"
            )
        return f"NEWS2 {self.lowest}, {self.risk} risk"
