"""What every decoder of a record refuses, how it says so, and what it lets pass."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.decoding import MAXIMUM_BYTES, RecordDecoder
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.readings import ReadingDecoder
from wardwatch.wire.rejections import decode_rejection
from wardwatch.wire.roster import decode_placement
from wardwatch.wire.status import decode_status

Decode = Callable[[bytes | None], Any]

# Stands for whatever a payload may tell of a patient: it must not come back in an error.
MARKER = "Marker-4711"
GOOD = b'{"v":1,"patient":"Marker-4711","device":"d-1","observed_at_ms":1795288033250,"heart_rate":4711}'
GOOD_FIELDS: dict[str, Any] = msgspec.json.decode(GOOD)


def decode_reading(payload: bytes | None) -> Any:
    return ReadingDecoder().decode(payload)


every_decoder = pytest.mark.parametrize(
    "decode", [decode_reading, decode_alarm, decode_rejection, decode_placement, decode_status]
)


def with_fields(**fields: Any) -> bytes:
    """The good reading with these fields instead of its own."""
    return msgspec.json.encode(GOOD_FIELDS | fields)


def with_more(raw: bytes) -> bytes:
    """The good reading with raw JSON before its end."""
    return GOOD[:-1] + b"," + raw + b"}"


def outcome(decode: Decode, payload: bytes) -> Any:
    """What is read, or what the sender is told instead."""
    try:
        return decode(payload)
    except Unreadable as error:
        return error.fault, error.detail


def assert_explains(error: Unreadable) -> None:
    """The error is one sentence, and neither it nor its traceback repeats anything of the payload."""
    assert re.fullmatch(r"[A-Z][^\n]*\.", error.detail)
    assert str(error) == error.detail
    assert "4711" not in "".join(traceback.format_exception(error))


BROKEN: dict[str, tuple[bytes | None, Fault]] = {
    "no payload (a tombstone)": (None, Fault.NO_PAYLOAD),
    "empty": (b"", Fault.NO_PAYLOAD),
    "10 MB": (b'{"x":"' + b"4711" * 2_500_000 + b'"}', Fault.TOO_LARGE),
    "one byte too many": (GOOD + b" " * (MAXIMUM_BYTES + 1 - len(GOOD)), Fault.TOO_LARGE),
    "Latin-1": (with_fields(device="Zürich").decode().encode("latin-1"), Fault.NOT_UTF8),
    "UTF-16 with a byte order mark": (GOOD.decode().encode("utf-16"), Fault.NOT_UTF8),
    "UTF-16 without": (GOOD.decode().encode("utf-16-le"), Fault.NOT_JSON),
    "UTF-8 with a byte order mark": (b"\xef\xbb\xbf" + GOOD, Fault.NOT_JSON),
    "not JSON": (b"Marker-4711,72,97", Fault.NOT_JSON),
    "cut off": (GOOD[:-5], Fault.NOT_JSON),
    "two records": (GOOD + GOOD, Fault.NOT_JSON),
    "NaN": (with_more(b'"heart_rate":NaN'), Fault.NOT_JSON),
    "Infinity": (with_more(b'"heart_rate":-Infinity'), Fault.NOT_JSON),
    "half a surrogate pair": (with_more(rb'"device":"\ud800"'), Fault.NOT_JSON),
    "not an object": (b'["Marker-4711"]', Fault.WRONG_TYPE),
    "nested too deeply": (with_more(b'"x":' + b"[" * 30_000 + b"]" * 30_000), Fault.WRONG_TYPE),
    "no version": (b'{"patient":"Marker-4711"}', Fault.MISSING_FIELD),
    "a later version": (with_fields(v=2), Fault.UNKNOWN_VERSION),
    "a huge version": (with_fields(v=10**30), Fault.UNKNOWN_VERSION),
    "version as text": (with_fields(v="1"), Fault.WRONG_TYPE),
    "version true": (with_fields(v=True), Fault.WRONG_TYPE),
    "version 1.0": (with_fields(v=1.0), Fault.WRONG_TYPE),
    "version null": (with_fields(v=None), Fault.WRONG_TYPE),
    "no patient": (b'{"v":1,"device":"d","observed_at_ms":4711}', Fault.MISSING_FIELD),
    "patient null": (with_fields(patient=None), Fault.WRONG_TYPE),
    "patient a number": (with_fields(patient=4711), Fault.WRONG_TYPE),
    "patient empty": (with_fields(patient=""), Fault.WRONG_VALUE),
    "patient with a blank": (with_fields(patient="Marker 4711"), Fault.WRONG_VALUE),
    "patient with a line end": (with_fields(patient="Marker-4711\n"), Fault.WRONG_VALUE),
    "patient with an escape sequence": (with_fields(patient="\x1b[2J4711"), Fault.WRONG_VALUE),
    "patient of 65 characters": (with_fields(patient="4711x" * 13), Fault.WRONG_VALUE),
    "value as text": (with_fields(heart_rate="4711"), Fault.WRONG_TYPE),
    "value true": (with_fields(heart_rate=True), Fault.WRONG_TYPE),
    "value too large for a float": (with_more(b'"heart_rate":4711e999'), Fault.WRONG_VALUE),
    "integer too large for a float": (with_more(b'"heart_rate":4711' + b"9" * 400), Fault.WRONG_VALUE),
    "integer of 5,000 digits": (with_more(b'"heart_rate":4711' + b"9" * 5_000), Fault.WRONG_VALUE),
    "instant before 1970": (with_fields(observed_at_ms=-4711), Fault.WRONG_VALUE),
    "instant in microseconds": (with_fields(observed_at_ms=1_795_288_033_250_000), Fault.WRONG_VALUE),
    "instant with a fraction": (with_fields(observed_at_ms=4711.5), Fault.WRONG_TYPE),
    "a level of consciousness that there is not": (
        with_fields(consciousness="4711"),
        Fault.WRONG_VALUE,
    ),
}


@pytest.mark.parametrize(("payload", "fault"), BROKEN.values(), ids=BROKEN)
def test_a_broken_payload_is_refused_with_its_fault_and_a_sentence(
    payload: bytes | None, fault: Fault
) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode_reading(payload)
    assert refusal.value.fault == fault
    assert_explains(refusal.value)


def test_the_sentence_names_the_field_that_is_wrong() -> None:
    with pytest.raises(Unreadable, match=r"`\$\.heart_rate`"):
        decode_reading(with_fields(heart_rate="4711"))
    with pytest.raises(Unreadable, match=r"`\$\.patient`"):
        decode_reading(with_fields(patient="Marker 4711"))
    with pytest.raises(Unreadable, match="`device`"):
        decode_reading(b'{"v":1,"patient":"p","observed_at_ms":1}')


@every_decoder
@given(payload=st.binary() | st.text().map(str.encode))
def test_arbitrary_bytes_are_never_anything_but_unreadable(decode: Decode, payload: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode(payload)
    assert re.fullmatch(r"[A-Z][^\n]*\.", refusal.value.detail)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.just(MARKER)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just(MARKER) | st.text("ab"), inner),
    max_leaves=6,
)
known_fields = ["v", "sequence", "partition", "vitals", "news2", "why", "priority", "ward", *GOOD_FIELDS]


@every_decoder
@given(fields=st.dictionaries(st.sampled_from(known_fields) | st.just(MARKER), json_values))
def test_any_json_object_is_read_or_refused_in_words_of_our_own(
    decode: Decode, fields: dict[str, Any]
) -> None:
    came_of_it = outcome(decode, msgspec.json.encode({"v": 1} | fields))
    if isinstance(came_of_it, tuple):
        assert MARKER not in came_of_it[1]


@given(data=st.data())
def test_a_damaged_record_is_read_or_refused_in_words_of_our_own(data: st.DataObject) -> None:
    position = data.draw(st.integers(0, len(GOOD)))
    removed = data.draw(st.integers(0, 3))
    damaged = GOOD[:position] + data.draw(st.binary(max_size=3)) + GOOD[position + removed :]
    came_of_it = outcome(decode_reading, damaged)
    if isinstance(came_of_it, tuple):
        assert MARKER not in came_of_it[1]


@every_decoder
@pytest.mark.parametrize("version", [b"", b'"v":2,', b'"v":"1",'], ids=["none", "2", "text"])
def test_no_decoder_reads_another_version(decode: Decode, version: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode(b"{" + version + b'"patient":"p"}')
    assert refusal.value.fault in {Fault.MISSING_FIELD, Fault.UNKNOWN_VERSION, Fault.WRONG_TYPE}
    assert "version" in refusal.value.detail


class Small(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    v: int
    number: float | None = None


@pytest.fixture
def decoder() -> RecordDecoder[Small]:
    return RecordDecoder(Small, frozenset(Small.__struct_fields__))


def test_unknown_fields_are_let_pass_and_counted(decoder: RecordDecoder[Small]) -> None:
    assert decoder.decode(b'{"v":1,"number":2,"colour":"red"}') == Small(v=1, number=2)
    assert decoder.decode(b'{"v":1,"colour":[{"deep":1}],"size":null}') == Small(v=1)
    assert decoder.unknown_fields == {"colour": 2, "size": 1}


def test_unknown_fields_of_a_refused_record_are_not_counted(decoder: RecordDecoder[Small]) -> None:
    with pytest.raises(Unreadable):
        decoder.decode(b'{"v":1,"number":"two","colour":"red"}')
    assert decoder.unknown_fields == {}


def test_an_unknown_fields_name_is_counted_only_in_a_shape_that_is_safe_to_print(
    decoder: RecordDecoder[Small],
) -> None:
    names = ["a b", "\x1b[2J", "x" * 41, ""]
    decoder.decode(msgspec.json.encode({"v": 1} | dict.fromkeys(names, 0)))
    assert decoder.unknown_fields == {"(unprintable)": 4}


def test_a_sender_of_ever_new_names_does_not_fill_the_memory(decoder: RecordDecoder[Small]) -> None:
    for number in range(1_000):
        decoder.decode(msgspec.json.encode({"v": 1, f"x{number}": 0}))
    assert len(decoder.unknown_fields) <= 101
    assert sum(decoder.unknown_fields.values()) == 1_000


@given(fields=st.dictionaries(st.sampled_from(known_fields), json_values))
def test_an_unknown_field_changes_nothing_else(fields: dict[str, Any]) -> None:
    """Records with unknown fields take another way through the decoder: both come to the same end."""
    fields = GOOD_FIELDS | fields
    with_unknown = msgspec.json.encode(fields | {"unheard_of": 1})
    assert outcome(decode_reading, with_unknown) == outcome(decode_reading, msgspec.json.encode(fields))
