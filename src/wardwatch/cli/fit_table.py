"""What `wardwatch fit` writes, for people and as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wardwatch.cli.written import columns
from wardwatch.core.model import Model
from wardwatch.fitting.fit import Fitted

Figures = Mapping[str, Any]


def figures_of(fitted: Fitted) -> dict[str, Any]:
    """All figures of a fit, as JSON has them; levels, amplitudes and spreads are in the vital's unit."""
    return {
        "name": fitted.model.name,
        "sources": list(fitted.model.sources),
        "patients": fitted.patients,
        "patient_days": round(fitted.patient_days, 4),
        "vitals": [_vital(fitted, number) for number in range(len(fitted.origins))],
        "judged": {
            "patients": fitted.judged_patients,
            "patient_days": round(fitted.judged_patient_days, 4),
            "readings": fitted.judged_readings,
        },
        "false_alarms": [
            {"limit_bits": limit, "per_patient_day": rate}
            for limit, rate in fitted.model.false_alarms.measured
        ],
        "deterioration": [
            {"limit": limit, "per_patient_day": rate} for limit, rate in _of_deterioration(fitted.model)
        ],
    }


def _of_deterioration(model: Model) -> Sequence[tuple[float, float]]:
    return () if model.deterioration is None else model.deterioration.false_alarms.measured


def _vital(fitted: Fitted, number: int) -> dict[str, Any]:
    origin, prior = fitted.origins[number], fitted.model.prior
    cosine, sine = prior.harmonics[:2, number].tolist()
    return {
        "vital": origin.vital,
        "patients": {"level": origin.level, "changes": origin.changes, "rhythm": origin.rhythm},
        "interval_s": origin.interval_s,
        "level": round(float(prior.level[number]), 4),
        "day_amplitude": round(math.hypot(cosine, sine), 4),
        "spread": round(math.sqrt(prior.variance[number]), 4),
        "innovation_spread": round(math.sqrt(prior.innovation_variance[number]), 4),
        "memory_s": round(float(prior.memory_s[number]), 1),
        "tail_shape": fitted.model.tail.shape[number],
    }


def tables(figures: Figures) -> Iterator[str]:
    """The lines for people."""
    days = figures["patient_days"]
    yield f"model {figures['name']}: {figures['patients']:,} patients, {days:,.1f} patient-days"
    yield ""
    yield from columns(_vitals(figures["vitals"]))
    yield ""
    judged = figures["judged"]
    yield (
        f"references and false alarms from {judged['patients']} patients, "
        f"{judged['patient_days']:,.1f} patient-days, {judged['readings']:,} judged readings"
    )
    yield ""
    yield from columns(_false_alarms(figures["false_alarms"]))
    if figures["deterioration"]:
        yield ""
        yield figures["sources"][-1]
        yield ""
        yield from columns(_alarms_of_deterioration(figures["deterioration"]))


def _vitals(vitals: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "vital", "patients", "level", "day", "spread", "innovation", "memory min"
    for row in vitals:
        yield (
            row["vital"],
            f"{row['patients']['level']:,}" if row["patients"]["level"] else "none: default",
            f"{row['level']:.1f}",
            f"{row['day_amplitude']:.1f}",
            f"{row['spread']:.2f}",
            f"{row['innovation_spread']:.2f}",
            f"{row['memory_s'] / 60:.0f}",
        )


def _alarms_of_deterioration(measured: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "limit", "alarms a patient-day"
    for point in measured:
        yield f"{point['limit']:g}", f"{point['per_patient_day']:.4f}"


def _false_alarms(measured: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "limit in bits", "false alarms a patient-day"
    for point in measured:
        yield f"{point['limit_bits']:g}", f"{point['per_patient_day']:.4f}"
