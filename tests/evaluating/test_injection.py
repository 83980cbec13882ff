from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from wardwatch.core.reading import ACTIVITY, SIGNAL_QUALITY, STEPS, FloatArray, Reading
from wardwatch.evaluating.injection import ARTEFACTS, EVENTS, Injection, Kind, inject
from wardwatch.evaluating.tracks import HEART_RATE, MINUTE_MS, Track, tracks_of
from wardwatch.wire.recordings.recording import Stream

FIRST, LAST = 20, 40


def track() -> Track:
    def rows() -> Iterator[Reading]:
        for minute in range(60):
            yield Reading(
                patient="p",
                device="d",
                observed_at_ms=minute * MINUTE_MS,
                heart_rate=50.0 + minute % 3,
                steps=0.0,
            )

    return tracks_of([Stream(rows())], lambda: None)[0]


def injected(kind: Kind, seed: int = 1, of: Track | None = None) -> Track:
    injection = Injection(kind=kind, track=0, onset_ms=FIRST * MINUTE_MS, end_ms=LAST * MINUTE_MS, seed=seed)
    return inject(of or track(), injection)


def heart_rates(of: Track) -> FloatArray:
    rates: FloatArray = of.values[:, HEART_RATE]
    return rates


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("seed", range(4))
def test_nothing_changes_outside_its_time_and_the_original_not_at_all(kind: Kind, seed: int) -> None:
    original, untouched = track(), track()
    changed = injected(kind, seed, original)
    np.testing.assert_array_equal(original.values, untouched.values)
    np.testing.assert_array_equal(original.context, untouched.context)
    outside = np.r_[0:FIRST, LAST:60]
    np.testing.assert_array_equal(changed.values[outside], original.values[outside])
    np.testing.assert_array_equal(changed.context[outside], original.context[outside])
    assert not np.array_equal(changed.values, original.values, equal_nan=True)


@pytest.mark.parametrize("kind", Kind)
def test_the_same_seed_gives_the_same_readings(kind: Kind) -> None:
    np.testing.assert_array_equal(injected(kind, 5).values, injected(kind, 5).values)
    np.testing.assert_array_equal(injected(kind, 5).context, injected(kind, 5).context)


def test_tachycardia_is_30_more() -> None:
    inside = slice(FIRST, LAST)
    assert (heart_rates(injected(Kind.TACHYCARDIA))[inside] == heart_rates(track())[inside] + 30).all()


@pytest.mark.parametrize("seed", range(5))
def test_bradycardia_falls_to_what_scores_3_on_the_news2_chart(seed: int) -> None:
    slow = heart_rates(injected(Kind.BRADYCARDIA, seed))[FIRST:LAST]
    assert 31 <= slow.mean() <= 41
    assert slow.std() < 4


def test_a_bradycardia_never_raises_what_is_recorded() -> None:
    slow = track()
    slow.values[:, HEART_RATE] = 28.0
    assert set(heart_rates(injected(Kind.BRADYCARDIA, of=slow))) == {28.0}


def test_a_ramp_rises_evenly_to_45_in_whole_beats_and_stays_there() -> None:
    added = (heart_rates(injected(Kind.RAMP)) - heart_rates(track()))[FIRST:LAST]
    assert added[0] == 0.0
    assert set(added[15:]) == {45.0}
    assert all(later - earlier == 3 for earlier, later in pairwise(added[:16].tolist()))


@pytest.mark.parametrize("kind", [*EVENTS, Kind.DROPOUT, Kind.SPIKES, Kind.MOTION])
def test_a_heart_rate_that_was_not_measured_stays_so(kind: Kind) -> None:
    with_gap = track()
    with_gap.values[FIRST + 1, HEART_RATE] = np.nan
    assert np.isnan(heart_rates(injected(kind, of=with_gap))[FIRST + 1])


def test_a_dropout_is_missing_or_0_throughout() -> None:
    assert np.isnan(heart_rates(injected(Kind.DROPOUT, seed=1))[FIRST:LAST]).all()
    assert set(heart_rates(injected(Kind.DROPOUT, seed=2))[FIRST:LAST]) == {0.0}


@pytest.mark.parametrize("seed", range(20))
def test_spikes_are_one_to_three_single_readings_far_off(seed: int) -> None:
    before, after = heart_rates(track()), heart_rates(injected(Kind.SPIKES, seed))
    hit = np.flatnonzero(before != after)
    assert 1 <= len(hit) <= 3
    assert (np.diff(hit) > 1).all()
    assert all(30 <= rate <= 38 or 180 <= rate <= 220 for rate in after[hit].tolist())


def test_motion_is_noise_with_steps_activity_and_poor_quality() -> None:
    moved, still = injected(Kind.MOTION), track()
    inside = slice(FIRST, LAST)
    noise = heart_rates(moved)[inside] - heart_rates(still)[inside]
    assert noise.std() > 10
    # The first reading comes at the onset: no time to walk yet.
    assert (moved.context[FIRST + 1 : LAST, STEPS] >= 20).all()
    assert (moved.context[inside, SIGNAL_QUALITY] <= 0.4).all()
    assert (moved.context[inside, ACTIVITY] >= 0.2).all()


def test_kinds_are_events_or_artefacts() -> None:
    assert {*EVENTS, *ARTEFACTS} == {*Kind}
