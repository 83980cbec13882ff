from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from tests.support.quiet_wearers import FULL_FROM_MS, START_MS, quiet_wearer
from wardwatch.core.context import REST_MS
from wardwatch.evaluating.injection import ARTEFACTS, EVENTS, Injection
from wardwatch.evaluating.placement import (
    ARTEFACTS_APART_MS,
    COVERAGE,
    DURATION_MINUTES,
    EVENTS_APART_MS,
    LEARNING_MS,
    place_artefacts,
    place_events,
)
from wardwatch.evaluating.tracks import HEART_RATE, MINUTE_MS, Track, tracks_of
from wardwatch.wire.recordings.recording import Stream


@pytest.fixture(scope="module")
def tracks() -> list[Track]:
    """Two wearers for three days after their first week; one whose sensor is off every other hour."""
    streams = [Stream(quiet_wearer(name, seed=seed, hours=72)) for seed, name in enumerate("ab")]
    first, second = tracks_of(streams, lambda: None)
    off = (second.observed_at_ms // (60 * MINUTE_MS)) % 2 == 1
    second.values[off, HEART_RATE] = np.nan
    return [first, second]


def both(tracks: list[Track], seed: int = 1) -> list[Injection]:
    return place_events(tracks, 30, seed) + place_artefacts(tracks, 60, seed)


def test_as_many_as_asked_for_a_third_of_each_kind(tracks: list[Track]) -> None:
    assert Counter(one.kind for one in place_events(tracks, 15, 1)) == dict.fromkeys(EVENTS, 5)
    assert Counter(one.kind for one in place_artefacts(tracks, 60, 1)) == dict.fromkeys(ARTEFACTS, 20)


def test_the_same_seed_gives_the_same_places_and_another_seed_others(tracks: list[Track]) -> None:
    assert both(tracks, 3) == both(tracks, 3)
    assert both(tracks, 3) != both(tracks, 4)


def test_more_events_leave_the_first_ones_and_the_artefacts_where_they_were(tracks: list[Track]) -> None:
    assert place_events(tracks, 20, 1)[:10] == place_events(tracks, 10, 1)


def test_none_in_the_first_week_none_beyond_the_end_and_each_of_a_stated_duration(
    tracks: list[Track],
) -> None:
    for one in both(tracks):
        shortest, longest = DURATION_MINUTES[one.kind]
        assert START_MS + LEARNING_MS == FULL_FROM_MS <= one.onset_ms
        assert one.end_ms <= tracks[one.track].observed_at_ms[-1]
        assert shortest <= one.minutes <= longest


def test_those_of_one_track_keep_their_distance(tracks: list[Track]) -> None:
    for placed, apart_ms in (
        (place_events(tracks, 30, 1), EVENTS_APART_MS),
        (place_artefacts(tracks, 60, 1), ARTEFACTS_APART_MS),
    ):
        for number in range(len(tracks)):
            of_track = sorted((one.onset_ms, one.end_ms) for one in placed if one.track == number)
            assert of_track
            assert all(later[0] - earlier[1] >= apart_ms for earlier, later in pairwise(of_track))


def test_a_heart_rate_is_recorded_in_most_minutes(tracks: list[Track]) -> None:
    for one in both(tracks):
        track = tracks[one.track]
        rates = track.values[track.row_at(one.onset_ms) : track.row_at(one.end_ms), HEART_RATE]
        assert np.isfinite(rates).sum() >= COVERAGE * one.minutes


def test_an_event_is_of_a_wearer_at_rest(tracks: list[Track]) -> None:
    for one in place_events(tracks, 30, 1):
        moving = tracks[one.track].stepping()
        assert not ((moving >= one.onset_ms - REST_MS) & (moving < one.end_ms)).any()


def test_where_there_is_no_room_there_are_fewer_and_none_in_a_short_recording() -> None:
    [day] = tracks_of([Stream(quiet_wearer("a", seed=1, hours=24))], lambda: None)
    assert 0 < len(place_events([day], 100, 1)) < 24 / 3
    week = day.piece(0, day.row_at(FULL_FROM_MS))
    assert place_events([week], 10, 1) == []
    assert place_events([], 10, 1) == []
    assert place_artefacts([day.piece(0, 0)], 10, 1) == []
