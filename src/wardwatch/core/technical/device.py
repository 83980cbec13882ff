"""A device at which something happens, and what is kept of it. Most devices have none of this."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from wardwatch.core.events import Phase, Reason
from wardwatch.core.technical import conditions, levels, signs
from wardwatch.core.technical.conditions import COUNT_BY_KEY, LEVELS
from wardwatch.core.technical.levels import Episode
from wardwatch.core.technical.refusals import Refusals
from wardwatch.core.technical.silence import Seldom, Silence
from wardwatch.core.technical.steps import Step
from wardwatch.core.technical.tallies import Tally
from wardwatch.core.vitals import VITAL_COUNT, VITAL_NAMES


@dataclass(slots=True)
class Device:
    """The conditions of one device that exist or may soon.

    ``name`` is the device's own. ``now_ms`` is how far its time has come: it never goes back, though arrivals
    may.
    """

    name: str
    now_ms: int
    episodes: dict[str, Episode] = field(default_factory=dict)
    silence: Silence = field(default_factory=Silence)
    refusals: Refusals | None = None
    tallies: dict[str, Tally] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        nothing_counted = self.refusals is None and not self.tallies
        return not self.episodes and self.silence.is_empty and nothing_counted

    @property
    def has_alarm(self) -> bool:
        """Whether a condition exists."""
        return bool(
            self.silence.vitals
            or (self.refusals is not None and self.refusals.onset_ms is not None)
            or any(tally.onset_ms is not None for tally in self.tallies.values())
            or any(episode.is_open for episode in self.episodes.values())
        )

    def calls(self) -> int:
        """Which signs of its next reading would change anything."""
        found = self.silence.calls | signs.SPIKED
        if self._counts_spikes:
            found |= signs.LEAPT
        for level in LEVELS:
            found |= levels.calls(level, self.episodes.get(level.key), self.now_ms)
        return found

    @property
    def _counts_spikes(self) -> bool:
        """Whether there are some, but not as many as make an alarm."""
        return "spikes" in self.tallies and self.tallies["spikes"].onset_ms is None

    def due_ms(self, told_ms: list[int]) -> int:
        """When anything happens by itself; ``told_ms`` is when each vital came last."""
        due_ms = self.silence.due_ms(told_ms)
        if self.refusals is not None:
            due_ms = min(due_ms, self.refusals.due_ms)
        due_ms = min([due_ms, *(tally.due_ms for tally in self.tallies.values())])
        for level, episode in self._waiting():
            due_ms = min(due_ms, levels.due_ms(level, episode))
        return due_ms

    def _waiting(self) -> Iterator[tuple[conditions.Level, Episode]]:
        """The levels that wait for an instant that has not passed."""
        for level in LEVELS:
            episode = self.episodes.get(level.key)
            if episode is not None and not self._is_ripe(level, episode):
                yield level, episode

    def _is_ripe(self, level: conditions.Level, episode: Episode) -> bool:
        """Whether it only waits for a reading that confirms it."""
        return level.confirmed and not episode.is_open and levels.due_ms(level, episode) <= self.now_ms

    def advance(self, told_ms: list[int], taken: int, until_ms: int) -> list[Step]:
        """Let time pass; ``taken`` readings have come so far."""
        steps: list[Step] = []
        while (due_ms := self.due_ms(told_ms)) <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            for level, episode in list(self._waiting_at(due_ms)):
                steps += self._keep(level.key, levels.advance(level, episode, self.name))
            if self.silence.due_ms(told_ms) <= due_ms:
                steps.append(self.silence.advance(told_ms, self.name))
            if self.refusals is not None and self.refusals.due_ms <= due_ms:
                steps += _some(self.refusals.advance(taken, self.name))
                if self.refusals.is_empty:
                    self.refusals = None
            for key in [key for key, tally in self.tallies.items() if tally.due_ms <= due_ms]:
                steps += _some(self.tallies[key].advance(COUNT_BY_KEY[key], taken, self.name))
                if self.tallies[key].is_empty:
                    del self.tallies[key]
        return steps

    def _waiting_at(self, due_ms: int) -> Iterator[tuple[conditions.Level, Episode]]:
        for level in LEVELS:
            episode = self.episodes.get(level.key)
            if episode is not None and levels.due_ms(level, episode) <= due_ms:
                yield level, episode

    def hear(self, said: int, numbers: Sequence[float], told_ms: list[int], arrived_ms: int) -> list[Step]:
        """Take in what a reading says; the vitals came last at ``told_ms`` before it.

        ``said`` are its signs and ``numbers`` what they are of (`signs`). Time has passed up to its arrival.
        """
        now_ms = self.now_ms = max(self.now_ms, arrived_ms)
        steps: list[Step] = []
        for level in LEVELS:
            steps += self._hear_level(level, said, numbers[level.source], now_ms)
        if said & self.silence.calls:
            vitals = [vital for vital in range(VITAL_COUNT) if said & 1 << vital]
            steps += _some(self.silence.hear(vitals, told_ms, now_ms, self.name))
        return steps

    def _hear_level(self, level: conditions.Level, said: int, number: float, now_ms: int) -> list[Step]:
        episode = self.episodes.get(level.key)
        if episode is None:
            if (episode := levels.begun(level, said, number, now_ms)) is not None:
                self.episodes[level.key] = episode
            return []
        if not levels.goes_on(level, episode, said):
            del self.episodes[level.key]
            return []
        return self._keep(level.key, levels.hear(level, episode, said, number, now_ms, self.name))

    def _keep(self, key: str, step: Step | None) -> list[Step]:
        if step is not None and step.phase is Phase.END:
            del self.episodes[key]
        return _some(step)

    def hear_refusal(
        self, reasons: Iterable[Reason], taken: int, arrived_ms: int, *, whole: bool
    ) -> list[Step]:
        """Take in that a reading was refused, as a whole or in part."""
        now_ms = self.now_ms = max(self.now_ms, arrived_ms)
        if self.refusals is None:
            self.refusals = Refusals(now_ms, taken if whole else taken - 1)
        explained = any(conditions.LEVEL_BY_KEY[key].explains_refusals for key in self.episodes)
        return _some(self.refusals.hear(reasons, taken, now_ms, self.name, whole=whole, explained=explained))

    def hear_spikes(self, spikes: int, taken: int, arrived_ms: int) -> list[Step]:
        """Take in that values before this reading's were far off: ``spikes`` has a bit for each vital.

        It is -1 where it turns out that the wearer leaps, and so may have before: they are counted anew.
        """
        if spikes < 0:
            if self._counts_spikes:
                del self.tallies["spikes"]
            return []
        vitals = (name for vital, name in enumerate(VITAL_NAMES) if spikes & 1 << vital)
        return self._count("spikes", vitals, taken, arrived_ms)

    def hear_copy(self, taken: int, arrived_ms: int) -> list[Step]:
        """Take in that a reading came twice."""
        return self._count("copies", (), taken, arrived_ms)

    def _count(self, key: str, of: Iterable[str], taken: int, arrived_ms: int) -> list[Step]:
        now_ms = self.now_ms = max(self.now_ms, arrived_ms)
        tally = self.tallies.setdefault(key, Tally(now_ms, taken - 1))
        return _some(tally.hear(COUNT_BY_KEY[key], of, taken, now_ms, self.name))

    def release(self, taken: int, at_ms: int) -> list[Step]:
        """End all that exists: the device is watched no longer."""
        now_ms = max(self.now_ms, at_ms)
        steps = _some(self.silence.end(now_ms, self.name))
        if self.refusals is not None:
            steps += _some(self.refusals.end(taken, now_ms, self.name))
        for key, tally in self.tallies.items():
            steps += _some(tally.end(COUNT_BY_KEY[key], taken, now_ms, self.name))
        steps += [
            levels.given_up(level, self.episodes[level.key], now_ms, self.name)
            for level in LEVELS
            if level.key in self.episodes and self.episodes[level.key].is_open
        ]
        return [replace(step, text=f"{self.name} is no longer watched") for step in steps]

    def written(self) -> dict[str, Any]:
        """As plain values, for :meth:`read`."""
        plain = asdict(self)
        plain["silence"]["vitals"] = sorted(self.silence.vitals)
        plain["silence"]["seldom"] = [
            [vital, asdict(seldom)] for vital, seldom in sorted(self.silence.seldom.items())
        ]
        return plain

    @classmethod
    def read(cls, plain: dict[str, Any]) -> Device:
        """What :meth:`written` gave."""
        silence, refusals = plain["silence"], plain["refusals"]
        seldom = {vital: Seldom(**each) for vital, each in silence["seldom"]}
        return cls(
            name=plain["name"],
            now_ms=plain["now_ms"],
            episodes={key: Episode(**each) for key, each in plain["episodes"].items()},
            silence=Silence(**silence | {"vitals": set(silence["vitals"]), "seldom": seldom}),
            refusals=None if refusals is None else Refusals(**refusals),
            # Not in what was written before these were counted.
            tallies={key: Tally(**each) for key, each in plain.get("tallies", {}).items()},
        )


def _some(step: Step | None) -> list[Step]:
    return [] if step is None else [step]
