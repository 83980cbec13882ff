"""Alarms as episodes: from start to end, with what they rose to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wardwatch.core.events import AlarmEvent, Cause, Phase, Priority
from wardwatch.core.vitals import VITAL_NAMES

# The rules that nothing learned may hold back: fixed limits, the chart of NEWS2, falls, and rhythms.
FIXED_RULES = frozenset({"limit", "news2", "fall", "rhythm"})
_OF_OTHERS = ("movement", "heart_rhythm")
_NIGHTLY = ".nightly"


@dataclass(slots=True, kw_only=True)
class Episode:
    """One alarm; ``end_ms`` is ``None`` while it is open. ``steps`` are (instant, priority), in order."""

    rule: str
    condition: str
    start_ms: int
    end_ms: int | None = None
    steps: list[tuple[int, Priority]] = field(default_factory=list)

    @property
    def priority(self) -> Priority:
        """The highest it rose to."""
        return max(priority for _, priority in self.steps)

    def highest(self, from_ms: int, to_ms: int) -> int:
        """The highest priority that it had in a window, both ends included; 0 if it was not open then."""
        if self.start_ms > to_ms or (self.end_ms is not None and self.end_ms < from_ms):
            return 0
        return max(int(priority) for at_ms, priority in self.steps if at_ms <= to_ms)


def rule_of(event: AlarmEvent) -> str:
    """The rule that an alarm goes by."""
    return str(event.why.get("rule", "unknown"))


def is_physiological(event: AlarmEvent) -> bool:
    """Whether it tells of the patient, and not of the equipment."""
    return event.kind == "physiological"


def is_nightly(condition: str) -> bool:
    """Whether a condition is of the nightly channel, which tells once a night what went on for days."""
    return condition.endswith(_NIGHTLY)


def may_tell_of_heart_rate(condition: str) -> bool:
    """Whether a heart rate could bring a condition about: none of another vital, of movement, of beats."""
    subject = condition.partition(".")[0]
    return subject == "heart_rate" or subject not in (*VITAL_NAMES, *_OF_OTHERS)


def is_step_up(event: AlarmEvent) -> bool:
    """Whether an alarm starts or rises: only then does it say what would have prevented it."""
    return event.phase is not Phase.END and event.cause is Cause.CONDITION


def episodes(events: Iterable[AlarmEvent]) -> list[Episode]:
    """The physiological alarms of one patient, by their start; of steps without a start nothing is made."""
    found: dict[str, Episode] = {}
    for event in filter(is_physiological, events):
        at_ms = event.observed_at_ms
        if event.phase is Phase.START:
            found[event.alarm] = Episode(
                rule=rule_of(event),
                condition=event.condition,
                start_ms=at_ms,
                steps=[(at_ms, event.priority)],
            )
        elif event.alarm in found and event.phase is Phase.END:
            found[event.alarm].end_ms = at_ms
        elif event.alarm in found:
            found[event.alarm].steps.append((at_ms, event.priority))
    return list(found.values())
