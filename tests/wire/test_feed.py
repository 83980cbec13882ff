"""The feed's messages, and that docs/feed.md shows them as they are."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.wire import feed

DOCUMENT = Path(__file__).parents[2] / "docs" / "feed.md"
EXAMPLES = re.findall(r"```json\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)


def of_type(example: str) -> str:
    kind: str = msgspec.json.decode(example)["type"]
    return kind


@pytest.mark.parametrize("example", EXAMPLES, ids=of_type)
def test_an_example_in_the_document_is_exactly_what_the_feed_speaks(example: str) -> None:
    message: feed.ServerMessage | feed.Subscribe
    if of_type(example) == "subscribe":
        message = feed.decode_request(example)
    else:
        message = feed.decode_server_message(example)
    if isinstance(message, feed.Event):
        message.event()
    elif isinstance(message, feed.Snapshot):
        assert message.events()
    # Encoded again it is the same: no field is missing in the example, and none is too much.
    assert msgspec.json.decode(feed.encode_message(message)) == msgspec.json.decode(example)


def test_the_document_shows_every_type_of_message_error_and_obstacle() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert {of_type(example) for example in EXAMPLES} == {
        "hello", "subscribe", "snapshot", "event", "gone", "heartbeat", "error",
    }  # fmt: skip
    for name in (*feed.ErrorCode, *feed.NotLive, str(feed.CLOSE_SLOW_CONSUMER), feed.PROTOCOL):
        assert f"`{name}`" in text


@given(st.one_of(st.text(), st.binary(), st.recursive(st.none() | st.text(), st.lists).map(repr)))
def test_whatever_a_console_sends_is_a_request_or_a_bad_one(frame: str | bytes) -> None:
    with suppress(feed.BadRequestError):
        feed.decode_request(frame)


def test_a_console_may_name_up_to_a_hundred_wards() -> None:
    wards = [f"ward-{number}" for number in range(feed.MAXIMUM_WARDS)]
    frame = feed.encode_message(feed.Subscribe(wards=wards)).decode()
    assert feed.decode_request(frame).wards == wards


def test_a_console_ignores_fields_that_it_does_not_know() -> None:
    assert feed.decode_server_message('{"type":"gone","alarm":"1f","later":1}') == feed.Gone(alarm="1f")
