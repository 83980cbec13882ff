"""A NEWS2 alarm says with which values there were no points."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.logs import START_MS, run
from wardwatch.core.explain_news2 import scores_nothing
from wardwatch.core.news2 import PARAMETERS, News2
from wardwatch.core.reading import Reading
from wardwatch.core.vitals import VITAL_INDEX, VITALS

SCORED = [name for name in PARAMETERS if name in VITAL_INDEX]


def readings(seconds: int, **measured: Any) -> list[Reading]:
    return [
        Reading(patient="p-1", device="e4", observed_at_ms=START_MS + i * 1000, **measured)
        for i in range(seconds)
    ]


@pytest.mark.parametrize("name", SCORED)
def test_the_range_that_scores_nothing_is_all_that_scores_nothing(name: str) -> None:
    def points(value: float) -> int:
        return News2.of(**{name: round(value, 1)}).lowest  # type: ignore[arg-type]

    allowed, step = scores_nothing(name), VITALS[VITAL_INDEX[name]].resolution
    assert points(allowed["at_least"]) == 0
    assert points(allowed["at_least"] - step) > 0
    if "at_most" in allowed:
        assert points(allowed["at_most"]) == 0
        assert points(allowed["at_most"] + step) > 0


def test_what_would_have_prevented_it_are_the_parameters_that_had_points_and_no_others() -> None:
    measured: dict[str, Any] = {"respiratory_rate": 22.0, "heart_rate": 115.0, "body_temperature": 37.0}
    [event] = run(readings(400, **measured, on_oxygen=True, consciousness="A"))
    allowed = event.why["counterfactual"]
    assert set(allowed["vitals"]) == {"respiratory_rate", "heart_rate"}
    assert (allowed["enough"], allowed["on_oxygen"]) == ("all", False)
    assert "consciousness" not in allowed


def test_with_the_values_that_it_names_there_is_no_alarm() -> None:
    measured: dict[str, Any] = {"respiratory_rate": 22.0, "heart_rate": 115.0, "body_temperature": 38.5}
    [event] = run(readings(400, **measured, consciousness="A"))
    bounds = event.why["counterfactual"]["vitals"]
    calm = {name: bounds[name]["at_least"] for name in measured}
    assert run(readings(400, **calm, consciousness="A")) == []
