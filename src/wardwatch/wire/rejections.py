"""Records of ``vitals.rejected``: what was refused, why, and where it stands in the log.

The payload itself is not repeated: topic, partition and offset find it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from wardwatch.wire.decoding import VERSION, RecordDecoder, Version


class Rejection(msgspec.Struct, kw_only=True, frozen=True):
    """One refused record, or one refused value (``vital``) of a record whose other values were used."""

    reason: str
    detail: str
    topic: str
    partition: int
    offset: int
    patient: str | None = None
    vital: str | None = None


class _RejectionV1(Rejection, kw_only=True, frozen=True, forbid_unknown_fields=True):
    v: Version


_decoder: RecordDecoder[_RejectionV1] = RecordDecoder(_RejectionV1, frozenset(_RejectionV1.__struct_fields__))
_encode = msgspec.json.Encoder().encode


def encode_rejection(rejection: Rejection) -> bytes:
    """``rejection`` as JSON; what is not known is left out."""
    fields: dict[str, Any] = {"v": VERSION}
    for name in Rejection.__struct_fields__:
        value = getattr(rejection, name)
        if value is not None:
            fields[name] = value
    return _encode(fields)


def decode_rejection(payload: bytes | None) -> Rejection:
    """The rejection in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
    record = _decoder.decode(payload)
    return Rejection(**{name: getattr(record, name) for name in Rejection.__struct_fields__})
