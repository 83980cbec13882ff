"""Kafka records to what the monitor takes in; what can't be read becomes a rejection."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from wardwatch.adapters.checkpoint import Message
from wardwatch.adapters.records import Columns, Record
from wardwatch.core.events import Refusal
from wardwatch.wire.errors import Fault, Unreadable
from wardwatch.wire.rejections import Rejection, encode_rejection
from wardwatch.wire.topics import READINGS, REJECTED


@dataclass(slots=True)
class Unpacked:
    """Decoded records with where they stood and when they came, and the rejections of the others.

    ``refused`` are those others, each with the sentence that says why.
    """

    decoded: list[Any] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    arrived_at_ms: list[int] = field(default_factory=list)
    rejections: list[Message] = field(default_factory=list)
    refused: list[tuple[Record, str]] = field(default_factory=list)

    def refuse(self, record: Record, reason: str, detail: str) -> None:
        """Leave a record out."""
        self.rejections.append(rejected_record(record, reason, detail))
        self.refused.append((record, detail))


IsNew = Callable[[str, int], bool]

INTERNAL_ERROR = "internal_error"
INTERNAL_ERROR_DETAIL = "wardwatch failed on this record and left it out; that is a bug of wardwatch."
_WRONG_KEY = "The key of the message is not its patient."


Decode = Callable[[Record], Any]
DecodeAll = Callable[[list[bytes | None]], list[Any] | None]


def unpack(
    records: Sequence[Record], decode: Decode, is_new: IsNew | None, decode_all: DecodeAll | None = None
) -> Unpacked:
    """Decode ``records``, all or those of which ``is_new``, given patient and offset, is true.

    ``decode_all`` is the quick way for records that are all in order; it returns ``None`` if one isn't.
    """
    if decode_all is not None and is_new is None:
        columns = Columns.of(records)
        decoded = decode_all(columns.values)
        if decoded is not None and columns.keys == [each.patient.encode() for each in decoded]:
            return Unpacked(decoded, columns.offsets, columns.timestamps)
    unpacked = Unpacked()
    for record in records:
        try:
            decoded = decode(record)
        except Unreadable as error:
            unpacked.refuse(record, error.fault, error.detail)
            continue
        patient = decoded.patient
        if record.key != patient.encode():
            unpacked.refuse(record, Fault.WRONG_KEY, _WRONG_KEY)
        elif is_new is None or is_new(patient, record.offset):
            unpacked.decoded.append(decoded)
            unpacked.offsets.append(record.offset)
            unpacked.arrived_at_ms.append(record.timestamp)
    return unpacked


def rejected_record(record: Record, reason: str, detail: str) -> Message:
    """The rejection of a whole record that nobody could read."""
    rejection = Rejection(
        reason=reason,
        detail=detail,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
    )
    return Message(REJECTED, record.key, encode_rejection(rejection))


def failed_record(topic: str, partition: int, patient: str, offset: int) -> Message:
    """The rejection of a record that was decoded and on which the monitor failed."""
    rejection = Rejection(
        reason=INTERNAL_ERROR,
        detail=INTERNAL_ERROR_DETAIL,
        topic=topic,
        partition=partition,
        offset=offset,
        patient=patient,
    )
    return Message(REJECTED, patient.encode(), encode_rejection(rejection))


def refused(partition: int, refusal: Refusal) -> Message:
    """The monitor's refusal of a reading or of one of its values."""
    rejection = Rejection(
        reason=refusal.reason,
        detail=refusal.detail,
        topic=READINGS,
        partition=partition,
        offset=refusal.position,
        patient=refusal.patient,
        vital=refusal.vital,
    )
    return Message(REJECTED, refusal.patient.encode(), encode_rejection(rejection))
