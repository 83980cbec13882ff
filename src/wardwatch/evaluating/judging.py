"""What counts as caught, and what as an alarm of an artefact. Both hold the injected run against the clean.

An alarm counts only where the recording as it is would not have had it: not if the same condition was open in
the window, or started there, at the same priority or a higher one. Who always alarms catches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.evaluating.episodes import (
    FIXED_RULES,
    Episode,
    is_nightly,
    is_physiological,
    is_step_up,
    may_tell_of_heart_rate,
    rule_of,
)
from wardwatch.evaluating.injection import Injection
from wardwatch.evaluating.tracks import MINUTE_MS

# An alarm so soon after a burst is still the burst's.
AFTER_ARTEFACT_MS = 15 * MINUTE_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Catch:
    """How an event was noticed: minutes after its onset, by a fixed and by a learned rule; ``None`` if not.

    ``first_rule`` is the rule of the first alarm.
    """

    by_fixed: float | None = None
    by_learned: float | None = None
    first_rule: str | None = None

    @property
    def delay(self) -> float | None:
        """Minutes until the first alarm of any rule; ``None`` for a missed event."""
        return min((delay for delay in (self.by_fixed, self.by_learned) if delay is not None), default=None)


def catch(injection: Injection, clean: Sequence[Episode], events: Iterable[AlarmEvent]) -> Catch:
    """What an injected event brought about, from its onset to its end."""
    first: dict[bool, tuple[float, str]] = {}
    for event in events:
        if not _is_of_now(event) or not injection.onset_ms <= event.observed_at_ms <= injection.end_ms:
            continue
        usual = max(
            (
                episode.highest(injection.onset_ms, injection.end_ms)
                for episode in clean
                if episode.condition == event.condition
            ),
            default=0,
        )
        if event.priority > usual:
            delay = (event.observed_at_ms - injection.onset_ms) / MINUTE_MS
            rule = rule_of(event)
            fixed = rule in FIXED_RULES
            first[fixed] = min(first.get(fixed, (delay, rule)), (delay, rule))
    return Catch(
        by_fixed=first[True][0] if True in first else None,
        by_learned=first[False][0] if False in first else None,
        first_rule=min(first.values())[1] if first else None,
    )


def _is_of_now(event: AlarmEvent) -> bool:
    """Whether an alarm starts or rises that can tell of a heart rate while it is what it is."""
    return (
        is_physiological(event)
        and is_step_up(event)
        and may_tell_of_heart_rate(event.condition)
        and not is_nightly(event.condition)
    )


def false_start(
    injection: Injection, clean: Sequence[Episode], events: Iterable[AlarmEvent]
) -> AlarmEvent | None:
    """The first alarm that started within an artefact burst or soon after, and would not have without it."""
    until_ms = injection.end_ms + AFTER_ARTEFACT_MS
    also_clean = {
        episode.condition for episode in clean if injection.onset_ms <= episode.start_ms <= until_ms
    }
    starts = (
        event
        for event in events
        if event.phase is Phase.START
        and is_physiological(event)
        and injection.onset_ms <= event.observed_at_ms <= until_ms
        and event.condition not in also_clean
    )
    return min(starts, key=lambda event: event.observed_at_ms, default=None)
