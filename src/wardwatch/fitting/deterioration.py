"""What vitals say for an acute illness, from recordings without labels: references, then rates with them.

References are of everybody's plausible values at rest, whatever became of them; each patient weighs alike.
Rates are counted with the signals of the very monitor; every alarm counts as false. So the rate that is set
is that of patients such as these: who are less ill alarm less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from wardwatch.core.calibration import FalseAlarms, Reference
from wardwatch.core.conditions import DETERIORATING, DETERIORATION_SIGNAL
from wardwatch.core.deterioration import FEWEST_KNOWN, Deterioration
from wardwatch.core.evidence import SPEAKING, Population, distances
from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model
from wardwatch.core.reading import FloatArray, IntArray
from wardwatch.core.vitals import OBSERVATION_MAXIMUM_AGE_S
from wardwatch.evaluating.tracks import DAY_MS, Track
from wardwatch.fitting.counting import count_alarms
from wardwatch.fitting.errors import FitError
from wardwatch.fitting.rates import falling
from wardwatch.fitting.replays import Advance, rules_of, signals_of
from wardwatch.fitting.series import Series, evenly

# Fewer patients say nothing of what is rare among patients. Wardwatch's own choice, as is the next: so many
# values of each, whatever the length of the stay.
FEWEST_TELLING = 50
_VALUES_A_PATIENT = 64
# Of the score: from what most have to what hardly anybody has.
_LIMITS = (*(float(limit) for limit in range(21)), 22.0, 24.0, 27.0, 30.0, 34.0, 38.0, 43.0)
# Stands for rates that are not known yet: any limit will do.
_ANY = FalseAlarms(((0.0, 1.0), (1.0, 0.5)))


def fit_population(patients: Sequence[Mapping[int, Series]]) -> Population:
    """Without rates, from each patient's series by vital; raises :class:`FitError`."""
    values = [_values_of(patients, vital) for vital in range(SPEAKING)]
    middle = np.array([np.median(its) for its in values])
    references = tuple(
        Reference.of(distances(_alone(its, vital), middle)[vital].round(4))
        for vital, its in enumerate(values)
    )
    population = Population(middle=middle, references=references, mean=np.zeros(SPEAKING), false_alarms=_ANY)
    mean = [population.evidence_of(_alone(its, vital))[vital].mean() for vital, its in enumerate(values)]
    return replace(population, mean=np.array(mean))


def _alone(values: FloatArray, vital: int) -> FloatArray:
    """The values of one vital as those of (speaking vitals, n)."""
    alone = np.full((SPEAKING, len(values)), np.nan)
    alone[vital] = values
    return alone


def _values_of(patients: Sequence[Mapping[int, Series]], vital: int) -> FloatArray:
    own = [one[vital].values for one in patients if vital in one]
    if len(own) < FEWEST_TELLING:
        raise FitError(f"{len(own)} patients tell of a vital, and {FEWEST_TELLING} are needed")
    return np.concatenate([evenly(values, _VALUES_A_PATIENT) for values in own])


def fit_deterioration_rates(
    tracks: Sequence[Track], model: Model, local_time: LocalTime, advance: Advance
) -> FalseAlarms:
    """Alarms a patient-day for each limit, with a model that has its population; raises :class:`FitError`."""
    rules = rules_of(model, local_time)
    played = signals_of(DETERIORATION_SIGNAL, tracks, rules, advance)
    limit = Deterioration(model.deterioration, rules.false_alarms_a_patient_day).limit
    at_ms, scores = [at for at, _ in played], [signals + limit for _, signals in played]
    days = sum(map(_known_days, at_ms))
    return falling(_LIMITS, count_alarms(DETERIORATING, at_ms, scores, _LIMITS), days)


def _known_days(at_ms: IntArray) -> float:
    """For how long something was known of a patient: time between two readings, up to that of NEWS2."""
    return float(np.minimum(np.diff(at_ms), OBSERVATION_MAXIMUM_AGE_S * 1000).sum()) / DAY_MS


def with_deterioration(
    model: Model,
    tracks: Sequence[Track],
    patients: Sequence[Mapping[int, Series]],
    local_time: LocalTime,
    advance: Advance,
) -> Model:
    """The model with what these patients tell; raises :class:`FitError` where they are too few."""
    told = [(track, own) for track, own in zip(tracks, patients, strict=True) if _tells(own)]
    if len(told) < FEWEST_TELLING:
        raise FitError(
            f"{len(told)} patients have {FEWEST_KNOWN} of the vitals that tell of deterioration, and "
            f"{FEWEST_TELLING} are needed"
        )
    population = fit_population([own for _, own in told])
    # As it will be read from its file: what is measured with it shall hold for just that one.
    model = Model.from_json(replace(model, deterioration=population).to_json())
    told_by = [track for track, _ in told]
    rates = fit_deterioration_rates(told_by, model, local_time, advance)
    days = sum(track.watched_days() for track in told_by)
    said = f"deterioration: {len(told)} patients, {days:.1f} patient-days"
    return replace(
        model,
        deterioration=replace(population, false_alarms=rates),
        sources=(*model.sources, said),
    )


def _tells(own: Mapping[int, Series]) -> bool:
    """Whether a patient has enough of the vitals to be judged by them."""
    return sum(vital in own for vital in range(SPEAKING)) >= FEWEST_KNOWN
