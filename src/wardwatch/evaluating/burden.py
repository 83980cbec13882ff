"""The suite `burden`: how often wearers who go about their lives alarm, and whether what matters is noticed.

Three figures that only mean something together: alarms a patient-day on recordings as they are, the share of
injected acute events that is caught, and the share of injected artefact bursts that alarms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import wardwatch
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.forking import Future, Monitors, play, play_on, shares
from wardwatch.evaluating.injection import Injection, inject
from wardwatch.evaluating.judging import AFTER_ARTEFACT_MS
from wardwatch.evaluating.placement import place_artefacts, place_events
from wardwatch.evaluating.summaries import Injected, alarm_burden, artefacts, sensitivity
from wardwatch.evaluating.tracks import Track

# False alarms a patient-day at which every suite states a sensitivity.
OPERATING_POINTS = ("0.029", "0.1", "0.25", "0.5", "1", "2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is injected, and the seed of all chance."""

    events: int
    artefacts: int
    seed: int


def evaluate(
    tracks: Sequence[Track], monitors: Monitors, plan: Plan, advance: Callable[[float], None]
) -> dict[str, Any]:
    """All figures of the suite; ``advance`` is told the share of the work that is done, 0 to 1."""
    acute = place_events(tracks, plan.events, plan.seed)
    bursts = place_artefacts(tracks, plan.artefacts, plan.seed)
    ends_ms = [event.end_ms for event in acute] + [burst.end_ms + AFTER_ARTEFACT_MS for burst in bursts]
    placed = acute + bursts
    rows = [_rows(tracks[one.track], one, end_ms) for one, end_ms in zip(placed, ends_ms, strict=True)]
    played = shares(sum(map(len, tracks)) + sum(last - first for first, last in rows), advance)
    past = play(
        monitors,
        tracks,
        [(one.track, first) for one, (first, _) in zip(placed, rows, strict=True)],
        played,
    )
    futures = [
        Future(
            state=past.states[one.track, first], readings=inject(tracks[one.track].piece(first, last), one)
        )
        for one, (first, last) in zip(placed, rows, strict=True)
    ]
    told = play_on(monitors, futures, played)
    clean = [episodes(events) for events in past.events]
    injected = [
        Injected(injection=one, patient=tracks[one.track].patient, clean=clean[one.track], events=events)
        for one, events in zip(placed, told, strict=True)
    ]
    return {
        "suite": "burden",
        "patients": len(tracks),
        "patient_days": round(sum(track.watched_days() for track in tracks), 4),
        "seed": plan.seed,
        "version": wardwatch.__version__,
        "rows": [_row("wardwatch")],
        "burden": alarm_burden(tracks, clean, plan.seed),
        "injected": sensitivity(injected[: len(acute)], plan.events),
        "artefacts": artefacts(injected[len(acute) :], plan.artefacts),
    }


def _rows(track: Track, injection: Injection, end_ms: int) -> tuple[int, int]:
    """The readings of an injection's future: one more than its time has, which tells of the last step."""
    return track.row_at(injection.onset_ms), min(track.row_at(end_ms + 1) + 1, len(track))


def _row(method: str) -> dict[str, Any]:
    """A row as every suite has one a method: without labels there is nothing to put into it."""
    undefined = dict.fromkeys(("auroc", "auprc", "utility", "ppv", "lead_time_h"))
    return {"method": method, **undefined, "sensitivity": dict.fromkeys(OPERATING_POINTS)}
