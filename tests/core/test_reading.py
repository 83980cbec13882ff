"""Readings as columns."""

from __future__ import annotations

import dataclasses
from math import inf, nan
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import readings
from wardwatch.core.reading import (
    BATTERY,
    CONSCIOUSNESS_LEVELS,
    CONTEXT_NAMES,
    ON_OXYGEN,
    PART_NAMES,
    SIGNAL_QUALITY,
    STEPS,
    UNKNOWN,
    WORN,
    Batch,
    Reading,
    Round,
)
from wardwatch.core.vitals import VITAL_COUNT, VITAL_INDEX, VITAL_NAMES
from wardwatch.wire.readings import ReadingDecoder, encode_reading


def reading(**fields: Any) -> Reading:
    required: dict[str, Any] = {"patient": "p-17", "device": "e4-03", "observed_at_ms": 1_000}
    return Reading(**required | fields)


def test_each_value_stands_in_its_own_column() -> None:
    batch = Batch.of([reading(heart_rate=72, skin_temperature=33.1)])
    assert batch.values.shape == (1, VITAL_COUNT)
    told = {
        name: value for name, value in zip(VITAL_NAMES, batch.values[0], strict=True) if not np.isnan(value)
    }
    assert told == {"heart_rate": 72.0, "skin_temperature": 33.1}


def test_no_two_values_are_swapped() -> None:
    names = (*VITAL_NAMES, *CONTEXT_NAMES)
    fields = {name: float(place) for place, name in enumerate(names)}
    batch = Batch.of([reading(**fields), reading(**fields | {"steps": None})])
    assert [*batch.values[0], *batch.context[0]] == list(fields.values())
    assert np.isnan(batch.context[1, STEPS])


def test_the_context_stands_in_the_columns_that_its_constants_name() -> None:
    batch = Batch.of([reading(steps=4, signal_quality=0.9, worn=True, battery=81, on_oxygen=False)])
    context = batch.context[0]
    assert context[[STEPS, SIGNAL_QUALITY, WORN, BATTERY, ON_OXYGEN]].tolist() == [4, 0.9, 1, 81, 0]


def test_what_was_not_measured_is_not_a_number_and_its_consciousness_unknown() -> None:
    batch = Batch.of([reading()])
    assert np.isnan(batch.values).all()
    assert np.isnan(batch.context).all()
    assert batch.consciousness.tolist() == [UNKNOWN]


def test_what_was_sent_and_is_not_a_number_is_told_apart_from_what_was_not_measured() -> None:
    batch = Batch.of([reading(heart_rate=nan, battery=nan), reading()])
    assert batch.values[:, VITAL_INDEX["heart_rate"]].tolist()[0] == inf
    assert batch.context[0, BATTERY] == inf
    assert np.isnan(batch.values[1]).all()


def test_that_holds_for_a_single_reading_that_says_something_of_everything() -> None:
    everything = dict.fromkeys((*VITAL_NAMES, *CONTEXT_NAMES), 1.0)
    assert Batch.of([reading(**everything | {"heart_rate": nan})]).values[0, 0] == inf


def test_consciousness_is_its_place_among_the_levels() -> None:
    batch = Batch.of([reading(consciousness=level) for level in CONSCIOUSNESS_LEVELS])
    assert batch.consciousness.tolist() == [0, 1, 2, 3, 4]


def test_a_reading_without_arrival_arrives_when_it_was_observed_and_positions_count_from_0() -> None:
    batch = Batch.of([reading(observed_at_ms=5), reading(observed_at_ms=3)])
    assert batch.arrived_at_ms.tolist() == batch.observed_at_ms.tolist() == [5, 3]
    assert batch.positions.tolist() == [0, 1]


def test_arrivals_and_positions_are_taken_as_given() -> None:
    batch = Batch.of([reading(), reading()], arrived_at_ms=[7, 9], positions=[40, 42])
    assert batch.arrived_at_ms.tolist() == [7, 9]
    assert batch.positions.tolist() == [40, 42]


def test_no_readings_are_a_batch_too() -> None:
    batch = Batch.of([])
    assert len(batch) == 0
    assert batch.values.shape == (0, VITAL_COUNT)
    assert batch.context.shape == (0, len(CONTEXT_NAMES))


@given(many=st.lists(readings(), max_size=8))
def test_readings_off_the_wire_make_the_same_batch(many: list[Reading]) -> None:
    decoder = ReadingDecoder()
    assert_same(Batch.of([decoder.decode(encode_reading(one)) for one in many]), Batch.of(many))


@given(many=st.lists(readings(), min_size=1, max_size=8), data=st.data())
def test_a_round_holds_the_chosen_readings(many: list[Reading], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.integers(0, len(many) - 1), unique=True))
    index = np.array(chosen, dtype=np.int64)
    batch = Batch.of(many)
    expected = Batch.of([many[i] for i in chosen], positions=chosen)
    taken = Round.of(batch, rows=index + 100, index=index)
    assert len(taken) == len(chosen)
    assert taken.rows.tolist() == [i + 100 for i in chosen]
    for name in ("positions", "observed_at_ms", "arrived_at_ms", "values", "context", "consciousness"):
        np.testing.assert_array_equal(getattr(taken, name), getattr(expected, name))
    told = [[getattr(many[i], name) is not None for name in PART_NAMES] for i in chosen]
    assert taken.told.tolist() == told


def assert_same(batch: Batch, other: Batch) -> None:
    for field in dataclasses.fields(Batch):
        np.testing.assert_array_equal(getattr(batch, field.name), getattr(other, field.name))
