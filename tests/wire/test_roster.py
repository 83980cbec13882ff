"""The roster on the wire."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from tests.support.records import placements
from wardwatch.core.events import Placement
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.roster import decode_placement, encode_placement


@given(placement=placements())
def test_what_is_written_is_what_is_read(placement: Placement) -> None:
    assert decode_placement(encode_placement(placement)) == placement


def test_a_line_of_the_roster_is_patient_ward_and_bed() -> None:
    payload = encode_placement(Placement(patient="p-17", ward="4B", bed="12"))
    assert msgspec.json.decode(payload) == {"v": 1, "patient": "p-17", "ward": "4B", "bed": "12"}


def test_a_line_of_a_later_sender_with_a_field_more_is_read() -> None:
    payload = b'{"v":1,"patient":"p-17","ward":"4B","bed":"12","oxygen_scale":2}'
    assert decode_placement(payload) == Placement(patient="p-17", ward="4B", bed="12")


@pytest.mark.parametrize(
    ("payload", "fault"),
    [
        (None, Fault.NO_PAYLOAD),
        (b'{"v":1,"patient":"p-17","ward":"4B"}', Fault.MISSING_FIELD),
        (b'{"v":1,"patient":"p-17","ward":"4B","bed":12}', Fault.WRONG_TYPE),
        (b'{"v":1,"patient":"p-17","ward":"4B\\u001b[2J","bed":"12"}', Fault.WRONG_VALUE),
        (b'{"v":2,"patient":"p-17","ward":"4B","bed":"12"}', Fault.UNKNOWN_VERSION),
    ],
    ids=["tombstone", "no bed", "bed a number", "control characters", "a later version"],
)
def test_a_broken_line_is_refused(payload: bytes | None, fault: Fault) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode_placement(payload)
    assert refusal.value.fault == fault
