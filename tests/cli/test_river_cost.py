"""What a detector of river costs, measured."""

from __future__ import annotations

import tracemalloc

import pytest

from tests.support.river_specs import HEART_RATE, SPECS
from wardwatch.cli.river_cost import Cost, measure
from wardwatch.core.river_plugin import RiverError, RiverPanel, RiverSpec


def test_more_trees_take_more_room() -> None:
    small, large = (
        measure(
            RiverSpec("HalfSpaceTrees", {"n_trees": trees, "height": 5, "window_size": 10}, HEART_RATE, 0.9)
        )
        for trees in (1, 12)
    )
    assert 0 < 8 * small.bytes_a_patient < large.bytes_a_patient
    assert 0 < 3 * small.saved_bytes_a_patient < large.saved_bytes_a_patient
    assert small.microseconds_an_update > 0
    assert small.microseconds_a_save > 0
    assert not tracemalloc.is_tracing()


def test_a_window_is_full_before_it_is_weighed() -> None:
    """At least a float object, 24 bytes, for each of the 1,000 values that the window holds."""
    cost = measure(RiverSpec("LocalOutlierFactor", {}, HEART_RATE, 3))
    assert cost.bytes_a_patient > 24 * 1000


def test_the_bytes_of_a_checkpoint_are_those_of_a_panel() -> None:
    cost = measure(SPECS["deviation"])
    panel = RiverPanel([SPECS["deviation"]])
    for step in range(1_100):
        panel.take("p-1", {"heart_rate": 60.0 + step % 31}, learning=True)
    assert cost.saved_bytes_a_patient == pytest.approx(len(panel.state_of("p-1")), abs=30)


def test_the_share_of_a_core_rises_with_the_rate() -> None:
    cost = Cost(microseconds_an_update=500, bytes_a_patient=1, microseconds_a_save=1, saved_bytes_a_patient=1)
    assert cost.share_of_a_core(100) == 0.05
    assert cost.share_of_a_core(2000) == 1.0


def test_a_detector_that_cannot_be_used_is_not_measured() -> None:
    with pytest.raises(RiverError):
        measure(RiverSpec("HalfSpaceTree", {}, HEART_RATE, 0.9))
