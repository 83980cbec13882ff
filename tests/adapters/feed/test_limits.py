"""The rate limit on a console's messages."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wardwatch.adapters.feed.limits import Allowance, Limits


@given(
    pauses_s=st.lists(st.floats(0, 3), max_size=60),
    a_second=st.integers(1, 20),
    at_once=st.integers(1, 50),
)
def test_in_any_stretch_of_time_there_are_no_more_than_at_once_and_what_the_time_brings(
    pauses_s: list[float], a_second: int, at_once: int
) -> None:
    allowance = Allowance(a_second=a_second, at_once=at_once)
    now_s, spent_at_s = 1000.0, []
    for pause_s in pauses_s:
        now_s += pause_s
        if allowance.spend(now_s):
            spent_at_s.append(now_s)
    for first, began_s in enumerate(spent_at_s):
        for last, ended_s in enumerate(spent_at_s[first:], start=first):
            assert last - first + 1 <= at_once + (ended_s - began_s) * a_second + 1e-6


@given(a_second=st.integers(1, 20), at_once=st.integers(1, 50), messages=st.integers(1, 100))
def test_whoever_keeps_to_the_rate_is_never_refused(a_second: int, at_once: int, messages: int) -> None:
    allowance = Allowance(a_second=a_second, at_once=at_once)
    assert all(allowance.spend(number * (1.000001 / a_second)) for number in range(messages))


def test_a_page_of_two_hundred_beds_can_ask_for_all_of_it_at_once() -> None:
    limits = Limits()
    allowance = Allowance(a_second=limits.messages_a_second, at_once=limits.messages_at_once)
    assert all(allowance.spend(0.0) for _ in range(200))
