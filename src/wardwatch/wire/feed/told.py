"""What the feed tells a console."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from wardwatch.core.events import AlarmEvent, PatientStatus
from wardwatch.wire.alarms import decode_alarm
from wardwatch.wire.decoding import Instant
from wardwatch.wire.feed.codes import ErrorCode, NotLive
from wardwatch.wire.status import decode_status


class _Message(msgspec.Struct, tag_field="type", kw_only=True):
    """A message; ``request`` repeats that of the message to which it is the answer, if that had one."""


class Hello(_Message, tag="hello"):
    """The feed's first message: log in within so many seconds."""

    protocol: str
    server: str
    heartbeat_interval_ms: int
    login_within_ms: int


class Welcome(_Message, tag="welcome"):
    """The answer to a login: who the token says that you are, and what you may do, until when.

    Where there is a ``notice``, a console shows it all the time.
    """

    name: str
    role: str
    wards: list[str]
    may: list[str]
    expires_ms: Instant
    notice: str = ""
    request: str | None = None


class Subscribed(_Message, tag="subscribed"):
    """The answer to a subscription.

    With ``recovered``, all that was missed since the position comes next, as events; ``monitoring`` replaces
    what the console knew of alarms about the monitoring itself, and ``patients`` what it knew of patients,
    where vitals were asked for. Without, a snapshot comes next.
    """

    wards: list[str]
    recovered: bool
    monitoring: list[msgspec.Raw] = []
    patients: list[msgspec.Raw] = []
    request: str | None = None

    def events(self) -> list[AlarmEvent]:
        """The alarms about the monitoring; raises :class:`~wardwatch.wire.errors.Unreadable`."""
        return [decode_alarm(bytes(alarm)) for alarm in self.monitoring]


class Snapshot(_Message, tag="snapshot"):
    """All alarms that are open for this subscription, each as its latest event: it replaces all before it.

    ``patients`` are the latest statuses of those who lie in these wards, where vitals were asked for.
    """

    wards: list[str]
    position: str
    alarms: list[msgspec.Raw]
    patients: list[msgspec.Raw] = []

    def events(self) -> list[AlarmEvent]:
        """The alarms' latest events; raises :class:`~wardwatch.wire.errors.Unreadable`."""
        return [decode_alarm(bytes(alarm)) for alarm in self.alarms]


class Event(_Message, tag="event"):
    """One step in the life of an alarm, as it happens.

    ``position`` is ``None`` for alarms about the monitoring itself: they stand in no log.
    """

    position: str | None
    alarm: msgspec.Raw

    def event(self) -> AlarmEvent:
        """The record; raises :class:`~wardwatch.wire.errors.Unreadable`."""
        return decode_alarm(bytes(self.alarm))


class Gone(_Message, tag="gone"):
    """An alarm that is not over, but no longer belongs to the subscription.

    Its patient has moved, or its priority has fallen below what was asked for.
    """

    position: str
    alarm: str


class Status(_Message, tag="status"):
    """The latest that is known of a patient; only the latest counts, so older ones may be left out."""

    status: msgspec.Raw

    def patient_status(self) -> PatientStatus:
        """The record; raises :class:`~wardwatch.wire.errors.Unreadable`."""
        return decode_status(bytes(self.status))


class Left(_Message, tag="left"):
    """A patient no longer lies in the wards asked for, or at all."""

    patient: str


class Heartbeat(_Message, tag="heartbeat"):
    """How things stand, every second.

    While ``live``, all that was in the log at ``known_until_ms`` has been told; and ``watched_until_ms`` is
    the watermark of the ward: what arrived before has been judged. ``None`` is not known.
    """

    now_ms: Instant
    live: bool
    reason: NotLive | None
    known_until_ms: Instant | None
    watched_until_ms: Instant | None
    last_record_ms: Instant | None
    position: str


class CommandReceipt(_Message, tag="receipt"):
    """What became of a command: a record of ``vitals.receipts``."""

    receipt: msgspec.Raw


class History(_Message, tag="history"):
    """One patient's last hours: a value a minute, and the alarms' events, the oldest first.

    ``vitals`` maps a vital to as many values as there are ``at_ms``, ``null`` where it was not measured.
    """

    patient: str
    at_ms: list[Instant]
    vitals: dict[str, list[float | None]]
    alarms: list[msgspec.Raw]
    request: str | None = None


class NameOf(_Message, tag="name"):
    """A patient's name, or ``None`` where the station has none."""

    patient: str
    name: str | None
    request: str | None = None


class Delivery(msgspec.Struct, kw_only=True):
    """What one console has done about an alarm."""

    console: str
    name: str
    role: str
    sent_ms: Instant | None
    shown_ms: Instant | None
    acted_ms: Instant | None


class Deliveries(_Message, tag="deliveries"):
    """At which consoles of this feed an alarm has arrived."""

    alarm: str
    consoles: list[Delivery]
    request: str | None = None


class Error(_Message, tag="error"):
    """The answer to a message that the feed could not use; the connection stays."""

    code: ErrorCode
    message: str
    request: str | None = None


ServerMessage = (
    Hello
    | Welcome
    | Subscribed
    | Snapshot
    | Event
    | Gone
    | Status
    | Left
    | Heartbeat
    | CommandReceipt
    | History
    | NameOf
    | Deliveries
    | Error
)

_encode = msgspec.json.Encoder().encode
_server_messages: msgspec.json.Decoder[ServerMessage] = msgspec.json.Decoder(ServerMessage)


def encode_message(message: ServerMessage) -> bytes:
    """``message`` as the payload of a text frame.

    >>> encode_message(Left(patient="p-17"))
    b'{"type":"left","patient":"p-17"}'
    """
    return _encode(message)


def raw(records: Iterable[bytes]) -> list[msgspec.Raw]:
    """Encoded records as they stand within a message."""
    return [msgspec.Raw(record) for record in records]


def decode_server_message(frame: str | bytes) -> ServerMessage:
    """What the feed sent; raises ``msgspec.DecodeError`` for what no feed sends."""
    return _server_messages.decode(frame)
