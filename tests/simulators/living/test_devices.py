"""Kinds of devices: each measures what it can, in its own time, and writes whole steps of the chart."""

from __future__ import annotations

import numpy as np
import pytest

from wardwatch_simulators.living import DEVICE_KINDS, Population
from wardwatch_simulators.living.devices import DECIMALS

NINE_S = 9 * 3600
POPULATION = Population(seed=4, wearers=6)


@pytest.mark.parametrize("name", DEVICE_KINDS)
def test_a_kind_measures_its_vitals_as_often_as_it_says(name: str) -> None:
    kind = DEVICE_KINDS[name]
    measured = kind.measured(POPULATION, NINE_S, 900)
    assert measured.keys() == kind.every_s.keys()
    for vital, every_s in kind.every_s.items():
        assert np.isfinite(measured[vital]).sum(axis=1).tolist() == [900 // every_s] * len(POPULATION)


def test_devices_are_not_in_step() -> None:
    cuffs = np.isfinite(DEVICE_KINDS["ward_set"].measured(POPULATION, NINE_S, 300)["systolic_pressure"])
    assert len(set(cuffs.argmax(axis=1).tolist())) == len(POPULATION)


def test_values_are_written_in_steps_of_the_chart() -> None:
    measured = DEVICE_KINDS["ward_set"].measured(POPULATION, NINE_S, 300)
    for vital, values in measured.items():
        known = values[np.isfinite(values)]
        factor = 10 ** DECIMALS.get(vital, 0)
        np.testing.assert_allclose(known * factor, np.rint(known * factor), atol=1e-3)


def test_a_device_shows_the_mean_of_the_latest_seconds() -> None:
    body = POPULATION.seconds(NINE_S, 100)["heart_rate"]
    shown = DEVICE_KINDS["oximeter"].measured(POPULATION, NINE_S + 50, 1)["heart_rate"][:, 0]
    np.testing.assert_allclose(shown, body[:, 43:51].mean(axis=1), atol=0.51)


def test_no_step_is_lost_by_who_measures_rarely() -> None:
    taken = POPULATION.seconds(NINE_S, 3600)["steps"].sum(axis=1)
    told = np.nansum(DEVICE_KINDS["tracker"].measured(POPULATION, NINE_S, 3600)["steps"], axis=1)
    np.testing.assert_allclose(told, taken, atol=250)  # those of the first and the last minute


def test_the_same_bytes_in_any_pieces() -> None:
    kind = DEVICE_KINDS["ward_set"]
    whole = kind.measured(POPULATION, NINE_S, 130)
    pieces = [kind.measured(POPULATION, NINE_S + at_s, 13) for at_s in range(0, 130, 13)]
    for vital, values in whole.items():
        assert np.concatenate([piece[vital] for piece in pieces], axis=1).tobytes() == values.tobytes()
