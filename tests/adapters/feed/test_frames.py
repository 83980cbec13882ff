"""Frames are those that the library would send for the same text, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from wardwatch.adapters.feed.frames import PING_FRAME, in_pieces, text_frame


@pytest.mark.parametrize("length", [0, 1, 124, 125, 126, 127, 128, 255, 256, 65_535, 65_536, 70_000, 2**20])
def test_a_text_of_any_length_is_framed_as_the_library_frames_it(length: int) -> None:
    payload = b"x" * length
    assert text_frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


@given(st.text())
def test_any_text_is_framed_as_the_library_frames_it(text: str) -> None:
    assert text_frame(text.encode()) == Frame(Opcode.TEXT, text.encode()).serialize(mask=False)


def test_so_is_a_ping() -> None:
    assert Frame(Opcode.PING, b"").serialize(mask=False) == PING_FRAME


@given(st.lists(st.binary(min_size=1, max_size=40_000), max_size=12))
def test_frames_are_joined_in_order_into_pieces_of_a_moderate_size(frames: list[bytes]) -> None:
    pieces = in_pieces(frames)
    assert b"".join(joined for joined, _ in pieces) == b"".join(frames)
    assert sum(count for _, count in pieces) == len(frames)
    begun = 0
    for joined, count in pieces:
        assert joined == b"".join(frames[begun : begun + count]), "no frame is cut"
        assert count == 1 or len(joined) < 64 * 1024 + 40_000
        begun += count
