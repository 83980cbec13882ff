"""The official utility of the PhysioNet/Computing in Cardiology Challenge 2019 (Reyna et al. 2020).

Each hour at which sepsis is or isn't predicted is worth something. For a stay with sepsis a prediction is
worth the more the closer it comes to 6 hours before it, and nothing from 3 hours after it on; not predicting
it costs the more the later. Predicting sepsis too early, or where none comes, costs a little. The sum over
all stays is written so that never predicting is 0 and the best predictions are 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch.core.reading import BoolArray, FloatArray
from wardwatch.evaluating.draws import Draws, share
from wardwatch.evaluating.instants import Instants

# Hours from the onset of sepsis, and what a prediction is worth: the challenge's published scoring code.
EARLY_H, OPTIMAL_H, LATE_H = -12, -6, 3
_TRUE_AT_BEST = 1.0
_MISSED_AT_WORST = -2.0
_FALSE = -0.05


@dataclass(frozen=True, slots=True)
class Rewards:
    """``gain`` (n) of predicting sepsis at an instant rather than not; ``best`` (stays) is all to be had."""

    instants: Instants
    gain: FloatArray
    best: FloatArray

    @classmethod
    def of(cls, instants: Instants) -> Rewards:
        """From the hours of stays, whose labels are the challenge's."""
        nothing = np.zeros(0)
        gains = [gain_of_hours(stay.positive) for stay in instants.stays]
        return cls(
            instants,
            np.concatenate([nothing, *gains]),
            np.array([best_of_hours(stay.positive) for stay in instants.stays], dtype=np.float64),
        )

    def of_predictions(self, predicted: BoolArray) -> float:
        """The utility of predicting sepsis at just these instants."""
        return float(self.gain[predicted].sum() / self.best.sum())

    def crossed(self, scores: FloatArray, thresholds: FloatArray, draws: Draws, seed: int) -> FloatArray:
        """(draws): of predicting sepsis above a threshold.

        The threshold of each half of the stays is the one that is best for the other half: none is chosen by
        the stays that it is judged by.
        """
        gained = np.stack([self.instants.sums(self.gain * (scores > one)) for one in thresholds], axis=1)
        half = np.zeros(len(self.best), dtype=np.bool_)
        half[np.random.default_rng(seed).permutation(len(half))[: len(half) // 2]] = True
        best_for_half, best_for_others = gained[half].sum(axis=0).argmax(), gained[~half].sum(axis=0).argmax()
        of_stays = np.where(half, gained[:, best_for_others], gained[:, best_for_half])
        return share(draws.weights @ of_stays, draws.weights @ self.best)


def gain_of_hours(septic: Sequence[bool] | BoolArray) -> FloatArray:
    """For each hour of a stay what predicting sepsis is worth more than not predicting it."""
    from_onset = _from_onset(septic)
    if from_onset is None:
        return np.full(len(septic), _FALSE)
    rising = np.maximum(_TRUE_AT_BEST * (from_onset - EARLY_H) / (OPTIMAL_H - EARLY_H), _FALSE)
    falling = _TRUE_AT_BEST * (LATE_H - from_onset) / (LATE_H - OPTIMAL_H)
    missed = _MISSED_AT_WORST * (from_onset - OPTIMAL_H) / (LATE_H - OPTIMAL_H)
    gain = np.where(from_onset <= OPTIMAL_H, rising, falling - missed)
    return np.where(from_onset <= LATE_H, gain, 0.0)


def best_of_hours(septic: Sequence[bool] | BoolArray) -> float:
    """What the best predictions for a stay are worth more than none."""
    from_onset = _from_onset(septic)
    if from_onset is None:
        return 0.0
    window = (from_onset >= EARLY_H) & (from_onset <= LATE_H)
    return float(gain_of_hours(septic)[window].sum())


def _from_onset(septic: Sequence[bool] | BoolArray) -> FloatArray | None:
    """Hours from the onset, which is 6 after the first label; ``None`` without one."""
    labels = np.asarray(septic, dtype=np.bool_)
    if not labels.any():
        return None
    from_first_label = np.arange(len(labels), dtype=np.float64) - labels.argmax()
    return np.asarray(from_first_label + OPTIMAL_H, dtype=np.float64)
