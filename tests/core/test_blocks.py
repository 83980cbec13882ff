"""Blocks: patients as bytes, and back."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from wardwatch.core.blocks import Block, SnapshotError, decode, encode

NAMES = st.text(max_size=8)
TYPES = st.sampled_from(["f4", "f8", "i1", "i4", "i8", "u1"])


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    """Any number of patients, with any columns of numbers or rows of numbers."""
    patients = draw(st.lists(st.lists(NAMES, min_size=3, max_size=3), max_size=4))
    count = len(patients)
    shapes = st.sampled_from([(count,), (count, 1), (count, 3)])
    columns = draw(st.dictionaries(NAMES, arrays.arrays(TYPES, shapes), max_size=4))
    away = draw(st.lists(st.lists(NAMES, min_size=3, max_size=3), max_size=2))
    of_kind = st.dictionaries(NAMES, st.binary(max_size=20), max_size=2)
    attached = draw(st.dictionaries(st.sampled_from(("river", "alarms")), of_kind))
    return Block(patients=patients, away=away, attached=attached, columns=columns)


@given(blocks())
def test_what_is_decoded_is_what_was_encoded_to_the_last_bit(block: Block) -> None:
    again = decode(encode(block))
    assert (again.patients, again.away, again.attached) == (block.patients, block.away, block.attached)
    assert list(again.columns) == list(block.columns)
    for name, numbers in block.columns.items():
        assert again.columns[name].dtype == numbers.dtype
        assert again.columns[name].shape == numbers.shape
        assert again.columns[name].tobytes() == numbers.tobytes()


def test_a_block_of_before_patients_were_dropped_or_anything_attached_to_them_is_read() -> None:
    head = json.dumps({"v": 1, "columns": [["rate", "f8", None]], "patients": [["p", "4B", ""]]}).encode()
    block = decode(len(head).to_bytes(4, "little") + head + np.array([72.0]).tobytes())
    assert (block.away, block.attached, block.columns["rate"].tolist()) == ([], {}, [72.0])


@pytest.mark.parametrize("damage", ["cut", "empty", "other version", "not JSON", "not a block"])
def test_what_is_no_block_is_refused(damage: str) -> None:
    good = encode(Block(patients=[["p", "", ""]], away=[], attached={}, columns={"rate": np.ones(1)}))
    bad = {
        "cut": good[:-1],
        "empty": b"",
        "other version": good.replace(b'"v":1', b'"v":2'),
        "not JSON": b"\x05\0\0\0hello",
        "not a block": b"\x02\0\0\0[]",
    }[damage]
    with pytest.raises(SnapshotError):
        decode(bad)


def test_what_was_attached_when_there_was_one_kind_only_is_rivers() -> None:
    block = Block(patients=[["p", "", ""]], away=[], attached={"river": {"p": b"state"}}, columns={})
    payload = encode(block)
    nested, flat = b'"attached":{"river":{"p":"c3RhdGU="}}', b'"attached":{"p":"c3RhdGU="}'
    length = int.from_bytes(payload[:4], "little")
    head = payload[4 : 4 + length].replace(nested, flat)
    assert len(head) < length
    former = len(head).to_bytes(4, "little") + head + payload[4 + length :]
    assert decode(former).attached == block.attached
