"""All methods of a suite beside each other, on the same stays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.evaluation import (
    MAIN_POINT,
    OURS,
    Advance,
    Evaluation,
    Figures,
    Row,
    SuiteOptions,
)
from wardwatch.evaluating.instants import Instants
from wardwatch.evaluating.judged import Judged
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.rate_calibration import rate_calibration
from wardwatch.evaluating.subgroups import subgroups
from wardwatch.evaluating.utility import Rewards

# What a method says at each instant of each stay, not-a-number where it has nothing to say.
Scores = Sequence[FloatArray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What every suite states of its methods; ``thresholds`` are theirs at the main operating point."""

    stays: Sequence[Stay]
    rows: Sequence[Row]
    curves: Mapping[str, Sequence[tuple[float, float]]]
    lead_times_h: Mapping[str, Sequence[float]]
    thresholds: Mapping[str, float]
    subgroups: Sequence[Figures] = ()
    subgroup_differences: Sequence[Figures] = ()
    calibration: Sequence[Figures] = ()

    @property
    def not_beaten(self) -> list[Figures]:
        """Where another method is as good as ours, or better."""
        ours = [row for row in self.rows if row.method == OURS]
        return [
            {"method": row.method, "figure": figure, "ours": mine, "theirs": theirs}
            for own in ours
            for row in self.rows
            if row.method != OURS
            for (figure, mine), (_, theirs) in zip(_compared(own), _compared(row), strict=True)
            if mine is not None and theirs is not None and theirs >= mine
        ]

    def evaluation(self, suite: str, options: SuiteOptions, **more: object) -> Evaluation:
        """The same as what a suite gives back, to which it may add by `dataclasses.replace`."""
        return Evaluation(
            suite=suite,
            seed=options.seed,
            patients=len(self.stays),
            patient_days=sum(stay.watched_days for stay in self.stays),
            events=sum(len(stay.events) for stay in self.stays),
            rows=self.rows,
            curves=self.curves,
            subgroups=self.subgroups,
            calibration=self.calibration,
            lead_times_h=self.lead_times_h,
            more={
                "prevalence": _prevalence(self.stays),
                "not_beaten": self.not_beaten,
                "subgroup_differences": self.subgroup_differences,
                **more,
            },
        )


def compare(
    stays: Sequence[Stay],
    methods: Mapping[str, Scores],
    options: SuiteOptions,
    advance: Advance,
    *,
    utility: bool = False,
) -> Comparison:
    """Judge each method, by its name; ``utility`` where the labels are those of the sepsis challenge.

    Subgroups and calibration are those of :data:`OURS`, which comes first in the table.
    """
    instants = Instants.of(stays)
    draws = Draws.of(len(stays), options.draws, options.seed)
    rewards = Rewards.of(instants) if utility else None
    rows: list[Row] = []
    curves: dict[str, Sequence[tuple[float, float]]] = {}
    lead_times: dict[str, Sequence[float]] = {}
    thresholds: dict[str, float] = {}
    ours: Judged | None = None
    for done, (method, scores) in enumerate(sorted(methods.items(), key=lambda one: one[0] != OURS)):
        advance(done / len(methods))
        # What is known of a method by threshold and patient is large: only our own is kept.
        judged = Judged(method, instants, instants.joined(scores))
        ours = judged if method == OURS else ours
        rows.append(judged.row(draws, rewards, options.seed))
        curves[method] = judged.curve()
        lead_times[method] = sorted(judged.lead_times_h[~np.isnan(judged.lead_times_h)].tolist())
        thresholds[method] = float(judged.incidents.thresholds[judged.places[MAIN_POINT]])
    groups, differences = subgroups(ours, draws) if ours else ([], [])
    calibration = rate_calibration(ours, options.seed) if ours else []
    advance(1.0)
    return Comparison(
        stays=stays,
        rows=rows,
        curves=curves,
        lead_times_h=lead_times,
        thresholds=thresholds,
        subgroups=groups,
        subgroup_differences=differences,
        calibration=calibration,
    )


def _compared(row: Row) -> list[tuple[str, float | None]]:
    return [
        ("auroc", row.auroc),
        ("auprc", row.auprc),
        ("utility", row.utility),
        ("sensitivity", row.sensitivity[MAIN_POINT]),
    ]


def _prevalence(stays: Sequence[Stay]) -> float | None:
    """The share of positive instants: the AUPRC of chance."""
    instants = sum(len(stay.at_ms) for stay in stays)
    return sum(int(stay.positive.sum()) for stay in stays) / instants if instants else None
