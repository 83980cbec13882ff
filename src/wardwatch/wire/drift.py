"""A drift of the calibration, as pulses and records of ``vitals.quality`` have it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import msgspec

from wardwatch.core.calibration_watch import Direction, Drift
from wardwatch.wire.decoding import Instant

_PValue = Annotated[float, msgspec.Meta(ge=0, le=1)]


class DriftV1(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """See :class:`~wardwatch.core.calibration_watch.Drift`."""

    direction: Direction
    since_ms: Instant
    mean_p: _PValue
    was: _PValue


def drift_fields(drift: Drift | None) -> dict[str, Any] | None:
    """``drift`` as the fields of a record."""
    if drift is None:
        return None
    return asdict(drift) | {"mean_p": round(drift.mean_p, 4), "was": round(drift.was, 4)}


def drift_of(record: DriftV1 | None) -> Drift | None:
    """The drift in a record."""
    return None if record is None else Drift(**msgspec.structs.asdict(record))
