"""Records of ``vitals.receipts``, version 1: what became of each command."""

from __future__ import annotations

import dataclasses
from typing import Any

import msgspec

from wardwatch.core.alarming.commands import Label, Receipt, Verb, Verdict
from wardwatch.wire.actors import ActorV1, actor_fields, actor_of
from wardwatch.wire.decoding import VERSION, Instant, Name, RecordDecoder, Version

_FIELDS = tuple(field.name for field in dataclasses.fields(Receipt))


class _ReceiptV1(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    v: Version
    command: Name
    patient: Name
    verb: Verb | None
    by: ActorV1 | None
    at_ms: Instant
    verdict: Verdict
    sentence: str
    alarm: str | None = None
    label: Label | None = None
    text: str | None = None
    until_ms: int | None = None


_decoder: RecordDecoder[_ReceiptV1] = RecordDecoder(_ReceiptV1, frozenset(_ReceiptV1.__struct_fields__))
_encode = msgspec.json.Encoder().encode


def receipt_fields(receipt: Receipt) -> dict[str, Any]:
    """``receipt`` as the fields of its record, for JSON output."""
    fields: dict[str, Any] = {"v": VERSION} | {name: getattr(receipt, name) for name in _FIELDS}
    return fields | {"by": actor_fields(receipt.by)}


def encode_receipt(receipt: Receipt) -> bytes:
    """``receipt`` as JSON."""
    return _encode(receipt_fields(receipt))


def decode_receipt(payload: bytes | None) -> Receipt:
    """The receipt in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
    record = _decoder.decode(payload)
    fields = {name: getattr(record, name) for name in _FIELDS}
    return Receipt(**fields | {"by": actor_of(record.by)})
