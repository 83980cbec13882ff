import numpy as np

from tests.support.rhythmic_wearers import HEART_RATE, START_MS, track
from wardwatch.core.local_time import LocalTime
from wardwatch.core.reading import STEPS
from wardwatch.evaluating.bumps import BUMP_NIGHTS, BUMP_RATE, Bump, place_bumps, raised, rows_of
from wardwatch.evaluating.nights import Nights, nights_of
from wardwatch.evaluating.tracks import DAY_MS, Track

UTC = LocalTime.utc()
FIRST_DAY = START_MS // DAY_MS
HOUR_MS = 3_600_000


def hourly(days: int) -> Track:
    at_ms = START_MS + HOUR_MS * np.arange(24 * days, dtype=np.int64)
    made = track("a", {HEART_RATE: np.full(len(at_ms), 60.0)}, at_ms)
    made.context[:, STEPS] = 0.0
    return made


def nights(*days: int) -> Nights:
    return Nights(days=np.array(days, dtype=np.int64), means=np.full(len(days), 60, dtype=np.int64))


def test_bumps_go_where_all_nights_are_known_and_none_is_of_the_first_seven() -> None:
    known = nights(*range(16), *range(17, 25))
    places = place_bumps([nights(*range(13)), known], 100, seed=1)
    # From 7 to 9 and from 17 to 18, seven nights follow each other.
    assert places == [Bump(track=1, first_day=day) for day in (7, 8, 9, 17, 18)]


def test_the_seed_draws_among_the_places() -> None:
    known = [nights(*range(60))]
    some = place_bumps(known, 5, seed=1)
    assert len({bump.first_day for bump in some}) == 5
    assert some == place_bumps(known, 5, seed=1) != place_bumps(known, 5, seed=2)
    assert some == sorted(some, key=lambda bump: bump.first_day)


def test_a_bump_raises_seven_nights_by_four_and_nothing_after_them() -> None:
    worn = hourly(20)
    bump = Bump(track=0, first_day=FIRST_DAY + 10)
    first, last = rows_of(worn, bump, UTC)
    assert (first, last) == (24 * 10, 24 * 17)
    readings = raised(worn.piece(first, last), bump, UTC)
    above = readings.values[:, HEART_RATE] - 60
    assert above.tolist() == [BUMP_RATE] * (24 * (BUMP_NIGHTS - 1) + 7) + [0] * 17
    assert (nights_of(readings, UTC).means == 64).all()
    assert (worn.values[:, HEART_RATE] == 60).all()


def test_what_was_not_measured_stays_so() -> None:
    worn = hourly(20)
    worn.values[240:242, HEART_RATE] = [np.nan, 0.0]
    changed = raised(worn.piece(240, 400), Bump(track=0, first_day=FIRST_DAY + 10), UTC)
    np.testing.assert_equal(changed.values[:2, HEART_RATE], [np.nan, 0.0])


def test_nights_are_those_of_the_ward() -> None:
    ahead = LocalTime(from_ms=np.zeros(1, dtype=np.int64), offset_ms=np.array([2 * HOUR_MS]))
    first, last = rows_of(hourly(20), Bump(track=0, first_day=FIRST_DAY + 10), ahead)
    assert (first, last) == (24 * 10 - 2, 24 * 17 - 2)
