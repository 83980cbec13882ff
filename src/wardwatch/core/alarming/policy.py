"""What a ward wants of its alarms: delays, time-outs, who is called next, and for how long one may pause.

All instants and durations here are on our clock, not on a device's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wardwatch.core.events import Priority


@dataclass(frozen=True, slots=True)
class Escalation:
    """An alarm that nobody has acknowledged ``after_s`` seconds after it was signalled goes to ``target``."""

    after_s: float
    target: str


# An hour, with a minute between. Nobody is helped by more: after an outage of days each of them would be
# told late. The alarm stays on the screen, and what waits anew sounds anew. Wardwatch's own choice.
MOST_REPEATS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How the alarms of one priority are handled.

    ``signal_delay_s`` runs once the condition exists, before anybody hears of it. An acknowledgement holds
    for ``acknowledged_s``, or as long as the condition if that is ``None``. Until somebody acknowledges it,
    the alarm sounds again every ``repeat_s``, unless that is ``None``, up to :data:`MOST_REPEATS` times, and
    goes to further people. One that
    ``latches`` outlives its condition until somebody has acknowledged it.
    """

    signal_delay_s: float = 0.0
    acknowledged_s: float | None = None
    repeat_s: float | None = None
    escalations: tuple[Escalation, ...] = ()
    latches: bool = False

    def __post_init__(self) -> None:
        """Refuse what can't be meant."""
        if self.signal_delay_s < 0:
            raise ValueError("A signal delay is 0 s or longer.")
        for name, duration_s in ("acknowledgement", self.acknowledged_s), ("repeat", self.repeat_s):
            if duration_s is not None and duration_s <= 0:
                raise ValueError(f"The time of the {name} is longer than 0 s.")
        after_s = [each.after_s for each in self.escalations]
        if any(each <= 0 for each in after_s) or sorted(set(after_s)) != after_s:
            raise ValueError("Each escalation comes later than the one before it.")


# Wardwatch's own choices, to be replaced by each ward's: no standard names figures for them.
_LOW = Handling()
_MEDIUM = Handling(acknowledged_s=1800.0, escalations=(Escalation(600.0, "charge nurse"),))
_HIGH = Handling(
    acknowledged_s=600.0,
    repeat_s=60.0,
    escalations=(Escalation(120.0, "charge nurse"), Escalation(300.0, "physician")),
    # Habit of bedside systems.
    latches=True,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WardPolicy:
    """One ward's wishes.

    An audio pause lasts two minutes at most, as on bedside systems.
    """

    low: Handling = _LOW
    medium: Handling = _MEDIUM
    high: Handling = _HIGH
    longest_audio_pause_s: float = 120.0
    longest_alarm_pause_s: float = 600.0

    def of(self, priority: Priority) -> Handling:
        """How alarms of this priority are handled."""
        return {Priority.LOW: self.low, Priority.MEDIUM: self.medium, Priority.HIGH: self.high}[priority]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Those of all wards; a ward without its own has the default."""

    default: WardPolicy = field(default_factory=WardPolicy)
    wards: Mapping[str, WardPolicy] = field(default_factory=dict)

    def of(self, ward: str) -> WardPolicy:
        """The policy of a ward."""
        return self.wards.get(ward, self.default)

    @classmethod
    def unattended(cls) -> Policies:
        """For replaying recordings, where nobody answers: alarms begin and end with their conditions."""
        plain = Handling()
        return cls(default=WardPolicy(low=plain, medium=plain, high=plain))
