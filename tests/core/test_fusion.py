"""The fused score is the sum of its parts, and the bounds that it gives hold whatever the gain."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from wardwatch.core import fusion
from wardwatch.core.calibration import Reference
from wardwatch.core.detectors.detector import JUDGED
from wardwatch.core.detectors.mahalanobis import default_covariance
from wardwatch.core.fusion import BAND_SPREADS, GAIN_BITS, MOST_GAIN
from wardwatch.core.reading import FloatArray

ALONE = np.array(default_covariance(np.eye(JUDGED)))[:, None]
# A score is as many bits as its number.
PLAIN = Reference(np.array([0.0, 10.0, 20.0, 30.0]), np.array([0.0, 10.0, 20.0, 30.0]))
REFERENCES = dict.fromkeys(GAIN_BITS, PLAIN)
NO_GAIN, NOBODY = np.zeros(1), np.full(1, -1.0)

shapes = st.floats(-1, 1, width=32)
mixes = hnp.arrays(np.float64, (JUDGED, JUDGED), elements=shapes)
distances = hnp.arrays(np.float64, (JUDGED, 1), elements=st.one_of(st.floats(-20, 20), st.just(np.nan)))
gains = st.floats(0, MOST_GAIN)


def covariance(mix: FloatArray) -> FloatArray:
    """Some positive definite one."""
    whole = mix @ mix.T + 0.3 * np.eye(JUDGED)
    return np.array(default_covariance(whole))[:, None]


def fused(of: FloatArray, z: FloatArray, gain: float = 0.0) -> fusion.Fused:
    return fusion.fuse(of, z, np.full(z.shape[1], gain), np.full(z.shape[1], -1.0))


def vitals(**z: float) -> FloatArray:
    """z of the named places, ``v0`` to ``v5``; the others were not measured."""
    found = np.full((JUDGED, 1), np.nan)
    for place, number in z.items():
        found[int(place[1:])] = number
    return found


@given(mixes, distances, gains)
def test_the_parts_sum_to_the_score(mix: FloatArray, z: FloatArray, gain: float) -> None:
    found = fused(covariance(mix), z, gain)
    assert abs(float(found.parts.sum()) - float(found.score[0])) <= 1e-9 * max(1.0, float(found.score[0]))
    assert found.score[0] >= -1e-9


@given(mixes, distances)
def test_the_score_is_the_squared_distance_of_what_is_outside_its_band(
    mix: FloatArray, z: FloatArray
) -> None:
    """By the inverse of the block of the vitals that were measured."""
    whole, measured = mix @ mix.T + 0.3 * np.eye(JUDGED), ~np.isnan(z[:, 0])
    d = np.where(np.abs(z[measured, 0]) > BAND_SPREADS, z[measured, 0], 0.0)
    expected = float(d @ np.linalg.inv(whole[np.ix_(measured, measured)]) @ d) if measured.any() else 0.0
    assert fused(covariance(mix), z).score[0] == pytest.approx(expected, rel=1e-6, abs=1e-9)


@given(mixes, hnp.arrays(np.float64, (JUDGED, 1), elements=st.floats(-BAND_SPREADS, BAND_SPREADS)), gains)
def test_vitals_within_their_bands_score_nothing_whatever_the_gain(
    mix: FloatArray, z: FloatArray, gain: float
) -> None:
    found = fused(covariance(mix), z, gain)
    assert (found.parts == 0.0).all()
    assert found.score[0] == 0.0


def test_a_vital_that_does_not_stand_is_left_out() -> None:
    assert fused(ALONE, vitals(v0=3.0)).parts[:, 0].tolist() == [9.0, 0, 0, 0, 0, 0]
    assert fused(ALONE, vitals()).score[0] == 0.0


def test_nobodys_score_depends_on_who_else_is_scored() -> None:
    random = np.random.default_rng(5)
    z = random.normal(0, 3, (JUDGED, 50))
    z[random.random(z.shape) < 0.3] = np.nan
    of = np.concatenate([covariance(random.normal(0, 1, (JUDGED, JUDGED))) for _ in range(50)], axis=1)
    together = fused(of, z, 1.5)
    for i in range(50):
        alone = fused(of[:, i : i + 1], z[:, i : i + 1], 1.5)
        assert (alone.parts[:, 0] == together.parts[:, i]).all()
        assert alone.score[0] == together.score[i]


def gain_of(z: FloatArray, scores: dict[str, FloatArray]) -> tuple[float, int]:
    every = {name: np.zeros((JUDGED, 1)) for name in GAIN_BITS} | scores
    gain, by = fusion.gains(fusion.outside_band(z), every, REFERENCES)
    return float(gain[0]), int(by[0])


@pytest.mark.parametrize("name", GAIN_BITS)
def test_a_detector_confirms_nothing_below_its_first_bits_and_all_from_its_second_on(name: str) -> None:
    first, full = GAIN_BITS[name]
    number = list(GAIN_BITS).index(name)
    for bits, share in (first, 0.0), ((first + full) / 2, 0.5), (full, 1.0), (full + 5, 1.0):
        gain, by = gain_of(vitals(v0=3.0), {name: np.full((JUDGED, 1), bits)})
        assert gain == pytest.approx(share * MOST_GAIN)
        assert by == (number if share else -1)


def test_the_gain_is_that_of_the_detector_which_confirms_most() -> None:
    names = list(GAIN_BITS)
    half = {name: np.full((JUDGED, 1), sum(bits) / 2) for name, bits in GAIN_BITS.items()}
    half[names[2]][:] = GAIN_BITS[names[2]][1]
    assert gain_of(vitals(v0=3.0), half) == (MOST_GAIN, 2)


def test_what_a_detector_says_of_a_vital_within_its_band_confirms_nothing() -> None:
    scores = np.zeros((JUDGED, 1))
    scores[0] = 30.0
    found = {next(iter(GAIN_BITS)): scores}
    assert gain_of(vitals(v0=BAND_SPREADS, v1=3.0), found) == (0.0, -1)
    assert gain_of(vitals(v0=3.0), found)[0] == MOST_GAIN


def test_a_detector_that_cannot_tell_confirms_nothing() -> None:
    unknown = {name: np.full((JUDGED, 1), np.nan) for name in GAIN_BITS}
    assert gain_of(vitals(v0=3.0), unknown) == (0.0, -1)


@given(
    mix=mixes,
    z=distances,
    most_score=st.floats(0.1, 500),
    vital=st.integers(0, JUDGED - 1),
    share=st.floats(0, 1),
    gain=gains,
)
def test_within_its_bounds_a_vital_makes_no_score_above_the_limit(
    mix: FloatArray, z: FloatArray, most_score: float, vital: int, share: float, gain: float
) -> None:
    """The others being as they are, with any gain."""
    usual, spread = np.full((JUDGED, 1), 70.0), np.full((JUDGED, 1), 3.0)
    of = covariance(mix)
    low, high = (bounds[vital, 0] for bounds in fusion.allowed(of, z, usual, spread, most_score))
    changed = z.copy()
    if low > high:
        # Not even within its band would it have prevented it, if all had confirmed.
        assert (low, high) == (np.inf, -np.inf)
        changed[vital] = np.where(np.isnan(z[vital]), np.nan, 0.0)
        assert fused(of, changed, MOST_GAIN).score[0] > 0.5 * most_score
    elif np.isnan(z[vital, 0]):
        assert (low, high) == (-np.inf, np.inf)
        assert fused(of, z, gain).score[0] <= most_score
    else:
        assert low < 70.0 < high
        value = low + share * (high - low)
        changed[vital] = (value - 70.0) / 3.0
        assert fused(of, changed, gain).score[0] <= most_score


def bounds(low: float, high: float) -> tuple[FloatArray, FloatArray]:
    return np.full((JUDGED, 2), low), np.full((JUDGED, 2), high)


def test_bounds_are_sharpened_by_every_reading_and_begin_anew_with_an_alarm() -> None:
    state = {field.name: np.full((field.width, 2), field.default) for field in fusion.FIELDS}
    fusion.narrow(state, *bounds(50.0, 90.0), np.array([True, True]))
    fusion.narrow(state, *bounds(40.0, 80.0), np.array([False, True]))
    assert state["allowed_low"][0].tolist() == [50.0, 40.0]
    assert state["allowed_high"][0].tolist() == [80.0, 80.0]


def test_a_vital_that_once_could_not_have_prevented_it_has_no_bounds_any_more() -> None:
    state = {field.name: np.full((field.width, 2), field.default) for field in fusion.FIELDS}
    for low, high in (50.0, 90.0), (np.inf, -np.inf), (50.0, 90.0):
        fusion.narrow(state, *bounds(low, high), np.zeros(2, dtype=np.bool_))
    assert (state["allowed_low"] > state["allowed_high"]).all()
