"""Intervals of shares."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.shares import wilson


def test_without_trials_there_is_no_interval() -> None:
    assert wilson(0, 0) is None


@given(trials=st.integers(1, 10_000), data=st.data())
def test_an_interval_holds_its_share_and_stays_a_share(trials: int, data: st.DataObject) -> None:
    hits = data.draw(st.integers(0, trials))
    interval = wilson(hits, trials)
    assert interval is not None
    low, high = interval
    assert 0.0 <= low <= hits / trials + 1e-12
    assert hits / trials - 1e-12 <= high <= 1.0
