"""NEWS2 against the chart as a person reads it."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from math import nextafter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.news2_by_hand import by_the_chart, temperature_points
from wardwatch.core.news2 import PARAMETERS, News2, Response, Risk, Scores, response_to, score
from wardwatch.core.reading import CONSCIOUSNESS_LEVELS, UNKNOWN
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX, VITALS

# Scores 0 on scale 2, with oxygen or without.
NORMAL: dict[str, Any] = {
    "respiratory_rate": 16,
    "oxygen_saturation": 90,
    "on_oxygen": False,
    "systolic_pressure": 120,
    "heart_rate": 70,
    "consciousness": "A",
    "body_temperature": 37.0,
}

# One value of each band of the chart.
ONE_OF_EACH_BAND: dict[str, tuple[Any, ...]] = {
    "respiratory_rate": (7, 10, 15, 22, 30),
    "oxygen_saturation": (83, 85, 86, 90, 93, 95, 99),
    "on_oxygen": (False, True),
    "systolic_pressure": (85, 95, 105, 150, 225),
    "heart_rate": (38, 45, 70, 100, 120, 140),
    "consciousness": tuple(CONSCIOUSNESS_LEVELS),
    "body_temperature": (34.5, 35.5, 37.0, 38.5, 39.5),
}


def score_of(patients: list[dict[str, Any]], scale_2: list[bool]) -> Scores:
    """The score of patients given as dictionaries, in which what is absent or ``None`` is missing."""
    values = np.full((len(patients), VITAL_COUNT), np.nan)
    on_oxygen = np.full(len(patients), np.nan)
    consciousness = np.full(len(patients), UNKNOWN, dtype=np.int8)
    for row, patient in enumerate(patients):
        for name, value in patient.items():
            if value is None:
                continue
            if name == "on_oxygen":
                on_oxygen[row] = value
            elif name == "consciousness":
                consciousness[row] = CONSCIOUSNESS_LEVELS.index(value)
            else:
                values[row, VITAL_INDEX[name]] = value
    return score(values, on_oxygen, consciousness, np.array(scale_2, dtype=np.bool_))


def steps_of(name: str) -> list[float]:
    """Every value of a vital that a chart can hold, from its lowest plausible one to its highest."""
    vital = VITALS[VITAL_INDEX[name]]
    per_unit = round(1 / vital.resolution)
    return [
        step / per_unit
        for step in range(round(vital.plausible_low * per_unit), round(vital.plausible_high * per_unit) + 1)
    ]


@pytest.mark.parametrize("scale_2", [False, True])
@pytest.mark.parametrize("on_oxygen", [False, True])
@pytest.mark.parametrize("name", [name for name in PARAMETERS if name in VITAL_INDEX])
def test_every_value_that_the_chart_can_hold_scores_as_in_the_chart(
    *, name: str, on_oxygen: bool, scale_2: bool
) -> None:
    patients = [NORMAL | {"on_oxygen": on_oxygen, name: value} for value in steps_of(name)]
    scores = score_of(patients, [scale_2] * len(patients))
    expected = [by_the_chart(patient, scale_2=scale_2) for patient in patients]
    assert scores.points.tolist() == expected
    assert scores.lowest.tolist() == scores.highest.tolist() == [sum(points) for points in expected]


@pytest.mark.parametrize("scale_2", [False, True])
def test_every_combination_of_bands_scores_as_in_the_chart(*, scale_2: bool) -> None:
    patients = [dict(zip(PARAMETERS, choice, strict=True)) for choice in product(*ONE_OF_EACH_BAND.values())]
    scores = score_of(patients, [scale_2] * len(patients))
    expected = [by_the_chart(patient, scale_2=scale_2) for patient in patients]
    assert scores.points.tolist() == expected
    assert scores.lowest.tolist() == scores.highest.tolist() == [sum(points) for points in expected]
    assert scores.single_3.tolist() == [3 in points for points in expected]
    assert scores.complete.all()
    assert (min(scores.lowest), max(scores.lowest)) == (0, 20)


@pytest.mark.parametrize(
    ("name", "value", "points"),
    [
        ("body_temperature", 35.04, 3),
        ("body_temperature", 35.05, 1),
        ("body_temperature", nextafter(35.05, 0), 1),  # a half that computing has left a hair short
        ("body_temperature", nextafter(39.05, 0), 2),
        ("body_temperature", 36.05, 0),
        ("body_temperature", 38.05, 1),
        ("body_temperature", 39.049, 1),
        ("body_temperature", 39.05, 2),
        ("respiratory_rate", 8.49, 3),
        ("respiratory_rate", 8.5, 1),
        ("respiratory_rate", 11.5, 0),
        ("respiratory_rate", 20.5, 2),
        ("oxygen_saturation", 95.5, 0),
        ("oxygen_saturation", 91.5, 2),
        ("systolic_pressure", 110.5, 0),
        ("systolic_pressure", 219.5, 3),
        ("heart_rate", 40.5, 1),
        ("heart_rate", 130.4, 2),
        ("heart_rate", 130.5, 3),
    ],
)
def test_a_value_between_two_bands_is_rounded_to_the_charts_resolution(
    name: str, value: float, points: int
) -> None:
    patient: dict[str, Any] = {name: value}
    assert News2.of(**patient).points[name] == points


def test_rounding_is_that_of_the_decimal_number_as_written() -> None:
    written = [Decimal(thousandths) / 1000 for thousandths in range(34_000, 40_001)]
    patients = [{"body_temperature": float(value)} for value in written]
    points = score_of(patients, [False] * len(patients)).points[:, PARAMETERS.index("body_temperature")]
    rounded = [float(value.quantize(Decimal("0.1"), ROUND_HALF_UP)) for value in written]
    assert points.tolist() == [temperature_points(value) for value in rounded]


def test_values_far_outside_of_the_chart_fall_into_its_open_bands() -> None:
    assert News2.of(heart_rate=float("inf")).points["heart_rate"] == 3
    assert News2.of(heart_rate=-5).points["heart_rate"] == 3
    assert News2.of(body_temperature=1e300).points["body_temperature"] == 2


def test_only_the_charts_own_vitals_are_scored() -> None:
    values = np.full((1, VITAL_COUNT), np.nan)
    for name in ("skin_temperature", "diastolic_pressure", "mean_pressure"):
        values[0, VITAL_INDEX[name]] = 20.0
    scores = score(values, np.array([np.nan]), np.array([UNKNOWN], dtype=np.int8), np.array([False]))
    assert scores.missing.all()
    assert not scores.single_3.any()


def completions(patient: dict[str, Any]) -> list[dict[str, Any]]:
    """All that the patient may turn out to be, with one value for each band of what is missing."""
    choices = [
        ONE_OF_EACH_BAND[name] if patient.get(name) is None else (patient[name],) for name in PARAMETERS
    ]
    return [dict(zip(PARAMETERS, choice, strict=True)) for choice in product(*choices)]


@st.composite
def partly_known(draw: st.DrawFn) -> dict[str, Any]:
    """A patient of whom at most three parameters are missing."""
    patient: dict[str, Any] = {
        name: draw(st.sampled_from(steps_of(name))) for name in PARAMETERS if name in VITAL_INDEX
    }
    patient["on_oxygen"] = draw(st.booleans())
    patient["consciousness"] = draw(st.sampled_from(CONSCIOUSNESS_LEVELS))
    for name in draw(st.sets(st.sampled_from(PARAMETERS), max_size=3)):
        patient[name] = None
    return patient


@given(patient=partly_known(), scale_2=st.booleans())
def test_a_partial_score_spans_exactly_what_the_missing_parameters_still_allow(
    *, patient: dict[str, Any], scale_2: bool
) -> None:
    scores = score_of([patient], [scale_2])
    possible = [by_the_chart(completed, scale_2=scale_2) for completed in completions(patient)]
    totals = [sum(points) for points in possible]
    assert (scores.lowest[0], scores.highest[0]) == (min(totals), max(totals))
    assert scores.missing[0].tolist() == [patient[name] is None for name in PARAMETERS]
    assert scores.complete[0] == (None not in patient.values())
    for parameter, known in enumerate(scores.points[0].tolist()):
        points = {point[parameter] for point in possible}
        assert points == {known} if known != UNKNOWN else len(points) > 1
    assert scores.single_3[0] == (3 in scores.points[0])


@pytest.mark.parametrize("scale_2", [False, True])
def test_nothing_known_allows_everything(*, scale_2: bool) -> None:
    scores = score_of([{}], [scale_2])
    assert (scores.lowest[0], scores.highest[0]) == (0, 20)
    assert scores.missing.all()
    assert not scores.complete[0]


def test_on_scale_2_a_high_saturation_is_judged_together_with_the_unknown_oxygen() -> None:
    partial = News2.of(**NORMAL | {"oxygen_saturation": 97, "on_oxygen": None}, scale_2=True)
    assert (partial.lowest, partial.highest) == (0, 5)  # on air 0 + 0, on oxygen 3 + 2
    assert partial.points["oxygen_saturation"] is None
    assert partial.missing == ("on_oxygen",)
    assert not partial.single_3


patients_and_scales = st.lists(st.tuples(partly_known(), st.booleans()), min_size=1, max_size=20)


@given(data=st.data(), patients=patients_and_scales)
def test_a_patients_score_depends_on_nobody_else(
    data: st.DataObject, patients: list[tuple[dict[str, Any], bool]]
) -> None:
    """Neither the order of the patients nor the batch in which they are scored changes a result."""
    together = rows_of(patients)
    cut = data.draw(st.integers(0, len(patients)))
    assert rows_of(patients[:cut]) + rows_of(patients[cut:]) == together
    order = data.draw(st.permutations(range(len(patients))))
    assert rows_of([patients[i] for i in order]) == [together[i] for i in order]


def rows_of(patients: list[tuple[dict[str, Any], bool]]) -> list[tuple[Any, ...]]:
    scores = score_of([patient for patient, _ in patients], [scale_2 for _, scale_2 in patients])
    return list(
        zip(
            scores.lowest.tolist(),
            scores.highest.tolist(),
            scores.points.tolist(),
            scores.missing.tolist(),
            scores.single_3.tolist(),
            strict=True,
        )
    )


@given(patient=partly_known(), scale_2=st.booleans())
def test_the_score_of_one_is_the_score_of_many(*, patient: dict[str, Any], scale_2: bool) -> None:
    one = News2.of(**patient, scale_2=scale_2)
    many = score_of([NORMAL, patient], [False, scale_2])
    assert (one.lowest, one.highest, one.single_3) == (
        many.lowest[1],
        many.highest[1],
        many.single_3[1],
    )
    assert list(one.points) == list(PARAMETERS)
    assert [UNKNOWN if points is None else points for points in one.points.values()] == many.points[
        1
    ].tolist()
    assert one.missing == tuple(name for name in PARAMETERS if patient[name] is None)
    assert one.total == (None if one.missing else one.lowest)


# The thresholds and responses of the chart, Royal College of Physicians 2017.
NURSE = "registered nurse assesses, decides"
TEAM = "nurse informs the medical team, who review"
URGENT = "urgent assessment by a clinician competent in acute illness"
EMERGENCY = "emergency assessment by a team with critical-care competencies"


@pytest.mark.parametrize(
    ("total", "single_3", "expected"),
    [
        (0, False, Response(Risk.LOW, "at least 12-hourly", "routine")),
        (1, False, Response(Risk.LOW, "4- to 6-hourly", NURSE)),
        (4, False, Response(Risk.LOW, "4- to 6-hourly", NURSE)),
        (3, True, Response(Risk.LOW_MEDIUM, "at least hourly", TEAM)),
        (4, True, Response(Risk.LOW_MEDIUM, "at least hourly", TEAM)),
        (5, False, Response(Risk.MEDIUM, "at least hourly", URGENT)),
        (6, True, Response(Risk.MEDIUM, "at least hourly", URGENT)),
        (7, False, Response(Risk.HIGH, "continuous", EMERGENCY)),
        (20, True, Response(Risk.HIGH, "continuous", EMERGENCY)),
    ],
)
def test_the_response_is_the_charts(*, total: int, single_3: bool, expected: Response) -> None:
    assert response_to(total, single_3=single_3) == expected


def test_a_single_3_alone_is_low_medium_and_never_high() -> None:
    confused = News2.of(**NORMAL | {"oxygen_saturation": 97, "consciousness": "C"})
    assert (confused.total, confused.single_3, confused.risk) == (3, True, Risk.LOW_MEDIUM)


def test_a_partial_score_says_what_is_missing_and_that_the_risk_may_be_higher() -> None:
    assert str(News2.of(heart_rate=135)) == (
        "NEWS2 3 to 20 (missing: respiratory_rate, oxygen_saturation, on_oxygen, systolic_pressure, "
        "consciousness, body_temperature), at least low-medium risk"
    )


def test_a_complete_score_says_its_total() -> None:
    assert str(News2.of(**NORMAL, scale_2=True)) == "NEWS2 0, low risk"


@pytest.mark.parametrize("level", ["", "X", "AC", "a"])
def test_a_level_of_consciousness_that_the_chart_does_not_have_is_an_error(level: Any) -> None:
    with pytest.raises(ValueError, match="one of A, C, V, P, U"):
        News2.of(consciousness=level)
