"""The roster on the wire."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from tests.support.records import roster_entries
from wardwatch.core.events import Placement
from wardwatch.core.roster import RosterEntry
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.roster import decode_placement, encode_placement


@given(entry=roster_entries())
def test_what_is_written_is_what_is_read(entry: RosterEntry) -> None:
    assert decode_placement(encode_placement(entry)) == entry


def test_a_line_of_the_roster_is_patient_ward_and_bed() -> None:
    payload = encode_placement(Placement(patient="p-17", ward="4B", bed="12"))
    assert msgspec.json.decode(payload) == {"v": 1, "patient": "p-17", "ward": "4B", "bed": "12"}


def test_a_line_of_a_later_sender_with_a_field_more_is_read() -> None:
    payload = b'{"v":1,"patient":"p-17","ward":"4B","bed":"12","room":2}'
    assert decode_placement(payload) == RosterEntry(patient="p-17", ward="4B", bed="12")


def test_a_line_says_what_clinicians_have_set() -> None:
    payload = (
        b'{"v":1,"patient":"p-17","ward":"4B","bed":"12","devices":["e4","cuff","e4"],'
        b'"limits":{"heart_rate":{"low":45,"high":150}},"news2_scale":2,"on_oxygen":false}'
    )
    assert decode_placement(payload) == RosterEntry(
        patient="p-17",
        ward="4B",
        bed="12",
        devices=("e4", "cuff"),
        limits={"heart_rate": {"low": 45, "high": 150}},
        news2_scale_2=True,
        on_oxygen=False,
    )


def test_a_field_that_is_null_is_not_set() -> None:
    nothing = '"devices":null,"limits":null,"news2_scale":null,"on_oxygen":null,"discharged":null'
    payload = f'{{"v":1,"patient":"p-17","ward":"4B","bed":"12",{nothing}}}'.encode()
    assert decode_placement(payload) == RosterEntry(patient="p-17", ward="4B", bed="12")


@pytest.mark.parametrize(
    ("field", "fault"),
    [
        ('"limits":{"heart_rate":{"low":150,"high":100}}', Fault.WRONG_VALUE),
        ('"limits":{"heart_rate":{"high":400}}', Fault.WRONG_VALUE),
        ('"limits":{"glucose":{"high":4}}', Fault.WRONG_VALUE),
        ('"limits":{"heart_rate":{"high":1e999}}', Fault.WRONG_VALUE),
        ('"limits":{"heart_rate":{"high":"100"}}', Fault.WRONG_TYPE),
        ('"limits":[]', Fault.WRONG_TYPE),
        ('"news2_scale":3', Fault.WRONG_VALUE),
        ('"news2_scale":true', Fault.WRONG_TYPE),
        ('"on_oxygen":1', Fault.WRONG_TYPE),
        ('"discharged":"yes"', Fault.WRONG_TYPE),
        ('"devices":["a b"]', Fault.WRONG_VALUE),
        ('"devices":' + str(["d"] * 17).replace("'", '"'), Fault.WRONG_TYPE),
    ],
)
def test_what_cannot_be_set_is_refused(field: str, fault: Fault) -> None:
    with pytest.raises(Unreadable) as refusal:
        decode_placement(f'{{"v":1,"patient":"p-17","ward":"4B","bed":"12",{field}}}'.encode())
    assert refusal.value.fault == fault


def test_an_impossible_limit_is_refused_with_its_reason() -> None:
    limits = '"limits":{"heart_rate":{"low":150,"high":100}}'
    with pytest.raises(Unreadable, match=r"^heart_rate\.low is not below heart_rate\.high\.$"):
        decode_placement(f'{{"v":1,"patient":"p-17","ward":"4B","bed":"12",{limits}}}'.encode())


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
