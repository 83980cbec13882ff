"""Simulated wearers are like the real ones of the recordings, in the figures that the benchmark gives."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.realism import compared, told_apart
from benchmarks.realism_measures import walking
from benchmarks.realism_recordings import Minutes, real_minutes, simulated_minutes

pytestmark = pytest.mark.recordings


@pytest.fixture(scope="module")
def both(recordings_folder: Path) -> tuple[list[Minutes], list[Minutes]]:
    return real_minutes(recordings_folder), simulated_minutes(seed=7, wearers=24, days=3)


@pytest.fixture(scope="module")
def figures(both: tuple[list[Minutes], list[Minutes]]) -> dict[str, Any]:
    return compared(*both)


def test_told_only_an_hour_of_heart_rates_nobody_can_tell_which_are_simulated(
    both: tuple[list[Minutes], list[Minutes]],
) -> None:
    found = told_apart(*both, seed=7, learners=("logistic_regression",))
    assert found["logistic_regression"]["auc"] <= 0.75
    assert min(found["real_hours"], found["simulated_hours"]) > 1000


def test_the_simulated_median_lies_within_the_real_wearers(figures: dict[str, Any]) -> None:
    for name in ("heart_rate_percentiles", "autocorrelation", "differences_asleep", "differences_awake"):
        real, median = figures[name]["real"], np.array(figures[name]["simulated"]["median"])
        assert (np.array(real["lowest"]) <= median).all(), name
        assert (median <= np.array(real["highest"])).all(), name


def test_minutes_remember_one_another_as_those_of_real_wearers(figures: dict[str, Any]) -> None:
    assert 0.92 <= figures["autocorrelation"]["simulated"]["median"][0] <= 0.96
    real, simulated = (figures["autocorrelation"][of]["median"] for of in ("real", "simulated"))
    np.testing.assert_allclose(simulated, real, atol=0.15)


def test_the_day_goes_as_that_of_real_wearers(figures: dict[str, Any]) -> None:
    assert figures["day_profile"]["correlation"] > 0.85
    assert figures["step_profile"]["correlation"] > 0.85


def test_who_never_walks_has_no_bouts() -> None:
    assert walking(Minutes(np.full(1440, 70.0), np.zeros(1440))) == [0.0] * 8
