"""Wearers' seconds: the same bytes however they are asked for, and bodies that hang together."""

from __future__ import annotations

import hashlib
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardwatch_simulators.living import AT_HOME, ON_THE_WARD, Episode, Population
from wardwatch_simulators.living.population import VITALS
from wardwatch_simulators.living.randomness import Float32s

DAY_MIN, HOUR_MIN = 1440, 60
NINE_S = 9 * 3600


@pytest.fixture(scope="module")
def three_days() -> dict[str, Float32s]:
    """Minutes of 30 people at home."""
    return Population(seed=5, wearers=30).minutes(0, 3 * DAY_MIN)


@given(
    seed=st.integers(0, 2**64),
    wearer=st.integers(0, 299),
    first_s=st.integers(0, 2 * 86_400),
    offset_s=st.integers(0, 200),
    count=st.integers(1, 90),
)
@settings(max_examples=25, deadline=None)
def test_a_wearers_second_is_the_same_whoever_and_whatever_is_asked_for_with_it(
    seed: int, wearer: int, first_s: int, offset_s: int, count: int
) -> None:
    minute_s = first_s // 60 * 60 + 60
    episodes = [Episode(wearer, "sepsis", minute_s - 1800), Episode(wearer, "fall", minute_s)]
    many = Population(seed=seed, wearers=300, episodes=episodes).seconds(first_s, offset_s + count)
    alone = Population(seed=seed, wearers=1, first_wearer=wearer, episodes=episodes)
    one = alone.seconds(first_s + offset_s, count)
    for name in VITALS:
        assert one[name].tobytes() == many[name][wearer, offset_s:].tobytes(), name


def test_pieces_of_a_stream_are_the_whole() -> None:
    population = Population(seed=1, wearers=7)
    whole = population.seconds(NINE_S, 150)
    for at_once_s in (1, 7, 60):
        pieces = list(population.stream(NINE_S, NINE_S + 150, at_once_s))
        for name in VITALS:
            assert (
                np.concatenate([piece[name] for piece in pieces], axis=1).tobytes() == whole[name].tobytes()
            )


def test_the_bytes_are_those_of_every_other_machine() -> None:
    """A golden figure: it changes only when what is simulated is changed on purpose."""
    episodes = [
        Episode(1, "atrial_fibrillation", NINE_S),
        Episode(2, "opioid_respiratory_depression", 31_980),
    ]
    seconds = Population(seed=7, wearers=20, episodes=episodes).seconds(NINE_S, 1200)
    digest = hashlib.blake2b(digest_size=8)
    for name in VITALS:
        digest.update(seconds[name].astype("<f4").tobytes())
    assert digest.hexdigest() == "a2fa00514d712499"


def test_another_seed_gives_other_people() -> None:
    first, second = (Population(seed=seed, wearers=5).seconds(0, 1) for seed in (1, 2))
    assert not (first["heart_rate"] == second["heart_rate"]).any()


def test_who_falls_ill_changes_nothing_for_the_others() -> None:
    well = Population(seed=3, wearers=6).seconds(NINE_S, 300)
    ill = Population(seed=3, wearers=6, episodes=[Episode(2, "pulmonary_embolism", NINE_S)])
    changed = ill.seconds(NINE_S, 300)
    for name in ("heart_rate", "oxygen_saturation", "respiratory_rate"):
        differs = (well[name] != changed[name]).any(axis=1)
        assert differs.tolist() == [False, False, True, False, False, False]


def test_minute_heart_rate_is_correlated_like_that_of_real_wearers(three_days: dict[str, Float32s]) -> None:
    """0.92 to 0.96 from one minute to the next, as measured on recordings."""
    heart = three_days["heart_rate"]
    lag_1 = [np.corrcoef(row[:-1], row[1:])[0, 1] for row in heart]
    assert 0.92 < np.median(lag_1) < 0.96


