"""What the monitor says: alarm events, refusals, and a patient's latest status."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any


class Priority(IntEnum):
    """Alarm priority (IEC 60601-1-8); a larger number is more urgent."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3


class Phase(StrEnum):
    """Where in its life an alarm's event stands."""

    START = "start"
    UPDATE = "update"
    END = "end"


class Role(StrEnum):
    """What somebody is on the ward."""

    NURSE = "nurse"
    CHARGE_NURSE = "charge_nurse"
    PHYSICIAN = "physician"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who did it: the user's name on the console, and the role."""

    name: str
    role: Role


class Cause(StrEnum):
    """What brought an alarm's event about."""

    CONDITION = "condition"
    EASED = "eased"
    SIGNAL_DELAY_OVER = "signal_delay_over"
    ESCALATION = "escalation"
    REPEAT = "repeat"
    ACKNOWLEDGED = "acknowledged"
    ACKNOWLEDGEMENT_OVER = "acknowledgement_over"
    AUDIO_PAUSED = "audio_paused"
    AUDIO_RESUMED = "audio_resumed"
    ALARM_PAUSED = "alarm_paused"
    ALARM_OFF = "alarm_off"
    ALARM_RESUMED = "alarm_resumed"
    PLACEMENT = "placement"


class Reason(StrEnum):
    """Why the gate refused a reading or one of its values."""

    NOT_A_NUMBER = "not_a_number"
    OUT_OF_RANGE = "out_of_range"
    OTHER_UNIT = "other_unit"
    INCONSISTENT = "inconsistent"
    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
    TOO_OLD = "too_old"
    FROM_THE_FUTURE = "from_the_future"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEvent:
    """One step in the life of one alarm.

    ``alarm`` names the episode and ``event`` this step of it; both are computed from their cause, so that
    what is computed again after a crash carries the same names. ``sequence`` rises with every event of the
    patient: whoever has seen a higher one has seen this one.

    ``kind`` is physiological or technical, and ``source`` the device that a technical one is about. ``state``
    is off, inactive (paused or turned off by somebody), active or latched; ``inactivation`` enabled,
    audio-paused, alarm-paused, alarm-off or alert-acknowledged, and ``until_ms``, on our clock, when that
    ends by itself. ``cause`` is what brought this event about, and ``by`` who, if it was a person.
    ``escalation`` counts how often nobody has answered, and ``target`` is who is called now.
    ``observed_at_ms`` is when it happened on the device's clock, where a condition has brought it about, and
    ``at_ms`` when on ours.
    """

    event: str
    alarm: str
    sequence: int
    patient: str
    ward: str
    bed: str
    condition: str
    kind: str
    priority: Priority
    phase: Phase
    state: str
    inactivation: str
    onset_ms: int
    observed_at_ms: int
    text: str
    why: Mapping[str, Any]
    at_ms: int = 0
    source: str = ""
    cause: Cause = Cause.CONDITION
    by: Actor | None = None
    until_ms: int | None = None
    escalation: int = 0
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A reading, or one value of it, that the gate did not let in.

    ``vital`` names the field that was refused, and is ``None`` where the whole reading was. ``detail`` is a
    sentence for whoever sent it and names no patient.
    """

    position: int
    patient: str
    vital: str | None
    reason: Reason
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News2Status:
    """A NEWS2 total that may be partial: what is known for sure, and what the missing parts still allow."""

    lowest: int
    highest: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStatus:
    """The latest that a device has said of itself; ``None`` is what it has never said.

    ``seen_ms`` is when its latest reading arrived, on our clock. ``battery`` is in %, ``signal_quality`` 0 to
    1, in hundredths.
    """

    device: str
    seen_ms: int
    battery: int | None = None
    signal_quality: float | None = None
    worn: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientStatus:
    """The latest that is known of a patient; ``vitals`` maps a name to (value, observed_at_ms).

    ``learning`` names the vitals that can't be held against the patient's own usual yet, each with the share
    of what must be seen for that, below 1. ``usual`` maps those that can to (centre, spread): what is usual
    for this patient at this time of day; the own band is two spreads around the centre.

    ``limits`` maps a vital to the lowest and the highest value that do not alarm, the patient's over the
    ward's over the standard's; ``None`` where there is no such limit. ``devices`` are those that are watched.

    ``inhibited`` maps the conditions whose alarms somebody has paused, or ``*`` for all, to when that ends,
    or to ``None`` where they are turned off; ``audio_paused_until_ms`` is when sounds come back. Both are on
    our clock.

    ``observed_at_ms`` is 0 where no reading has come yet: the patient is only on the roster.
    """

    patient: str
    ward: str
    bed: str
    observed_at_ms: int
    vitals: Mapping[str, tuple[float, int]]
    news2: News2Status
    open_alarms: tuple[str, ...]
    learning: Mapping[str, float]
    inhibited: Mapping[str, int | None] = field(default_factory=dict)
    audio_paused_until_ms: int | None = None
    usual: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    limits: Mapping[str, tuple[float | None, float | None]] = field(default_factory=dict)
    devices: tuple[DeviceStatus, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a patient lies: one line of the roster."""

    patient: str
    ward: str
    bed: str


UNASSIGNED_WARD = "unassigned"


def alarm_identity(patient: str, condition: str, onset_ms: int) -> str:
    """The name of an episode, from its cause alone: 20 hexadecimal digits."""
    cause = f"{patient}\0{condition}\0{onset_ms}".encode()
    return hashlib.blake2b(cause, digest_size=10).hexdigest()
