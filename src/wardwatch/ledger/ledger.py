"""Alarm events and receipts, folded into alarms.

>>> Ledger().episodes()
[]
"""

from __future__ import annotations

from collections import defaultdict

from wardwatch.core.alarming.commands import Receipt, Verdict
from wardwatch.core.events import AlarmEvent
from wardwatch.ledger.episode import Episode, instant_of
from wardwatch.ledger.period import Period


class Ledger:
    """All alarms of a log.

    Each patient's events come in the order of their ``sequence``. What a worker has published again after a
    crash is known by it and changes nothing; receipts may come in any order, before their alarms as well.
    ``first_ms`` and ``last_ms`` are the instants of the earliest and the latest event of any alarm.
    Alarms that were over before ``since_ms`` are dropped, so that a long log takes little memory.
    """

    def __init__(self, *, since_ms: int | None = None, keeps_steps: bool = False) -> None:
        self.first_ms: int | None = None
        self.last_ms: int | None = None
        self._since_ms = since_ms
        self._keeps_steps = keeps_steps
        self._last_sequence: dict[str, int] = {}
        self._episodes: dict[tuple[str, str], Episode] = {}
        # By patient and alarm, then by command: a command may be answered twice, and counts once.
        self._receipts: defaultdict[tuple[str, str], dict[str, Receipt]] = defaultdict(dict)

    def take(self, event: AlarmEvent) -> None:
        """Take in what was told of an alarm."""
        if event.sequence <= self._last_sequence.get(event.patient, -1):
            return
        self._last_sequence[event.patient] = event.sequence
        at_ms = instant_of(event)
        self.first_ms = at_ms if self.first_ms is None else min(self.first_ms, at_ms)
        self.last_ms = at_ms if self.last_ms is None else max(self.last_ms, at_ms)
        key = event.patient, event.alarm
        episode = self._episodes.get(key)
        if episode is None:
            episode = self._episodes[key] = Episode.begun_by(event)
        episode.go_on(event)
        if self._keeps_steps:
            episode.steps.append(event)
        if episode.end_ms is not None and self._since_ms is not None and episode.end_ms < self._since_ms:
            del self._episodes[key]

    def answer(self, receipt: Receipt) -> None:
        """Take in what became of a command; only what was done about an alarm counts."""
        if receipt.verdict is Verdict.DONE and receipt.alarm is not None:
            self._receipts[receipt.patient, receipt.alarm].setdefault(receipt.command, receipt)

    def episodes(self, period: Period | None = None) -> list[Episode]:
        """The alarms, by their start; with a ``period``, those that were open at some time in it."""
        found = [
            episode
            for episode in self._episodes.values()
            if period is None
            or (
                episode.start_ms < period.until_ms
                and (episode.end_ms is None or episode.end_ms >= period.since_ms)
            )
        ]
        for episode in found:
            episode.receipts = dict(self._receipts.get((episode.patient, episode.alarm), {}))
        return sorted(found, key=lambda episode: (episode.start_ms, episode.patient, episode.alarm))
