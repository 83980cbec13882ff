"""What is kept of a patient's devices beside numbers, as bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping

from wardwatch.core.blocks import SnapshotError
from wardwatch.core.technical.device import Device


def written(names: list[str], devices: Mapping[int, Device]) -> bytes:
    """For :func:`read`; equal states give equal bytes."""
    plain = [names, [[slot, devices[slot].written()] for slot in sorted(devices)]] if devices else [names]
    return json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()


def read(state: bytes) -> tuple[list[str], dict[int, Device]]:
    """What :func:`written` gave; raises :class:`wardwatch.core.blocks.SnapshotError`."""
    try:
        names, *devices = json.loads(state)
        kept = {slot: Device.read(plain) for slot, plain in (devices[0] if devices else [])}
    except (ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"What is kept of devices can't be read: {type(error).__name__}.") from error
    return list(names), kept
