"""Codes and limits: what consoles everywhere rely on."""

from __future__ import annotations

from wardwatch.wire.decoding import MAXIMUM_BYTES
from wardwatch.wire.feed.asked import Subscribe, encode_request
from wardwatch.wire.feed.codes import (
    MAXIMUM_PATIENTS,
    MAXIMUM_REQUEST_BYTES,
    MAXIMUM_WARDS,
    PROTOCOL,
    CloseCode,
    ErrorCode,
    NotLive,
)

# RFC 6455, 7.4.2: 1000-2999 are the protocol's own; 4000-4999 are for applications.
REGISTERED = {CloseCode.TRY_AGAIN_LATER}


def test_close_codes_are_ours_or_in_the_registry() -> None:
    for code in CloseCode:
        assert code in REGISTERED or 4000 <= code <= 4999


def test_a_console_can_tell_the_codes_apart_from_one_version_to_the_next() -> None:
    assert PROTOCOL == "wardwatch.v1"
    assert {code.name: code.value for code in CloseCode} == {
        "TRY_AGAIN_LATER": 1013,
        "UNAUTHORIZED": 4001,
        "EXPIRED": 4002,
        "REVOKED": 4003,
        "LOGIN_TIMEOUT": 4004,
        "SLOW_CONSUMER": 4008,
        "TOO_MANY_MESSAGES": 4029,
    }
    for codes in (ErrorCode, NotLive):
        assert all(code.value == code.name.lower() for code in codes)


def test_the_largest_subscription_fits_into_a_frame() -> None:
    names = [f"{number:->64}" for number in range(max(MAXIMUM_WARDS, MAXIMUM_PATIENTS))]
    largest = Subscribe(
        wards=names[:MAXIMUM_WARDS],
        patients=names[:MAXIMUM_PATIENTS],
        position="9" * 32_768,
        vitals=True,
        request="r" * 64,
    )
    assert len(encode_request(largest)) <= MAXIMUM_REQUEST_BYTES <= MAXIMUM_BYTES
