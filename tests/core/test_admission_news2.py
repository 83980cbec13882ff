"""What the roster says of oxygen and of the saturation's scale counts in NEWS2 from its arrival on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.admissions import admitted, entry, high, ticked, told
from tests.support.logs import START_MS, run, unattended
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Reading


def reading(at_s: float, **measured: Any) -> Reading:
    return Reading(patient="p-1", device="e4", observed_at_ms=START_MS + round(at_s * 1000), **measured)


HYPERCAPNIC = {"oxygen_saturation": 90.0, "heart_rate": 95.0, "respiratory_rate": 22.0}


def total(monitor: Monitor) -> int:
    [status] = monitor.statuses(["p-1"])
    return status.news2.lowest


def test_scale_2_and_oxygen_of_the_roster_count_in_news2() -> None:
    monitor = unattended()
    run([reading(0, **HYPERCAPNIC)], monitor)
    # 3 for the saturation, 1 for the pulse, 2 for the respiration.
    assert total(monitor) == 6
    admitted(monitor, entry(1, news2_scale_2=True))
    assert total(monitor) == 3
    admitted(monitor, entry(2, news2_scale_2=True, on_oxygen=True))
    assert total(monitor) == 5
    admitted(monitor, entry(3))
    assert total(monitor) == 6


def test_a_news2_alarm_goes_by_the_scale_from_the_lines_arrival_on() -> None:
    monitor = unattended()
    low = {"oxygen_saturation": {"low": 85}}
    admitted(monitor, entry(0, low, news2_scale_2=True))
    run([reading(second, **HYPERCAPNIC) for second in range(100)], monitor)
    # With oxygen 5 points: a third of a band beyond 4.
    admitted(monitor, entry(101, low, news2_scale_2=True, on_oxygen=True))
    [event] = ticked(monitor, 101 + 239)
    assert (event.condition, event.onset_ms) == ("news2.high", START_MS + 101_000)
    assert told([event]) == [("start", "medium", 339.11)]
    assert event.why["saturation_scale"] == 2
    assert event.why["points"]["on_oxygen"] == 2


def test_oxygen_of_the_roster_holds_until_a_reading_says_otherwise() -> None:
    monitor = unattended()
    admitted(monitor, entry(0, on_oxygen=True))
    run([reading(1, heart_rate=80.0)], monitor)
    run([reading(20 * 3600, heart_rate=80.0)], monitor)
    assert total(monitor) == 2, "it does not grow old"
    run([reading(20 * 3600 + 1, on_oxygen=False)], monitor)
    assert total(monitor) == 0
    admitted(monitor, entry(20 * 3600 + 2, high(120), on_oxygen=True))
    assert total(monitor) == 0, "that is only what was said before"
    admitted(monitor, entry(20 * 3600 + 3), entry(20 * 3600 + 4, on_oxygen=True))
    assert total(monitor) == 2


def test_what_a_reading_said_later_than_the_roster_holds_in_either_order() -> None:
    for roster_first in True, False:
        monitor = unattended()
        if roster_first:
            admitted(monitor, entry(5, on_oxygen=True))
        run([reading(10, heart_rate=80.0, on_oxygen=False)], monitor)
        if not roster_first:
            admitted(monitor, entry(5, on_oxygen=True))
        assert total(monitor) == 0


@pytest.mark.parametrize("scale_2", [False, True])
def test_the_values_that_an_alarm_allows_score_nothing(*, scale_2: bool) -> None:
    monitor = unattended()
    admitted(monitor, entry(0, news2_scale_2=scale_2, on_oxygen=True))
    low = {"oxygen_saturation": 84.0, "heart_rate": 80.0, "respiratory_rate": 22.0}
    events = run([reading(second, **low) for second in range(300)], monitor)
    event = next(event for event in events if event.condition == "news2.high")
    allowed = event.why["counterfactual"]["vitals"]["oxygen_saturation"]
    assert allowed == ({"at_least": 88.0, "at_most": 92.0} if scale_2 else {"at_least": 96.0})
    assert event.why["saturation_scale"] == (2 if scale_2 else 1)
