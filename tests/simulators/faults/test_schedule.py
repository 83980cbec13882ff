"""Faults by chance come as often as their rates say, and to the same wearers whoever else is asked for."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from wardwatch_simulators.faults import FAULT_KINDS, REALISTIC, Fault
from wardwatch_simulators.faults.schedule import Schedule
from wardwatch_simulators.living.randomness import wearer_keys


def schedule(wearers: range, told: tuple[Fault, ...] = ()) -> Schedule:
    numbers = np.array(wearers, dtype=np.int64)
    return Schedule(wearers=numbers, keys=wearer_keys(3, numbers), mixture=REALISTIC, told=told)


def test_each_kind_comes_as_often_as_its_rate_says() -> None:
    wearers, hours = 4000, 24
    came = Counter(fault.kind for hour in range(hours) for fault in schedule(range(wearers)).of_hour(hour))
    for name, kind in FAULT_KINDS.items():
        # Four standard deviations of a Poisson count.
        expected = kind.a_day * wearers
        assert came[name] == pytest.approx(expected, abs=4 * expected**0.5)


def test_times_and_severities_lie_within_those_of_the_kind() -> None:
    for fault in schedule(range(500)).of_hour(7):
        kind = FAULT_KINDS[fault.kind]
        assert 7 * 3600 <= fault.from_s < 8 * 3600
        assert kind.lasts_s[0] <= fault.until_s - fault.from_s <= kind.lasts_s[1]
        assert kind.severities[0] <= fault.severity <= kind.severities[1]


def test_a_wearer_has_the_same_faults_whoever_else_is_asked_for() -> None:
    of_all = [fault for fault in schedule(range(300)).of_hour(5) if 100 <= fault.wearer < 200]
    assert of_all
    assert schedule(range(100, 200)).of_hour(5) == of_all


def test_what_was_told_stands_among_what_comes_by_chance() -> None:
    told = Fault(7250, 3, "off_body", 7300)
    assert told in schedule(range(10), (told,)).of_hour(2)
    assert told not in schedule(range(10), (told,)).of_hour(1)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ((0, 0, "rust", 9), "There is no fault 'rust'; there are drift"),
        ((0, 0, "drift", 9, 0.0), "severity must be above 0"),
        ((9, 0, "drift", 9), "a fault must last"),
    ],
)
def test_a_fault_that_can_not_be_is_refused(arguments: tuple[int, int, str, int], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Fault(*arguments)
