"""What consoles ask: read whole or refused, with an answer for whoever wrote the console."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import commands, names
from wardwatch.core.alarming.commands import Command, Verb
from wardwatch.wire.feed.asked import (
    AskDeliveries,
    AskHistory,
    AskName,
    BadRequestError,
    ClientMessage,
    Login,
    Order,
    Shown,
    Subscribe,
    decode_request,
    encode_request,
)
from wardwatch.wire.feed.codes import MAXIMUM_PATIENTS, MAXIMUM_WARDS, ErrorCode

_some_names = st.lists(names, min_size=1, max_size=5)


def _orders() -> st.SearchStrategy[Order]:
    return st.builds(_order_of, commands())


def _order_of(command: Command) -> Order:
    return Order(
        command=command.command,
        patient=command.patient,
        verb=command.verb,
        alarm=command.alarm,
        condition=command.condition,
        duration_s=command.duration_s,
        text=command.text,
        label=command.label,
    )


_messages: st.SearchStrategy[ClientMessage] = st.one_of(
    st.builds(Login, token=st.text(st.characters(codec="ascii"), max_size=40), console=st.none() | names),
    st.builds(
        Subscribe,
        wards=st.lists(names | st.just("*"), min_size=1, max_size=5),
        position=st.none() | st.from_regex(r"[0-9a-f]{8}:[0-9.]{1,20}", fullmatch=True),
        minimum_priority=st.sampled_from(["low", "medium", "high"]),
        patients=st.none() | _some_names,
        vitals=st.booleans(),
        request=st.none() | names,
    ),
    _orders(),
    st.builds(Shown, alarms=_some_names),
    st.builds(AskHistory, patients=_some_names, minutes=st.integers(1, 1440), request=st.none() | names),
    st.builds(AskName, patient=names),
    st.builds(AskDeliveries, alarm=names),
)


def refused(frame: str | bytes | dict[str, Any]) -> BadRequestError:
    """What a console is answered; a sentence on one line."""
    encoded = msgspec.json.encode(frame).decode() if isinstance(frame, dict) else frame
    with pytest.raises(BadRequestError) as refusal:
        decode_request(encoded)
    assert re.fullmatch(r"[A-Z][^\n]*\.", refusal.value.message)
    assert str(refusal.value) == refusal.value.message
    return refusal.value


@given(message=_messages)
def test_what_is_asked_is_what_is_read(message: ClientMessage) -> None:
    assert decode_request(encode_request(message).decode()) == message


@given(st.one_of(st.text(), st.binary(), st.recursive(st.none() | st.text(), st.lists).map(repr)))
def test_whatever_a_console_sends_is_a_request_or_a_bad_one(frame: str | bytes) -> None:
    with suppress(BadRequestError):
        decode_request(frame)


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        (b"{}", ErrorCode.NOT_TEXT),
        ("", ErrorCode.NOT_JSON),
        ("{", ErrorCode.NOT_JSON),
        ('{"type": "login"} again', ErrorCode.NOT_JSON),
        ("[" * 50_000, ErrorCode.NOT_JSON),
        ('"\ud800"', ErrorCode.NOT_JSON),
        ("[]", ErrorCode.BAD_REQUEST),
        ("null", ErrorCode.BAD_REQUEST),
        ("{}", ErrorCode.UNKNOWN_TYPE),
        ('{"type": "snapshot"}', ErrorCode.UNKNOWN_TYPE),
        ('{"type": ["login"]}', ErrorCode.UNKNOWN_TYPE),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_request_at_all_has_a_code_of_its_own(frame: str | bytes, code: ErrorCode) -> None:
    assert refused(frame).code == code


@pytest.mark.parametrize(
    ("fields", "names_it"),
    [
        ({"type": "login"}, "token"),
        ({"type": "login", "token": 5}, "token"),
        ({"type": "login", "token": "x" * 8193}, "token"),
        ({"type": "login", "token": "x", "console": "a b"}, "console"),
        ({"type": "login", "token": "x", "ward": "4B"}, "ward"),
        ({"type": "subscribe"}, "wards"),
        ({"type": "subscribe", "wards": "4B"}, "wards"),
        ({"type": "subscribe", "wards": []}, "ward"),
        ({"type": "subscribe", "wards": ["4 B"]}, "ward"),
        ({"type": "subscribe", "wards": ["4B\n"]}, "ward"),
        ({"type": "subscribe", "wards": ["4B"], "minimum_priority": "highest"}, "minimum_priority"),
        ({"type": "subscribe", "wards": ["4B"], "minimum_priority": "low\n"}, "minimum_priority"),
        ({"type": "subscribe", "wards": ["4B"], "patients": []}, "patients"),
        ({"type": "subscribe", "wards": ["4B"], "patients": ["p"] * (MAXIMUM_PATIENTS + 1)}, "patients"),
        ({"type": "subscribe", "wards": ["4B"], "position": 7}, "position"),
        ({"type": "subscribe", "wards": ["4B"], "vitals": "yes"}, "vitals"),
        ({"type": "command", "patient": "p-17", "verb": "note"}, "command"),
        ({"type": "command", "command": "c-1", "patient": "p-17", "verb": "shout"}, "verb"),
        ({"type": "command", "command": "c-1", "patient": "p-17", "verb": "note", "by": "Anna"}, "by"),
        ({"type": "command", "command": "c-1", "patient": "p-17", "verb": "note", "text": " "}, "text"),
        ({"type": "command", "command": "c", "patient": "p", "verb": "note", "duration_s": 0}, "duration_s"),
        ({"type": "shown", "alarms": []}, "alarms"),
        ({"type": "shown", "alarms": ["a"] * 1001}, "alarms"),
        ({"type": "history", "patients": ["p-17"], "minutes": 0}, "minutes"),
        ({"type": "history", "patients": ["p-17"], "minutes": 1441}, "minutes"),
        ({"type": "name", "patient": "p 17"}, "patient"),
        ({"type": "deliveries"}, "alarm"),
    ],
    ids=str,
)
def test_what_is_missing_unknown_or_wrong_is_named_and_the_request_repeated(
    fields: dict[str, Any], names_it: str
) -> None:
    refusal = refused(fields | {"request": "r-1"})
    assert (refusal.code, refusal.request) == (ErrorCode.BAD_REQUEST, "r-1")
    assert names_it in refusal.message


@pytest.mark.parametrize("name", ["", "x" * 65, 5, ["r-1"]], ids=str)
def test_a_request_without_a_usable_name_is_refused_without_it(name: object) -> None:
    refusal = refused({"type": "name", "patient": "p-17", "request": name})
    assert (refusal.code, refusal.request) == (ErrorCode.BAD_REQUEST, None)


def test_a_console_may_name_up_to_a_hundred_wards() -> None:
    wards = [f"ward-{number}" for number in range(MAXIMUM_WARDS)]
    asked = decode_request(encode_request(Subscribe(wards=wards)).decode())
    assert isinstance(asked, Subscribe)
    assert asked.wards == wards
    refusal = refused(encode_request(Subscribe(wards=[*wards, "one-more"], request="r-1")).decode())
    assert (refusal.code, refusal.request) == (ErrorCode.TOO_MANY_WARDS, "r-1")


def test_a_token_does_not_come_back_in_an_answer() -> None:
    secret = "header.payload.signature"  # noqa: S105
    for fields in ({"token": secret, "later": 1}, {"token": secret * 1000}, {"token": [secret]}):
        assert secret not in refused({"type": "login", **fields}).message
    assert secret not in refused(f'{{"type":"login","token":"{secret}"').message


def test_every_verb_can_be_asked_for() -> None:
    for verb in Verb:
        order = Order(command="c-1", patient="p-17", verb=verb)
        assert decode_request(encode_request(order).decode()) == order
