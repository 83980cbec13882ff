"""What a device used to send and no longer sends.

A vital of a device is expected again within its maximum age. One that came later than that twice running is
measured by hand or seldom: it is expected within twice the shorter of the two intervals, at most 12 hours,
until it has come in time :data:`_IN_TIME` times running.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from wardwatch.core.events import Phase, Priority
from wardwatch.core.technical import conditions
from wardwatch.core.technical.conditions import AGES_MS, ALL_THE_TIME_MS, GRACE_MS, LONGEST_INTERVAL_MS
from wardwatch.core.technical.levels import NEVER_DUE_MS
from wardwatch.core.technical.steps import Step, duration
from wardwatch.core.vitals import VITALS

# Before any instant, and yet far from overflowing when an age is added.
NEVER_MS = -(2**60)
# A repeated measurement by hand does not make it one that comes by itself. Wardwatch's own choice.
_IN_TIME = 3


@dataclass(slots=True)
class Seldom:
    """A vital that has come late: after how long, how soon it is expected now, and what was in time since."""

    interval_ms: int
    limit_ms: int
    in_time: int = 0


@dataclass(slots=True)
class Silence:
    """Of one device. ``vitals`` are silent, by number, in the alarm since ``onset_ms``, if there are any."""

    onset_ms: int = 0
    vitals: set[int] = field(default_factory=set)
    is_severe: bool = False
    seldom: dict[int, Seldom] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return not (self.vitals or self.seldom)

    @property
    def calls(self) -> int:
        """The signs of the vitals whose coming changes anything."""
        return sum(1 << vital for vital in self.vitals | self.seldom.keys())

    def limit_ms(self, vital: int) -> int:
        """How long after its latest value a vital is expected."""
        seldom = self.seldom.get(vital)
        return AGES_MS[vital] if seldom is None else seldom.limit_ms

    def due_ms(self, told_ms: list[int]) -> int:
        """When the next vital has been silent for too long; ``told_ms`` is when each came last."""
        waiting = (
            at_ms + self.limit_ms(vital) + GRACE_MS
            for vital, at_ms in enumerate(told_ms)
            if at_ms > NEVER_MS and vital not in self.vitals
        )
        return min(waiting, default=NEVER_DUE_MS)

    def advance(self, told_ms: list[int], device: str) -> Step:
        """Bring about what is due."""
        at_ms = self.due_ms(told_ms)
        is_new = not self.vitals
        self.vitals |= {
            vital
            for vital, since_ms in enumerate(told_ms)
            if since_ms > NEVER_MS and since_ms + self.limit_ms(vital) <= at_ms
        }
        if is_new:
            self.onset_ms = at_ms
        return self._step(Phase.START if is_new else Phase.UPDATE, told_ms, at_ms, device)

    def hear(self, vitals: Iterable[int], told_ms: list[int], now_ms: int, device: str) -> Step | None:
        """Take in that these vitals have come, before which they came last at ``told_ms``."""
        come = [vital for vital in vitals if told_ms[vital] > NEVER_MS]
        back = self.vitals & set(come)
        for vital in come:
            self._note_interval(vital, now_ms - told_ms[vital])
        self.vitals -= back
        if not back:
            return None
        phase = Phase.UPDATE if self.vitals else Phase.END
        now_told_ms = [now_ms if vital in come else at_ms for vital, at_ms in enumerate(told_ms)]
        return self._step(phase, now_told_ms, now_ms, device, back)

    def _note_interval(self, vital: int, interval_ms: int) -> None:
        seldom, age_ms = self.seldom.get(vital), AGES_MS[vital]
        if interval_ms > age_ms + GRACE_MS:
            limit_ms = age_ms
            if seldom is not None:
                limit_ms = max(age_ms, min(2 * min(seldom.interval_ms, interval_ms), LONGEST_INTERVAL_MS))
            self.seldom[vital] = Seldom(interval_ms, limit_ms)
        elif seldom is not None:
            seldom.in_time += 1
            if seldom.in_time >= _IN_TIME:
                del self.seldom[vital]

    def end(self, at_ms: int, device: str) -> Step | None:
        """Give up: the device is watched no longer."""
        if not self.vitals:
            return None
        self.vitals.clear()
        return self._step(Phase.END, [], at_ms, device)

    def _step(
        self, phase: Phase, told_ms: list[int], at_ms: int, device: str, back: Iterable[int] = ()
    ) -> Step:
        silent_ms = {vital: at_ms - told_ms[vital] for vital in sorted(self.vitals)}
        self.is_severe = self._is_severe(told_ms)
        if phase is Phase.END:
            text = f"Data from {device} again: {_labels(back)}"
        else:
            text = f"No data from {device} for {duration(min(silent_ms.values()))}: {_labels(silent_ms)}"
        return Step(
            condition=conditions.NO_DATA,
            phase=phase,
            priority=Priority.MEDIUM if self.is_severe else Priority.LOW,
            onset_ms=self.onset_ms,
            at_ms=at_ms,
            text=text,
            why={
                "silent": {
                    VITALS[vital].name: {"age_s": age_ms / 1000, "limit_s": self.limit_ms(vital) / 1000}
                    for vital, age_ms in silent_ms.items()
                }
            },
        )

    def _is_severe(self, told_ms: list[int]) -> bool:
        """Whether nothing comes any more of a device that measures all the time."""
        if not self.vitals:
            return self.is_severe
        comes = any(at_ms > NEVER_MS and vital not in self.vitals for vital, at_ms in enumerate(told_ms))
        return not comes and any(self.limit_ms(vital) <= ALL_THE_TIME_MS for vital in self.vitals)


def _labels(vitals: Iterable[int]) -> str:
    return ", ".join(VITALS[vital].label for vital in sorted(vitals))
