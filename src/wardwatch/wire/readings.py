"""Readings on the wire, version 1: one JSON object a record.

The fields are those of :class:`wardwatch.core.reading.Reading`, and are taken from it, so that they are
declared once.
"""

from __future__ import annotations

import dataclasses
from typing import Any, get_type_hints

import msgspec

from wardwatch.core.reading import Reading
from wardwatch.wire.decoding import MAXIMUM_BYTES, VERSION, Instant, Name, RecordDecoder, Version

_NARROWER: dict[str, Any] = {
    "patient": Name,
    "device": Name,
    "observed_at_ms": Instant,
    "seq": Instant | None,
}


# Names that were checked before are known again at a tenth of the cost; so many are remembered.
_REMEMBERED_NAMES = 200_000


def _record_type(narrower: dict[str, Any]) -> Any:
    types = get_type_hints(Reading) | narrower
    fields: list[Any] = [("v", Version)]
    for field in dataclasses.fields(Reading):
        required = field.default is dataclasses.MISSING
        fields.append((field.name, types[field.name]) if required else (field.name, types[field.name], None))
    return msgspec.defstruct("Reading", fields, forbid_unknown_fields=True, kw_only=True)


_ReadingV1 = _record_type(_NARROWER)
_UncheckedNames = _record_type(_NARROWER | {"patient": str, "device": str})
_FIELD_NAMES = frozenset(field.name for field in dataclasses.fields(Reading)) | {"v"}


class ReadingDecoder(RecordDecoder[Any]):
    """Decodes readings; what it returns has the attributes of :class:`Reading` and suits ``Batch.of``."""

    def __init__(self) -> None:
        super().__init__(_ReadingV1, _FIELD_NAMES)
        self._decode_with_unchecked_names = msgspec.json.Decoder(_UncheckedNames).decode
        self._good_names: set[str] = set()

    def decode(self, payload: bytes | None) -> Any:
        """The reading in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
        names = self._good_names
        try:
            if payload is not None and len(payload) <= MAXIMUM_BYTES:
                reading = self._decode_with_unchecked_names(payload)
                if reading.patient in names and reading.device in names:
                    return reading
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        reading = super().decode(payload)
        if len(names) >= _REMEMBERED_NAMES:
            names.clear()
        names.update((reading.patient, reading.device))
        return reading

    def decode_all(self, payloads: list[bytes | None]) -> list[Any] | None:
        """The readings in ``payloads``, or ``None`` if not all are plain: then :meth:`decode` says why."""
        decode, names = self._decode_with_unchecked_names, self._good_names
        try:
            sized = [payload for payload in payloads if payload is not None and len(payload) <= MAXIMUM_BYTES]
            readings = [decode(payload) for payload in sized]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        known = names.issuperset([reading.patient for reading in readings])
        known = known and names.issuperset([reading.device for reading in readings])
        return readings if known and len(readings) == len(payloads) else None


_encode = msgspec.json.Encoder().encode
_OPTIONAL = tuple(field.name for field in dataclasses.fields(Reading) if field.default is None)


def encode_reading(reading: Reading) -> bytes:
    """``reading`` as JSON; what was not measured is left out.

    >>> encode_reading(Reading(patient="p-17", device="e4-03", observed_at_ms=1795288033250, heart_rate=72))
    b'{"v":1,"patient":"p-17","device":"e4-03","observed_at_ms":1795288033250,"heart_rate":72}'
    """
    record: dict[str, Any] = {
        "v": VERSION,
        "patient": reading.patient,
        "device": reading.device,
        "observed_at_ms": reading.observed_at_ms,
    }
    for name in _OPTIONAL:
        value = getattr(reading, name)
        if value is not None:
            record[name] = value
    return _encode(record)
