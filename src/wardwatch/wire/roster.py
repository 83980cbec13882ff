"""Records of ``vitals.roster``: which ward and bed a patient lies in."""

from __future__ import annotations

import msgspec

from wardwatch.core.events import Placement
from wardwatch.wire.decoding import VERSION, Name, RecordDecoder, Version


class _PlacementV1(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    v: Version
    patient: Name
    ward: Name
    bed: Name


_decoder: RecordDecoder[_PlacementV1] = RecordDecoder(_PlacementV1, frozenset(_PlacementV1.__struct_fields__))
_encode = msgspec.json.Encoder().encode


def encode_placement(placement: Placement) -> bytes:
    """``placement`` as JSON."""
    return _encode({"v": VERSION, "patient": placement.patient, "ward": placement.ward, "bed": placement.bed})


def decode_placement(payload: bytes | None) -> Placement:
    """The placement in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
    record = _decoder.decode(payload)
    return Placement(patient=record.patient, ward=record.ward, bed=record.bed)
