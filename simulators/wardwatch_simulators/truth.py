"""The truth beside the readings: who really fell ill, of what, and when."""

from __future__ import annotations

import dataclasses

import msgspec

VERSION = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Deterioration:
    """One wearer's illness: it begins at ``onset_ms`` and is at its worst from ``full_ms`` on."""

    patient: str
    course: str
    onset_ms: int
    full_ms: int
    description: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IllnessPhase:
    """A phase of one wearer's illness began at ``at_ms``: onset, worst, better or over."""

    patient: str
    course: str
    phase: str
    at_ms: int
    severity: float
    description: str


_EVENTS = {Deterioration: "deterioration", IllnessPhase: "illness"}


def encode_truth(record: Deterioration | IllnessPhase) -> bytes:
    """``record`` as one JSON object, without a line end."""
    return msgspec.json.encode({"v": VERSION, "event": _EVENTS[type(record)], **dataclasses.asdict(record)})
