"""Rejections on the wire."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given

from tests.support.records import rejections
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.rejections import Rejection, decode_rejection, encode_rejection

REJECTION = Rejection(reason="not_json", detail="Not JSON.", topic="vitals.readings", partition=3, offset=812)


@given(rejection=rejections())
def test_what_is_written_is_what_is_read(rejection: Rejection) -> None:
    assert decode_rejection(encode_rejection(rejection)) == rejection


def test_a_rejection_says_where_the_record_stands_and_leaves_out_what_is_not_known() -> None:
    fields: dict[str, Any] = msgspec.json.decode(encode_rejection(REJECTION))
    assert fields == {
        "v": 1,
        "reason": "not_json",
        "detail": "Not JSON.",
        "topic": "vitals.readings",
        "partition": 3,
        "offset": 812,
    }


def test_a_rejection_of_a_later_sender_with_a_field_more_is_read() -> None:
    payload = encode_rejection(REJECTION)[:-1] + b',"severity":"error"}'
    assert decode_rejection(payload) == REJECTION


@pytest.mark.parametrize("field", ["v", "reason", "detail", "topic", "partition", "offset"])
def test_a_rejection_without_a_required_field_is_refused(field: str) -> None:
    fields: dict[str, Any] = msgspec.json.decode(encode_rejection(REJECTION))
    del fields[field]
    with pytest.raises(Unreadable, match=f"`{field}`") as refusal:
        decode_rejection(msgspec.json.encode(fields))
    assert refusal.value.fault == Fault.MISSING_FIELD
