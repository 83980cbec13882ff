"""The stretch of time that is asked for."""

from __future__ import annotations

from dataclasses import dataclass

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From one instant up to another, which is not part of it; both on our clock.

    >>> Period(since_ms=0, until_ms=DAY_MS // 2).days
    0.5
    """

    since_ms: int
    until_ms: int

    def __contains__(self, at_ms: object) -> bool:
        return isinstance(at_ms, int) and self.since_ms <= at_ms < self.until_ms

    @property
    def days(self) -> float:
        """How long it is."""
        return max(0, self.until_ms - self.since_ms) / DAY_MS

    def later_than(self, begin_ms: int | None) -> Period:
        """What of it lies after an instant."""
        if begin_ms is None or begin_ms <= self.since_ms:
            return self
        return Period(since_ms=min(begin_ms, self.until_ms), until_ms=self.until_ms)
