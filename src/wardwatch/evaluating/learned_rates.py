"""Learned alarms at each rate that can be set: what they catch, and how often they come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch.core.monitor import Rules
from wardwatch.evaluating.as_set import Placed
from wardwatch.evaluating.at_rates import AtRates, of_settings
from wardwatch.evaluating.draws import Draws, estimated, share
from wardwatch.evaluating.episodes import FIXED_RULES, Episode, episodes, is_nightly
from wardwatch.evaluating.evaluation import OURS, Figures, Row
from wardwatch.evaluating.judging import Catch, catch
from wardwatch.evaluating.rate_calibration import SET_RATES
from wardwatch.evaluating.side_by_side import SideBySide, monitors_of, with_rate
from wardwatch.evaluating.tracks import Track

# Rates a patient-day that are set: those at which a calibration is told, and others around the operating
# points, for what is obtained is not what is set.
RATES = (0.01, 0.02, 0.025, 0.028, 0.04, 0.05, 0.07, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedRates:
    """For each of :data:`RATES` the learned alarms of each patient, and the catch of each event."""

    days: Sequence[float]
    patient: Sequence[int]
    alarms: Sequence[Sequence[int]]
    catches: Sequence[Sequence[Catch]]

    @property
    def learned(self) -> AtRates:
        """By learned alarms alone: what can be set is held against what it costs."""
        return self._at_rates(lambda one: one.by_learned is not None)

    def row(self, draws: Draws) -> Row:
        """Our own row; beside it what the hard limits, whose alarms are told apart, catch as well."""
        together = self._at_rates(lambda one: one.delay is not None).row(OURS, draws)
        with_fixed = {"sensitivity": together.sensitivity, "intervals": together.intervals["sensitivity"]}
        return self.learned.row(OURS, draws, counts="learned alarms", with_fixed=with_fixed)

    def calibration(self, draws: Draws) -> list[Figures]:
        """The rates obtained on these recordings, whoever the model was fitted on."""
        weighted_days = draws.weights @ np.array(self.days)
        found: list[Figures] = []
        for rate in SET_RATES:
            alarms = np.array(self.alarms[RATES.index(rate)], dtype=np.float64)
            obtained = estimated(share(draws.weights @ alarms, weighted_days))
            found.append(
                {
                    "set": rate,
                    "obtained": obtained.value,
                    "interval": obtained.interval,
                    "patients": len(self.days),
                }
            )
        return found

    def _at_rates(self, is_caught: Callable[[Catch], bool]) -> AtRates:
        caught = [[is_caught(one) for one in its] for its in self.catches]
        return of_settings(self.days, self.alarms, caught, self.patient)


def learned_rates(
    rules: Rules,
    tracks: Sequence[Track],
    events: Placed,
    played: SideBySide,
    advance: Callable[[int], None],
) -> LearnedRates:
    """From recordings played for all rates; the events are injected for each of them."""
    alarms, catches = [], []
    for rate, past in zip(RATES, played.of_rates, strict=True):
        told = events.told(tracks, past, monitors_of(with_rate(rules, rate)), advance)
        alarms.append([sum(map(is_learned, episodes(its))) for its in past.events])
        catches.append([catch(one.injection, one.clean, one.events) for one in told])
    return LearnedRates(
        days=[track.watched_days() for track in tracks],
        patient=[one.track for one in events.injections],
        alarms=alarms,
        catches=catches,
    )


def is_learned(episode: Episode) -> bool:
    """Whether an alarm is of a rule whose rate can be set: no fixed one, and not of the nightly channel."""
    return episode.rule not in FIXED_RULES and not is_nightly(episode.condition)
