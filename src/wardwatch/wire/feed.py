"""Messages of the feed, protocol ``wardwatch.v1``: JSON text frames, each an object with a ``type``.

The protocol is described in ``docs/feed.md``. A console must ignore fields that it does not know; the feed
refuses them, so that a misspelt wish is never silently half granted.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from wardwatch.core.events import AlarmEvent
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.decoding import Instant, Name

PROTOCOL = "wardwatch.v1"
ALL_WARDS = "*"

# What a console may send: room for a hundred wards with the longest names many times over.
MAXIMUM_REQUEST_BYTES = 64 * 1024
MAXIMUM_WARDS = 100

# Close codes 4000-4999 are for applications (RFC 6455, 7.4.2); 4008 mirrors HTTP 408.
CLOSE_SLOW_CONSUMER = 4008
SLOW_CONSUMER = "slow consumer: reconnect for a fresh snapshot"


class NotLive(StrEnum):
    """Why the feed can't vouch that it has told everything."""

    STARTING = "starting"
    NO_TOPIC = "no_topic"
    KAFKA_UNREACHABLE = "kafka_unreachable"
    CATCHING_UP = "catching_up"


class ErrorCode(StrEnum):
    """What was wrong with a console's message."""

    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    UNKNOWN_TYPE = "unknown_type"
    BAD_REQUEST = "bad_request"
    TOO_MANY_WARDS = "too_many_wards"


class Hello(msgspec.Struct, tag="hello", tag_field="type", kw_only=True):
    """The feed's first message."""

    protocol: str
    server: str
    heartbeat_interval_ms: int


class Subscribe(msgspec.Struct, tag="subscribe", tag_field="type", kw_only=True, forbid_unknown_fields=True):
    """A console asks for wards, or for all with ``*``; it replaces what it asked for before."""

    wards: list[str]


class Snapshot(msgspec.Struct, tag="snapshot", tag_field="type", kw_only=True):
    """All alarms that are open in the wards asked for, each as its latest event."""

    wards: list[str]
    alarms: list[msgspec.Raw]

    def events(self) -> list[AlarmEvent]:
        """The alarms' latest events; raises :class:`~wardwatch.wire.errors.Unreadable`."""
        return [decode_alarm(bytes(alarm)) for alarm in self.alarms]


class Event(msgspec.Struct, tag="event", tag_field="type", kw_only=True):
    """One step in the life of an alarm, as it happens."""

    alarm: msgspec.Raw

    def event(self) -> AlarmEvent:
        """The record; raises :class:`~wardwatch.wire.errors.Unreadable`."""
        return decode_alarm(bytes(self.alarm))


class Gone(msgspec.Struct, tag="gone", tag_field="type", kw_only=True):
    """An alarm that is not over, but no longer belongs to the wards asked for: its patient has moved."""

    alarm: str


class Heartbeat(msgspec.Struct, tag="heartbeat", tag_field="type", kw_only=True):
    """How things stand, every second.

    While ``live``, all that was in the log at ``known_until_ms`` has been told. ``position`` maps a
    partition to the offset of the next record to read.
    """

    now_ms: Instant
    live: bool
    reason: NotLive | None
    known_until_ms: Instant | None
    last_record_ms: Instant | None
    position: dict[str, int]


class Error(msgspec.Struct, tag="error", tag_field="type", kw_only=True):
    """The answer to a message that the feed could not use; the connection stays."""

    code: ErrorCode
    message: str


ServerMessage = Hello | Snapshot | Event | Gone | Heartbeat | Error

_encode = msgspec.json.Encoder().encode
_server_messages: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)


class BadRequestError(ValueError):
    """A console's message that the feed can't use: a code, and a sentence for whoever wrote the console."""

    def __init__(self, code: ErrorCode, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def encode_message(message: ServerMessage | Subscribe) -> bytes:
    """``message`` as the payload of a text frame.

    >>> encode_message(Subscribe(wards=["4B"]))
    b'{"type":"subscribe","wards":["4B"]}'
    """
    return _encode(message)


def encode_event(alarm: bytes) -> bytes:
    """The frame of an event from its encoded record."""
    return _encode(Event(alarm=msgspec.Raw(alarm)))


def encode_snapshot(wards: Iterable[str], alarms: Iterable[bytes]) -> bytes:
    """The frame of a snapshot from encoded records."""
    return _encode(Snapshot(wards=sorted(wards), alarms=[msgspec.Raw(alarm) for alarm in alarms]))


def decode_server_message(frame: str | bytes) -> ServerMessage:
    """What the feed sent; raises ``msgspec.DecodeError`` for what no feed sends."""
    return _server_messages.decode(frame)


def decode_request(frame: str | bytes) -> Subscribe:
    """What a console asks for; raises :class:`BadRequestError`."""
    if not isinstance(frame, str):
        raise BadRequestError(ErrorCode.NOT_TEXT, "Messages are text frames; this was a binary one.")
    try:
        fields = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadRequestError(ErrorCode.NOT_JSON, f"The message is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise BadRequestError(ErrorCode.BAD_REQUEST, "The message is not a JSON object.")
    if fields.get("type") != "subscribe":
        raise BadRequestError(
            ErrorCode.UNKNOWN_TYPE, "A message has the type `subscribe`; no other is known."
        )
    try:
        request = msgspec.convert(fields, Subscribe)
    except msgspec.ValidationError as error:
        raise BadRequestError(ErrorCode.BAD_REQUEST, f"{error}.") from None
    _check_wards(request.wards)
    return request


def _check_wards(wards: list[str]) -> None:
    if not wards:
        raise BadRequestError(ErrorCode.BAD_REQUEST, 'Name at least one ward, or "*" for all.')
    if len(wards) > MAXIMUM_WARDS:
        raise BadRequestError(
            ErrorCode.TOO_MANY_WARDS, f'At most {MAXIMUM_WARDS} wards can be named; "*" stands for all.'
        )
    try:
        msgspec.convert([ward for ward in wards if ward != ALL_WARDS], list[Name])
    except msgspec.ValidationError:
        raise BadRequestError(
            ErrorCode.BAD_REQUEST, "The name of a ward has 1 to 64 letters, digits or ._:+@/-."
        ) from None
