"""A living ward's readings: as devices write them, in order of time, and the truth apart from them."""

from __future__ import annotations

import json

import pytest

from wardwatch.core.reading import Reading
from wardwatch.wire.readings import ReadingDecoder, encode_reading
from wardwatch_simulators import encode_truth
from wardwatch_simulators.living import DEVICE_KINDS, Episode, LivingWard, Population

MIDNIGHT_MS = 1_767_225_600_000
NINE_S = 9 * 3600


def ward(**arguments: object) -> LivingWard:
    population = Population(seed=5, wearers=8, episodes=[Episode(2, "fall", NINE_S + 60)])
    return LivingWard(population, midnight_ms=MIDNIGHT_MS, first_s=NINE_S, **arguments)  # type: ignore[arg-type]


def readings_of(of: LivingWard, seconds: int) -> list[Reading]:
    return [reading for _ in range(seconds) for reading in of.next_second()]


def test_every_wearer_sends_once_a_second_in_order_of_time() -> None:
    sending = ward()
    for second in range(130):
        readings = sending.next_second()
        moments = [reading.observed_at_ms for reading in readings]
        assert moments == sorted(moments)
        assert MIDNIGHT_MS + (NINE_S + second) * 1000 <= moments[0]
        assert moments[-1] < MIDNIGHT_MS + (NINE_S + second + 1) * 1000 == sending.now_ms
        assert sorted(reading.patient for reading in readings) == sorted(sending.patients)
        assert {reading.seq for reading in readings} == {second + 1}


def test_readings_are_what_the_devices_measure() -> None:
    readings = readings_of(ward(), 90)
    measured = DEVICE_KINDS["ward_set"].measured(Population(seed=5, wearers=8), NINE_S, 20)
    for reading in readings[: 8 * 20]:
        second, wearer = (reading.seq or 0) - 1, int(reading.patient.removeprefix("sim-")) - 1
        assert reading.heart_rate == measured["heart_rate"][wearer, second]
        assert reading.body_temperature == pytest.approx(
            measured["body_temperature"][wearer, second], abs=0.01
        )


def test_readings_are_written_as_by_a_device_and_survive_the_wire() -> None:
    decoder = ReadingDecoder()
    for reading in readings_of(ward(), 61):
        assert isinstance(reading.heart_rate, int)
        assert len(str(reading.body_temperature)) <= 4
        assert decoder.decode(encode_reading(reading)).heart_rate == reading.heart_rate
    assert not decoder.unknown_fields


def test_a_cuff_is_silent_between_its_measurements() -> None:
    pressures = [reading.systolic_pressure for reading in readings_of(ward(), 300)]
    assert len([pressure for pressure in pressures if pressure is not None]) == 8


def test_a_kind_of_device_sends_only_what_it_measures() -> None:
    for reading in readings_of(ward(kind=DEVICE_KINDS["oximeter"]), 3):
        assert reading.oxygen_saturation is not None
        assert (reading.respiratory_rate, reading.steps, reading.skin_temperature) == (None, None, None)


def test_the_truth_is_told_when_it_has_begun_and_apart_from_the_readings() -> None:
    sending = ward()
    readings = readings_of(sending, 60)
    assert sending.truth() == []
    readings += readings_of(sending, 61)
    told = [json.loads(encode_truth(record)) for record in sending.truth()]
    assert [(record["patient"], record["course"], record["phase"]) for record in told] == [
        ("sim-0003", "fall", "onset"),
        ("sim-0003", "fall", "worst"),
    ]
    assert told[0]["at_ms"] == MIDNIGHT_MS + (NINE_S + 60) * 1000
    assert told[0]["event"] == "illness"
    assert not any(b"fall" in encode_reading(reading) for reading in readings)
