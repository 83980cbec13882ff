import numpy as np
import pytest

from tests.support.hourly_stays import HOUR_MS, hourly_stay
from tests.support.quiet_wearers import START_MS
from wardwatch.core.monitor import Rules
from wardwatch.core.reading import FloatArray, Reading
from wardwatch.evaluating import nulls
from wardwatch.evaluating.tapping import Tapped, tap
from wardwatch.evaluating.tracks import tracks_of
from wardwatch.wire.recordings.recording import Stream

NAN = np.nan


def tapped_of(*readings: Reading) -> Tapped:
    tracks = tracks_of([Stream(iter(readings))], lambda: None)
    [tapped] = tap(Rules().unattended(), tracks, lambda _: None)
    return tapped


def reading(hour: float, **measured: object) -> Reading:
    at_ms = START_MS + int(hour * HOUR_MS)
    return Reading(patient="p", device="d", observed_at_ms=at_ms, **measured)  # type: ignore[arg-type]


def figures(found: FloatArray) -> list[float | None]:
    return [None if np.isnan(one) else float(one) for one in found]


def test_the_clock_counts_hours_from_the_first_instant() -> None:
    [first, empty] = nulls.clock([hourly_stay(3), hourly_stay(0)])
    assert first.tolist() == [0.0, 1.0, 2.0]
    assert len(empty) == 0


def test_chance_is_the_same_for_the_same_seed() -> None:
    stays = [hourly_stay(5), hourly_stay(3)]
    one, same, other = (np.concatenate(nulls.random_alarms(stays, seed)) for seed in (1, 1, 2))
    assert (one == same).all()
    assert (one != other).all()
    assert len(np.unique(one)) == 8


def test_static_limits_tell_how_many_bands_the_worst_vital_is_beyond_them() -> None:
    tapped = tapped_of(
        reading(0, body_temperature=37.0),
        # 20 /min, the band between 111 and 130, above the limit of 130.
        reading(1, heart_rate=150.0, body_temperature=37.0),
        reading(2, heart_rate=130.0, oxygen_saturation=88.0),
        reading(3, heart_rate=130.0, oxygen_saturation=98.0),
    )
    found = nulls.static_limits(tapped)
    assert found[0] < 0
    # At 88 % two bands of 2 % below 92 %; at the limit it is not beyond it.
    assert found[1:].tolist() == pytest.approx([1.0, 2.0, 0.0])


def test_static_limits_have_nothing_to_say_without_a_vital_that_has_one() -> None:
    assert figures(nulls.static_limits(tapped_of(reading(0, skin_temperature=33.0)))) == [None]


def test_charted_news2_lets_values_stand_for_12_hours_and_the_monitor_does_not() -> None:
    tapped = tapped_of(
        reading(0, skin_temperature=33.0),
        reading(1, heart_rate=135.0),
        reading(2, respiratory_rate=26.0),
        reading(13, body_temperature=37.0),
        reading(14, body_temperature=37.0),
        reading(15, body_temperature=37.0),
    )
    assert figures(nulls.news2_charted(tapped)) == [None, 3.0, 6.0, 6.0, 3.0, 0.0]
    assert figures(nulls.news2_monitored(tapped))[1:] == [3.0, 3.0, 0.0, 0.0, 0.0]


def test_charted_news2_counts_what_people_enter_and_not_what_was_refused() -> None:
    tapped = tapped_of(
        reading(0, heart_rate=70.0, on_oxygen=True, consciousness="V"),
        reading(1, heart_rate=7000.0),
    )
    assert figures(nulls.news2_charted(tapped)) == [5.0, 5.0]
