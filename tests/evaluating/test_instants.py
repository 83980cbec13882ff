import numpy as np
import pytest

from tests.support.hourly_stays import HOUR_MS, hourly_stay
from wardwatch.evaluating.instants import Instants


def test_instants_stand_stay_after_stay_and_windows_are_ranges_of_them() -> None:
    instants = Instants.of([hourly_stay(3), hourly_stay(0), hourly_stay(6, event=(1, 2, 3))])
    assert instants.stay.tolist() == [0] * 3 + [2] * 6
    assert instants.first.tolist() == [0, 3, 3, 9]
    assert instants.within.tolist() == [4, 5, 6]
    assert (instants.event_first.tolist(), instants.event_last.tolist()) == ([4], [7])
    assert instants.event_stay.tolist() == [2]
    assert instants.event_onset_ms.tolist() == [2 * HOUR_MS]
    assert instants.days.tolist() == [3 / 24, 0.0, 6 / 24]
    assert instants.sums(np.arange(9.0)).tolist() == [3.0, 0.0, 33.0]


def test_windows_may_reach_beyond_a_stay_or_hold_nothing_of_it() -> None:
    instants = Instants.of([hourly_stay(4, event=(-5, -2, 1)), hourly_stay(4, event=(10, 11, 12))])
    assert instants.event_first.tolist() == [0, 8]
    assert instants.event_last.tolist() == [2, 8]


def test_no_stays_are_no_instants() -> None:
    assert len(Instants.of([]).at_ms) == 0


def test_a_method_must_say_something_at_each_instant() -> None:
    instants = Instants.of([hourly_stay(3)])
    assert instants.joined([np.array([1.0, np.nan, 2.0])]).tolist() == [1.0, -np.inf, 2.0]
    with pytest.raises(ValueError, match="one score for each instant"):
        instants.joined([np.zeros(2)])
