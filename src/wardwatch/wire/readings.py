"""Readings on the wire, version 1: one JSON object a record.

The fields are those of :class:`wardwatch.core.reading.Reading`, and are taken from it, so that they are
declared once.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any, get_type_hints

import msgspec

from wardwatch.core.reading import CONTEXT_NAMES, Reading
from wardwatch.core.vitals import VITAL_NAMES
from wardwatch.wire.decoding import MAXIMUM_BYTES, VERSION, Instant, Name, RecordDecoder, Version

_NARROWER: dict[str, Any] = {
    "patient": Name,
    "device": Name,
    "observed_at_ms": Instant,
    "seq": Instant | None,
}


_NUMBERS = frozenset((*VITAL_NAMES, *CONTEXT_NAMES))

# Names that were checked before are known again at a tenth of the cost; so many are remembered.
_REMEMBERED_NAMES = 200_000


def _record_type(narrower: dict[str, Any], missing: float | None = None) -> Any:
    types = get_type_hints(Reading) | narrower
    fields: list[Any] = [("v", Version)]
    for field in dataclasses.fields(Reading):
        required = field.default is dataclasses.MISSING
        default = missing if field.name in _NUMBERS else None
        name_and_type = (field.name, types[field.name])
        fields.append(name_and_type if required else (*name_and_type, default))
    # A reading holds no other objects, so the garbage collector need not look at it.
    return msgspec.defstruct("Reading", fields, forbid_unknown_fields=True, kw_only=True, gc=False)


_ReadingV1 = _record_type(_NARROWER)
# A number that is missing is "not a number" here, which is what it becomes in an array.
_Quick = _record_type(_NARROWER | {"patient": str, "device": str}, missing=math.nan)
_FIELD_NAMES = frozenset(field.name for field in dataclasses.fields(Reading)) | {"v"}


class ReadingDecoder(RecordDecoder[Any]):
    """Decodes readings; what it returns has the attributes of :class:`Reading` and suits ``Batch.of``."""

    def __init__(self) -> None:
        super().__init__(_ReadingV1, _FIELD_NAMES)
        self._decode_quickly = msgspec.json.Decoder(_Quick).decode
        self._good_names: set[str] = set()

    def decode(self, payload: bytes | None) -> Any:
        """The reading in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
        reading = super().decode(payload)
        if len(self._good_names) >= _REMEMBERED_NAMES:
            self._good_names.clear()
        self._good_names.update((reading.patient, reading.device))
        return reading

    def decode_all(self, payloads: list[bytes | None]) -> list[Any] | None:
        """The readings in ``payloads``, or ``None`` if not all are plain: then :meth:`decode` says why.

        What is returned suits ``Batch.of_decoded``: numbers that are missing are "not a number".
        """
        decode, names = self._decode_quickly, self._good_names
        try:
            if max(map(len, payloads), default=0) > MAXIMUM_BYTES:  # type: ignore[arg-type] # see TypeError
                return None
            readings = list(map(decode, payloads))  # type: ignore[arg-type]
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError):
            return None  # TypeError: a record without payload
        known = names.issuperset([reading.patient for reading in readings])
        known = known and names.issuperset([reading.device for reading in readings])
        return readings if known else None


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
