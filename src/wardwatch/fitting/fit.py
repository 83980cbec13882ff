"""A model from recordings, step by step: priors, then references with them, then rates with both."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from wardwatch.core.local_time import LocalTime
from wardwatch.core.model import Model, shipped_model
from wardwatch.evaluating.tracks import Track
from wardwatch.fitting.deterioration import with_deterioration
from wardwatch.fitting.errors import FitError
from wardwatch.fitting.priors import FEWEST_PATIENTS, Origin, fit_priors
from wardwatch.fitting.rates import fit_rates, limits_for
from wardwatch.fitting.references import NEVER, SETTLING_DAYS, fit_references
from wardwatch.fitting.series import DENSE_INTERVAL_S, Series, all_series

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A model, and what it was fitted on.

    ``patients`` and ``patient_days`` are those of all recordings; ``judged_*`` those from which references
    and rates come, with ``judged_readings`` readings in the references.
    """

    model: Model
    origins: tuple[Origin, ...]
    patients: int
    patient_days: float
    judged_patients: int
    judged_patient_days: float
    judged_readings: int


def fit(
    tracks: Sequence[Track],
    *,
    name: str,
    sources: Sequence[str],
    advance: Progress,
    local_time: LocalTime | None = None,
) -> Fitted:
    """The model of these patients, called ``name``; raises :class:`FitError`.

    ``sources`` say in words what the recordings are; how many patients told of what is added to them.
    ``advance`` is told the name of a step (priors, references, rates, deterioration), and the share of it
    that is done, 0 to 1. Without ``local_time`` the wall clock shows UTC.
    """
    local_time = local_time or LocalTime.utc()
    advance("priors", 0.0)
    patients = [all_series(track, local_time) for track in tracks]
    judged = [track for track, own in zip(tracks, patients, strict=True) if _can_be_judged(own)]
    if len(judged) < FEWEST_PATIENTS:
        raise FitError(
            f"{len(judged)} patients have a vital at least every {DENSE_INTERVAL_S / 60:.0f} min for more "
            f"than {SETTLING_DAYS} days, and a model needs {FEWEST_PATIENTS} of them: fit on more recordings"
        )
    priors = fit_priors(patients)
    advance("priors", 1.0)
    references = fit_references(judged, priors, local_time, lambda done: advance("references", done))
    days = sum(track.watched_days() for track in judged)
    model = Model(
        name=name,
        sources=(*sources, *map(_vital_in_words, priors.origins), _judged_in_words(len(judged), days)),
        prior=priors.prior,
        correlation=priors.correlation,
        tail=priors.tail,
        references=references.detectors,
        fused=references.fused,
        false_alarms=NEVER,
    )
    model = _as_written(model)
    limits = limits_for(model.fused)
    rates = fit_rates(judged, model, local_time, lambda done: advance("rates", done), limits)
    model = _with_deterioration(replace(model, false_alarms=rates), tracks, patients, local_time, advance)
    return Fitted(
        model=_as_written(model),
        origins=priors.origins,
        patients=len(tracks),
        patient_days=sum(track.watched_days() for track in tracks),
        judged_patients=len(judged),
        judged_patient_days=days,
        judged_readings=references.readings,
    )


def _with_deterioration(
    model: Model,
    tracks: Sequence[Track],
    patients: Sequence[Mapping[int, Series]],
    local_time: LocalTime,
    advance: Progress,
) -> Model:
    """With what these recordings tell of it, or else with what is known already."""
    try:
        return with_deterioration(
            model, tracks, patients, local_time, lambda done: advance("deterioration", done)
        )
    except FitError as error:
        shipped = shipped_model()
        said = f"deterioration: as in {shipped.name}, for {error}"
        return replace(model, deterioration=shipped.deterioration, sources=(*model.sources, said))


def _can_be_judged(own: Mapping[int, Series]) -> bool:
    """Whether a patient was seen for long enough, and often enough, for the bank to judge."""
    return any(series.is_dense and series.spans_s > SETTLING_DAYS * 86400.0 for series in own.values())


def _as_written(model: Model) -> Model:
    """As it will be read from its file: what is measured with it shall hold for just that model."""
    return Model.from_json(model.to_json())


def _vital_in_words(origin: Origin) -> str:
    if not origin.level:
        return f"{origin.vital}: not in the recordings, wardwatch's own choice"
    return (
        f"{origin.vital}: {origin.level} patients, of whom {origin.changes} tell of its changes and "
        f"{origin.rhythm} of the time of day, a value every {origin.interval_s:g} s"
    )


def _judged_in_words(patients: int, days: float) -> str:
    return f"references and false alarms: {patients} patients, {days:.1f} patient-days"
