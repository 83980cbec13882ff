"""The truth beside the readings: who really fell ill, of what, whose device failed how, and when."""

from __future__ import annotations

import dataclasses
from typing import TypeAlias

import msgspec

VERSION = 1

# Where `wardwatch simulate` writes it, if told to. Nothing of wardwatch itself reads it.
TOPIC = "simulators.truth"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Deterioration:
    """One wearer's illness: it begins at ``onset_ms`` and is at its worst from ``full_ms`` on."""

    patient: str
    course: str
    onset_ms: int
    full_ms: int
    description: str

    @property
    def began_ms(self) -> int:
        """When it began."""
        return self.onset_ms


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IllnessPhase:
    """A phase of one wearer's illness began at ``at_ms``: onset, worst, better or over."""

    patient: str
    course: str
    phase: str
    at_ms: int
    severity: float
    description: str

    @property
    def began_ms(self) -> int:
        """When it began."""
        return self.at_ms


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFault:
    """One device fails from ``from_ms`` to before ``until_ms``; ``fault`` is one of the kinds of faults."""

    patient: str
    device: str
    fault: str
    from_ms: int
    until_ms: int
    severity: float
    description: str

    @property
    def began_ms(self) -> int:
        """When it began."""
        return self.from_ms


TruthRecord: TypeAlias = Deterioration | IllnessPhase | DeviceFault

_EVENTS = {Deterioration: "deterioration", IllnessPhase: "illness", DeviceFault: "fault"}


def encode_truth(record: TruthRecord) -> bytes:
    """``record`` as one JSON object, without a line end."""
    return msgspec.json.encode({"v": VERSION, "event": _EVENTS[type(record)], **dataclasses.asdict(record)})
