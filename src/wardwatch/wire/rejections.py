"""Records of ``vitals.rejected``: what was refused, why, and where it stands in the log.

The payload itself is not repeated: topic, partition and offset find it.
"""

from __future__ import annotations

import msgspec

from wardwatch.wire.decoding import VERSION, RecordDecoder


class Rejection(msgspec.Struct, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One refused record, or one refused value (``vital``) of a record whose other values were used."""

    v: int = VERSION
    reason: str
    detail: str
    topic: str
    partition: int
    offset: int
    patient: str | None = None
    vital: str | None = None


_decoder: RecordDecoder[Rejection] = RecordDecoder(Rejection, frozenset(Rejection.__struct_fields__))
_encode = msgspec.json.Encoder().encode


def encode_rejection(rejection: Rejection) -> bytes:
    return _encode(
        {name: value for name, value in msgspec.structs.asdict(rejection).items() if value is not None}
    )


def decode_rejection(payload: bytes | None) -> Rejection:
    return _decoder.decode(payload)
