"""Several vitals together: a set of values can be strange though none of them is.

The squared Mahalanobis distance (P. C. Mahalanobis, "On the generalised distance in statistics", 1936) of the
vitals' z from the patient's usual, which is z = 0, by a covariance that is learned of each patient, with
exponentially falling weights, and shrunk to a correlation matrix of the population (shrinkage to a fixed
target: O. Ledoit and M. Wolf, "A well-conditioned estimator for large-dimensional covariance matrices",
2004). The distance is that of the vitals that were measured, by their own block of the covariance: what was
not measured is left out, not guessed.

The score of a vital is its exact part of the distance, c_i = d_i (S^-1 d)_i; over the vitals they sum to the
squared distance. A part can be negative: this vital makes the others less strange.

Why the covariance is always positive definite
    With the share s_i of each vital in this reading (0 if not measured, or not to be learned from),
    D = diag(sqrt(1 - s_i)) and e_i = sqrt(s_i), the covariance becomes

        D S D + (1 - w) (e z)(e z)' + w (e e') * R

    (* is element by element, R the population's correlation, w its weight). Each term is positive
    semidefinite, and by the Schur product theorem the smallest eigenvalue never falls below w times R's own.
    The usual shortcut, to update the entries of which both vitals were measured, has no such guarantee.

Limits
    Of two vitals of which one is measured far more often the covariance is pulled to 0, towards taking them
    as independent: that is the price of the guarantee. z is cut at :data:`MOST_LEARNED` for learning, so that
    an illness does not become the usual at once, and at :data:`MOST_SCORED` for scoring.

>>> import numpy as np
>>> usual = np.array(default_covariance(np.eye(JUDGED)))[:, None]
>>> contributions(usual, np.array([[3.0], [np.nan], [2.0], [0.0], [np.nan], [np.nan]])).T
array([[9., 0., 4., 0., 0., 0.]])
"""

from __future__ import annotations

import numpy as np

from wardwatch.core.detectors.detector import JUDGED, Field, Seen, State
from wardwatch.core.detectors.recursions import or_zero, share
from wardwatch.core.reading import BoolArray, FloatArray

