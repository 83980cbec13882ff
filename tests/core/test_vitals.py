"""The table of vital signs."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.reading import Reading
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX, VITAL_NAMES, VITALS, VitalSign

by_name = pytest.mark.parametrize("vital", VITALS, ids=VITAL_NAMES)


# LOINC and UCUM, as in the HL7 FHIR R4 vital-signs profile; skin temperature: LOINC.
@pytest.mark.parametrize(
    ("name", "loinc", "unit"),
    [
        ("heart_rate", "8867-4", "/min"),
        ("oxygen_saturation", "2708-6", "%"),
        ("respiratory_rate", "9279-1", "/min"),
        ("body_temperature", "8310-5", "Cel"),
        ("systolic_pressure", "8480-6", "mm[Hg]"),
        ("diastolic_pressure", "8462-4", "mm[Hg]"),
        ("mean_pressure", "8478-0", "mm[Hg]"),
        ("skin_temperature", "39106-0", "Cel"),
    ],
)
def test_codes_and_units_are_the_standards(name: str, loinc: str, unit: str) -> None:
    vital = VITALS[VITAL_INDEX[name]]
    assert (vital.loinc, vital.unit) == (loinc, unit)


def test_every_vital_is_a_field_of_a_reading() -> None:
    assert set(VITAL_NAMES) <= {field.name for field in dataclasses.fields(Reading)}


def test_names_and_labels_tell_the_vitals_apart() -> None:
    assert len({vital.name for vital in VITALS}) == len({vital.label for vital in VITALS}) == VITAL_COUNT


@pytest.mark.parametrize(
    ("name", "unit", "foreign", "own"),
    [
        ("oxygen_saturation", "1", 0.97, 97.0),
        ("body_temperature", "[degF]", 98.6, 37.0),
        ("skin_temperature", "[degF]", 91.4, 33.0),
    ],
)
def test_a_value_in_another_unit_converts_to_the_tables_own(
    name: str, unit: str, foreign: float, own: float
) -> None:
    (other,) = (other for other in VITALS[VITAL_INDEX[name]].other_units if other.name == unit)
    assert other.convert(foreign) == pytest.approx(own)


@given(value=st.floats(-1e6, 1e6))
def test_no_number_is_plausible_in_two_units(value: float) -> None:
    """So a source with the wrong unit can be told by its values."""
    for vital in VITALS:
        readings = [value, *(other.convert(value) for other in vital.other_units)]
        assert sum(vital.plausible_low <= own <= vital.plausible_high for own in readings) <= 1


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("heart_rate", 72, "72"),
        ("heart_rate", 120.4, "120"),
        ("heart_rate", 120.5, "121"),
        ("heart_rate", 121.5, "122"),
        ("body_temperature", 37, "37.0"),
        ("body_temperature", 35.05, "35.1"),
        ("body_temperature", 35.04, "35.0"),
        ("body_temperature", 36.25, "36.3"),
    ],
)
def test_a_value_is_written_as_on_a_chart_halves_upwards(name: str, value: float, written: str) -> None:
    assert VITALS[VITAL_INDEX[name]].written(value) == written


@pytest.mark.parametrize("vital", VITALS, ids=VITAL_NAMES)
def test_a_plausible_range_is_one_and_a_value_may_age(vital: VitalSign) -> None:
    assert vital.plausible_low < vital.plausible_high
    assert vital.maximum_age_s > 0
