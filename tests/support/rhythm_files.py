"""Files of beats with labelled rhythms, as VitalDB's annotators wrote them, of made-up hearts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from tests.support.beats import fibrillation, sinus

HEADER = "time_second,beat_type,rhythm_label,bad_signal_quality,bad_signal_quality_label\n"
Part: TypeAlias = tuple[str, Sequence[float]]


def rhythm_file(parts: Sequence[Part], *, poor: str = "Noise") -> str:
    """One beat a line; a part is a label and its intervals. What is labelled ``poor`` has a bad signal."""
    at_s, lines = 1000.0, []
    for label, intervals in parts:
        for interval in intervals:
            at_s += interval / 1000
            lines.append(f"{at_s:.3f},N,{label},{label == poor},\n")
    return HEADER + "".join(lines)


def rhythm_files(patients: int) -> dict[str, str]:
    """Each has a quarter of an hour of sinus rhythm; every third one an episode of fibrillation after it."""
    return {
        f"case_{number}.csv": rhythm_file(
            [
                ("N", sinus(1000, seed=number)),
                *([("AFIB/AFL", fibrillation(150, seed=number))] * (number % 3 == 0)),
            ]
        )
        for number in range(patients)
    }
