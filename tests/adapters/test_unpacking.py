"""Records to readings: quick where all is in order, and exact where it isn't."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_records import FakeRecord, reading_record
from wardwatch.adapters.records import Record
from wardwatch.adapters.unpacking import unpack
from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.rejections import decode_rejection
from wardwatch.wire.topics import READINGS

DECODER = ReadingDecoder()


def decode(record: Record) -> Any:
    return DECODER.decode(record.value)


GOOD = [reading_record(offset, f"p-{offset % 2}", at_ms=7 + offset) for offset in range(3, 7)]
UNREADABLE = FakeRecord(READINGS, 9, b"p-1", b"{", 12)
WRONG_KEY = FakeRecord(READINGS, 9, b"p-2", reading_record(9).value, 12)


@pytest.mark.parametrize("decode_all", [None, DECODER.decode_all], ids=["one by one", "at once"])
def test_offsets_and_arrivals_are_those_of_the_records(decode_all: object) -> None:
    unpacked = unpack(GOOD, decode, None, decode_all)  # type: ignore[arg-type]
    assert unpacked.offsets == [3, 4, 5, 6]
    assert unpacked.arrived_at_ms == [10, 11, 12, 13]
    assert [reading.patient for reading in unpacked.decoded] == ["p-1", "p-0", "p-1", "p-0"]


@pytest.mark.parametrize(("bad", "reason"), [(UNREADABLE, "not_json"), (WRONG_KEY, "wrong_key")])
def test_one_bad_record_is_rejected_and_the_others_are_the_same(bad: FakeRecord, reason: str) -> None:
    unpacked = unpack([*GOOD[:2], bad, *GOOD[2:]], decode, None, DECODER.decode_all)
    assert unpacked.offsets == [3, 4, 5, 6]
    (message,) = unpacked.rejections
    rejection = decode_rejection(message.value)
    assert (rejection.reason, rejection.topic, rejection.offset) == (reason, READINGS, 9)
    assert message.key == bad.key
    assert unpacked.refused == [(bad, rejection.detail)]


def test_a_rejection_does_not_repeat_the_payload() -> None:
    bad = FakeRecord(READINGS, 9, b"p-1", b'{"patient": "p-secret"}')
    (message,) = unpack([bad], decode, None).rejections
    assert b"p-secret" not in (message.value or b"p-secret")


def test_what_is_not_new_is_left_out() -> None:
    unpacked = unpack(GOOD, decode, lambda patient, offset: patient == "p-1" and offset > 3)
    assert unpacked.offsets == [5]
