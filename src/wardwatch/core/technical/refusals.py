"""How much of what a device sends is refused, ten minutes at a time.

A window begins with a refusal. What came twice does not count: nothing of it is lost. While another condition
of the device explains the refusals, or may soon, they make no alarm of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wardwatch.core.events import Phase, Priority, Reason
from wardwatch.core.technical import conditions
from wardwatch.core.technical.conditions import LEAST_MINUTES, LEAST_REFUSED, WINDOW_MS
from wardwatch.core.technical.steps import Step

_MINUTE_MS = 60_000


@dataclass(slots=True)
class Refusals:
    """Of one device, since ``since_ms``.

    ``taken_before`` is how many readings had been taken by then; ``whole`` counts those refused as a whole.
    ``minutes`` has a bit for each minute with a refusal. The alarm, if there is one, began at ``onset_ms``.
    """

    since_ms: int
    taken_before: int
    refused: int = 0
    whole: int = 0
    minutes: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    onset_ms: int | None = None

    def hear(
        self, reasons: Iterable[Reason], taken: int, now_ms: int, device: str, *, whole: bool, explained: bool
    ) -> Step | None:
        """Count a reading that was refused, or a part of it; ``taken`` readings have come so far."""
        self.refused += 1
        self.whole += whole
        self.minutes |= 1 << ((now_ms - self.since_ms) // _MINUTE_MS)
        for reason in set(reasons):
            self.reasons[reason.value] = self.reasons.get(reason.value, 0) + 1
        if self.onset_ms is not None or explained or not self._are_many(taken):
            return None
        self.onset_ms = self.since_ms
        return self._step(Phase.START, taken, now_ms, device)

    def _are_many(self, taken: int) -> bool:
        minutes = self.minutes.bit_count()
        share = self.refused / self._came(taken)
        return self.refused >= LEAST_REFUSED and minutes >= LEAST_MINUTES and share >= conditions.LEAST_SHARE

    def _came(self, taken: int) -> int:
        return taken - self.taken_before + self.whole

    @property
    def due_ms(self) -> int:
        """When the window is over."""
        return self.since_ms + WINDOW_MS

    def advance(self, taken: int, device: str) -> Step | None:
        """The window is over: the next one begins, or the alarm is over (:attr:`is_over`)."""
        at_ms = self.due_ms
        few = self.refused < conditions.LEAST_SHARE_TO_STAY * self._came(taken) or not self.refused
        if self.onset_ms is not None and few:
            return self.end(taken, at_ms, device)
        self.since_ms, self.taken_before = at_ms, taken
        self.refused = self.whole = self.minutes = 0
        self.reasons = {}
        return None

    def end(self, taken: int, at_ms: int, device: str) -> Step | None:
        """Give up, or be over."""
        if self.onset_ms is None:
            return None
        step = self._step(Phase.END, taken, at_ms, device)
        self.onset_ms = None
        return step

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return self.onset_ms is None and not self.refused

    def _step(self, phase: Phase, taken: int, at_ms: int, device: str) -> Step:
        came = self._came(taken)
        counted = f"{self.refused} of {came}"
        over = phase is Phase.END
        return Step(
            condition=conditions.REFUSED,
            phase=phase,
            priority=Priority.LOW,
            onset_ms=self.since_ms if self.onset_ms is None else self.onset_ms,
            at_ms=at_ms,
            text=f"Few readings of {device} refused: {counted}"
            if over
            else f"Readings of {device} refused: {counted}",
            why={"refused": self.refused, "came": came, "reasons": dict(sorted(self.reasons.items()))},
        )
