"""One method, held against the labels: everything that its row in the table says, with intervals."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from wardwatch.core.reading import FloatArray, IntArray
from wardwatch.evaluating.draws import Draws, Estimate, estimated, share
from wardwatch.evaluating.evaluation import MAIN_POINT, OPERATING_POINTS, Row
from wardwatch.evaluating.figures import Interval, quartiles
from wardwatch.evaluating.incidents import Incidents, lead_times_h
from wardwatch.evaluating.instants import Instants
from wardwatch.evaluating.operating import operating_points
from wardwatch.evaluating.ranking import CLASSES, Ranking
from wardwatch.evaluating.utility import Rewards

# Points of a curve: as many as a picture shows.
_CURVE_POINTS = 200
_CURVE_UNTIL = 4.0


class Judged:
    """``scores`` (n) of a method at all ``instants``, -inf where it has nothing to say."""

    def __init__(self, method: str, instants: Instants, scores: FloatArray) -> None:
        self.method = method
        self.instants = instants
        self.scores = scores
        self.incidents = Incidents.of(instants, scores)
        self._exact = Ranking(scores, instants.positive, instants.stay)
        self._classed = Ranking(scores, instants.positive, instants.stay, classes=CLASSES)

    def false_alarms(self, weights: FloatArray) -> FloatArray:
        """(draws, t): a patient-day, at each threshold."""
        return share(weights @ self.incidents.false, (weights @ self.instants.days)[:, None])

    def sensitivity(self, weights: FloatArray) -> FloatArray:
        """(draws, t): the share of events that are caught."""
        of_events = weights[:, self.instants.event_stay]
        return share(of_events @ self.incidents.caught.astype(np.float64), of_events.sum(axis=1)[:, None])

    @cached_property
    def places(self) -> dict[str, int]:
        """Of each operating point the place of its threshold, for the patients who really came."""
        made = np.nan_to_num(self.false_alarms(np.ones((1, len(self.instants.stays)))))
        return {point: int(operating_points(made, rate)[0]) for point, rate in OPERATING_POINTS.items()}

    @cached_property
    def lead_times_h(self) -> FloatArray:
        """(events) at the main operating point, not-a-number for those that are missed."""
        threshold = float(self.incidents.thresholds[self.places[MAIN_POINT]])
        return lead_times_h(self.instants, self.scores, threshold)

    def ranks(self, draws: Draws) -> tuple[Estimate, Estimate]:
        """AUROC and AUPRC."""
        exact = self._exact.judged(draws.weights[:1])
        drawn = self._classed.judged(draws.weights[1:]) if self._can_differ(draws) else exact
        auroc, auprc = (
            _told(np.concatenate([of[:1], others]), draws) for of, others in zip(exact, drawn, strict=True)
        )
        return auroc, auprc

    def row(self, draws: Draws, rewards: Rewards | None, seed: int) -> Row:
        """The method's row; ``rewards`` where there is a utility."""
        auroc, auprc = self.ranks(draws)
        made = self.false_alarms(draws.weights)
        caught = self.sensitivity(draws.weights)
        places = {point: self._places(made, rate) for point, rate in OPERATING_POINTS.items()}
        which = np.arange(len(made))
        sensitivity = {point: _told(caught[which, at], draws) for point, at in places.items()}
        ppv = _told(self._precision(draws, places[MAIN_POINT]), draws)
        lead = _told(self._lead(draws), draws)
        utility = Estimate(None, None)
        if rewards is not None:
            utility = _told(rewards.crossed(self.scores, self.incidents.thresholds, draws, seed), draws)
        figures = {"auroc": auroc, "auprc": auprc, "utility": utility, "ppv": ppv, "lead_time_h": lead}
        defined = bool(len(self.instants.event_stay))
        return Row(
            method=self.method,
            auroc=auroc.value,
            auprc=auprc.value,
            utility=utility.value,
            ppv=ppv.value,
            lead_time_h=lead.value,
            lead_time_quartiles_h=self._lead_quartiles(),
            sensitivity={point: of.value for point, of in sensitivity.items()},
            false_alarms={p: _number(made[0, at[0]]) if defined else None for p, at in places.items()},
            alarming={p: self._alarming(int(at[0])) if defined else None for p, at in places.items()},
            intervals={
                **{name: figure.interval for name, figure in figures.items()},
                "sensitivity": {point: of.interval for point, of in sensitivity.items()},
            },
        )

    def curve(self) -> list[tuple[float, float]]:
        """(false alarms a patient-day, sensitivity), from the strictest threshold on.

        As with operating points, a threshold takes what any stricter one has made.
        """
        everybody = np.ones((1, len(self.instants.stays)))
        made = np.maximum.accumulate(self.false_alarms(everybody)[0])
        caught = self.sensitivity(everybody)[0]
        rising = np.flatnonzero(made <= _CURVE_UNTIL)
        if len(rising) > _CURVE_POINTS:
            rising = rising[np.linspace(0, len(rising) - 1, _CURVE_POINTS).round().astype(np.int64)]
        return [(float(made[at]), float(caught[at])) for at in rising.tolist()]

    def _places(self, made: FloatArray, rate: float) -> IntArray:
        return operating_points(np.nan_to_num(made), rate)

    def _can_differ(self, draws: Draws) -> bool:
        return len(draws.weights) > 1 and len(self.instants.stays) > 1

    def _precision(self, draws: Draws, at: IntArray) -> FloatArray:
        """(draws): the share of true ones among the incidents."""
        which = np.arange(len(at))
        true = (draws.weights @ self.incidents.true)[which, at]
        return share(true, true + (draws.weights @ self.incidents.false)[which, at])

    def _lead(self, draws: Draws) -> FloatArray:
        """(draws): the median lead time at the real operating point."""
        lead = self.lead_times_h
        caught = np.flatnonzero(~np.isnan(lead))
        if not len(caught):
            return np.full(len(draws.weights), np.nan)
        caught = caught[np.argsort(lead[caught])]
        passed = np.cumsum(draws.weights[:, self.instants.event_stay[caught]], axis=1)
        middle = (passed >= passed[:, -1:] / 2).argmax(axis=1)
        medians = np.where(passed[:, -1] > 0, lead[caught][middle], np.nan)
        medians[0] = np.median(lead[caught])
        return medians

    def _lead_quartiles(self) -> Interval | None:
        of_caught = quartiles(self.lead_times_h[~np.isnan(self.lead_times_h)].tolist())
        return None if of_caught is None else (of_caught[0], of_caught[2])

    def _alarming(self, place: int) -> float | None:
        """The share of all instants at which the method alarms."""
        instants = len(self.instants.at_ms)
        return float(self.incidents.above[place]) / instants if instants else None


def _told(figures: FloatArray, draws: Draws) -> Estimate:
    told = estimated(figures)
    return told if draws.weights.shape[1] > 1 else Estimate(told.value, None)


def _number(figure: float) -> float | None:
    return None if np.isnan(figure) else float(figure)
