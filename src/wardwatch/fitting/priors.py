"""What is usual in the population: what a patient is taken for before anything is known of them.

Each patient weighs alike, however long the stay: first every patient's own figures, then the median over
patients. A vital's figures come from those patients who have it densely, if there are enough of them: who
wears a sensor is told about by wearers. Otherwise from all, as from the hourly rounds of a ward. Below
:data:`FEWEST_PATIENTS` nothing is pooled, for the model must not tell of anybody; `defaults` stand in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch.core.baseline import FLOORS, Prior
from wardwatch.core.detectors.detector import JUDGED, JUDGED_NAMES
from wardwatch.core.detectors.spot import TailPrior
from wardwatch.core.reading import FloatArray
from wardwatch.fitting.correlation import fit_correlation
from wardwatch.fitting.defaults import DEFAULT_TAIL, DEFAULTS
from wardwatch.fitting.memory import innovation_variance, likeness_of
from wardwatch.fitting.series import Series, evenly
from wardwatch.fitting.tail import Tail, fit_tail
from wardwatch.fitting.usual import HARMONICS, Usual, rhythm_of, usual_of

FEWEST_PATIENTS = 5
# Who was seen for less tells of the level, but not of how it changes. Wardwatch's own choices, as are the
# next two.
_LONG_S = 12 * 3600.0
_LONG_VALUES = 24
_SHORTEST_MEMORY_S, _LONGEST_MEMORY_S = 60.0, 12 * 3600.0
# Of each patient, whatever the length of the stay, so many |z| tell of the tail.
_TAIL_VALUES = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How many patients told of a vital: of its level, its changes and its time of day.

    ``interval_s`` is the usual time between their values, 0 where nobody has told anything.
    """

    vital: str
    level: int
    changes: int
    rhythm: int
    interval_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Priors:
    """What recordings tell of the population without any detector."""

    prior: Prior
    correlation: FloatArray
    tail: TailPrior
    origins: tuple[Origin, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vital:
    """The figures of one vital."""

    level: float
    harmonics: FloatArray
    variance: float
    innovation_variance: float
    memory_s: float
    tail: Tail
    origin: Origin


def fit_priors(patients: Sequence[Mapping[int, Series]]) -> Priors:
    """From each patient's series by vital."""
    vitals = [_fit_vital(vital, [own[vital] for own in patients if vital in own]) for vital in range(JUDGED)]
    usuals = [
        {vital: usual_of(one, vitals[vital].harmonics) for vital, one in own.items() if _is_long(one)}
        for own in patients
    ]
    tails = [vital.tail for vital in vitals]
    return Priors(
        prior=Prior(
            level=np.array([vital.level for vital in vitals]),
            harmonics=np.stack([vital.harmonics for vital in vitals], axis=1),
            variance=np.array([vital.variance for vital in vitals]),
            innovation_variance=np.array([vital.innovation_variance for vital in vitals]),
            memory_s=np.array([vital.memory_s for vital in vitals]),
        ),
        correlation=fit_correlation(usuals, FEWEST_PATIENTS),
        tail=TailPrior(
            threshold=tuple(tail.threshold for tail in tails),
            shape=tuple(tail.shape for tail in tails),
            scale=tuple(tail.scale for tail in tails),
            share=tuple(tail.share for tail in tails),
        ),
        origins=tuple(vital.origin for vital in vitals),
    )


def _fit_vital(vital: int, series: Sequence[Series]) -> _Vital:
    told = _dense_or_all(series)
    long = _dense_or_all([one for one in series if _is_long(one)])
    own_rhythms = [rhythm for one in long if (rhythm := rhythm_of(one)) is not None]
    rhythm = np.zeros(HARMONICS)
    if len(own_rhythms) >= FEWEST_PATIENTS:
        rhythm = np.median(own_rhythms, axis=0)
    default, floor = DEFAULTS[vital], float(FLOORS[vital, 0]) ** 2
    level = float(np.median([usual_of(one, rhythm).level for one in told])) if told else default.level
    usuals = [usual_of(one, _own_or(rhythm, one)) for one in long]
    memory_s, innovation = _memory(usuals, default.memory_s, default.innovation_spread**2)
    variance = float(np.median([usual.variance for usual in usuals])) if usuals else default.spread**2
    return _Vital(
        level=level,
        harmonics=rhythm,
        variance=max(variance, floor),
        innovation_variance=max(innovation, floor),
        memory_s=memory_s,
        tail=_tail(usuals),
        origin=Origin(
            vital=JUDGED_NAMES[vital],
            level=len(told),
            changes=len(long),
            rhythm=len(own_rhythms) if rhythm.any() else 0,
            interval_s=float(np.median([one.interval_s for one in told])) if told else 0.0,
        ),
    )


def _is_long(series: Series) -> bool:
    return series.spans_s >= _LONG_S and len(series) >= _LONG_VALUES


def _dense_or_all(series: Sequence[Series]) -> Sequence[Series]:
    """Those with a dense vital, or all, or nobody: whoever are enough first."""
    for group in ([one for one in series if one.is_dense], series):
        if len(group) >= FEWEST_PATIENTS:
            return group
    return []


def _own_or(rhythm: FloatArray, series: Series) -> FloatArray:
    own = rhythm_of(series)
    return rhythm if own is None else own


def _memory(usuals: Sequence[Usual], memory_s: float, innovation: float) -> tuple[float, float]:
    """The time constant, and the variance of a minute's innovation; as handed in where too few tell them."""
    alike = [(usual, likeness) for usual in usuals if (likeness := likeness_of(usual)) is not None]
    if len(alike) < FEWEST_PATIENTS:
        return memory_s, innovation
    fitted_s = float(np.median([likeness.memory_s for _, likeness in alike]))
    fitted_s = min(max(fitted_s, _SHORTEST_MEMORY_S), _LONGEST_MEMORY_S)
    variances = [innovation_variance(usual, likeness, fitted_s) for usual, likeness in alike]
    return fitted_s, float(np.median(variances))


def _tail(usuals: Sequence[Usual]) -> Tail:
    if not usuals:
        return DEFAULT_TAIL
    return fit_tail(np.concatenate([evenly(np.abs(usual.z), _TAIL_VALUES) for usual in usuals]))
