"""How hard wearers are moved: as real ones are at rest, more when they walk, and hardest when they fall."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch_simulators.living import AT_HOME, ON_THE_WARD, Episode, Population
from wardwatch_simulators.living.randomness import Float32s

NINE_S, NIGHT_S = 9 * 3600, 3 * 3600
ONSET_S = NINE_S + 600


def moved(first_s: int, seconds: int, *, falls: float | None = None) -> dict[str, Float32s]:
    episodes = [] if falls is None else [Episode(wearer, "fall", ONSET_S, falls) for wearer in range(60)]
    population = Population(seed=5, wearers=60, setting=ON_THE_WARD, episodes=episodes)
    return population.seconds(first_s, seconds)


def test_seconds_of_rest_are_as_those_of_real_wearers() -> None:
    """Half above 0.012 g, a hundredth above 0.18 and one in a thousand above 0.32: stress_predict_e4."""
    found = np.quantile(moved(NINE_S, 3600)["activity"], [0.5, 0.99, 0.999])
    np.testing.assert_allclose(found, [0.012, 0.18, 0.32], rtol=0.25)


def test_who_walks_is_moved_more_and_who_sleeps_less() -> None:
    by_day = moved(NINE_S, 3600)
    walking = by_day["steps"] > 0
    assert np.median(by_day["activity"][walking]) > 2 * np.median(by_day["activity"][~walking])
    assert moved(NIGHT_S, 1800)["activity"].mean() < 0.8 * by_day["activity"][~walking].mean()


def test_nobody_who_is_well_on_a_ward_is_moved_as_by_an_impact() -> None:
    assert moved(NINE_S, 3600)["activity"].max() < 0.55


@pytest.mark.parametrize(("severity", "least"), [(1.0, 0.55), (0.5, 0.35)])
def test_a_fall_is_an_impact_and_then_lying_still_without_a_step(severity: float, least: float) -> None:
    fallen = moved(ONSET_S, 1200, falls=severity)
    assert fallen["activity"][:, :4].max(axis=1).min() > least
    assert np.quantile(fallen["activity"][:, 5:120], 0.99) < 0.1
    assert not fallen["steps"][:, :120].any()


def test_where_in_a_second_a_fall_begins_is_chance() -> None:
    """So that some are cut in two by the readings, as real ones are."""
    hardest = moved(ONSET_S, 4, falls=1.0)["activity"].max(axis=1)
    assert hardest.min() < 0.75
    assert hardest.max() > 0.95


def test_a_fall_is_the_same_whatever_seconds_are_asked_for_with_it() -> None:
    whole = moved(ONSET_S - 5, 20, falls=1.0)["activity"]
    for at in range(0, 20, 4):
        part = moved(ONSET_S - 5 + at, 4, falls=1.0)["activity"]
        assert part.tobytes() == np.ascontiguousarray(whole[:, at : at + 4]).tobytes()


def test_runners_at_home_are_moved_hardest() -> None:
    seconds = Population(seed=1, wearers=200, setting=AT_HOME).seconds(17 * 3600, 1200)
    runs = seconds["steps"] >= 3
    assert np.median(seconds["activity"][runs]) > 0.2
