"""Records of ``vitals.roster``: where a patient lies, and what clinicians have set for the patient.

A record is the whole line: what it does not say is not set. Who is discharged is said to be, by a record; one
without a value says nothing, and is refused.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from wardwatch.core.events import Placement
from wardwatch.core.roster import MOST_DEVICES, RosterEntry, entry_of, limit_errors
from wardwatch.wire.decoding import VERSION, Name, RecordDecoder, Version
from wardwatch.wire.errors import Fault, Unreadable


class _EntryV1(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    v: Version
    patient: Name
    ward: Name
    bed: Name
    devices: Annotated[tuple[Name, ...], msgspec.Meta(max_length=MOST_DEVICES)] | None = None
    limits: dict[str, dict[str, float]] | None = None
    news2_scale: Literal[1, 2] | None = None
    on_oxygen: bool | None = None
    discharged: bool | None = None


_decoder: RecordDecoder[_EntryV1] = RecordDecoder(_EntryV1, frozenset(_EntryV1.__struct_fields__))
_encode = msgspec.json.Encoder().encode


def is_name(text: str) -> bool:
    """Whether a patient, a ward, a bed or a device may have this name."""
    try:
        msgspec.convert(text, Name)
    except msgspec.ValidationError:
        return False
    return True


def entry_fields(entry: Placement) -> dict[str, Any]:
    """The fields of a record; what is not set is left out."""
    entry = entry_of(entry)
    fields: dict[str, Any] = {
        "v": VERSION,
        "patient": entry.patient,
        "ward": entry.ward,
        "bed": entry.bed,
        "devices": entry.devices or None,
        "limits": entry.limits or None,
        "news2_scale": 2 if entry.news2_scale_2 else None,
        "on_oxygen": entry.on_oxygen,
        "discharged": entry.discharged or None,
    }
    return {name: value for name, value in fields.items() if value is not None}


def encode_placement(entry: Placement) -> bytes:
    """``entry`` as JSON."""
    return _encode(entry_fields(entry))


def decode_placement(payload: bytes | None) -> RosterEntry:
    """The line in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
    record = _decoder.decode(payload)
    limits = record.limits or {}
    if errors := limit_errors(limits):
        raise Unreadable(Fault.WRONG_VALUE, errors[0])
    return RosterEntry(
        patient=record.patient,
        ward=record.ward,
        bed=record.bed,
        devices=tuple(dict.fromkeys(record.devices or ())),
        limits=limits,
        news2_scale_2=record.news2_scale == 2,
        on_oxygen=record.on_oxygen,
        discharged=bool(record.discharged),
    )
