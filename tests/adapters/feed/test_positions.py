"""Positions as text: written, read, and refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.adapters.feed.positions import Position, digest_of, parsed

offsets = st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=64)


@given(st.integers(0, 2**64 - 1), offsets)
def test_what_is_written_can_be_read(check: int, at: list[int]) -> None:
    position = Position(check, tuple(at))
    assert parsed(str(position)) == position


@given(st.text(max_size=60))
def test_any_other_text_is_no_position(text: str) -> None:
    position = parsed(text)
    assert position is None or len(position.offsets) >= 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "0123456789abcdef",
        "0123456789abcdef:",
        "0123456789abcdef:1.",
        "0123456789abcdef:.1",
        "0123456789abcdef:-1",
        "0123456789abcdef:1\n",
        "0123456789abcdeg:1",
        "0123456789ABCDEF:1",
        "123:1",
        "0123456789abcdef:" + "9" * 20,
        "0123456789abcdef:\u0661",
        '{"0": 41}',
    ],
)
def test_these_are_no_positions(text: str) -> None:
    assert parsed(text) is None


@given(
    st.integers(0, 3), st.integers(0, 100), st.binary(), st.integers(0, 3), st.integers(0, 100), st.binary()
)
def test_a_record_is_known_by_its_place_too(
    partition: int, offset: int, record: bytes, other_partition: int, other_offset: int, other: bytes
) -> None:
    same = (partition, offset, record) == (other_partition, other_offset, other)
    assert (digest_of(partition, offset, record) == digest_of(other_partition, other_offset, other)) is same
