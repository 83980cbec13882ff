"""How well scores tell positive instants from others: AUROC and AUPRC, for patients drawn again and again.

Scores are sorted once; a draw only weights the patients. An instant at which a method has nothing to say
(-inf) ranks below all others. Equal scores count half, as usual; the AUPRC is the average precision, without
interpolation (Davis and Goadrich 2006).

>>> scores, positive = np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, True, False, True])
>>> auroc, auprc = Ranking(scores, positive, patient=np.arange(4)).judged(np.ones((1, 4)))
>>> round(auroc.item(), 4), round(auprc.item(), 4)
(0.75, 0.8333)
"""

from __future__ import annotations

import numpy as np

from wardwatch.core.reading import BoolArray, FloatArray, IntArray

# For an interval scores are put into so many classes, evenly over the positive ones: what that changes is
# far below what one draw differs from another by.
CLASSES = 512


class Ranking:
    """Ranks of instants: ``scores``, ``positive`` and ``patient``, the number of each one's patient.

    With ``classes``, scores between two of so many quantiles of the positive ones count as equal.
    """

    def __init__(
        self, scores: FloatArray, positive: BoolArray, patient: IntArray, *, classes: int | None = None
    ) -> None:
        levels = np.unique(scores)
        if classes is not None and len(levels) > classes and positive.any():
            shares = np.linspace(0.0, 1.0, classes)
            levels = np.unique(np.quantile(scores[positive], shares, method="lower"))
        self._count = len(levels) + 1
        # The number of the class of each instant, the highest scores first.
        class_of = len(levels) - np.searchsorted(levels, scores, side="right")
        pairs, places = np.unique(patient * self._count + class_of, return_inverse=True)
        self._patient, self._class = np.divmod(pairs, self._count)
        self._positives = _sums(places, positive, len(pairs))
        self._negatives = _sums(places, ~positive, len(pairs))

    def judged(self, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
        """AUROC and AUPRC (draws) for weights (draws, patients).

        Not-a-number without positive instants, or without others.
        """
        if len(weights) == 1:
            of_each = weights[0, self._patient]
            positives = _sums(self._class, of_each * self._positives, self._count)[None]
            negatives = _sums(self._class, of_each * self._negatives, self._count)[None]
        else:
            positives = weights @ self._of_patients(self._positives, weights.shape[1])
            negatives = weights @ self._of_patients(self._negatives, weights.shape[1])
        return _auroc(positives, negatives), _auprc(positives, negatives)

    def _of_patients(self, counts: FloatArray, patients: int) -> FloatArray:
        """(patients, classes)."""
        table = np.zeros((patients, self._count))
        table[self._patient, self._class] = counts
        return table


def _auroc(positives: FloatArray, negatives: FloatArray) -> FloatArray:
    """The chance that a positive instant ranks above another one."""
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    above = np.cumsum(positives, axis=1) - positives / 2
    return _share((above * negatives).sum(axis=1), pairs)


def _auprc(positives: FloatArray, negatives: FloatArray) -> FloatArray:
    """The precision at each positive instant, averaged."""
    found = np.cumsum(positives, axis=1)
    flagged = found + np.cumsum(negatives, axis=1)
    precision = np.divide(found, flagged, out=np.zeros_like(found), where=flagged > 0)
    averaged = _share((precision * positives).sum(axis=1), found[:, -1])
    return np.where(negatives.any(axis=1), averaged, np.nan)


def _share(some: FloatArray, whole: FloatArray) -> FloatArray:
    share: FloatArray = np.divide(some, whole, out=np.full(len(some), np.nan), where=whole > 0)
    return share


def _sums(places: IntArray, weights: FloatArray | BoolArray, count: int) -> FloatArray:
    return np.bincount(places, weights=weights, minlength=count).astype(np.float64)
