"""Readings on the wire."""

from __future__ import annotations

import dataclasses
from contextlib import suppress
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import readings
from wardwatch.core.reading import Batch, Reading
from wardwatch.wire.decoding import MAXIMUM_BYTES
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.readings import ReadingDecoder, encode_reading

# The example of the design, verbatim.
EXAMPLE = b"""{"v": 1, "patient": "p-17", "device": "e4-03", "seq": 812, "observed_at_ms": 1795288033250,
 "heart_rate": 72, "oxygen_saturation": 97, "respiratory_rate": 16, "body_temperature": 36.8,
 "systolic_pressure": 121, "diastolic_pressure": 78, "skin_temperature": 33.1, "steps": 0,
 "signal_quality": 0.93, "worn": true, "battery": 81, "on_oxygen": false, "consciousness": "A"}"""


def decoded(payload: bytes) -> Reading:
    """The reading in ``payload``, as the core has it."""
    record = ReadingDecoder().decode(payload)
    names = [field.name for field in dataclasses.fields(Reading)]
    return Reading(**{name: getattr(record, name) for name in names})


def test_the_example_of_the_design_is_read_whole() -> None:
    decoder = ReadingDecoder()
    assert decoder.decode(EXAMPLE).v == 1
    assert decoder.unknown_fields == {}
    assert decoded(EXAMPLE) == Reading(
        patient="p-17",
        device="e4-03",
        seq=812,
        observed_at_ms=1795288033250,
        heart_rate=72,
        oxygen_saturation=97,
        respiratory_rate=16,
        body_temperature=36.8,
        systolic_pressure=121,
        diastolic_pressure=78,
        skin_temperature=33.1,
        steps=0,
        signal_quality=0.93,
        worn=True,
        battery=81,
        on_oxygen=False,
        consciousness="A",
    )


@given(reading=readings())
def test_what_is_written_is_what_is_read(reading: Reading) -> None:
    assert decoded(encode_reading(reading)) == reading


@given(reading=readings())
def test_what_was_not_measured_is_left_out(reading: Reading) -> None:
    fields: dict[str, Any] = msgspec.json.decode(encode_reading(reading))
    assert None not in fields.values()
    assert fields.pop("v") == 1
    assert fields == {name: value for name, value in dataclasses.asdict(reading).items() if value is not None}


def test_null_is_the_same_as_absent() -> None:
    optional = [field.name for field in dataclasses.fields(Reading) if field.default is None]
    required = {"v": 1, "patient": "p-17", "device": "e4-03", "observed_at_ms": 5}
    explicit = msgspec.json.encode(required | dict.fromkeys(optional))
    assert decoded(explicit) == decoded(msgspec.json.encode(required))


def test_a_whole_number_is_a_measured_value_too() -> None:
    heart_rate = decoded(EXAMPLE).heart_rate
    assert heart_rate == 72.0
    assert isinstance(heart_rate, float)


def test_of_a_field_that_stands_twice_the_last_one_counts() -> None:
    """As in most JSON readers, so that this one agrees with the tools around it."""
    assert decoded(EXAMPLE[:-1] + b', "heart_rate": 80}').heart_rate == 80
    assert decoded(EXAMPLE[:-1] + b', "heart_rate": 80, "unheard_of": 1}').heart_rate == 80


def test_a_later_senders_field_is_passed_over_and_counted() -> None:
    decoder = ReadingDecoder()
    record = decoder.decode(EXAMPLE[:-1] + b', "perfusion_index": 1.4}')
    assert record.heart_rate == 72
    assert decoder.unknown_fields == {"perfusion_index": 1}


@pytest.mark.parametrize("patient", ["p-17", "urn:x/A_1.b+c@d", "x" * 64])
def test_a_pseudonym_may_have_what_keys_and_urls_can_carry(patient: str) -> None:
    assert decoded(encode_reading(Reading(patient=patient, device="d", observed_at_ms=0))).patient == patient


_OPTIONAL = [field.name for field in dataclasses.fields(Reading) if field.default is None]
# What a sender may put where a value belongs, good and bad.
_anything = st.sampled_from(
    [
        b"null",
        b"true",
        b'"A"',
        b'"72"',
        b"7",
        b"7.0",
        b"-0",
        b"1e3",
        b"1e400",
        b"9" * 400,
        b"NaN",
        b"[]",
        b"{}",
    ]
)


def _changed(payload: bytes, name: str, value: bytes, style: str) -> bytes:
    """``payload`` with one field more, which it may have already."""
    if style == "one line":
        return payload[:-1] + b',"%s":%s}' % (name.encode(), value)
    return b" \n" + payload[:-1] + b'\t,\r\n"%s" : %s }\n' % (name.encode(), value)


plain_payloads = readings().map(encode_reading)
changed_payloads = st.builds(
    _changed,
    plain_payloads,
    st.sampled_from([*_OPTIONAL, "patient", "observed_at_ms", "v", "unheard_of"]),
    _anything,
    st.sampled_from(["one line", "wide"]),
)


@given(st.lists(st.one_of(plain_payloads, changed_payloads, st.binary(max_size=20), st.none()), max_size=8))
def test_decoding_all_at_once_gives_the_same_or_leaves_it_to_decoding_one_by_one(
    payloads: list[bytes | None],
) -> None:
    decoder = ReadingDecoder()
    one_by_one = []
    for payload in payloads:
        with suppress(Unreadable):
            one_by_one.append(decoder.decode(payload))
    at_once = decoder.decode_all(payloads)
    if len(one_by_one) < len(payloads):
        assert at_once is None
    elif at_once is None:
        # Unknown fields are counted one by one.
        assert any(b"unheard_of" in (payload or b"") for payload in payloads)
    else:
        expected = Batch.of(one_by_one)
        arrived, positions = expected.arrived_at_ms.tolist(), expected.positions.tolist()
        decoded_at_once = Batch.of_decoded(at_once, arrived_at_ms=arrived, positions=positions)
        np.testing.assert_equal(dataclasses.asdict(decoded_at_once), dataclasses.asdict(expected))


def test_decoding_all_at_once_does_not_let_an_unchecked_name_or_a_huge_payload_pass() -> None:
    plain = b'{"v":1,"patient":"p-1","device":"d","observed_at_ms":1}'
    decoder = ReadingDecoder()
    decoder.decode(plain)
    assert decoder.decode_all([plain, plain]) is not None
    assert decoder.decode_all([plain, plain.replace(b"p-1", b"p 1")]) is None
    assert decoder.decode_all([plain, plain + b" " * MAXIMUM_BYTES]) is None
