"""What the alarms of a period were worth, by the rule that alarmed: see ``docs/quality.md``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

from wardwatch.core.quality import RuleQuality
from wardwatch.ledger.episode import Episode
from wardwatch.ledger.period import Period


@dataclass(slots=True)
class RuleInPeriod:
    """One condition's counts, and how long each of its acknowledged alarms waited."""

    counts: RuleQuality = field(default_factory=RuleQuality)
    waits_ms: list[int] = field(default_factory=list)

    @property
    def median_wait_s(self) -> float | None:
        """From the first signal to the first acknowledgement, of those that were acknowledged."""
        return round(median(self.waits_ms) / 1000, 3) if self.waits_ms else None


def quality(episodes: Iterable[Episode], period: Period) -> dict[str, RuleInPeriod]:
    """By condition, of the alarms that were first signalled in ``period``."""
    rules: dict[str, RuleInPeriod] = {}
    for alarm in episodes:
        if not alarm.is_whole or alarm.signalled_ms not in period:
            continue
        rule = rules.setdefault(alarm.condition, RuleInPeriod())
        rule.counts.alarms += 1
        if alarm.acknowledged_after_ms is not None:
            rule.counts.count_wait(alarm.acknowledged_after_ms)
            rule.waits_ms.append(alarm.acknowledged_after_ms)
        if alarm.label is not None:
            rule.counts.labels[alarm.label] += 1
    return dict(sorted(rules.items()))
