"""A step of a technical condition, before anybody is told, and the words for durations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wardwatch.core.events import Phase, Priority

_UNITS = (("d", 86_400_000, 2), ("h", 3_600_000, 2), ("min", 60_000, 2), ("s", 1_000, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """All instants are on our clock; ``why`` is what the condition itself went by."""

    condition: str
    phase: Phase
    priority: Priority
    onset_ms: int
    at_ms: int
    text: str
    why: Mapping[str, Any]


def duration(length_ms: int) -> str:
    """A duration as people say it, rounded down, from two of a unit on.

    >>> [duration(length_ms) for length_ms in (59_000, 119_000, 330_000, 7_200_000, 0)]
    ['59 s', '119 s', '5 min', '2 h', '0 s']
    """
    for unit, unit_ms, least in _UNITS:
        if length_ms >= least * unit_ms:
            return f"{length_ms // unit_ms} {unit}"
    return "0 s"
