"""Records of ``vitals.status`` and ``vitals.trends``: the latest that is known of a patient."""

from __future__ import annotations

from typing import Any

import msgspec

from wardwatch.core.events import DeviceStatus, News2Status, PatientStatus
from wardwatch.wire.decoding import VERSION, Instant, Name, RecordDecoder, Version


class _News2V1(msgspec.Struct, kw_only=True):
    lowest: int
    highest: int
    missing: list[str]


class _VitalV1(msgspec.Struct, kw_only=True):
    value: float
    observed_at_ms: Instant


class _DeviceV1(msgspec.Struct, kw_only=True):
    device: Name
    seen_ms: Instant
    battery: int | None = None
    signal_quality: float | None = None
    worn: bool | None = None


class _StatusV1(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    v: Version
    patient: Name
    ward: Name
    bed: str
    observed_at_ms: Instant
    vitals: dict[str, _VitalV1]
    news2: _News2V1
    open_alarms: list[str]
    learning: dict[str, float] = {}
    inhibited: dict[str, Instant | None] = {}
    audio_paused_until_ms: Instant | None = None
    usual: dict[str, tuple[float, float]] = {}
    limits: dict[str, tuple[float | None, float | None]] = {}
    devices: list[_DeviceV1] = []


_decoder: RecordDecoder[_StatusV1] = RecordDecoder(_StatusV1, frozenset(_StatusV1.__struct_fields__))
_encode = msgspec.json.Encoder().encode


def encode_status(status: PatientStatus) -> bytes:
    """``status`` as JSON; its values must be finite, for JSON has no other numbers."""
    fields: dict[str, Any] = {
        "v": VERSION,
        "patient": status.patient,
        "ward": status.ward,
        "bed": status.bed,
        "observed_at_ms": status.observed_at_ms,
        "vitals": {
            name: {"value": value, "observed_at_ms": observed_at_ms}
            for name, (value, observed_at_ms) in status.vitals.items()
        },
        "news2": {
            "lowest": status.news2.lowest,
            "highest": status.news2.highest,
            "missing": list(status.news2.missing),
        },
        "open_alarms": list(status.open_alarms),
        "learning": dict(status.learning),
        "inhibited": dict(status.inhibited),
        "audio_paused_until_ms": status.audio_paused_until_ms,
        "usual": dict(status.usual),
        "limits": dict(status.limits),
        "devices": [
            {
                "device": device.device,
                "seen_ms": device.seen_ms,
                "battery": device.battery,
                "signal_quality": device.signal_quality,
                "worn": device.worn,
            }
            for device in status.devices
        ],
    }
    return _encode(fields)


def decode_status(payload: bytes | None) -> PatientStatus:
    """The status in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
    record = _decoder.decode(payload)
    return PatientStatus(
        patient=record.patient,
        ward=record.ward,
        bed=record.bed,
        observed_at_ms=record.observed_at_ms,
        vitals={name: (vital.value, vital.observed_at_ms) for name, vital in record.vitals.items()},
        news2=News2Status(
            lowest=record.news2.lowest, highest=record.news2.highest, missing=tuple(record.news2.missing)
        ),
        open_alarms=tuple(record.open_alarms),
        learning=record.learning,
        inhibited=record.inhibited,
        audio_paused_until_ms=record.audio_paused_until_ms,
        usual=record.usual,
        limits=record.limits,
        devices=tuple(
            DeviceStatus(
                device=each.device,
                seen_ms=each.seen_ms,
                battery=each.battery,
                signal_quality=each.signal_quality,
                worn=each.worn,
            )
            for each in record.devices
        ),
    )
