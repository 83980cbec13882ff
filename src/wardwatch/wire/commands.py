"""Records of ``vitals.commands``, version 1: what people want done about a patient's alarms.

The fields are those of :class:`wardwatch.core.alarming.commands.Command`; when it arrived says Kafka. Unlike
other records, a command with a field that is not known, or that its verb has no use for, is refused: a
misspelt wish must not be half granted.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import msgspec

from wardwatch.core.alarming.commands import Command, Label, Receipt, Verb, Verdict
from wardwatch.core.conditions import NAMES
from wardwatch.core.events import Actor
from wardwatch.core.technical.conditions import IN_WORDS
from wardwatch.wire.actors import ActorV1, actor_fields, actor_of
from wardwatch.wire.decoding import MAXIMUM_BYTES, VERSION, Instant, Name, RecordDecoder, Version
from wardwatch.wire.errors import Fault, Unreadable

MAXIMUM_TEXT = 500
# What people type: something, on one line (what can't be printed is refused by hand, below).
CommandText = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=MAXIMUM_TEXT)]
CONDITIONS = frozenset(NAMES).union(each.condition for each in IN_WORDS)


class _CommandV1(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    v: Version
    command: Name
    patient: Name
    verb: Verb
    by: ActorV1
    alarm: Name | None = None
    condition: str | None = None
    duration_s: Annotated[float, msgspec.Meta(gt=0)] | None = None
    text: CommandText | None = None
    label: Label | None = None


class _Use(NamedTuple):
    """The fields that a verb needs, and those that it can do without."""

    needed: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()


USES = {
    Verb.ACKNOWLEDGE: _Use(needed=("alarm",)),
    Verb.PAUSE_AUDIO: _Use(allowed=("duration_s",)),
    Verb.RESUME_AUDIO: _Use(),
    Verb.PAUSE_ALARM: _Use(allowed=("condition", "duration_s")),
    Verb.ALARM_OFF: _Use(allowed=("condition",)),
    Verb.RESUME_ALARM: _Use(allowed=("condition",)),
    Verb.NOTE: _Use(needed=("alarm", "text")),
    Verb.FEEDBACK: _Use(needed=("alarm", "label"), allowed=("text",)),
    Verb.NEW_NORMAL: _Use(),
}
_WISHES = ("alarm", "condition", "duration_s", "text", "label")

_decoder: RecordDecoder[_CommandV1] = RecordDecoder(
    _CommandV1, frozenset(_CommandV1.__struct_fields__), refuses_unknown=True
)
_encode = msgspec.json.Encoder().encode


def encode_command(command: Command) -> bytes:
    """``command`` as JSON; what is not known is left out, and so is when it arrived."""
    fields: dict[str, Any] = {
        "v": VERSION,
        "command": command.command,
        "patient": command.patient,
        "verb": command.verb,
        "by": actor_fields(command.by),
    }
    wishes = {name: getattr(command, name) for name in _WISHES}
    return _encode(fields | {name: wish for name, wish in wishes.items() if wish is not None})


def encode_checked(command: Command) -> bytes:
    """``command`` as JSON that a worker can read; raises :class:`Unreadable` where none could."""
    payload = encode_command(command)
    decode_command(payload, command.at_ms)
    return payload


def decode_command(payload: bytes | None, at_ms: int) -> Command:
    """The command in ``payload``, which arrived ``at_ms``; raises :class:`Unreadable`."""
    record = _decoder.decode(payload)
    wishes = {name: getattr(record, name) for name in _WISHES}
    _check(record, {name for name, wish in wishes.items() if wish is not None})
    try:
        msgspec.convert(at_ms, Instant)
    except msgspec.ValidationError:
        raise Unreadable(Fault.WRONG_VALUE, "The timestamp of the message is not an instant.") from None
    by = Actor(name=record.by.name, role=record.by.role)
    return Command(
        command=record.command, patient=record.patient, verb=record.verb, by=by, at_ms=at_ms, **wishes
    )


def _check(record: _CommandV1, given: set[str]) -> None:
    use = USES[record.verb]
    missing = [name for name in use.needed if name not in given]
    if missing:
        raise Unreadable(
            Fault.MISSING_FIELD,
            f"A command `{record.verb}` needs the field `{missing[0]}`, which is missing.",
        )
    useless = sorted(given.difference(use.needed, use.allowed))
    if useless:
        raise Unreadable(Fault.WRONG_VALUE, f"A command `{record.verb}` has no use for `{useless[0]}`.")
    if record.condition is not None and record.condition not in CONDITIONS:
        raise Unreadable(Fault.WRONG_VALUE, "The field `condition` names none that is known.")
    for name, text in ("text", record.text), ("by.name", record.by.name):
        if text is not None and not text.isprintable():
            raise Unreadable(
                Fault.WRONG_VALUE, f"The field `{name}` has a character that can't be printed on a line."
            )


def refusal_of(payload: bytes | None, at_ms: int, sentence: str) -> Receipt | None:
    """The answer to a command that can't be read, or ``None`` where not even sender or patient can be."""
    try:
        fields = msgspec.json.decode(payload or b"") if len(payload or b"") <= MAXIMUM_BYTES else None
        at_ms = msgspec.convert(at_ms, Instant)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(fields, dict):
        return None
    command, patient = _read(fields.get("command"), Name), _read(fields.get("patient"), Name)
    if command is None or patient is None:
        return None
    by = _read(fields.get("by"), ActorV1)
    return Receipt(
        command=command,
        patient=patient,
        verb=_read(fields.get("verb"), Verb),
        by=actor_of(by) if by is not None and by.name.isprintable() else None,
        at_ms=at_ms,
        verdict=Verdict.REFUSED,
        sentence=sentence,
    )


def _read(value: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return None
