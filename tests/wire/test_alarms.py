"""Alarm events on the wire."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec
import pytest
from hypothesis import given

from tests.support.records import alarm_events
from wardwatch.core.events import Actor, AlarmEvent, Cause, Phase, Priority, Role
from wardwatch.wire.alarms import alarm_fields, decode_alarm, encode_alarm
from wardwatch.wire.errors import Fault, Unreadable

EVENT = AlarmEvent(
    event="0f1e2d",
    alarm="a1b2c3",
    sequence=3,
    patient="p-17",
    ward="4B",
    bed="12",
    condition="heart_rate.high",
    kind="physiological",
    priority=Priority.MEDIUM,
    phase=Phase.START,
    state="active",
    inactivation="enabled",
    onset_ms=1795288003250,
    observed_at_ms=1795288033250,
    text="HR 134 > 120",
    why={"value": 134.0, "limit": 120},
    at_ms=1795288033400,
)
# What an event has had since there are commands; its fields may be missing from older records.
LATER = {
    "at_ms": 1795288033400,
    "source": "",
    "cause": "condition",
    "by": None,
    "until_ms": None,
    "escalation": 0,
    "target": "",
}


@given(event=alarm_events())
def test_what_is_written_is_what_is_read(event: AlarmEvent) -> None:
    assert decode_alarm(encode_alarm(event)) == event


def test_the_fields_are_those_of_the_design_and_say_priority_and_phase_in_words() -> None:
    fields: dict[str, Any] = msgspec.json.decode(encode_alarm(EVENT))
    assert fields == alarm_fields(EVENT)
    assert (
        fields
        == {
            "v": 1,
            "event": "0f1e2d",
            "alarm": "a1b2c3",
            "sequence": 3,
            "patient": "p-17",
            "ward": "4B",
            "bed": "12",
            "condition": "heart_rate.high",
            "kind": "physiological",
            "priority": "medium",
            "phase": "start",
            "state": "active",
            "inactivation": "enabled",
            "onset_ms": 1795288003250,
            "observed_at_ms": 1795288033250,
            "text": "HR 134 > 120",
            "why": {"value": 134.0, "limit": 120},
        }
        | LATER
    )


def test_who_did_it_is_told_with_name_and_role() -> None:
    by = Actor(name="Åsa Berg", role=Role.CHARGE_NURSE)
    event = dataclasses.replace(EVENT, cause=Cause.ACKNOWLEDGED, by=by, until_ms=1795288633400)
    fields = msgspec.json.decode(encode_alarm(event))
    assert fields["by"] == {"name": "Åsa Berg", "role": "charge_nurse"}
    assert (fields["cause"], fields["until_ms"]) == ("acknowledged", 1795288633400)


def test_an_event_of_an_earlier_sender_is_read() -> None:
    fields = {name: value for name, value in alarm_fields(EVENT).items() if name not in LATER}
    assert decode_alarm(msgspec.json.encode(fields)) == dataclasses.replace(EVENT, at_ms=0)


def test_an_event_of_a_later_sender_with_a_field_more_is_read() -> None:
    payload = msgspec.json.encode(alarm_fields(EVENT) | {"escalated_to": ["charge nurse"]})
    assert decode_alarm(payload) == EVENT


@pytest.mark.parametrize("field", [name for name in alarm_fields(EVENT) if name not in LATER])
def test_every_other_field_is_required(field: str) -> None:
    fields = alarm_fields(EVENT)
    del fields[field]
    with pytest.raises(Unreadable, match=f"`{field}`") as refusal:
        decode_alarm(msgspec.json.encode(fields))
    assert refusal.value.fault == Fault.MISSING_FIELD


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("priority", "urgent", Fault.WRONG_VALUE),
        ("priority", 2, Fault.WRONG_TYPE),
        ("phase", "continue", Fault.WRONG_VALUE),
        ("kind", "clinical", Fault.WRONG_VALUE),
        ("sequence", -1, Fault.WRONG_VALUE),
        ("ward", "4 B", Fault.WRONG_VALUE),
        ("why", ["HR"], Fault.WRONG_TYPE),
        ("observed_at_ms", "now", Fault.WRONG_TYPE),
        ("cause", "boredom", Fault.WRONG_VALUE),
        ("by", "Anna", Fault.WRONG_TYPE),
        ("until_ms", "soon", Fault.WRONG_TYPE),
        ("escalation", -1, Fault.WRONG_VALUE),
    ],
)
def test_a_wrong_field_is_refused(field: str, value: object, fault: Fault) -> None:
    with pytest.raises(Unreadable, match=rf"`\$\.{field}`") as refusal:
        decode_alarm(msgspec.json.encode(alarm_fields(EVENT) | {field: value}))
    assert refusal.value.fault == fault


def test_reasons_nested_without_end_are_refused() -> None:
    payload = encode_alarm(EVENT).replace(b"134.0", b"[" * 20_000 + b"]" * 20_000)
    with pytest.raises(Unreadable) as refusal:
        decode_alarm(payload)
    assert refusal.value.fault == Fault.WRONG_TYPE
