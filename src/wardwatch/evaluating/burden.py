"""The suite `burden`: how often wearers who go about their lives alarm, and whether what matters is noticed.

Nobody knows what befell the wearers, so that every alarm counts as false, and what is to be noticed is
injected: acute events and artefact bursts of minutes to hours, and nights on which the heart beats faster.
Where it is known when wearers were under stress, alarms of that time are told, too. The recordings are played
once, to the monitor as it is set and, beside it, to those with other rates of learned alarms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from wardwatch.core.events import AlarmEvent
from wardwatch.core.reading import IntArray
from wardwatch.evaluating import at_rates, bumps, nightly, nulls, stress
from wardwatch.evaluating.as_set import Placed, Plan, acute, bursts, figures_as_set
from wardwatch.evaluating.at_rates import AtRates
from wardwatch.evaluating.bumps import Bump
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.evaluation import (
    OURS,
    Advance,
    Evaluation,
    Example,
    SuiteError,
    SuiteOptions,
    part_of,
)
from wardwatch.evaluating.examples import examples
from wardwatch.evaluating.forking import Future, play_on, shares
from wardwatch.evaluating.learned_rates import RATES, learned_rates
from wardwatch.evaluating.nights import Nights, nights_of
from wardwatch.evaluating.side_by_side import SideBySide, monitors_of, play_side_by_side
from wardwatch.evaluating.tracks import Track, tracks_of
from wardwatch.wire.recordings.e4_tasks import participant_of, seconds_of_stress
from wardwatch.wire.recordings.opening import Recording

SUITE = "burden"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Injected:
    """What is injected into the tracks, and where; the ``nights`` are those of the recordings as they are."""

    events: Placed
    noise: Placed
    bumps: Sequence[Bump]
    bump_rows: Sequence[tuple[int, int]]
    nights: Sequence[Nights]

    @property
    def forks(self) -> list[tuple[int, int]]:
        """The (track, row) at which anything begins."""
        of_bumps = [(one.track, first) for one, (first, _) in zip(self.bumps, self.bump_rows, strict=True)]
        return [*self.events.forks, *self.noise.forks, *of_bumps]


def evaluate(recordings: Sequence[Recording], options: SuiteOptions, advance: Advance) -> Evaluation:
    """All figures of the suite; raises :class:`SuiteError` where there is nothing to read."""
    tracks, seconds = _read(recordings, part_of(advance, 0.0, 0.05))
    plan = Plan(events=options.events, artefacts=options.artefacts, seed=options.seed)
    injected = _inject(tracks, options, plan)
    readings = sum(map(len, tracks)) * (1 + len(RATES))
    played = play_side_by_side(
        options.rules,
        RATES,
        tracks,
        injected.forks,
        injected.events.forks,
        shares(readings, advance, first=0.05, last=0.6),
    )
    clean = [episodes(events) for events in played.as_set.events]
    draws = Draws.of(len(tracks), options.draws, options.seed)
    more = _as_set(tracks, played, injected, options, plan, part_of(advance, 0.6, 0.7))
    told = _told_of_bumps(tracks, played, injected, options, part_of(advance, 0.7, 0.8))
    from_ms = [
        int(tracks[one.track].observed_at_ms[first])
        for one, (first, _) in zip(injected.bumps, injected.bump_rows, strict=True)
    ]
    ours = nightly.of_monitor(injected.bumps, from_ms, clean, told)
    more["nightly"] = nightly.figures(injected.nights, injected.bumps, options.bumps, ours, draws)
    if seconds:
        more["stress"] = stress.figures(played.tapped, clean, seconds)
    total = injected.events.readings * len(RATES)
    learned = learned_rates(
        options.rules, tracks, injected.events, played, shares(total, advance, first=0.8, last=0.9)
    )
    null_rates = _nulls(tracks, played, injected.events, options, part_of(advance, 0.9, 0.95))
    rows, curves = at_rates.rows_and_curves(null_rates, draws)
    advance(1.0)
    return Evaluation(
        suite=SUITE,
        seed=options.seed,
        patients=len(tracks),
        patient_days=sum(track.watched_days() for track in tracks),
        events=len(injected.events.injections),
        rows=[learned.row(draws), *rows],
        curves={OURS: learned.learned.curve(draws), **curves},
        calibration=learned.calibration(draws),
        examples=_examples(played, options),
        more=more,
    )


def _examples(played: SideBySide, options: SuiteOptions) -> list[Example]:
    # By number: two recordings may have patients of the same name.
    by_number = {str(number): one for number, one in enumerate(played.tapped)}
    stays = [replace(at_rates.unlabelled(one), patient=number) for number, one in by_number.items()]
    return examples(stays, by_number, options.seed)


def _read(recordings: Sequence[Recording], advance: Advance) -> tuple[list[Track], dict[int, IntArray]]:
    """The tracks of all recordings, and for some of them, by number, the seconds of stress."""
    tracks: list[Track] = []
    seconds: dict[int, IntArray] = {}
    for recording in recordings:
        its = tracks_of(recording.streams(), lambda: None)
        of_stress = seconds_of_stress(recording.source)
        for number, track in enumerate(its, len(tracks)):
            if (participant := participant_of(track.patient)) in of_stress:
                seconds[number] = of_stress[str(participant)]
        tracks += its
        advance(min(len(tracks) / (len(tracks) + 1), 1.0))
    if not tracks:
        raise SuiteError("nothing in these recordings can be read; `wardwatch replay` tells why.")
    advance(1.0)
    return tracks, seconds


def _inject(tracks: Sequence[Track], options: SuiteOptions, plan: Plan) -> _Injected:
    local_time = options.rules.local_time
    nights = [nights_of(track, local_time) for track in tracks]
    placed = bumps.place_bumps(nights, options.bumps, options.seed)
    return _Injected(
        events=acute(tracks, plan),
        noise=bursts(tracks, plan),
        bumps=placed,
        bump_rows=[bumps.rows_of(tracks[one.track], one, local_time) for one in placed],
        nights=nights,
    )


def _as_set(
    tracks: Sequence[Track],
    played: SideBySide,
    injected: _Injected,
    options: SuiteOptions,
    plan: Plan,
    advance: Advance,
) -> dict[str, Any]:
    monitors = monitors_of(options.rules)
    count = shares(injected.events.readings + injected.noise.readings, advance)
    events = injected.events.told(tracks, played.as_set, monitors, count)
    noise = injected.noise.told(tracks, played.as_set, monitors, count)
    return figures_as_set(tracks, played.as_set, events, noise, plan)


def _told_of_bumps(
    tracks: Sequence[Track],
    played: SideBySide,
    injected: _Injected,
    options: SuiteOptions,
    advance: Advance,
) -> list[list[AlarmEvent]]:
    futures = [
        Future(
            state=played.as_set.states[one.track, first],
            readings=bumps.raised(tracks[one.track].piece(first, last), one, options.rules.local_time),
        )
        for one, (first, last) in zip(injected.bumps, injected.bump_rows, strict=True)
    ]
    readings = sum(len(future.readings) for future in futures)
    return play_on(monitors_of(options.rules), futures, shares(readings, advance))


def _nulls(
    tracks: Sequence[Track], played: SideBySide, events: Placed, options: SuiteOptions, advance: Advance
) -> dict[str, AtRates]:
    within = at_rates.tap_events(options.rules, tracks, events, advance)
    scorings: dict[str, at_rates.Scoring] = {
        "clock": lambda one: one.track.observed_at_ms.astype("f8"),
        "static limits": nulls.static_limits,
        "NEWS2": nulls.news2_charted,
    }
    days = [track.watched_days() for track in tracks]
    return {"random": at_rates.of_chance(days, events.injections)} | {
        method: at_rates.of_thresholds(played.tapped, within, events, scoring)
        for method, scoring in scorings.items()
    }
