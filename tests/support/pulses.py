"""Pulses as tests need them."""

from __future__ import annotations

from wardwatch.core.calibration_watch import Drift
from wardwatch.wire.pulse import Pulse
from wardwatch.wire.topics import READINGS


def pulse_of(
    partition: int,
    *,
    behind_ms: int | None = 0,
    at_ms: int = 0,
    position: int = 7,
    drift: Drift | None = None,
) -> Pulse:
    return Pulse(
        partition=partition,
        worker="host:1",
        at_ms=at_ms,
        position={READINGS: position},
        end={READINGS: 7},
        behind_ms=behind_ms,
        drift=drift,
    )
