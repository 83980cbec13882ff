"""Live quality: what nurses say that alarms were worth, and how soon they come, by the rule that alarmed.

Counts without anybody's name: they may leave the ward.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from wardwatch.core.alarming.commands import Label, Receipt, Verdict
from wardwatch.core.events import AlarmEvent, Cause, Phase

# Times to acknowledge are counted up to each of these, and beyond. Wardwatch's own choice.
WITHIN_S = (15, 30, 60, 120, 300, 600, 1800, 3600)

# In these states an alarm calls for somebody (IHE ACM); otherwise it is paused, turned off or over.
_CALLING = frozenset({"active", "latched"})
# So many alarms are remembered, to know what an answer is about: the memory of a worker has an end.
_REMEMBERED = 20_000


@dataclass(slots=True)
class RuleQuality:
    """One condition's alarms, each counted from when it first called for somebody.

    ``acknowledged_within`` has one count for each of `WITHIN_S`, and one for later; an alarm is in one only.
    ``labels`` counts alarms by the latest word on each.
    """

    alarms: int = 0
    acknowledged_within: list[int] = field(default_factory=lambda: [0] * (len(WITHIN_S) + 1))
    labels: dict[Label, int] = field(default_factory=lambda: dict.fromkeys(Label, 0))

    @property
    def acknowledged(self) -> int:
        """Alarms that somebody has acknowledged."""
        return sum(self.acknowledged_within)

    def count_wait(self, waited_ms: int) -> None:
        """An alarm was acknowledged so long after it first called."""
        self.acknowledged_within[bisect_left(WITHIN_S, waited_ms / 1000)] += 1


@dataclass(slots=True)
class _Known:
    """What must be known of an alarm to count what comes of it."""

    condition: str
    signalled_ms: int | None = None
    is_acknowledged: bool = False
    label: Label | None = None


class QualityTally:
    """Counts alarms and what people said of them; the same event or receipt again changes nothing.

    An alarm that began before the tally did, or so long ago that it is forgotten, does not count.
    """

    def __init__(self) -> None:
        self.rules: dict[str, RuleQuality] = {}
        self._known: dict[str, _Known] = {}  # by alarm, the oldest first

    def hear(self, events: Iterable[AlarmEvent]) -> None:
        """What has become of alarms."""
        for event in events:
            if event.phase is Phase.START:
                self._remember(event)
            known = self._known.get(event.alarm)
            if known is None:
                continue
            if event.state in _CALLING and known.signalled_ms is None:
                known.signalled_ms = event.at_ms
                self.rules.setdefault(known.condition, RuleQuality()).alarms += 1
            if event.cause is Cause.ACKNOWLEDGED and not known.is_acknowledged:
                known.is_acknowledged = True
                if known.signalled_ms is not None:
                    self.rules[known.condition].count_wait(event.at_ms - known.signalled_ms)

    def answer(self, receipts: Iterable[Receipt]) -> None:
        """What people did: their latest word on an alarm counts."""
        for receipt in receipts:
            known = self._known.get(receipt.alarm or "")
            if known is None or known.signalled_ms is None:
                continue
            if receipt.label is None or receipt.verdict is not Verdict.DONE:
                continue
            labels = self.rules[known.condition].labels
            if known.label is not None:
                labels[known.label] -= 1
            labels[receipt.label] += 1
            known.label = receipt.label

    def _remember(self, event: AlarmEvent) -> None:
        self._known.setdefault(event.alarm, _Known(event.condition))
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
