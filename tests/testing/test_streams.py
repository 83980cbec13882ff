"""The streams are what they say: consistent, irregular, holed, extreme or constant; and from their seed."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch.core.detectors.detector import JUDGED, Seen
from wardwatch.core.vitals import VITALS
from wardwatch.testing import streams
from wardwatch.testing.streams import FIRST_ELAPSED_S, Stream

ORDINARY = streams.ordinary(3, patients=4, rounds=200)
STREAMS = {
    "ordinary": ORDINARY,
    "complete": streams.ordinary(3, patients=4, rounds=200, complete=True),
    "constant": streams.constant(3, patients=4, rounds=200, since=100),
    "extreme": streams.extreme(3, rounds=40, times=5),
    "with_empty_between": streams.with_empty_between(ORDINARY),
}


def equal(one: Seen, other: Seen) -> bool:
    return all(
        np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in Seen.__slots__
    )


@pytest.fixture(params=STREAMS)
def stream(request: pytest.FixtureRequest) -> Stream:
    return STREAMS[request.param]


def test_time_goes_on_for_each_patient(stream: Stream) -> None:
    assert (np.diff(stream.whole.at_ms, axis=0) > 0).all()
    assert len(np.unique(stream.whole.local_ms - stream.whole.at_ms)) == 1


def test_values_are_plausible_and_written_as_on_a_chart(stream: Stream) -> None:
    for vital, values in zip(VITALS, stream.whole.values.transpose(1, 0, 2), strict=False):
        measured = values[~np.isnan(values)]
        assert ((measured >= vital.plausible_low) & (measured <= vital.plausible_high)).all()
        assert [float(vital.written(value)) for value in measured[:50]] == pytest.approx(measured[:50])


def test_z_and_innovation_are_missing_just_where_the_value_is(stream: Stream) -> None:
    missing = np.isnan(stream.whole.values)
    assert np.array_equal(np.isnan(stream.whole.z), missing)
    assert np.array_equal(np.isnan(stream.whole.innovation), missing)


def test_elapsed_is_the_time_since_the_vitals_previous_value(stream: Stream) -> None:
    whole = stream.whole
    for vital in range(JUDGED):
        for patient in range(stream.patients):
            last_ms = whole.at_ms[0, patient] - 1000 * FIRST_ELAPSED_S
            for index in range(len(stream)):
                now_ms = whole.at_ms[index, patient]
                elapsed_s = whole.elapsed_s[index, vital, patient]
                assert elapsed_s == pytest.approx((now_ms - last_ms) / 1000.0)
                if not np.isnan(whole.values[index, vital, patient]):
                    last_ms = now_ms


def test_rest_is_no_step_for_twelve_minutes() -> None:
    whole = ORDINARY.whole
    moving = whole.steps > 0
    assert not whole.resting[moving].any()
    after_a_move = moving[:-1] & ~moving[1:]
    soon = np.diff(whole.at_ms, axis=0) <= 12 * 60 * 1000
    assert (after_a_move & soon).any()
    assert not whole.resting[1:][after_a_move & soon].any()
    assert whole.resting[1:][after_a_move & ~soon].all()


def test_the_ordinary_has_holes_unknown_steps_slow_learning_and_an_episode() -> None:
    whole = ORDINARY.whole
    assert np.isnan(whole.values).all(axis=1).any()
    assert np.isnan(whole.steps).any()
    assert {0.0, 0.1, 1.0} == set(np.unique(whole.learning))
    assert np.nanmax(np.abs(whole.z)) > 4


def test_the_complete_has_no_holes() -> None:
    assert not np.isnan(STREAMS["complete"].whole.values).any()


def test_innovation_is_white_where_z_is_not() -> None:
    """Over all gaps, short ones above all: half of them are below 15 min."""
    whole = streams.constant(0, patients=200, rounds=100, since=100).whole
    for noise, correlation in (whole.z, 0.43), (whole.innovation, 0.0):
        heart_rate = noise[:, 0]
        found = np.corrcoef(heart_rate[:-1].ravel(), heart_rate[1:].ravel())[0, 1]
        assert found == pytest.approx(correlation, abs=0.05)


def test_the_constant_is_the_usual_from_its_round_on() -> None:
    whole = STREAMS["constant"].whole
    assert (whole.z[100:] == 0.0).all()
    assert (whole.innovation[101:] == 0.0).all()
    assert (np.ptp(whole.values[100:], axis=0) == 0.0).all()
    assert (np.ptp(whole.values[:100], axis=0) > 0.0).all()


def test_the_extreme_repeats_itself_at_the_same_times_of_day() -> None:
    whole = STREAMS["extreme"].whole
    assert np.array_equal(whole.values[:40], whole.values[160:])
    assert np.array_equal(whole.at_ms[:40] % 86_400_000, whole.at_ms[160:] % 86_400_000)
    assert np.abs(whole.z).max() > 50


def test_empty_readings_come_between_and_nothing_else_changes() -> None:
    twice = STREAMS["with_empty_between"]
    for index in range(len(ORDINARY)):
        assert equal(twice.seen(2 * index), ORDINARY.seen(index))
        assert np.isnan(twice.seen(2 * index + 1).values).all()


def test_missing_at_first_leaves_all_later_rounds_as_they_were() -> None:
    """But for the first value of each vital after it, whose time since the one before is longer."""
    complete = STREAMS["complete"]
    holed = streams.missing_at_first(complete, 3, until=100)
    assert np.isnan(holed.whole.values[:100]).any()
    for index in range(101, len(complete)):
        assert np.array_equal(holed.seen(index).values, complete.seen(index).values)
        assert holed.seen(index).z == pytest.approx(complete.seen(index).z)
        assert holed.seen(index).innovation == pytest.approx(complete.seen(index).innovation)


def test_the_same_seed_makes_the_same_and_another_another() -> None:
    assert equal(streams.ordinary(3, patients=4, rounds=200).whole, ORDINARY.whole)
    assert not equal(streams.ordinary(4, patients=4, rounds=200).whole, ORDINARY.whole)


def test_the_first_patients_alone_are_the_same_patients() -> None:
    fewer = ORDINARY.first(2)
    assert fewer.patients == 2
    assert equal(streams.columns(ORDINARY.seen(7), np.array([0, 1])), fewer.seen(7))


def test_another_future_begins_where_it_says() -> None:
    other = streams.ordinary(4, patients=4, rounds=200)
    spliced = ORDINARY.with_future_of(other, 50)
    assert equal(spliced.seen(49), ORDINARY.seen(49))
    assert equal(spliced.seen(50), other.seen(50))


def test_a_round_is_in_arrays_of_its_own_and_a_window_is_not() -> None:
    ORDINARY.seen(5).values[:] = 0.0
    assert not (ORDINARY.seen(5).values == 0.0).any()
    assert ORDINARY.window(5).values.base is ORDINARY.whole.values
