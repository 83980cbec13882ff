"""Records of ``vitals.pulse``: the sign that somebody watches a partition, and how far it has come.

The word of IEC 60601-1-8 for it is self check. Record n stands in partition n of the topic, as far as that
goes: the latest one of each partition is all that counts.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from wardwatch.core.calibration_watch import Drift
from wardwatch.wire.decoding import VERSION, Instant, Name, RecordDecoder, Version
from wardwatch.wire.drift import DriftV1, drift_fields, drift_of

_Count = Annotated[int, msgspec.Meta(ge=0)]


class Pulse(msgspec.Struct, kw_only=True, frozen=True):
    """One sign of one partition.

    ``worker`` is the process that gives it, and ``at_ms`` the time there. ``position`` and ``end`` map a
    source topic to the offset of the next record to be taken in, and to the one at which the log ends.
    ``behind_ms`` is for how long the partition has not been known to be at the end of the log: ``None``
    while it has never been, since this worker took it over. ``heard_ms`` is the arrival of the latest record.
    ``drift`` is that of the calibration, while there is one.
    """

    partition: _Count
    worker: Name
    at_ms: Instant
    position: dict[str, _Count]
    end: dict[str, _Count]
    behind_ms: _Count | None = None
    heard_ms: int | None = None
    drift: Drift | None = None


class _PulseV1(Pulse, kw_only=True, frozen=True, forbid_unknown_fields=True):
    v: Version
    drift: DriftV1 | None = None  # type: ignore[assignment]


_decoder: RecordDecoder[_PulseV1] = RecordDecoder(_PulseV1, frozenset(_PulseV1.__struct_fields__))
_encode = msgspec.json.Encoder().encode


def encode_pulse(pulse: Pulse) -> bytes:
    """``pulse`` as JSON."""
    fields = {name: getattr(pulse, name) for name in Pulse.__struct_fields__}
    return _encode({"v": VERSION} | fields | {"drift": drift_fields(pulse.drift)})


def decode_pulse(payload: bytes | None) -> Pulse:
    """The pulse in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
    record = _decoder.decode(payload)
    fields = {name: getattr(record, name) for name in Pulse.__struct_fields__}
    return Pulse(**fields | {"drift": drift_of(fields["drift"])})
