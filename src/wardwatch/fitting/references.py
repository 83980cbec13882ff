"""How high scores rise while nothing happens: the detectors' and the fused one's, from the bank itself.

Recordings run through a monitor whose learned alarms are off. What its bank judges is collected: values at
rest, settled, of patients it has learned; not the first week of anybody, in which the usual is still
settling. What nobody has labelled counts as nothing happening: over weeks of wearers that is nearly true.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from wardwatch.core import fusion
from wardwatch.core.bank import Judged
from wardwatch.core.calibration import FalseAlarms, Reference
from wardwatch.core.context import any_vital
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model
from wardwatch.core.reading import FloatArray, IntArray, Round
from wardwatch.core.table import PatientTable
from wardwatch.evaluating.tracks import DAY_MS, Track
from wardwatch.fitting.banks import ShowingBank
from wardwatch.fitting.errors import FitError
from wardwatch.fitting.priors import FEWEST_PATIENTS, Priors
from wardwatch.fitting.replays import Advance, learned_alarms, rules_of
from wardwatch.fitting.series import evenly

SETTLING_DAYS = 7
# Of each patient, whatever the length of the stay, so many scores are in a reference: 8 for each of the 2^12
# that its last point stands for.
_SCORES_A_PATIENT = 8 * 2**12
# Fewer judged readings say nothing of the rare ones. Wardwatch's own choice.
_FEWEST_READINGS = 500
_Singles = npt.NDArray[np.float32]
# No score is so rare as to pass this limit.
NEVER = FalseAlarms(((1e9, 1.0),))
_UNKNOWN = Reference(np.array([0.0, 1.0]), np.array([0.0, 1.0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    """``detectors`` by name, in the bank's order; ``fused`` is of the root of the fused score."""

    detectors: dict[str, Reference]
    fused: Reference
    patients: int
    readings: int


def _provisional(priors: Priors) -> Model:
    """A model with these priors that never raises a learned alarm."""
    return Model(
        name="provisional",
        sources=(),
        prior=priors.prior,
        correlation=priors.correlation,
        tail=priors.tail,
        references={},
        fused=_UNKNOWN,
        false_alarms=NEVER,
    )


def fit_references(
    tracks: Sequence[Track], priors: Priors, local_time: LocalTime, advance: Advance
) -> References:
    """From tracks longer than :data:`SETTLING_DAYS`; raises :class:`FitError`."""
    collected = _Collected(tracks)
    model = _provisional(priors)
    bank = ShowingBank(model, local_time, collected.add)
    learned_alarms(tracks, rules_of(model, local_time), bank, advance)
    return collected.references(bank.confirming)


class _Collected:
    """What the bank has judged, reading by reading: (vitals, n) in single precision, there are many."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self._from_ms = np.array([track.observed_at_ms[0] + SETTLING_DAYS * DAY_MS for track in tracks])
        self._patient: list[IntArray] = []
        self._d: list[_Singles] = []
        self._base: list[FloatArray] = []
        self._scores: dict[str, list[_Singles]] = {}

    def add(self, table: PatientTable, taken: Round, judged: Judged) -> None:
        """Collect what was judged of a round; patients are named by the numbers of their tracks."""
        patient = np.array([int(table.patients[row]) for row in taken.rows.tolist()])
        wanted = any_vital(judged.judged) & (taken.observed_at_ms >= self._from_ms[patient])
        if not wanted.any():
            return
        told = judged.judged[:, wanted]
        self._patient.append(patient[wanted])
        d = np.where(told, fusion.outside_band(judged.held.z[:, wanted]), 0.0)
        self._d.append(d.astype(np.float32))
        # What other detectors have added is to be taken away: they had no reference yet.
        self._base.append(judged.fused.score[wanted] / (1.0 + judged.fused.gain[wanted]))
        for name, scores in judged.scores.items():
            kept = np.where(told, scores[:, wanted], np.nan).astype(np.float32)
            self._scores.setdefault(name, []).append(kept)

    def references(self, names: Sequence[str]) -> References:
        """The references, of detectors ``names``; each patient weighs alike."""
        patient = np.concatenate([*self._patient, np.array([], dtype=np.int64)])
        numbers, readings = np.unique(patient, return_counts=True)
        enough = numbers[readings >= _FEWEST_READINGS]
        if len(enough) < FEWEST_PATIENTS:
            raise FitError(
                f"of {len(enough)} patients there are {_FEWEST_READINGS} readings at rest after the first "
                f"{SETTLING_DAYS} days, and references need {FEWEST_PATIENTS} such patients: fit on longer "
                "recordings, with a value at least every few minutes"
            )
        own = [patient == number for number in enough.tolist()]
        scores = {name: np.concatenate(self._scores[name], axis=1).astype(np.float64) for name in names}
        detectors = {name: _reference([of[:, its] for its in own]) for name, of in scores.items()}
        d = np.concatenate(self._d, axis=1).astype(np.float64)
        gain, _ = fusion.gains(d, scores, detectors)
        root = np.sqrt(np.maximum(np.concatenate(self._base) * (1.0 + gain), 0.0))
        return References(
            detectors=detectors,
            fused=_reference([root[its] for its in own]),
            patients=len(enough),
            readings=int(sum(its.sum() for its in own)),
        )


def _reference(scores: Sequence[FloatArray]) -> Reference:
    """From each patient's scores, not-a-number where there is none."""
    measured = [own[~np.isnan(own)] for own in scores]
    return Reference.of(np.concatenate([evenly(own, _SCORES_A_PATIENT) for own in measured if len(own)]))
