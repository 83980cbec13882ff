"""Whether a method is as good for women as for men, and for the old as for the young.

Each group is judged at the thresholds of everybody: it is one setting that a ward has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from wardwatch.core.reading import BoolArray
from wardwatch.evaluating.draws import Draws, Estimate, estimated
from wardwatch.evaluating.evaluation import MAIN_POINT, OPERATING_POINTS
from wardwatch.evaluating.judged import Judged
from wardwatch.evaluating.labelled import Stay

OLD_FROM_YEARS = 65

_GROUPS: Mapping[str, Mapping[str, Callable[[Stay], bool]]] = {
    "sex": {
        "female": lambda stay: stay.sex == "female",
        "male": lambda stay: stay.sex == "male",
    },
    "age": {
        "under 65": lambda stay: stay.age_years is not None and stay.age_years < OLD_FROM_YEARS,
        "65 and over": lambda stay: stay.age_years is not None and stay.age_years >= OLD_FROM_YEARS,
    },
}

Figures = dict[str, Any]


def subgroups(judged: Judged, draws: Draws) -> tuple[list[Figures], list[Figures]]:
    """The figures of each subgroup, and the differences between the two of a kind.

    A kind of which nobody is known is left out.
    """
    groups: list[Figures] = []
    differences: list[Figures] = []
    for kind, values in _GROUPS.items():
        members = {
            value: np.array([belongs(stay) for stay in judged.instants.stays], dtype=np.bool_)
            for value, belongs in values.items()
        }
        if not all(each.any() for each in members.values()):
            continue
        for value, who in members.items():
            groups.append({"group": kind, "value": value} | _figures(judged, draws.among(who), who))
        differences.append({"group": kind} | _difference(judged, draws, members))
    return groups, differences


def _figures(judged: Judged, draws: Draws, who: BoolArray) -> Figures:
    auroc, auprc = judged.ranks(draws)
    caught = judged.sensitivity(draws.weights)
    sensitivity = {point: estimated(caught[:, at]) for point, at in judged.places.items()}
    made = estimated(judged.false_alarms(draws.weights)[:, judged.places[MAIN_POINT]])
    return {
        "patients": int(who.sum()),
        "patient_days": float(judged.instants.days[who].sum()),
        "events": int(who[judged.instants.event_stay].sum()),
        "auroc": auroc.value,
        "auprc": auprc.value,
        "false_alarms": made.value,
        "sensitivity": _values(sensitivity),
        "intervals": {
            "auroc": auroc.interval,
            "auprc": auprc.interval,
            "false_alarms": made.interval,
            "sensitivity": _intervals(sensitivity),
        },
    }


def _difference(judged: Judged, draws: Draws, members: Mapping[str, BoolArray]) -> Figures:
    """Of the sensitivity, at the same thresholds and in the same draws."""
    (first, these), (second, those) = members.items()
    difference = judged.sensitivity(draws.among(these).weights) - judged.sensitivity(
        draws.among(those).weights
    )
    told = {point: estimated(difference[:, judged.places[point]]) for point in OPERATING_POINTS}
    return {"of": [first, second], "sensitivity": _values(told), "intervals": _intervals(told)}


def _values(told: Mapping[str, Estimate]) -> Figures:
    return {point: of.value for point, of in told.items()}


def _intervals(told: Mapping[str, Estimate]) -> Figures:
    return {point: of.interval for point, of in told.items()}
