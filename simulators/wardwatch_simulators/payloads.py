"""Readings as bytes, made from templates: many a second, and the same on any machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wardwatch.core.reading import CONTEXT_NAMES
from wardwatch.core.vitals import VITAL_NAMES
from wardwatch.wire.decoding import VERSION
from wardwatch_simulators.faults.packets import Packet, Value
from wardwatch_simulators.living.devices import DECIMALS

# In this order they stand in a payload.
MOVEMENT = ("steps", "activity")
FIELDS = (*VITAL_NAMES, *MOVEMENT, *(name for name in CONTEXT_NAMES if name not in MOVEMENT))
# Of a number that has decimals where the device writes none: a fault's doing.
_MOST_DECIMALS = 2


def prefix_of(patient: str, device: str) -> bytes:
    """What all payloads of a device begin with."""
    return b'{"v":%d,"patient":"%s","device":"%s",' % (VERSION, patient.encode(), device.encode())


def template_of(names: Sequence[str]) -> bytes:
    """Of the rest, for the ``%`` operator: instant, number and ``names``, then what a device in order says.

    ``names`` are vitals and movement in the order of :data:`FIELDS`.

    >>> template_of(["heart_rate"])
    b'"observed_at_ms":%d,"seq":%d,"heart_rate":%d,"signal_quality":%.2f,"worn":true,"battery":%d}'
    """
    fields = [b'"%s":%s' % (name.encode(), _format_of(name).encode()) for name in names]
    ends = [b'"signal_quality":%.2f', b'"worn":true', b'"battery":%d}']
    return b",".join([b'"observed_at_ms":%d', b'"seq":%d', *fields, *ends])


def encoded(prefix: bytes, packet: Packet) -> bytes:
    """One packet, whatever it says."""
    payload = (
        prefix + b'"observed_at_ms":%d,"seq":%d' % (packet.observed_ms, packet.seq) + _said(packet.values)
    )
    return payload if packet.mangle is None else packet.mangle(payload)


def _said(values: Mapping[str, Value]) -> bytes:
    said = [b',"%s":%s' % (name.encode(), _written(name, values[name])) for name in FIELDS if name in values]
    return b"".join(said) + b"}"


def _written(name: str, value: Value) -> bytes:
    if value is None:
        return b"null"
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int) and "temperature" not in name:
        return b"%d" % value
    return b"%.*f" % (DECIMALS.get(name, _MOST_DECIMALS), value)


def _format_of(name: str) -> str:
    return f"%.{DECIMALS[name]}f" if name in DECIMALS else "%d"
