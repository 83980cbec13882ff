"""docs/feed.md and docs/feed.asyncapi.json say what the message types say, and the feed does as they say."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from docs import asyncapi
from tests.support.asyncapi_parser import ParserMissingError, complaints_about
from tests.support.records import alarm_events, receipts, statuses
from wardwatch.core.alarming.commands import Receipt
from wardwatch.core.events import AlarmEvent, PatientStatus
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.asked import BadRequestError, ClientMessage, decode_request
from wardwatch.wire.feed.codes import PROTOCOL, CloseCode, ErrorCode, NotLive
from wardwatch.wire.feed.told import (
    CommandReceipt,
    Event,
    ServerMessage,
    Snapshot,
    Status,
    Subscribed,
    decode_server_message,
    encode_message,
    raw,
)
from wardwatch.wire.receipts import decode_receipt, encode_receipt
from wardwatch.wire.status import encode_status

DOCUMENT = json.loads(asyncapi.FILE.read_text(encoding="utf-8"))
GUIDE = (Path(__file__).parents[1] / "docs" / "feed.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```json\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)


@cache
def validator(name: str) -> Draft7Validator:
    """Judges by one of the document's schemas."""
    return Draft7Validator({"$ref": f"#/components/schemas/{name}", "components": DOCUMENT["components"]})


def faults(name: str, message: Any) -> list[str]:
    return [error.message for error in validator(name).iter_errors(message)]


def read(example: str) -> ClientMessage | ServerMessage:
    """What a side of the conversation reads, whichever it is that can."""
    read: list[ClientMessage | ServerMessage] = []
    with suppress(BadRequestError):
        read.append(decode_request(example))
    with suppress(msgspec.ValidationError):
        read.append(decode_server_message(example))
    (message,) = read
    return message


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: json.loads(example)["type"])
def test_an_example_in_the_guide_is_exactly_what_is_spoken(example: str) -> None:
    message = read(example)
    assert faults(type(message).__name__, json.loads(example)) == []
    if isinstance(message, Event):
        message.event()
    elif isinstance(message, Snapshot | Subscribed):
        message.events()
    elif isinstance(message, Status):
        message.patient_status()
    elif isinstance(message, CommandReceipt):
        decode_receipt(bytes(message.receipt))
    elif isinstance(message, get_args(ServerMessage)):
        # Encoded again it is the same: no field is missing in the example, and none is too much.
        assert json.loads(encode_message(message)) == json.loads(example)


def test_the_guide_shows_every_message_and_names_every_code() -> None:
    shown = {type(read(example)) for example in EXAMPLES}
    assert shown == {*asyncapi.ASKED, *asyncapi.TOLD}
    for name in (*ErrorCode, *NotLive, PROTOCOL, *(str(code.value) for code in CloseCode)):
        assert f"`{name}`" in GUIDE


def test_the_document_says_what_the_types_say() -> None:
    assert asyncapi.encoded() == asyncapi.FILE.read_text(encoding="utf-8"), "`make docs` writes it anew"


def test_asyncapis_own_parser_has_nothing_against_it() -> None:
    try:
        complaints = complaints_about(asyncapi.FILE.read_text(encoding="utf-8"))
    except ParserMissingError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    # 3.0 is what most tools read.
    assert [each for each in complaints if each["code"] != "asyncapi-latest-version"] == []


def test_the_parser_would_complain() -> None:
    broken = {**DOCUMENT, "channels": {"feed": {"address": 5}}}
    with suppress(ParserMissingError):
        assert complaints_about(json.dumps(broken))


def test_every_message_is_in_the_document_and_has_an_operation() -> None:
    names = {kind.__name__ for kind in (*asyncapi.ASKED, *asyncapi.TOLD)}
    assert set(DOCUMENT["components"]["messages"]) == set(DOCUMENT["channels"]["feed"]["messages"]) == names
    used = set(re.findall(r"#/channels/feed/messages/(\w+)", json.dumps(DOCUMENT["operations"])))
    assert used == names


def anything_goes(schema: Any, place: str = "") -> Iterator[str]:
    """The places at which nothing is said of what may stand there."""
    if isinstance(schema, list):
        for each in schema:
            yield from anything_goes(each, place)
    elif schema == {}:
        yield place
    elif isinstance(schema, dict):
        for name, each in schema.items():
            if name != "default":
                yield from anything_goes(each, f"{place}/{name}")


def test_no_field_is_left_without_a_type() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert list(anything_goes(schemas)) == []
    for schema in schemas.values():
        Draft7Validator.check_schema(schema)


@given(event=alarm_events(), status=statuses(), receipt=receipts())
def test_what_the_feed_sends_is_as_the_document_says(
    event: AlarmEvent, status: PatientStatus, receipt: Receipt
) -> None:
    alarm, record = msgspec.Raw(encode_alarm(event)), msgspec.Raw(encode_status(status))
    for message in (
        Event(position="1:2", alarm=alarm),
        Status(status=record),
        CommandReceipt(receipt=msgspec.Raw(encode_receipt(receipt))),
        Snapshot(wards=["4B"], position="1:2", alarms=raw([encode_alarm(event)]), patients=[record]),
    ):
        assert faults(type(message).__name__, json.loads(encode_message(message))) == []


ORDERED = {"type": "command", "command": "c-1", "patient": "p-17", "verb": "note", "alarm": "a1b2"}
REQUESTS: dict[str, dict[str, Any]] = {
    "Login": {"type": "login", "token": "abc", "console": "station-1"},
    "Subscribe": {"type": "subscribe", "wards": ["4B"], "patients": ["p-17"], "vitals": True},
    "Order": ORDERED | {"text": "Hm.", "condition": "news2.high", "duration_s": 60, "label": "artefact"},
    "Shown": {"type": "shown", "alarms": ["a1b2"]},
    "AskHistory": {"type": "history", "patients": ["p-17"], "minutes": 60},
    "AskName": {"type": "name", "patient": "p-17"},
    "AskDeliveries": {"type": "deliveries", "alarm": "a1b2"},
}
TEXTS = ("", "low", "a b", "x" * 600)
VALUES: tuple[Any, ...] = (None, True, -1, 0, 1, 0.5, 10**6, *TEXTS, [], [1], ["4B"], ["4B"] * 101, {})


@given(data=st.data(), kind=st.sampled_from([each.__name__ for each in asyncapi.ASKED]))
def test_the_feed_refuses_what_is_not_as_the_document_says_and_takes_what_is(
    data: st.DataObject, kind: str
) -> None:
    request = dict(REQUESTS[kind])
    field = data.draw(st.sampled_from([*request, "request", "later"]))
    if data.draw(st.booleans()):
        request[field] = data.draw(st.sampled_from(VALUES))
    else:
        request.pop(field, None)
    wrong = faults(kind, request)
    try:
        decode_request(json.dumps(request))
    except BadRequestError:
        # How many wards there may be, and what they may be called, are told with codes of their own.
        assert wrong or (kind, field) == ("Subscribe", "wards")
    else:
        assert wrong == []
