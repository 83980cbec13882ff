"""The ward's wall clock: an offset from each instant on, and nothing that could change underneath."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.local_time import LocalTime

HOUR_MS = 3_600_000


def clock(*changes: tuple[int, int]) -> LocalTime:
    """A wall clock of (instant, offset) pairs."""
    return LocalTime(
        from_ms=np.array([at_ms for at_ms, _ in changes]),
        offset_ms=np.array([offset_ms for _, offset_ms in changes]),
    )


def test_an_offset_holds_from_its_instant_until_the_next_one() -> None:
    wall = clock((1000, 10), (2000, 20), (3000, -30))
    at_ms = np.array([1000, 1999, 2000, 2999, 3000, 9000])
    assert wall.of(at_ms).tolist() == [1010, 2009, 2020, 3019, 2970, 8970]


def test_before_the_first_instant_its_offset_holds_as_well() -> None:
    assert clock((1000, 10), (2000, 20)).of(np.array([-5, 999])).tolist() == [5, 1009]


@given(st.lists(st.integers(-(10**15), 10**15)))
def test_utc_is_its_own_wall_clock(at_ms: list[int]) -> None:
    assert LocalTime.utc().of(np.array(at_ms, dtype=np.int64)).tolist() == at_ms


@given(
    st.lists(
        st.tuples(st.integers(0, 50), st.integers(-9, 9)), min_size=1, unique_by=lambda change: change[0]
    ),
    st.lists(st.integers(-10, 60)),
)
def test_each_instant_is_looked_up_alone(changes: list[tuple[int, int]], at_ms: list[int]) -> None:
    changes = sorted(changes)
    expected = [
        at + next((offset for begins, offset in reversed(changes) if begins <= at), changes[0][1])
        for at in at_ms
    ]
    assert clock(*changes).of(np.array(at_ms, dtype=np.int64)).tolist() == expected


def test_two_are_equal_when_their_changes_are() -> None:
    one, same = clock((0, 0), (5, HOUR_MS)), clock((0, 0), (5, HOUR_MS))
    assert one == same
    assert hash(one) == hash(same)
    others = [clock((0, 0), (5, 0)), clock((0, 0), (6, HOUR_MS)), LocalTime.utc(), "UTC"]
    assert all(one != other for other in others)


def test_it_cannot_be_changed_not_even_through_the_arrays_that_it_was_made_from() -> None:
    from_ms, offset_ms = np.array([0, 5]), np.array([0, HOUR_MS])
    wall = LocalTime(from_ms=from_ms, offset_ms=offset_ms)
    from_ms[1], offset_ms[1] = 6, 0
    assert wall == clock((0, 0), (5, HOUR_MS))
    with pytest.raises(ValueError, match="read-only"):
        wall.offset_ms[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        wall.offset_ms = offset_ms  # type: ignore[misc]


@pytest.mark.parametrize(
    ("from_ms", "offset_ms", "complaint"),
    [
        ([], [], "at least one instant"),
        ([0, 1], [0], "an offset for each"),
        ([[0]], [[0]], "at least one instant"),
        ([0, 0], [0, 1], "must rise"),
        ([1, 0], [0, 1], "must rise"),
    ],
)
def test_what_is_no_wall_clock_is_refused(from_ms: object, offset_ms: object, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        LocalTime(from_ms=np.array(from_ms), offset_ms=np.array(offset_ms))
