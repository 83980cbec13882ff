import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.rhythmic_wearers import HEART_RATE, START_MS, instants, track
from wardwatch.core.context import REST_MS
from wardwatch.core.local_time import LocalTime
from wardwatch.core.reading import SIGNAL_QUALITY, STEPS, WORN
from wardwatch.core.vitals import VITAL_INDEX
from wardwatch.evaluating.tracks import MINUTE_MS, Track
from wardwatch.fitting.series import Series, all_series, evenly, series_of

UTC = LocalTime.utc()


def still(minutes: int, value: float = 70.0) -> Track:
    at_ms = instants(minutes / 1440)
    return track("a", {HEART_RATE: np.full(len(at_ms), value)}, at_ms)


def minutes_of(one: Track) -> list[int]:
    series = series_of(one, HEART_RATE, UTC)
    assert series is not None
    return [(at_ms - START_MS) // MINUTE_MS for at_ms in series.local_ms.tolist()]


def test_all_that_a_wearer_at_rest_sends_counts() -> None:
    assert minutes_of(still(60)) == [*range(60)]


def test_movement_and_the_minutes_after_it_do_not_count() -> None:
    """Exactly as long as the bank holds the wearer to be moving."""
    moving = still(60)
    moving.context[:, STEPS] = 0.0
    moving.context[20, STEPS] = 5.0
    rest_minutes = REST_MS // MINUTE_MS
    assert minutes_of(moving) == [*range(20), *range(20 + rest_minutes + 1, 60)]


@pytest.mark.parametrize(("column", "value"), [(SIGNAL_QUALITY, 0.1), (WORN, 0.0)])
def test_what_the_sensor_itself_does_not_trust_does_not_count(column: int, value: float) -> None:
    off = still(60)
    off.context[10:20, column] = value
    assert minutes_of(off) == [*range(10), *range(20, 60)]


def test_what_is_not_plausible_does_not_count() -> None:
    faulty = still(60)
    faulty.values[3, HEART_RATE] = 0.0
    faulty.values[4, HEART_RATE] = 999.0
    assert minutes_of(faulty) == [0, 1, 2, *range(5, 60)]


def test_of_each_minute_the_first_value_counts() -> None:
    at_ms = START_MS + np.arange(0, 20 * MINUTE_MS, 1000)
    values = np.where(at_ms % MINUTE_MS == 0, 70.0, 90.0)
    series = series_of(track("a", {HEART_RATE: values}, at_ms), HEART_RATE, UTC)
    assert series is not None
    assert series.values.tolist() == [70.0] * 20
    assert series.interval_s == 60.0


def test_the_clock_is_the_wards() -> None:
    hour_ms = 3_600_000
    ahead = LocalTime(from_ms=np.array([0]), offset_ms=np.array([hour_ms]))
    series = series_of(still(60), HEART_RATE, ahead)
    assert series is not None
    assert series.local_ms[0] == START_MS + hour_ms


def test_too_few_values_are_none() -> None:
    assert series_of(still(5), HEART_RATE, UTC) is None
    assert series_of(still(60), VITAL_INDEX["respiratory_rate"], UTC) is None
    assert [*all_series(still(60), UTC)] == [HEART_RATE]


def test_gaps_are_not_covered() -> None:
    series = Series(local_ms=np.r_[instants(1.0), instants(1.0) + 5 * 86_400_000], values=np.ones(2880))
    assert series.covered_days == pytest.approx(2.0, abs=0.01)
    assert series.spans_s == pytest.approx(6 * 86400.0, abs=120.0)
    assert series.is_dense


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50), st.integers(1, 200))
def test_evenly_takes_only_what_is_there_and_as_often_from_below_as_from_above(
    numbers: list[float], count: int
) -> None:
    taken = evenly(np.array(numbers), count)
    assert len(taken) == count
    assert set(taken.tolist()) <= set(numbers)
    assert (-evenly(-np.array(numbers), count)[::-1]).tolist() == pytest.approx(taken.tolist()) or (
        count % len(numbers)
    )
