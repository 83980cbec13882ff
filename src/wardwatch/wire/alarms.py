"""Alarm events on the wire, version 1."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, Literal

import msgspec

from wardwatch.core.events import AlarmEvent, Cause, Phase, Priority
from wardwatch.wire.actors import ActorV1, actor_fields, actor_of
from wardwatch.wire.decoding import VERSION, Instant, Name, RecordDecoder, Version

_PRIORITY_NAMES = {priority: priority.name.lower() for priority in Priority}
_FIELDS = tuple(field.name for field in dataclasses.fields(AlarmEvent))


class _AlarmV1(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    v: Version
    event: str
    alarm: str
    sequence: Instant
    patient: Name
    ward: Name
    bed: str
    condition: str
    kind: Literal["physiological", "technical", "other"]
    priority: Literal["low", "medium", "high"]
    phase: Literal["start", "update", "end"]
    state: str
    inactivation: str
    onset_ms: int
    observed_at_ms: int
    text: str
    why: dict[str, Any]
    # Records from before there were commands have none of these.
    at_ms: int = 0
    source: str = ""
    cause: Cause = Cause.CONDITION
    by: ActorV1 | None = None
    until_ms: int | None = None
    escalation: Annotated[int, msgspec.Meta(ge=0)] = 0
    target: str = ""


_decoder: RecordDecoder[_AlarmV1] = RecordDecoder(_AlarmV1, frozenset(_AlarmV1.__struct_fields__))
_encode = msgspec.json.Encoder().encode


def alarm_fields(event: AlarmEvent) -> dict[str, Any]:
    """``event`` as the fields of its record, for JSON output."""
    fields: dict[str, Any] = {"v": VERSION}
    for name in _FIELDS:
        fields[name] = getattr(event, name)
    fields["priority"] = _PRIORITY_NAMES[event.priority]
    fields["phase"] = event.phase.value
    fields["cause"] = event.cause.value
    fields["by"] = actor_fields(event.by)
    return fields


def encode_alarm(event: AlarmEvent) -> bytes:
    """``event`` as JSON."""
    return _encode(alarm_fields(event))


def decode_alarm(payload: bytes | None) -> AlarmEvent:
    """The event in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
    record = _decoder.decode(payload)
    fields = {name: getattr(record, name) for name in _FIELDS}
    fields["priority"] = Priority[record.priority.upper()]
    fields["phase"] = Phase(record.phase)
    fields["by"] = actor_of(record.by)
    return AlarmEvent(**fields)
