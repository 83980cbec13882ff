"""Records of ``vitals.audit``, version 1: who saw what, and who did what, in chains.

A chain is what one feed process notes, from its start to its end. Each record holds the hash of the one
before it, so that none can be changed, taken out, put in or moved without a trace; and the first of a chain
names the heads of those before it, so that those can't lose their ends. docs/audit.md says how the hash is
made.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

import msgspec

from wardwatch.core.permissions import Grant
from wardwatch.wire.decoding import VERSION, Instant, Name, Version
from wardwatch.wire.errors import Fault, Unreadable

# Larger than the largest that a feed notes, and as large as a broker takes by itself.
_MAXIMUM_BYTES = 1024 * 1024
_HEAD = re.compile(r"([0-9a-f]{16}):([0-9]{1,15}):([0-9a-f]{64})")

NOTHING_BEFORE = "0" * 64  # what stands for the hash before the first record


class AuditKind(StrEnum):
    """What has happened. A reader must not stumble over others: a newer feed may note more."""

    STARTED = "started"
    LOGIN = "login"
    LOGIN_REFUSED = "login_refused"
    SUBSCRIBED = "subscribed"
    REFUSED = "refused"
    COMMAND = "command"
    NAME_SHOWN = "name_shown"
    HISTORY = "history"
    SHOWN = "shown"
    CLOSED = "closed"
    LOST = "lost"  # so many notes could not be kept
    STOPPED = "stopped"


class Who(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """Whose token it was."""

    subject: str
    name: str
    role: str
    token_id: str


class Head(NamedTuple):
    """The latest known record of a chain."""

    chain: str
    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.chain}:{self.number}:{self.hash}"


def head_of(text: str) -> Head | None:
    """The head that is written so, or ``None``.

    >>> str(head_of("00112233445566ff:7:" + "a" * 64))[:22]
    '00112233445566ff:7:aaa'
    """
    found = _HEAD.fullmatch(text)
    return None if found is None else Head(found[1], int(found[2]), found[3])


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What is to be noted; its place in a chain comes later."""

    at_ms: int
    kind: str
    who: Who | None = None
    console: str | None = None
    what: Mapping[str, Any] = field(default_factory=dict)


class AuditRecord(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A note in its place: ``hash`` covers all other fields, ``previous`` is that of the record before."""

    v: Version
    chain: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
    number: Annotated[int, msgspec.Meta(ge=0, lt=10**15)]
    at_ms: Instant
    kind: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{1,40}\Z")]
    who: Who | None
    console: Name | None
    what: dict[str, Any]
    previous: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
    hash: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]

    @property
    def head(self) -> Head:
        """By which it can be known again."""
        return Head(self.chain, self.number, self.hash)

    def heads(self) -> list[Head]:
        """The heads of other chains that it names; only the first of a chain does."""
        named = self.what.get("heads", []) if self.kind == AuditKind.STARTED else []
        found = [head_of(each) for each in named if isinstance(each, str)] if isinstance(named, list) else []
        return [head for head in found if head is not None]


def who_of(grant: Grant) -> Who:
    """Whose token it is."""
    return Who(subject=grant.subject, name=grant.name, role=grant.role.value, token_id=grant.token_id)


def canonical(fields: Mapping[str, Any]) -> bytes:
    """The one way to write these fields: JSON in UTF-8, names sorted, no spaces.

    >>> canonical({"b": 1, "a": "ä"}).decode()
    '{"a":"ä","b":1}'
    """
    return json.dumps(
        fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def chained(note: Note, chain: str, number: int, previous: str) -> AuditRecord:
    """``note`` as record ``number`` of a chain, after the record whose hash is ``previous``."""
    fields: dict[str, Any] = {
        "v": VERSION,
        "chain": chain,
        "number": number,
        "at_ms": note.at_ms,
        "kind": note.kind,
        "who": None if note.who is None else msgspec.to_builtins(note.who),
        "console": note.console,
        "what": msgspec.to_builtins(note.what),
        "previous": previous,
    }
    return msgspec.convert(fields | {"hash": _hash_of(fields)}, AuditRecord)


def audit_fields(record: AuditRecord) -> dict[str, Any]:
    """``record`` as the fields that it has in the topic."""
    fields: dict[str, Any] = msgspec.to_builtins(record)
    return fields


def encode_audit(record: AuditRecord) -> bytes:
    """``record`` as JSON, in the one way that it may be written."""
    return canonical(audit_fields(record))


def has_right_hash(record: AuditRecord) -> bool:
    """Whether the record is as it was when its hash was made."""
    fields = audit_fields(record)
    del fields["hash"]
    return record.hash == _hash_of(fields)


def decode_audit(payload: bytes | None) -> AuditRecord:
    """The record in ``payload``, right or wrong as its hash may be; raises :class:`Unreadable`."""
    if payload is None or len(payload) > _MAXIMUM_BYTES:
        raise Unreadable(Fault.TOO_LARGE if payload else Fault.NO_PAYLOAD, "There is no record, or too much.")
    try:
        record: AuditRecord = _decoder.decode(payload)
        is_canonical = encode_audit(record) == payload
    # What can just be read may be nested too deeply to be written.
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        raise Unreadable(Fault.WRONG_TYPE, "The payload is not a record of the audit.") from None
    if not is_canonical:
        raise Unreadable(Fault.WRONG_VALUE, "The record is not written as a feed writes it.")
    return record


def _hash_of(fields: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(fields)).hexdigest()


_decoder = msgspec.json.Decoder(AuditRecord)
