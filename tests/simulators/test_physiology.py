"""Bodies: noise like that of real wearers, and vital signs that hang together."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch_simulators.physiology import CHANNELS, HEART_RATE, TEMPERATURE, Bodies, FloatArray

HOUR_S = 3600


def run(count: int, seconds: int, *, lying_still: bool = False) -> tuple[FloatArray, FloatArray]:
    """Vital signs as (seconds, channels, wearers), and steps as (seconds, wearers)."""
    bodies = Bodies(count, np.random.default_rng(1))
    severity = np.full(count, 1.0 if lying_still else 0.0)
    unharmed = np.zeros((len(CHANNELS), count))
    steps = [bodies.step(unharmed, severity) for _ in range(seconds)]
    return np.array([values for values, _ in steps]), np.array([taken for _, taken in steps])


def test_minute_heart_rate_is_correlated_like_that_of_real_wearers() -> None:
    """0.92 to 0.96 from one minute to the next, as measured on recordings."""
    values, _ = run(40, 8 * HOUR_S, lying_still=True)
    minutes = values[:, HEART_RATE].reshape(-1, 60, 40).mean(axis=1)
    lag_1 = [np.corrcoef(minutes[:-1, i], minutes[1:, i])[0, 1] for i in range(40)]
    assert 0.90 < np.median(lag_1) < 0.97


def test_noise_does_not_grow_with_time() -> None:
    values, _ = run(200, 4 * HOUR_S, lying_still=True)
    spread = values[:, HEART_RATE].std(axis=1)
    assert spread[-1] == pytest.approx(spread[0], rel=0.25)


def test_wearers_walk_some_of_the_time_and_take_one_or_two_steps_a_second() -> None:
    _, steps = run(50, HOUR_S)
    assert set(np.unique(steps)) == {0.0, 1.0, 2.0}
    assert 0.02 < (steps > 0).mean() < 0.2


def test_who_is_very_ill_does_not_walk() -> None:
    _, steps = run(50, HOUR_S, lying_still=True)
    assert not steps.any()


def test_fever_raises_the_heart_rate_by_ten_a_degree() -> None:
    fever = np.zeros((len(CHANNELS), 1))
    fever[TEMPERATURE] = 2.0
    (calm, _), (feverish, _) = (
        Bodies(1, np.random.default_rng(1)).step(illness, np.zeros(1)) for illness in (0 * fever, fever)
    )
    assert (feverish - calm)[HEART_RATE, 0] == pytest.approx(20.0)
    assert (feverish - calm)[TEMPERATURE, 0] == pytest.approx(2.0)
