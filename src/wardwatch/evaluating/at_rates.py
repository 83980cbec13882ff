"""Which of the injected acute events are caught, at so many false alarms a patient-day, by each method.

On the recordings as they are every alarm counts as false. An event is caught by a method that alarms between
its onset and its end, and would not have without the event. Our own row counts learned alarms, for the limits
of many rates; the hard limits can't be set, and are told apart. The nulls alarm by thresholds, on the heart
rate with the event in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch.core.monitor import Rules
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.core.vitals import OBSERVATION_MAXIMUM_AGE_S
from wardwatch.evaluating.as_set import Placed
from wardwatch.evaluating.draws import Draws, estimated, share
from wardwatch.evaluating.evaluation import OPERATING_POINTS, Row
from wardwatch.evaluating.incidents import CLEAR_MS, Incidents
from wardwatch.evaluating.injection import Injection, inject
from wardwatch.evaluating.instants import Instants
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.operating import operating_points
from wardwatch.evaluating.tapping import Tapped, tap
from wardwatch.evaluating.tracks import DAY_MS, Track

# What a method says of each reading of a track, not-a-number where it has nothing to say.
Scoring = Callable[[Tapped], FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRates:
    """For each setting of a method, from the strictest on, which makes no alarm at all.

    ``false`` (patients, settings) are the alarms on the recordings as they are, in ``days`` (patients);
    ``caught`` (events, settings) which of the events are caught, or how likely; ``patient`` (events) whose
    they are.
    """

    false: FloatArray
    days: FloatArray
    caught: FloatArray | BoolArray
    patient: IntArray

    def row(self, method: str, draws: Draws, **more: object) -> Row:
        """The row of the method: nothing but sensitivities is defined without labelled instants."""
        made, caught = self._rates(draws), self._sensitivity(draws)
        # A stricter setting may catch more: what alarms without an event can't tell of it.
        best = np.maximum.accumulate(caught, axis=1)
        which = np.arange(len(made))
        places = {
            point: operating_points(np.nan_to_num(made), rate) for point, rate in OPERATING_POINTS.items()
        }
        found = {point: estimated(best[which, at]) for point, at in places.items()}
        chosen = {point: int(np.argmax(caught[0, : at[0] + 1])) for point, at in places.items()}
        return Row(
            method=method,
            sensitivity={point: of.value for point, of in found.items()},
            false_alarms={point: float(made[0, place]) for point, place in chosen.items()},
            intervals={"sensitivity": {point: of.interval for point, of in found.items()}},
            more=more,
        )

    def curve(self, draws: Draws) -> list[tuple[float, float]]:
        """(false alarms a patient-day, sensitivity), from the strictest setting on."""
        made, caught = self._rates(draws)[0], self._sensitivity(draws)[0]
        return [] if np.isnan(caught).any() else [*zip(made.tolist(), caught.tolist(), strict=True)]

    def _rates(self, draws: Draws) -> FloatArray:
        return share(draws.weights @ self.false, (draws.weights @ self.days)[:, None])

    def _sensitivity(self, draws: Draws) -> FloatArray:
        patients, settings = self.false.shape
        caught = np.zeros((patients, settings))
        np.add.at(caught, self.patient, np.asarray(self.caught, dtype=np.float64))
        events = np.bincount(self.patient, minlength=patients).astype(np.float64)
        return share(draws.weights @ caught, (draws.weights @ events)[:, None])


def of_settings(
    days: Sequence[float],
    alarms: Sequence[Sequence[int]],
    caught: Sequence[Sequence[bool]],
    patient: Sequence[int],
) -> AtRates:
    """From counts of each patient, and catches of each event, by setting; they are put in order of alarms."""
    order = sorted(range(len(alarms)), key=lambda setting: sum(alarms[setting]))
    nothing = [[0] * len(days)], [[False] * len(patient)]
    return AtRates(
        false=np.array([*nothing[0], *(alarms[n] for n in order)], dtype=np.float64).T,
        days=np.array(days),
        caught=np.array([*nothing[1], *(caught[n] for n in order)], dtype=np.bool_).T,
        patient=np.array(patient, dtype=np.int64),
    )


def of_chance(days: Sequence[float], events: Sequence[Injection]) -> AtRates:
    """Alarms at random instants: how likely at least one falls into each event."""
    # A hair less, so that no rate comes out above what was asked for.
    rates = np.array([0.0, *OPERATING_POINTS.values()]) * (1.0 - 1e-12)
    lasts_days = np.array([(one.end_ms - one.onset_ms) / DAY_MS for one in events])
    return AtRates(
        false=np.array(days)[:, None] * rates,
        days=np.array(days),
        caught=-np.expm1(-lasts_days[:, None] * rates),
        patient=np.array([one.track for one in events], dtype=np.int64),
    )


def of_thresholds(
    tapped: Sequence[Tapped], within: Sequence[Tapped], events: Placed, scoring: Scoring
) -> AtRates:
    """A method that alarms while its score is above a threshold; ``within`` are tracks with the events in."""
    stays = [unlabelled(one) for one in tapped]
    instants = Instants.of(stays)
    clean = [scoring(one) for one in tapped]
    incidents = Incidents.of(instants, instants.joined(clean))
    caught = np.zeros((len(within), len(incidents.thresholds)), dtype=np.bool_)
    for number, (one, injected) in enumerate(zip(events.injections, within, strict=True)):
        track = tapped[one.track].track
        before = _highest(track, clean[one.track], one.onset_ms - CLEAR_MS, one.end_ms)
        during = _highest(injected.track, scoring(injected), one.onset_ms, one.end_ms)
        caught[number] = (incidents.thresholds >= before) & (incidents.thresholds < during)
    return AtRates(
        false=incidents.false,
        days=instants.days,
        caught=caught,
        patient=np.array([one.track for one in events.injections], dtype=np.int64),
    )


def tap_events(
    rules: Rules, tracks: Sequence[Track], events: Placed, advance: Callable[[float], None]
) -> list[Tapped]:
    """What the monitor goes by in each event, and as long before as any value may still stand."""
    before_ms = OBSERVATION_MAXIMUM_AGE_S * 1000
    pieces = []
    for one in events.injections:
        track = tracks[one.track]
        pieces.append(
            inject(track.piece(track.row_at(one.onset_ms - before_ms), track.row_at(one.end_ms + 1)), one)
        )
    return tap(rules, pieces, advance) if pieces else []


def _highest(track: Track, scores: FloatArray, from_ms: int, to_ms: int) -> float:
    its = scores[track.row_at(from_ms) : track.row_at(to_ms + 1)]
    return float(np.max(its, where=~np.isnan(its), initial=-np.inf))


def unlabelled(tapped: Tapped) -> Stay:
    """A stay in which nothing is known to have happened, asked about at each reading."""
    track = tapped.track
    return Stay(
        patient=track.patient,
        at_ms=track.observed_at_ms,
        positive=np.zeros(len(track), dtype=np.bool_),
        events=(),
        watched_days=track.watched_days(),
    )


def rows_and_curves(
    methods: Mapping[str, AtRates], draws: Draws
) -> tuple[list[Row], dict[str, list[tuple[float, float]]]]:
    """Of all methods."""
    rows = [of.row(method, draws) for method, of in methods.items()]
    return rows, {method: of.curve(draws) for method, of in methods.items()}
