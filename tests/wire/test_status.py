"""A patient's status on the wire."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given

from tests.support.records import statuses
from wardwatch.core.events import DeviceStatus, News2Status, PatientStatus
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.status import decode_status, encode_status

STATUS = PatientStatus(
    patient="p-17",
    ward="4B",
    bed="12",
    observed_at_ms=1795288033250,
    vitals={"heart_rate": (134.0, 1795288033250)},
    news2=News2Status(lowest=3, highest=20, missing=("respiratory_rate", "consciousness")),
    open_alarms=("heart_rate.high",),
    learning={"heart_rate": 0.25},
    inhibited={"heart_rate.high": 1795288093250, "*": None},
    audio_paused_until_ms=1795288063250,
    usual={"heart_rate": (71.3, 2.9)},
    limits={"heart_rate": (41.0, 130.0), "oxygen_saturation": (92.0, None)},
    devices=(DeviceStatus(device="e4-03", seen_ms=1795288033900, battery=81, worn=True),),
)


@given(status=statuses())
def test_what_is_written_is_what_is_read(status: PatientStatus) -> None:
    assert decode_status(encode_status(status)) == status


def test_a_status_tells_each_vitals_age_and_what_the_score_lacks() -> None:
    assert msgspec.json.decode(encode_status(STATUS)) == {
        "v": 1,
        "patient": "p-17",
        "ward": "4B",
        "bed": "12",
        "observed_at_ms": 1795288033250,
        "vitals": {"heart_rate": {"value": 134.0, "observed_at_ms": 1795288033250}},
        "news2": {"lowest": 3, "highest": 20, "missing": ["respiratory_rate", "consciousness"]},
        "open_alarms": ["heart_rate.high"],
        "learning": {"heart_rate": 0.25},
        "inhibited": {"heart_rate.high": 1795288093250, "*": None},
        "audio_paused_until_ms": 1795288063250,
        "usual": {"heart_rate": [71.3, 2.9]},
        "limits": {"heart_rate": [41.0, 130.0], "oxygen_saturation": [92.0, None]},
        "devices": [
            {
                "device": "e4-03",
                "seen_ms": 1795288033900,
                "battery": 81,
                "signal_quality": None,
                "worn": True,
            }
        ],
    }


def test_a_status_of_before_alarms_could_be_paused_is_read() -> None:
    fields = msgspec.json.decode(encode_status(STATUS))
    del fields["inhibited"], fields["audio_paused_until_ms"]
    status = decode_status(msgspec.json.encode(fields))
    assert (status.inhibited, status.audio_paused_until_ms) == ({}, None)


def test_a_status_of_before_it_told_of_limits_and_devices_is_read() -> None:
    fields = msgspec.json.decode(encode_status(STATUS))
    del fields["usual"], fields["limits"], fields["devices"]
    status = decode_status(msgspec.json.encode(fields))
    assert (status.usual, status.limits, status.devices) == ({}, {}, ())


@pytest.mark.parametrize("place", [b'{"v"', b'{"lowest"', b'{"value"', b'{"device"'])
def test_a_status_of_a_later_sender_with_a_field_more_is_read(place: bytes) -> None:
    payload = encode_status(STATUS).replace(place, b'{"unheard_of":1,' + place[1:])
    assert b"unheard_of" in payload
    assert decode_status(payload) == STATUS


@pytest.mark.parametrize(
    ("good", "broken", "fault"),
    [
        (b'"value":134.0', b'"value":null', Fault.WRONG_TYPE),
        (b'"lowest":3,', b"", Fault.MISSING_FIELD),
        (b'"patient":"p-17"', b'"patient":"p 17"', Fault.WRONG_VALUE),
        (b'"v":1', b'"v":2', Fault.UNKNOWN_VERSION),
        (b'"usual":{"heart_rate":[71.3,2.9]}', b'"usual":{"heart_rate":[71.3]}', Fault.WRONG_TYPE),
        (b'"limits":{"heart_rate":[41.0,', b'"limits":{"heart_rate":["41",', Fault.WRONG_TYPE),
    ],
    ids=[
        "vital without value",
        "score without its lowest",
        "patient with a blank",
        "a later version",
        "usual without spread",
        "limit that is text",
    ],
)
def test_a_broken_status_is_refused(good: bytes, broken: bytes, fault: Fault) -> None:
    payload = encode_status(STATUS).replace(good, broken)
    with pytest.raises(Unreadable) as refusal:
        decode_status(payload)
    assert refusal.value.fault == fault
