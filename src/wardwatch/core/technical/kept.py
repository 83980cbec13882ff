"""What is kept of a patient's devices beside numbers, as bytes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from wardwatch.core.blocks import SnapshotError
from wardwatch.core.technical.device import Device
from wardwatch.core.technical.names import SLOTS

VERSION = 1

_Kept = tuple[list[str], dict[int, Device]]


def written(names: list[str], devices: Mapping[int, Device]) -> bytes:
    """For :func:`read`; equal states give equal bytes."""
    plain: list[Any] = [VERSION, names]
    if devices:
        plain.append([[slot, devices[slot].written()] for slot in sorted(devices)])
    return json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()


def read(state: bytes) -> _Kept:
    """What :func:`written` gave; raises :class:`wardwatch.core.blocks.SnapshotError`."""
    try:
        version, *plain = json.loads(state)
        kept = _kept(*plain) if version == VERSION else None
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise SnapshotError(f"What is kept of devices can't be read: {type(error).__name__}.") from error
    if kept is None:
        raise SnapshotError(f"What is kept of devices has version {version}, not {VERSION}.")
    return kept


def _kept(names: list[str], devices: Sequence[tuple[int, dict[str, Any]]] = ()) -> _Kept:
    kept = {slot: Device.read(plain) for slot, plain in devices}
    if not isinstance(names, list) or len(names) > SLOTS or not all(isinstance(name, str) for name in names):
        raise ValueError
    if not all(slot in range(SLOTS) and _is_sound(device) for slot, device in kept.items()):
        raise ValueError
    return names, kept


def _is_sound(device: Device) -> bool:
    return isinstance(device.name, str) and isinstance(device.now_ms, int)
