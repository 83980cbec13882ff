"""What a console asks of the feed, decoded strictly and with an answer for whoever wrote the console."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from wardwatch.core.alarming.commands import Label, Verb
from wardwatch.core.permissions import EVERY_WARD
from wardwatch.wire.commands import CommandText
from wardwatch.wire.decoding import Name
from wardwatch.wire.feed.codes import MAXIMUM_PATIENTS, MAXIMUM_WARDS, ErrorCode

# Any text by which the console knows its request again; the answer repeats it.
RequestId = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_Token = Annotated[str, msgspec.Meta(max_length=8192)]
_Position = Annotated[str, msgspec.Meta(max_length=32_768)]
_Minutes = Annotated[int, msgspec.Meta(ge=1, le=1440)]
_Patients = Annotated[list[Name], msgspec.Meta(min_length=1, max_length=MAXIMUM_PATIENTS)]


class _Request(msgspec.Struct, tag_field="type", kw_only=True, forbid_unknown_fields=True):
    """A message that a console may send; ``request`` is repeated in the answer."""

    request: RequestId | None = None


class Login(_Request, tag="login"):
    """The first message, and again before the token expires; ``console`` names the station, for others."""

    token: _Token
    console: Name | None = None


class Subscribe(_Request, tag="subscribe"):
    """The wards to hear of, or all of the token's with ``*``; it replaces what was asked for before.

    ``position`` is the last that the console was told: what it has missed since then comes first.
    ``minimum_priority`` and ``patients`` narrow down which alarms; ``vitals`` asks for statuses, too.
    """

    wards: list[str]
    position: _Position | None = None
    minimum_priority: Annotated[str, msgspec.Meta(pattern=r"^(low|medium|high)\Z")] = "low"
    patients: _Patients | None = None
    vitals: bool = False


class Order(_Request, tag="command"):
    """A command about a patient's alarms: fields as in docs/commands.md. Who gives it says the token."""

    command: Name
    patient: Name
    verb: Verb
    alarm: Name | None = None
    condition: str | None = None
    duration_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    text: CommandText | None = None
    label: Label | None = None


class Shown(_Request, tag="shown"):
    """Events that are on the screen now, by the names of their alarms."""

    alarms: Annotated[list[Name], msgspec.Meta(min_length=1, max_length=1000)]


class AskHistory(_Request, tag="history"):
    """The last minutes of patients, and their alarms; one answer a patient."""

    patients: _Patients
    minutes: _Minutes = 240


class AskName(_Request, tag="name"):
    """The name behind a pseudonym."""

    patient: Name


class AskDeliveries(_Request, tag="deliveries"):
    """At which consoles an alarm has arrived."""

    alarm: Name


ClientMessage = Login | Subscribe | Order | Shown | AskHistory | AskName | AskDeliveries

_TYPES = ("login", "subscribe", "command", "shown", "history", "name", "deliveries")
_encode = msgspec.json.Encoder().encode


class BadRequestError(ValueError):
    """A console's message that the feed can't use: a code, and a sentence for whoever wrote the console."""

    def __init__(self, code: ErrorCode, message: str, request: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.request = request


def encode_request(message: ClientMessage) -> bytes:
    """``message`` as the payload of a text frame.

    >>> encode_request(AskName(patient="p-17"))
    b'{"type":"name","patient":"p-17","request":null}'
    """
    return _encode(message)


def decode_request(frame: str | bytes) -> ClientMessage:
    """What a console asks for; raises :class:`BadRequestError`."""
    if not isinstance(frame, str):
        raise BadRequestError(ErrorCode.NOT_TEXT, "Messages are text frames; this was a binary one.")
    try:
        fields = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadRequestError(ErrorCode.NOT_JSON, f"The message is not JSON: {error}.") from None
    if not isinstance(fields, dict):
        raise BadRequestError(ErrorCode.BAD_REQUEST, "The message is not a JSON object.")
    name = _request_of(fields)
    if fields.get("type") not in _TYPES:
        known = ", ".join(f"`{each}`" for each in _TYPES)
        raise BadRequestError(ErrorCode.UNKNOWN_TYPE, f"The type of a message is one of {known}.", name)
    try:
        message: ClientMessage = msgspec.convert(fields, ClientMessage)
    except msgspec.ValidationError as error:
        raise BadRequestError(ErrorCode.BAD_REQUEST, f"{error}.", name) from None
    if isinstance(message, Subscribe):
        _check_wards(message)
    return message


def _request_of(fields: dict[str, Any]) -> str | None:
    try:
        return msgspec.convert(fields.get("request"), RequestId | None)
    except msgspec.ValidationError:
        return None


def _check_wards(message: Subscribe) -> None:
    if not message.wards:
        raise BadRequestError(
            ErrorCode.BAD_REQUEST, 'Name at least one ward, or "*" for all.', message.request
        )
    if len(message.wards) > MAXIMUM_WARDS:
        raise BadRequestError(
            ErrorCode.TOO_MANY_WARDS,
            f'At most {MAXIMUM_WARDS} wards can be named; "*" stands for all.',
            message.request,
        )
    try:
        msgspec.convert([ward for ward in message.wards if ward != EVERY_WARD], list[Name])
    except msgspec.ValidationError:
        raise BadRequestError(
            ErrorCode.BAD_REQUEST,
            "The name of a ward has 1 to 64 letters, digits or ._:+@/-.",
            message.request,
        ) from None
