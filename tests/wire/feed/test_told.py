"""What the feed tells: what is written is what is read, and what a later feed adds is passed over."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.records import alarm_events, instants, names, statuses, texts
from wardwatch.core.events import AlarmEvent, PatientStatus
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.errors import Unreadable
from wardwatch.wire.feed.codes import ErrorCode, NotLive
from wardwatch.wire.feed.told import (
    Deliveries,
    Delivery,
    Error,
    Event,
    Gone,
    Heartbeat,
    Hello,
    History,
    Left,
    NameOf,
    ServerMessage,
    Snapshot,
    Status,
    Subscribed,
    Welcome,
    decode_server_message,
    encode_message,
    raw,
)
from wardwatch.wire.status import encode_status

_requests = st.none() | names
_deliveries = st.builds(
    Delivery,
    console=names,
    name=texts,
    role=names,
    sent_ms=st.none() | instants,
    shown_ms=st.none() | instants,
    acted_ms=st.none() | instants,
)
_messages: st.SearchStrategy[ServerMessage] = st.one_of(
    st.builds(Hello, protocol=names, server=names, heartbeat_interval_ms=instants, login_within_ms=instants),
    st.builds(
        Welcome,
        name=texts,
        role=names,
        wards=st.lists(names, max_size=3),
        may=st.lists(names, max_size=3),
        expires_ms=instants,
        request=_requests,
    ),
    st.builds(Gone, position=names, alarm=names),
    st.builds(Left, patient=names),
    st.builds(
        Heartbeat,
        now_ms=instants,
        live=st.booleans(),
        reason=st.none() | st.sampled_from(NotLive),
        known_until_ms=st.none() | instants,
        watched_until_ms=st.none() | instants,
        last_record_ms=st.none() | instants,
        position=names,
    ),
    st.builds(
        History,
        patient=names,
        at_ms=st.lists(instants, max_size=3),
        vitals=st.dictionaries(names, st.lists(st.none() | st.floats(0, 300), max_size=3), max_size=3),
        alarms=st.just([]),
        request=_requests,
    ),
    st.builds(NameOf, patient=names, name=st.none() | texts, request=_requests),
    st.builds(Deliveries, alarm=names, consoles=st.lists(_deliveries, max_size=3), request=_requests),
    st.builds(Error, code=st.sampled_from(ErrorCode), message=texts, request=_requests),
)


@given(message=_messages)
def test_what_is_told_is_what_is_read(message: ServerMessage) -> None:
    assert decode_server_message(encode_message(message)) == message


@given(event=alarm_events(), status=statuses(), position=names)
def test_records_are_told_as_they_are(event: AlarmEvent, status: PatientStatus, position: str) -> None:
    alarm, patient = encode_alarm(event), encode_status(status)
    snapshot = Snapshot(wards=["4B"], position=position, alarms=raw([alarm]), patients=raw([patient]))
    read = decode_server_message(encode_message(snapshot))
    assert isinstance(read, Snapshot)
    assert read.events() == [event]
    assert [bytes(each) for each in (*read.alarms, *read.patients)] == [alarm, patient]
    told = decode_server_message(encode_message(Event(position=position, alarm=raw([alarm])[0])))
    assert isinstance(told, Event)
    assert told.event() == event
    shown = decode_server_message(encode_message(Status(status=raw([patient])[0])))
    assert isinstance(shown, Status)
    assert shown.patient_status() == status
    answer = Subscribed(wards=["4B"], recovered=True, monitoring=raw([alarm]), patients=raw([patient]))
    known = decode_server_message(encode_message(answer))
    assert isinstance(known, Subscribed)
    assert known.events() == [event]


def test_what_a_later_feed_adds_is_passed_over() -> None:
    for kind, fields in (
        (Gone(position="1:2", alarm="1f"), {"type": "gone", "position": "1:2", "alarm": "1f"}),
        (Left(patient="p-17"), {"type": "left", "patient": "p-17"}),
    ):
        frame = msgspec.json.encode({**fields, "later": {"more": 1}})
        assert decode_server_message(frame.decode()) == kind


def test_a_record_that_is_none_is_found_out_when_it_is_looked_at() -> None:
    message = decode_server_message('{"type":"event","position":null,"alarm":{"v":1}}')
    assert isinstance(message, Event)
    assert message.position is None
    with pytest.raises(Unreadable):
        message.event()


@pytest.mark.parametrize(
    "frame",
    [b"", b"\xff", "{}", '{"type":"login"}', '{"type":"gone"}', '{"type":"left","patient":5}'],
    ids=repr,
)
def test_what_no_feed_sends_is_an_error(frame: Any) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeError)):
        decode_server_message(frame)


def test_each_answer_repeats_the_name_of_its_request() -> None:
    answers = {Welcome, Subscribed, History, NameOf, Deliveries, Error}
    assert {kind for kind in get_args(ServerMessage) if "request" in kind.__struct_fields__} == answers
