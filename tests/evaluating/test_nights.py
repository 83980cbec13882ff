from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.support.plain_nightsignal import colours as plain_colours
from tests.support.plain_nightsignal import nightly_means
from tests.support.rhythmic_wearers import HEART_RATE, START_MS, track
from wardwatch.core.local_time import LocalTime
from wardwatch.core.reading import STEPS
from wardwatch.evaluating.nights import Nights, alert_episodes, colours, nights_of
from wardwatch.evaluating.tracks import DAY_MS, Track

UTC_CLOCK = LocalTime.utc()
FIRST_DAY = START_MS // DAY_MS
HOUR_MS = 3_600_000


def of(means: dict[int, int]) -> Nights:
    return Nights(days=np.array([*means], dtype=np.int64), means=np.array([*means.values()], dtype=np.int64))


def wearer(rows: list[tuple[int, float, float]]) -> Track:
    """From (minute since the start, heart rate, steps)."""
    minutes, rates, steps = (np.array(column, dtype=np.float64) for column in zip(*rows, strict=True))
    made = track("a", {HEART_RATE: rates}, START_MS + (60_000 * minutes).astype(np.int64))
    made.context[:, STEPS] = steps
    return made


def test_a_night_is_the_floored_mean_of_its_readings_without_a_step() -> None:
    rows = [(10, 60.0, 0.0), (20, 63.9, 0.0), (30, 120.0, 5.0), (40, np.nan, 0.0), (50, 0.0, 0.0)]
    nights = nights_of(wearer([*rows, (8 * 60, 99.0, 0.0), (24 * 60, 70.0, 0.0)]), UTC_CLOCK)
    assert (nights.days - FIRST_DAY).tolist() == [0, 1]
    assert nights.means.tolist() == [61, 70]


def test_a_wearer_without_nights_has_none() -> None:
    nights = nights_of(wearer([(8 * 60, 99.0, 0.0)]), UTC_CLOCK)
    assert len(nights) == 0
    assert len(colours(nights)) == 0
    assert alert_episodes(nights, np.zeros(0, dtype=np.bool_)) == 0


_NIGHTS = st.lists(st.tuples(st.integers(1, 3), st.integers(55, 70)), min_size=1, max_size=40)


@given(_NIGHTS)
def test_colours_are_those_of_the_published_algorithm(gaps_and_rates: list[tuple[int, int]]) -> None:
    day, rows = 0, []
    for gap, rate in gaps_and_rates:
        day += gap
        rows.append((day * 24 * 60 + 60, float(rate), 0.0))
    nights = nights_of(wearer(rows), UTC_CLOCK)
    start = datetime.fromtimestamp(START_MS / 1000, UTC)
    plain = [(start + timedelta(minutes=minute), rate, steps) for minute, rate, steps in rows]
    assert nights.means.tolist() == [*nightly_means(plain).values()]
    assert colours(nights).tolist() == [*plain_colours(plain).values()]


def test_a_bump_raises_so_many_nights_and_no_other() -> None:
    nights = of(dict.fromkeys(range(10), 60))
    assert nights.raised(3, 2, 4).means.tolist() == [60, 60, 60, 64, 64, 60, 60, 60, 60, 60]
    assert nights.means.tolist() == [60] * 10


def test_alerting_nights_that_follow_each_other_are_one_episode() -> None:
    nights = of(dict.fromkeys([1, 2, 3, 5, 6, 7], 60))
    alerting = np.array([True, True, False, True, True, True])
    assert alert_episodes(nights, alerting) == 2
    assert alert_episodes(nights, np.ones(6, dtype=np.bool_)) == 2
    assert alert_episodes(nights, np.zeros(6, dtype=np.bool_)) == 0
