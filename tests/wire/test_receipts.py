"""Receipts on the wire."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from tests.support.records import receipts
from wardwatch.core.alarming.commands import Receipt, Verb, Verdict
from wardwatch.core.events import Actor, Role
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.receipts import decode_receipt, encode_receipt, receipt_fields

RECEIPT = Receipt(
    command="c-1",
    patient="p-17",
    verb=Verb.ACKNOWLEDGE,
    by=Actor(name="Anna Berg", role=Role.NURSE),
    at_ms=1795288033250,
    verdict=Verdict.DONE,
    sentence="Acknowledged.",
    alarm="a1b2c3",
    until_ms=1795288633250,
)


@given(receipt=receipts())
def test_what_is_written_is_what_is_read(receipt: Receipt) -> None:
    assert decode_receipt(encode_receipt(receipt)) == receipt


def test_a_receipt_says_who_wanted_what_and_what_became_of_it() -> None:
    fields = msgspec.json.decode(encode_receipt(RECEIPT))
    assert fields == receipt_fields(RECEIPT)
    assert fields == {
        "v": 1,
        "command": "c-1",
        "patient": "p-17",
        "verb": "acknowledge",
        "by": {"name": "Anna Berg", "role": "nurse"},
        "at_ms": 1795288033250,
        "verdict": "done",
        "sentence": "Acknowledged.",
        "alarm": "a1b2c3",
        "label": None,
        "text": None,
        "until_ms": 1795288633250,
    }


def test_a_receipt_of_a_later_sender_with_a_field_more_is_read() -> None:
    assert decode_receipt(encode_receipt(RECEIPT)[:-1] + b',"station":"4B"}') == RECEIPT


@pytest.mark.parametrize("field", ["v", "command", "patient", "verb", "by", "at_ms", "verdict", "sentence"])
def test_a_receipt_without_a_required_field_is_refused(field: str) -> None:
    fields = receipt_fields(RECEIPT)
    del fields[field]
    with pytest.raises(Unreadable, match=f"`{field}`") as refusal:
        decode_receipt(msgspec.json.encode(fields))
    assert refusal.value.fault == Fault.MISSING_FIELD
