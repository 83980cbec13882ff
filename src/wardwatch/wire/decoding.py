"""Strict decoding of versioned JSON records, with an error that a sender can act on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

import msgspec

from wardwatch.wire.errors import Fault, Unreadable

T = TypeVar("T")

# A record type declares its field `v` as `Version`, without a default, so that another one is refused.
Version = Literal[1]
VERSION: Final = 1

# Room for every field many times over; a larger payload is not a record.
MAXIMUM_BYTES = 64 * 1024

# A pseudonym, ward or bed travels in keys, terminals and pages: printable, and nothing that needs quoting.
# (`\Z`, for `$` would let a line end follow.)
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9._:+@/-]{1,64}\Z")]
# Milliseconds since 1970 that a signed 64-bit microsecond clock can still hold: years up to 9999.
Instant = Annotated[int, msgspec.Meta(ge=0, lt=253_402_300_800_000)]


class RecordDecoder(Generic[T]):
    """Decodes one type of record.

    Unknown fields are let pass and counted in :attr:`unknown_fields`, field name to count, or refused. The
    strict decoder runs first, so records without unknown fields pay nothing for the counting.
    """

    def __init__(
        self, record_type: type[T], known_fields: frozenset[str], *, refuses_unknown: bool = False
    ) -> None:
        """``record_type`` forbids unknown fields; the lenient twin is derived from it."""
        strict = msgspec.json.Decoder(record_type)
        self._decode_strict: Callable[[bytes], T] = strict.decode
        self._record_type = record_type
        self._known_fields = known_fields
        self._refuses_unknown = refuses_unknown
        self.unknown_fields: dict[str, int] = {}

    def decode(self, payload: bytes | None) -> T:
        """The record in ``payload``; raises :class:`Unreadable`."""
        try:
            if payload is not None and len(payload) <= MAXIMUM_BYTES:
                return self._decode_strict(payload)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        return self._decode_slowly(payload)

    def _decode_slowly(self, payload: bytes | None) -> T:
        fields = _as_object(payload)
        unknown = fields.keys() - self._known_fields
        if unknown and self._refuses_unknown:
            raise Unreadable(Fault.UNKNOWN_FIELD, "The record has a field that is not known.")
        known = {name: value for name, value in fields.items() if name not in unknown}
        try:
            record = msgspec.convert(known, self._record_type)
        except msgspec.ValidationError as error:
            raise _explained(error) from None
        for name in unknown:
            # The name comes from outside: only its shape is kept, and only so many of them.
            label = name if name.isidentifier() and len(name) <= 40 else "(unprintable)"
            if label not in self.unknown_fields and len(self.unknown_fields) >= 100:
                label = "(others)"
            self.unknown_fields[label] = self.unknown_fields.get(label, 0) + 1
        return record


def _as_object(payload: bytes | None) -> dict[str, Any]:
    """The payload as a JSON object of the known version, or why it is none."""
    if not payload:
        raise Unreadable(Fault.NO_PAYLOAD, "The message has no payload.")
    if len(payload) > MAXIMUM_BYTES:
        raise Unreadable(
            Fault.TOO_LARGE, f"The payload has {len(payload)} bytes; {MAXIMUM_BYTES} are allowed."
        )
    fields = _parsed(payload)
    if not isinstance(fields, dict):
        raise Unreadable(Fault.WRONG_TYPE, "The payload is not a JSON object.")
    if "v" not in fields:
        raise Unreadable(Fault.MISSING_FIELD, "The field `v` (the version) is missing.")
    if type(fields["v"]) is not int:
        raise Unreadable(Fault.WRONG_TYPE, "The field `v` (the version) is not a whole number.")
    if fields["v"] != VERSION:
        raise Unreadable(Fault.UNKNOWN_VERSION, f"The version is not known; this reads version {VERSION}.")
    return fields


def _parsed(payload: bytes) -> Any:
    try:
        payload.decode("utf-8")
        return msgspec.json.decode(payload)
    except UnicodeDecodeError as error:
        raise Unreadable(Fault.NOT_UTF8, f"Byte {error.start} is not UTF-8.") from None
    except RecursionError:
        raise Unreadable(Fault.WRONG_TYPE, "The payload is nested too deeply for a record.") from None
    except msgspec.DecodeError as error:
        if _is_out_of_range(error):
            raise Unreadable(Fault.WRONG_VALUE, "A number is too large to be read.") from None
        raise Unreadable(Fault.NOT_JSON, f"The payload is not JSON: {error}.") from None


def _is_out_of_range(error: Exception) -> bool:
    """Whether msgspec complains of a number that is good JSON, but that no type of ours can hold."""
    return "out of range" in str(error)


def _explained(error: msgspec.ValidationError) -> Unreadable:
    """msgspec's complaint as ours: it names fields and types, never values of free text."""
    text = str(error)
    if "missing required field" in text:
        return Unreadable(Fault.MISSING_FIELD, f"{text}.")
    if "unknown field" in text:
        where = text.partition(" - at ")[2] or "`$`"
        return Unreadable(Fault.UNKNOWN_FIELD, f"There is a field at {where} that is not known.")
    if _is_out_of_range(error) or text.startswith(
        (
            "Invalid enum value",
            "Expected `str` matching",
            "Expected `str` of length",
            "Expected `int` <",
            "Expected `int` >",
            "Expected `float` >",
        )
    ):
        # msgspec repeats the offending enum value: keep only where it stood.
        where = text.partition(" - at ")[2] or "`$`"
        return Unreadable(Fault.WRONG_VALUE, f"The value at {where} is not one that is allowed.")
    return Unreadable(Fault.WRONG_TYPE, f"{text}.")
