"""Made-up stays in the layout of the PhysioNet Challenge 2019: some fall ill, and their vitals tell of it."""

from __future__ import annotations

import numpy as np

HEADER = "HR|O2Sat|Temp|SBP|MAP|DBP|Resp|Age|Gender|ICULOS|SepsisLabel"
# How far the vitals of the septic move from their usual, from 12 h before the onset on.
_USUAL = np.array([78.0, 97.0, 36.9, 124.0, 88.0, 70.0, 16.0])
_ILL = np.array([45.0, -6.0, 1.8, -28.0, -22.0, -16.0, 11.0])
_SPREAD = np.array([6.0, 1.0, 0.2, 8.0, 6.0, 5.0, 2.0])
_ILL_BEFORE_H, _LABELLED_BEFORE_H = 12, 6


def stay_file(
    *, seed: int, hours: int = 40, onset_hour: int | None = None, sex: int = 0, age: int = 60
) -> str:
    """One stay; with ``onset_hour`` sepsis begins in that hour. In every fifth hour nothing is measured."""
    random = np.random.default_rng(seed)
    lines = [HEADER]
    for hour in range(1, hours + 1):
        ill = onset_hour is not None and hour >= onset_hour - _ILL_BEFORE_H
        label = int(onset_hour is not None and hour >= onset_hour - _LABELLED_BEFORE_H)
        values = np.round(_USUAL + ill * _ILL + _SPREAD * random.standard_normal(len(_USUAL)), 1)
        values[1] = min(values[1], 100.0)
        vitals = ["NaN"] * len(values) if hour % 5 == 0 else [f"{value:g}" for value in values]
        lines.append("|".join([*vitals, str(age), str(sex), str(hour), str(label)]))
    return "\n".join(lines) + "\n"


def stay_files(stays: int = 24) -> dict[str, str]:
    """A set in which every third stay turns septic, women and men, old and young ones."""
    return {
        f"p{number:06}.psv": stay_file(
            seed=number,
            onset_hour=30 if number % 3 == 0 else None,
            sex=number // 3 % 2,
            age=50 + 20 * (number // 6 % 2),
        )
        for number in range(stays)
    }
