"""A ward's readings: the same for the same seed, calm for the healthy, and ill for those the truth names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardwatch.core.reading import Batch, Reading
from wardwatch.core.vitals import VITAL_INDEX, VITALS
from wardwatch.wire.readings import ReadingDecoder, encode_reading
from wardwatch_simulators import COURSES, Ward

START_MS = 1_767_225_600_000
CUFF_VITALS = ("systolic_pressure", "diastolic_pressure")
# The bands that score 3 in NEWS2 (Royal College of Physicians 2017): calm lies strictly between.
SCORE_3 = {
    "heart_rate": (40, 131),
    "oxygen_saturation": (91, 101),
    "respiratory_rate": (8, 25),
    "body_temperature": (35.0, 39.1),
    "systolic_pressure": (90, 220),
}


def readings_of(ward: Ward, seconds: int) -> list[Reading]:
    return [reading for _ in range(seconds) for reading in ward.next_second()]


def as_bytes(readings: Iterable[Reading]) -> bytes:
    return b"\n".join(map(encode_reading, readings))


def by_patient(readings: Iterable[Reading]) -> dict[str, list[Reading]]:
    result = defaultdict(list)
    for reading in readings:
        result[reading.patient].append(reading)
    return result


@pytest.fixture(scope="module")
def calm_hour() -> list[Reading]:
    return readings_of(Ward(wearers=30, seed=5, start_ms=START_MS), 3600)


@given(
    seed=st.integers(0, 2**32), wearers=st.integers(1, 8), first=st.integers(0, 40), second=st.integers(0, 40)
)
@settings(max_examples=20, deadline=None)
def test_the_same_seed_gives_the_same_bytes_however_many_seconds_at_a_time(
    seed: int, wearers: int, first: int, second: int
) -> None:
    in_one = Ward(wearers=wearers, seed=seed, start_ms=START_MS)
    in_two = Ward(wearers=wearers, seed=seed, start_ms=START_MS)
    parts = [readings_of(in_two, first), readings_of(in_two, second)]
    assert as_bytes(readings_of(in_one, first + second)) == as_bytes(parts[0] + parts[1])


def test_another_seed_gives_other_readings() -> None:
    wards = [Ward(wearers=2, seed=seed, start_ms=START_MS) for seed in (1, 2)]
    assert as_bytes(readings_of(wards[0], 5)) != as_bytes(readings_of(wards[1], 5))


def test_who_falls_ill_changes_nothing_for_the_others() -> None:
    well = by_patient(readings_of(Ward(wearers=6, seed=3, start_ms=START_MS), 120))
    ward = Ward(wearers=6, seed=3, start_ms=START_MS, deteriorating=2, onset_between_s=(10, 20))
    some_ill = by_patient(readings_of(ward, 120))
    ill = {record.patient for record in ward.truth()}
    assert len(ill) == 2
    assert {patient for patient in well if some_ill[patient] != well[patient]} == ill


def test_every_wearer_is_measured_once_a_second_in_order_of_time() -> None:
    ward = Ward(wearers=50, seed=1, start_ms=START_MS)
    for second in range(3):
        readings = ward.next_second()
        moments = [reading.observed_at_ms for reading in readings]
        assert moments == sorted(moments)
        assert START_MS + second * 1000 <= moments[0]
        assert moments[-1] < START_MS + (second + 1) * 1000
        assert sorted(reading.patient for reading in readings) == sorted(ward.patients)
        assert {reading.seq for reading in readings} == {second + 1}


def test_readings_survive_the_wire() -> None:
    decoder = ReadingDecoder()
    for reading in readings_of(Ward(wearers=20, seed=1, start_ms=START_MS), 20):
        decoded = decoder.decode(encode_reading(reading))
        assert decoded.heart_rate == reading.heart_rate
        assert decoded.patient == reading.patient
    assert not decoder.unknown_fields


def test_whole_numbers_are_written_without_a_point() -> None:
    (reading,) = Ward(wearers=1, seed=1, start_ms=START_MS).next_second()
    for value in (reading.heart_rate, reading.oxygen_saturation, reading.steps, reading.battery):
        assert isinstance(value, int)


def test_healthy_wearers_stay_out_of_the_bands_that_score_3(calm_hour: list[Reading]) -> None:
    for name, (low, high) in SCORE_3.items():
        values = [value for reading in calm_hour if (value := getattr(reading, name)) is not None]
        assert low < min(values), name
        assert max(values) < high, name


def test_every_value_is_plausible(calm_hour: list[Reading]) -> None:
    values = Batch.of(calm_hour).values
    for vital in VITALS:
        column = values[:, VITAL_INDEX[vital.name]]
        column = column[~np.isnan(column)]
        assert ((column >= vital.plausible_low) & (column <= vital.plausible_high)).all(), vital.name


def test_the_cuff_measures_every_five_minutes_and_above_comes_below(calm_hour: list[Reading]) -> None:
    for readings in by_patient(calm_hour).values():
        for name in CUFF_VITALS:
            at = [r.observed_at_ms for r in readings if getattr(r, name) is not None]
            assert len(at) == 12
            assert set(np.diff(at)) == {300_000}
        assert all(
            r.systolic_pressure > r.diastolic_pressure
            for r in readings
            if r.systolic_pressure is not None and r.diastolic_pressure is not None
        )


def test_walking_raises_heart_rate_and_breathing(calm_hour: list[Reading]) -> None:
    walking = [r for r in calm_hour if r.steps]
    resting = [r for r in calm_hour if not r.steps]
    assert walking
    for name, more in (("heart_rate", 5), ("respiratory_rate", 1)):
        means = [np.mean([getattr(r, name) for r in group]) for group in (walking, resting)]
        assert means[0] - means[1] > more, name


def test_each_course_takes_its_vitals_where_it_says() -> None:
    ward = Ward(wearers=3, seed=4, start_ms=START_MS, deteriorating=3, onset_between_s=(60, 120))
    readings = by_patient(readings_of(ward, 2400))
    course_of = {record.patient: record.course for record in ward.truth()}
    assert sorted(course_of.values()) == sorted(course.name for course in COURSES)
    last = {course_of[patient]: series[-300:] for patient, series in readings.items()}

    def worst(course: str, name: str) -> float:
        return float(np.median([v for r in last[course] if (v := getattr(r, name)) is not None]))

    assert worst("respiratory_depression", "respiratory_rate") <= 8
    assert worst("respiratory_depression", "oxygen_saturation") < 92
    assert worst("tachycardia", "heart_rate") > 150
    assert worst("sepsis", "respiratory_rate") >= 25
    assert worst("sepsis", "body_temperature") > 38.5
    assert worst("sepsis", "systolic_pressure") < 101
    # Of the rise, 45 are the illness's own; the rest comes with the fever.
    sepsis = next(p for p, course in course_of.items() if course == "sepsis")
    before = float(np.mean([r.heart_rate or 0.0 for r in readings[sepsis][:60]]))
    assert worst("sepsis", "heart_rate") - before > 55


def test_the_truth_names_only_what_has_begun() -> None:
    ward = Ward(wearers=5, seed=1, start_ms=START_MS, deteriorating=2, onset_between_s=(30, 30))
    readings_of(ward, 30)
    assert ward.truth() == []
    readings_of(ward, 1)
    records = ward.truth()
    assert len(records) == 2
    assert {record.onset_ms for record in records} == {START_MS + 30_000}
    assert all(record.full_ms > record.onset_ms for record in records)


def test_more_ill_than_there_are_wearers_is_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and the number of wearers"):
        Ward(wearers=2, seed=1, start_ms=START_MS, deteriorating=3)


def test_the_battery_runs_down_and_never_below_zero() -> None:
    ward = Ward(wearers=3, seed=1, start_ms=START_MS)
    series = by_patient(readings_of(ward, 2 * 3600))
    for readings in series.values():
        levels = [reading.battery for reading in readings if reading.battery is not None]
        assert levels[0] > levels[-1] >= 0
