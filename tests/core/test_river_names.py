"""What a kept state may name: river's own, and a few of the standard library's."""

from __future__ import annotations

import collections
import os
import random
from typing import Any

import pytest
from river import anomaly, stats
from river.utils.vectordict import euclidean_distance_tuple

from wardwatch.core.river_names import RiverError, name_of, named


@pytest.mark.parametrize(
    "thing",
    [anomaly.HalfSpaceTrees, stats.Mean, euclidean_distance_tuple, collections.deque, tuple],
    ids=repr,
)
def test_a_name_leads_back_to_what_it_names(thing: Any) -> None:
    assert named(name_of(thing)) is thing


@pytest.mark.parametrize(
    "thing", [os.system, eval, random.Random, RiverError, test_a_name_leads_back_to_what_it_names]
)
def test_what_is_not_rivers_has_no_name(thing: Any) -> None:
    with pytest.raises(RiverError, match="can't be kept as plain data"):
        name_of(thing)
    with pytest.raises(RiverError, match="may not name"):
        named(f"{thing.__module__}:{thing.__qualname__}")


def test_another_modules_thing_under_rivers_roof_is_not_rivers() -> None:
    assert vars(anomaly.hst)["random"].Random is random.Random
    with pytest.raises(RiverError):
        named("river.anomaly.hst:random.Random")
