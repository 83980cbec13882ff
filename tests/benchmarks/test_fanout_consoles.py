"""What counts frames must read them as they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from benchmarks.fanout_consoles import Frames, masked


@given(
    st.lists(st.sampled_from([0, 1, 125, 126, 65_535, 65_536]), max_size=5),
    st.lists(st.integers(1, 70_000), max_size=20),
)
def test_frames_are_found_however_they_are_cut(lengths: list[int], cuts: list[int]) -> None:
    payloads = [b"%d" % (number % 10) * length for number, length in enumerate(lengths)]
    stream = b"".join(Frame(Opcode.TEXT, payload).serialize(mask=False) for payload in payloads)
    frames, found, place = Frames(), list[tuple[int, bytes]](), 0
    for cut in [*cuts, len(stream)]:
        found += frames.feed(stream[place : place + cut])
        place += cut
    assert found == [(Opcode.TEXT, payload) for payload in payloads]


@given(st.binary(max_size=300))
def test_what_is_sent_can_be_read_by_a_server(payload: bytes) -> None:
    reader = StreamReader()
    reader.feed_data(masked(Opcode.TEXT, payload))
    with pytest.raises(StopIteration) as parsed:
        next(Frame.parse(reader.read_exact, mask=True))
    assert parsed.value.value.data == payload
