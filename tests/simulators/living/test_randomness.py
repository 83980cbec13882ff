"""Random numbers by place: distributed as they say, and unrelated to one another."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch_simulators.living.randomness import (
    Keys,
    above,
    normals,
    purpose_keys,
    sine,
    uniforms,
    wandering,
    wearer_keys,
)


def keys(wearers: int = 50, seed: int = 1) -> Keys:
    return wearer_keys(seed, np.arange(wearers))


def test_normals_are_normal() -> None:
    draws = normals(keys(), np.arange(2000)).ravel()
    assert abs(draws.mean()) < 0.01
    assert draws.std() == pytest.approx(1, abs=0.01)
    for limit, share in ((1.0, 0.1587), (2.0, 0.0228), (3.0, 0.00135)):
        assert (draws > limit).mean() == pytest.approx(share, rel=0.1)
        assert (draws < -limit).mean() == pytest.approx(share, rel=0.1)


def test_uniforms_fill_the_range_evenly() -> None:
    draws = uniforms(keys(), np.arange(2000)).ravel()
    counts = np.histogram(draws, bins=20, range=(0, 1))[0]
    assert counts.sum() == draws.size
    # Chi squared of 19 degrees of freedom: 43.8 is passed once in a thousand.
    assert ((counts - draws.size / 20) ** 2 / (draws.size / 20)).sum() < 43.8


def test_wearers_purposes_counters_lanes_and_seeds_are_unrelated() -> None:
    draws = normals(keys(), np.arange(2000))
    pairs = [
        (draws[0], draws[1]),
        (draws[:, :-1], draws[:, 1:]),
        (draws[:, :, 0], draws[:, :, 3]),
        (draws, normals(purpose_keys(keys(), "a"), np.arange(2000))),
        (
            normals(purpose_keys(keys(), "a"), np.arange(2000)),
            normals(purpose_keys(keys(), "b"), np.arange(2000)),
        ),
        (draws, normals(keys(seed=2), np.arange(2000))),
    ]
    for first, second in pairs:
        assert abs(np.corrcoef(first.ravel(), second.ravel())[0, 1]) < 4 / np.sqrt(first.size)


def test_wandering_noise_has_the_same_size_at_any_time_and_forgets_itself() -> None:
    noise = wandering(keys(2000), np.arange(-100, 300), 50)[:, :, 0]
    assert np.abs(noise.mean(axis=0)).max() < 0.1
    np.testing.assert_allclose(noise.std(axis=0), 1, atol=0.08)
    lagged = {lag: np.corrcoef(noise[:, 100], noise[:, 100 + lag])[0, 1] for lag in (1, 25, 200)}
    assert lagged[1] > 0.99
    assert 0.5 < lagged[25] < 0.95
    assert abs(lagged[200]) < 0.1


def test_wandering_noise_needs_no_past() -> None:
    whole = wandering(keys(3), np.arange(1000), 37)
    np.testing.assert_array_equal(wandering(keys(3), np.arange(611, 640), 37), whole[:, 611:640])


def test_tables_are_those_of_the_functions() -> None:
    np.testing.assert_allclose(sine()[[0, 1024, 2048, 3072]], [0, 1, 0, -1], atol=1e-4)
    np.testing.assert_allclose(
        above(np.array([-9, 0, 1.96, 9], dtype=np.float32)), [1, 0.5, 0.025, 0], atol=2e-3
    )
