"""What the alarms do as they are set: how often wearers alarm who go about their lives, what is noticed.

Three figures that only mean something together: alarms a patient-day on recordings as they are, the share of
injected acute events that is caught, and the share of injected artefact bursts that alarms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.forking import Future, Monitors, Past, play_on
from wardwatch.evaluating.injection import Injection, inject
from wardwatch.evaluating.judging import AFTER_ARTEFACT_MS
from wardwatch.evaluating.placement import place_artefacts, place_events
from wardwatch.evaluating.summaries import Injected, alarm_burden, artefacts, sensitivity
from wardwatch.evaluating.tracks import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is injected, and the seed of all chance."""

    events: int
    artefacts: int
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Injections, and ``rows``: the readings of each one's future, from its onset on.

    The last of them is one more than its time has, which tells of the last step.
    """

    injections: Sequence[Injection]
    rows: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, tracks: Sequence[Track], injections: Sequence[Injection], after_ms: int = 0) -> Placed:
        """With so much time after each of them."""
        rows = []
        for one in injections:
            track = tracks[one.track]
            last = min(track.row_at(one.end_ms + after_ms + 1) + 1, len(track))
            rows.append((track.row_at(one.onset_ms), last))
        return cls(injections=injections, rows=rows)

    @property
    def forks(self) -> list[tuple[int, int]]:
        """The (track, row) at which each begins."""
        return [(one.track, first) for one, (first, _) in zip(self.injections, self.rows, strict=True)]

    @property
    def readings(self) -> int:
        """Of all futures."""
        return sum(last - first for first, last in self.rows)

    def futures(self, tracks: Sequence[Track], past: Past) -> list[Future]:
        """How the readings go on with each injection."""
        return [
            Future(
                state=past.states[one.track, first],
                readings=inject(tracks[one.track].piece(first, last), one),
            )
            for one, (first, last) in zip(self.injections, self.rows, strict=True)
        ]

    def told(
        self, tracks: Sequence[Track], past: Past, monitors: Monitors, advance: Callable[[int], None]
    ) -> list[Injected]:
        """What monitors say of each, beside what the recording had alarmed by itself."""
        clean = [episodes(events) for events in past.events]
        told = play_on(monitors, self.futures(tracks, past), advance)
        return [
            Injected(injection=one, patient=tracks[one.track].patient, clean=clean[one.track], events=events)
            for one, events in zip(self.injections, told, strict=True)
        ]


def acute(tracks: Sequence[Track], plan: Plan) -> Placed:
    """The acute events of a plan."""
    return Placed.of(tracks, place_events(tracks, plan.events, plan.seed))


def bursts(tracks: Sequence[Track], plan: Plan) -> Placed:
    """The artefact bursts of a plan."""
    return Placed.of(tracks, place_artefacts(tracks, plan.artefacts, plan.seed), AFTER_ARTEFACT_MS)


def figures_as_set(
    tracks: Sequence[Track], past: Past, events: Sequence[Injected], noise: Sequence[Injected], plan: Plan
) -> dict[str, Any]:
    """All of them, from what came of the recordings and of what was injected into them."""
    clean = [episodes(its) for its in past.events]
    return {
        "burden": alarm_burden(tracks, clean, plan.seed),
        "injected": sensitivity(events, plan.events),
        "artefacts": artefacts(noise, plan.artefacts),
    }