# Where each row of the matrix's upper triangle begins among the 21 numbers that are kept: row i has the
# entries (i, i) to (i, 5).
_ROWS = tuple(
    slice(i * JUDGED - i * (i - 1) // 2, (i + 1) * JUDGED - i * (i + 1) // 2) for i in range(JUDGED)
)
_ENTRIES = JUDGED * (JUDGED + 1) // 2
_PAIRS = np.triu_indices(JUDGED)

# Three days: nights, days, visits and meals weigh as they come. Wardwatch's own choice, as are the next two.
TIME_CONSTANT_S = 3 * 86400.0
# One reading is at most a twentieth of what is known, however long the gap before it.
MOST_SHARE = 0.05
# In spreads; in a normal distribution 1 value in 16,000 is further out.
MOST_LEARNED = 4.0
# In spreads; further out it makes no difference to anybody how strange a value is.
MOST_SCORED = 20.0
# How much of the covariance is always the population's: as much as of each reading is not the patient's own.
PRIOR_WEIGHT = 0.2


def default_covariance(correlation: FloatArray) -> tuple[float, ...]:
    """A correlation matrix as the 21 numbers that are kept of a patient, row by row of its upper triangle."""
    return tuple(float(entry) for entry in correlation[_PAIRS])


class Mahalanobis:
    """The squared distance of all vitals together, as each vital's part in it.

    ``correlation`` (judged vitals, judged vitals) is the population's, ``prior_weight`` above 0 and up to 1
    how much of the covariance it always makes up.
    """

    name = "mahalanobis"

    def __init__(self, correlation: FloatArray | None = None, *, prior_weight: float = PRIOR_WEIGHT) -> None:
        matrix = np.eye(JUDGED) if correlation is None else np.array(correlation, dtype=np.float64)
        if not 0.0 < prior_weight <= 1.0:
            raise ValueError(f"The prior's weight is {prior_weight}; it must be above 0 and at most 1.")
        _check_correlation(matrix)
        self._own_weight = 1.0 - prior_weight
        self._prior = prior_weight * matrix[_PAIRS][:, np.newaxis]
        self.fields = (Field("covariance", _ENTRIES, default_covariance(matrix)),)

    def score(self, state: State, seen: Seen) -> FloatArray:
        """Each vital's part in the squared distance; together they are 0 or more."""
        parts = contributions(state["covariance"], np.clip(seen.z, -MOST_SCORED, MOST_SCORED))
        return np.where(np.isnan(seen.z), np.nan, parts)

    def learn(self, state: State, seen: Seen) -> None:
        """Take this reading's products of z into the covariance."""
        missing = np.isnan(seen.z)
        shares = or_zero(seen.learning * share(seen.elapsed_s, TIME_CONSTANT_S, MOST_SHARE), missing)
        z = or_zero(np.clip(seen.z, -MOST_LEARNED, MOST_LEARNED), missing)
        taken = _products(np.sqrt(shares))
        taken *= self._own_weight * _products(z) + self._prior
        covariance = state["covariance"]
        covariance *= _products(np.sqrt(1.0 - shares))
        covariance += taken


def _products(of_vitals: FloatArray) -> FloatArray:
    """Of each pair of vitals, in the order of the numbers that are kept: (21, n) of (judged vitals, n)."""
    one, other = _PAIRS
    return of_vitals.take(one, axis=0) * of_vitals.take(other, axis=0)


def contributions(covariance: FloatArray, distances: FloatArray) -> FloatArray:
    """Each vital's part in the squared distance; its sum over the vitals is the squared distance.

    ``covariance`` (21, n) is what is kept, ``distances`` (judged vitals, n) are in spreads, not-a-number
    where a vital was not measured: it has no part, and the others' parts are as if it did not exist.
    """
    measured = ~np.isnan(distances)
    known = np.where(measured, distances, 0.0)
    return known * _solve(covariance, measured, known[:, np.newaxis])[:, 0]


def quadratic_in(covariance: FloatArray, distances: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """How the squared distance depends on each vital alone, the others staying as they are.

    Gives a, b and rest, (judged vitals, n) each, such that a x^2 + 2 b x + rest is the squared distance if
    the vital's own distance were x. All of a vital that was not measured is rest.
    """
    measured = ~np.isnan(distances)
    known = np.where(measured, distances, 0.0)
    right = np.zeros((JUDGED, 1 + JUDGED, distances.shape[1]))
    right[:, 0] = known
    for i in range(JUDGED):
        right[i, 1 + i] = 1.0
    solutions = _solve(covariance, measured, right)
    solved = solutions[:, 0]
    # The diagonal of the inverse.
    a = np.stack([solutions[i, 1 + i] for i in range(JUDGED)])
    squared = np.zeros(distances.shape[1])
    for part in known * solved:
        squared += part
    b = solved - a * known
    return a, b, squared - known * (solved + b)


def _solve(covariance: FloatArray, measured: BoolArray, right: FloatArray) -> FloatArray:
    """x of S x = right, for the block of S of the vitals that were measured; 0 for the others.

    ``right`` and x are (judged vitals, right-hand sides, n). Gaussian elimination (L D L': G. H. Golub and
    C. F. Van Loan, Matrix Computations) on all patients at once; a positive definite matrix needs no
    pivoting. Not by LAPACK, which takes one matrix after the other.
    """
    size = JUDGED
    # Row k is the upper triangle's, from column k on; what is to the left means nothing. The right-hand sides
    # come along as more columns.
    work = np.zeros((size, size + right.shape[1], right.shape[2]))
    work[:, size:] = right
    for k, row in enumerate(_ROWS):
        work[k, k:size] = covariance[row]
    solved = np.empty_like(right)
    for k in range(size):
        # Without an own pivot a vital is never eliminated from the others' rows, which leaves it out exactly.
        inverse_pivot = measured[k] / work[k, k]
        factors = work[k, k + 1 : size] * inverse_pivot
        work[k + 1 :, k + 1 :] -= factors[:, np.newaxis] * work[k, k + 1 :]
        solved[k] = work[k, size:] * inverse_pivot
        work[k, k + 1 : size] = factors
    for j in range(size - 1, 0, -1):
        solved[:j] -= work[:j, j, np.newaxis] * solved[j]
    return solved


def _check_correlation(matrix: FloatArray) -> None:
    shaped = matrix.shape == (JUDGED, JUDGED) and np.array_equal(matrix, matrix.T)
    if not shaped or (np.diag(matrix) != 1.0).any() or np.linalg.eigvalsh(matrix)[0] <= 0.0:
        raise ValueError(f"Not a correlation matrix of {JUDGED} vitals, symmetric and positive definite.")
