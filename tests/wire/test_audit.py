"""Audit records: one way to write them, and a hash over all that they say."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.access import grant_of
from wardwatch.wire.audit import (
    NOTHING_BEFORE,
    Head,
    Note,
    canonical,
    chained,
    decode_audit,
    encode_audit,
    has_right_hash,
    head_of,
    who_of,
)
from wardwatch.wire.errors import Unreadable

CHAIN = "00112233445566ff"
NOTE = Note(
    at_ms=1795288033250,
    kind="command",
    who=who_of(grant_of()),
    console="station-4B",
    what={"patient": "p-17", "verb": "acknowledge", "alarms": ["a1", "b2"], "text": 'Größe \u2028 \\ "'},
)
PAYLOAD = encode_audit(chained(NOTE, CHAIN, 7, "ab" * 32))


def test_the_hash_can_be_made_without_us_as_the_document_says() -> None:
    fields = json.loads(PAYLOAD)
    found = fields.pop("hash")
    written = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert found == hashlib.sha256(written.encode()).hexdigest()


def test_a_record_says_who_did_what_where() -> None:
    fields = json.loads(PAYLOAD)
    assert fields["who"] == {
        "subject": "anna@ward.example",
        "name": "Anna Berg",
        "role": "nurse",
        "token_id": "token-1",
    }
    assert (fields["v"], fields["chain"], fields["number"], fields["previous"]) == (1, CHAIN, 7, "ab" * 32)
    assert (fields["kind"], fields["console"], fields["at_ms"]) == ("command", "station-4B", NOTE.at_ms)
    assert fields["what"] == NOTE.what


def test_a_record_comes_back_as_it_was() -> None:
    record = decode_audit(PAYLOAD)
    assert has_right_hash(record)
    assert encode_audit(record) == PAYLOAD
    assert record.head == Head(CHAIN, 7, record.hash)


@given(place=st.integers(0, len(PAYLOAD) - 1), bit=st.integers(0, 7))
def test_no_bit_can_be_altered_unseen(place: int, bit: int) -> None:
    altered = bytearray(PAYLOAD)
    altered[place] ^= 1 << bit
    assert not is_intact(bytes(altered))


@given(place=st.integers(0, len(PAYLOAD)), more=st.binary(min_size=1, max_size=4), fewer=st.integers(0, 4))
def test_nothing_can_be_put_in_or_taken_out_unseen(place: int, more: bytes, fewer: int) -> None:
    altered = PAYLOAD[:place] + more + PAYLOAD[place + fewer :]
    assert altered == PAYLOAD or not is_intact(altered)


@pytest.mark.parametrize(
    "spelling",
    [
        json.dumps(json.loads(PAYLOAD)).encode(),
        json.dumps(json.loads(PAYLOAD), sort_keys=True, separators=(",", ":")).encode(),
        PAYLOAD + b"\n",
        PAYLOAD.replace(b'"number":7', b'"number":7,"number":7'),
        PAYLOAD.replace(b'"number":7', b'"number":7.0'),
    ],
)
def test_the_same_in_another_spelling_is_no_record(spelling: bytes) -> None:
    with pytest.raises(Unreadable):
        decode_audit(spelling)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"v":1}',
        PAYLOAD.replace(b'"v":1', b'"v":2'),
        PAYLOAD.replace(b'"console":"station-4B"', b'"console":"two\\nlines"'),
        PAYLOAD.replace(b'"what":{', b'"what":{"a":' + b"[" * 5000 + b"]" * 5000 + b","),
        b" " * (1024 * 1024 + 1),
    ],
    ids=lambda payload: repr(payload)[:20],
)
def test_what_is_no_record_is_unreadable_and_not_repeated(payload: bytes | None) -> None:
    with pytest.raises(Unreadable) as raised:
        decode_audit(payload)
    assert "p-17" not in str(raised.value)


def test_a_kind_that_a_newer_feed_notes_can_be_read() -> None:
    record = chained(Note(at_ms=1, kind="of_the_future", what={"how": "new"}), CHAIN, 0, NOTHING_BEFORE)
    assert decode_audit(encode_audit(record)) == record


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), _VALUES, max_size=4))
def test_whatever_is_noted_can_be_read_and_has_one_spelling(what: dict[str, Any]) -> None:
    record = chained(Note(at_ms=1, kind="login", what=what), CHAIN, 0, NOTHING_BEFORE)
    again = decode_audit(encode_audit(record))
    assert again == record
    assert has_right_hash(again)
    assert canonical(what) == canonical(dict(reversed(what.items())))


@pytest.mark.parametrize("text", ["", "x", f"{CHAIN}:7", f"{CHAIN}:-7:{'a' * 64}", f"{CHAIN}:7:{'A' * 64}"])
def test_a_head_has_one_spelling(text: str) -> None:
    assert head_of(text) is None
    assert head_of(f"{CHAIN}:7:{'a' * 64}") == Head(CHAIN, 7, "a" * 64)


def test_a_first_record_names_the_heads_before_it_and_what_is_none_is_left_out() -> None:
    head = Head(CHAIN, 3, "c" * 64)
    started = Note(at_ms=1, kind="started", what={"heads": [str(head), "no head", 7]})
    assert chained(started, CHAIN, 0, NOTHING_BEFORE).heads() == [head]
    unlike: list[dict[str, Any]] = [{"heads": "x"}, {"heads": {}}, {}]
    for what in unlike:
        assert chained(Note(at_ms=1, kind="started", what=what), CHAIN, 0, NOTHING_BEFORE).heads() == []
    other = Note(at_ms=1, kind="shown", what={"heads": [str(head)]})
    assert chained(other, CHAIN, 1, "d" * 64).heads() == []


def is_intact(payload: bytes) -> bool:
    try:
        return has_right_hash(decode_audit(payload))
    except Unreadable:
        return False