def test_sleepers_have_slower_hearts_and_breath_lower_pressure_and_warmer_skin(
    three_days: dict[str, Float32s],
) -> None:
    hour = np.arange(3 * DAY_MIN) // HOUR_MIN % 24
    night, day = (hour >= 1) & (hour < 5), (hour >= 10) & (hour < 20)

    def more_by_night(name: str) -> float:
        values = three_days[name]
        return float(values[:, night].mean() - values[:, day].mean())

    assert -20 < more_by_night("heart_rate") < -7
    assert -4 < more_by_night("respiratory_rate") < -1
    assert -25 < more_by_night("systolic_pressure") < -8
    assert 0.5 < more_by_night("skin_temperature") < 2
    assert -0.7 < more_by_night("body_temperature") < -0.2


def test_walking_raises_heart_rate_breathing_and_pressure_and_they_recover(
    three_days: dict[str, Float32s],
) -> None:
    steps = three_days["steps"]
    walked = np.stack([np.convolve(row, np.ones(3), "full")[: len(row)] for row in steps])
    rested = np.stack([np.convolve(row, np.ones(30), "full")[: len(row)] for row in steps]) == 0
    hour = np.arange(3 * DAY_MIN) // HOUR_MIN % 24
    by_day = np.broadcast_to((hour >= 10) & (hour < 20), steps.shape)
    for name, least in (("heart_rate", 15), ("respiratory_rate", 3), ("systolic_pressure", 6)):
        values = three_days[name]
        assert values[by_day & (walked > 240)].mean() - values[by_day & rested].mean() > least, name


def test_people_on_the_ward_walk_less() -> None:
    steps = [
        Population(seed=1, wearers=30, setting=setting).minutes(600, 300)["steps"].sum(axis=1)
        for setting in (AT_HOME, ON_THE_WARD)
    ]
    assert np.median(steps[0]) > 3 * np.median(steps[1])


def test_steps_of_a_second_are_whole_and_few() -> None:
    steps = Population(seed=1, wearers=50).seconds(NINE_S, 3600)["steps"]
    assert set(np.unique(steps)) <= {0.0, 1.0, 2.0, 3.0}
    assert 0.01 < (steps > 0).mean() < 0.3


def test_a_breath_moves_the_heart_rate_at_the_rate_of_breathing() -> None:
    population = Population(seed=2, wearers=30)
    night_s = 3 * 3600
    seconds = population.seconds(night_s, 1200)
    heart = seconds["heart_rate"] - seconds["heart_rate"].mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(heart, axis=1)) ** 2
    per_minute = np.fft.rfftfreq(1200, 1 / 60)
    breathing = (per_minute > 9) & (per_minute < 25)
    strongest = per_minute[breathing][power[:, breathing].argmax(axis=1)]
    breaths = seconds["respiratory_rate"].mean(axis=1)
    assert np.median(np.abs(strongest - breaths)) < 1.0


def test_every_value_is_one_that_a_living_wearer_has(three_days: dict[str, Float32s]) -> None:
    # The bands that score 3 in NEWS2 (Royal College of Physicians 2017): the healthy do not rest in them.
    for name, (low, high) in {
        "oxygen_saturation": (91, 101),
        "respiratory_rate": (8, 25),
        "body_temperature": (35.0, 39.1),
        "systolic_pressure": (80, 220),
    }.items():
        quantiles = np.quantile(three_days[name], [0.001, 0.99])
        assert low < quantiles[0] < quantiles[1] < high, name
    assert np.quantile(three_days["heart_rate"], 0.0001) > 33
    assert three_days["heart_rate"].max() < 208
    assert (three_days["diastolic_pressure"] < three_days["mean_pressure"]).all()
    assert (three_days["mean_pressure"] < three_days["systolic_pressure"]).all()


def test_ten_thousand_wearers_leave_most_of_a_core_free() -> None:
    population = Population(seed=1, wearers=10_000)
    started_s = time.process_time()
    population.seconds(NINE_S, 60)
    # It takes 0.4 s on a machine of 2026 with two cores; 15 is a quarter of what there is.
    assert time.process_time() - started_s < 15


def test_an_episode_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="no wearer number 3"):
        Population(seed=1, wearers=3, episodes=[Episode(3, "fall", 0)])
