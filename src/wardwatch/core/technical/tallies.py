"""How often something happened that is no trouble once, ten minutes at a time (`conditions.Count`).

A window begins when it happens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from wardwatch.core.events import Phase
from wardwatch.core.technical.conditions import LEAST_MINUTES, WINDOW_MS, Count
from wardwatch.core.technical.steps import Step

_MINUTE_MS = 60_000


@dataclass(slots=True)
class Tally:
    """Of one device, since ``since_ms``, when ``taken_before`` readings had been taken.

    ``times`` is how often it happened, ``of`` to what; ``minutes`` has a bit for each minute in which it did.
    The alarm, if there is one, began at ``onset_ms``.
    """

    since_ms: int
    taken_before: int
    times: int = 0
    minutes: int = 0
    of: dict[str, int] = field(default_factory=dict)
    onset_ms: int | None = None

    def hear(self, count: Count, of: Iterable[str], taken: int, now_ms: int, device: str) -> Step | None:
        """It happened; ``taken`` readings have come so far."""
        self.times += 1
        self.minutes |= 1 << ((now_ms - self.since_ms) // _MINUTE_MS)
        for name in of:
            self.of[name] = self.of.get(name, 0) + 1
        is_often = self.times >= max(count.least, count.least_share * self._came(taken))
        if self.onset_ms is not None or not is_often or self.minutes.bit_count() < LEAST_MINUTES:
            return None
        self.onset_ms = self.since_ms
        return self._step(count, Phase.START, taken, now_ms, device)

    def _came(self, taken: int) -> int:
        return taken - self.taken_before

    @property
    def due_ms(self) -> int:
        """When the window is over."""
        return self.since_ms + WINDOW_MS

    def advance(self, count: Count, taken: int, device: str) -> Step | None:
        """The window is over: the next one begins, or the alarm is over."""
        at_ms = self.due_ms
        is_seldom = self.times < max(count.least_to_stay, count.share_to_stay * self._came(taken))
        step = self.end(count, taken, at_ms, device) if is_seldom else None
        self.since_ms, self.taken_before = at_ms, taken
        self.times = self.minutes = 0
        self.of = {}
        return step

    def end(self, count: Count, taken: int, at_ms: int, device: str) -> Step | None:
        """Give up, or be over."""
        if self.onset_ms is None:
            return None
        step = self._step(count, Phase.END, taken, at_ms, device)
        self.onset_ms = None
        return step

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return self.onset_ms is None and not self.times

    def _step(self, count: Count, phase: Phase, taken: int, at_ms: int, device: str) -> Step:
        came = self._came(taken)
        words = _OVER[count.key] if phase is Phase.END else _WORDS[count.key](self.times, came)
        counted = dict(sorted(self.of.items())) if self.of or count.key == "spikes" else self.times
        return Step(
            condition=count.condition,
            phase=phase,
            priority=count.priority,
            onset_ms=self.since_ms if self.onset_ms is None else self.onset_ms,
            at_ms=at_ms,
            text=words.format(device=device),
            why={_WHY[count.key]: counted, "came": came},
        )


_WHY = {"spikes": "spikes", "copies": "came_twice"}
_WORDS: dict[str, Callable[[int, int], str]] = {
    "spikes": lambda times, _: f"{times} single values of {{device}} far off",
    "copies": lambda times, came: f"Readings of {{device}} come twice: {times} of {came}",
}
_OVER = {
    "spikes": "Values of {device} no longer jump",
    "copies": "Readings of {device} come once again",
}
