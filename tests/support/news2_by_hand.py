"""NEWS2 (Royal College of Physicians 2017) a second time: its chart read as a person reads it.

It shares nothing with the tables of ``wardwatch.core.news2_chart``, so each can be held against the other.
"""

from __future__ import annotations

from typing import Any


def respiration_points(rate: float) -> int:
    if rate <= 8:
        return 3
    if 9 <= rate <= 11:
        return 1
    if 12 <= rate <= 20:
        return 0
    return 2 if 21 <= rate <= 24 else 3


def saturation_points(percent: float, *, on_oxygen: bool, scale_2: bool) -> int:  # noqa: PLR0911
    if not scale_2:
        if percent >= 96:
            return 0
        if percent >= 94:
            return 1
        return 2 if percent >= 92 else 3
    if percent <= 83:
        return 3
    if percent <= 85:
        return 2
    if percent <= 87:
        return 1
    if percent <= 92 or not on_oxygen:
        return 0
    if percent <= 94:
        return 1
    return 2 if percent <= 96 else 3


def pressure_points(systolic: float) -> int:
    if 111 <= systolic <= 219:
        return 0
    if 101 <= systolic <= 110:
        return 1
    return 2 if 91 <= systolic <= 100 else 3


def pulse_points(rate: float) -> int:
    if 51 <= rate <= 90:
        return 0
    if 41 <= rate <= 50 or 91 <= rate <= 110:
        return 1
    return 2 if 111 <= rate <= 130 else 3


def temperature_points(celsius: float) -> int:
    if celsius >= 39.1:
        return 2
    if celsius >= 38.1:
        return 1
    if celsius >= 36.1:
        return 0
    return 1 if celsius >= 35.1 else 3


def by_the_chart(observed: dict[str, Any], *, scale_2: bool) -> list[int]:
    """The points of a patient of whom all is known, in the order of the chart."""
    return [
        respiration_points(observed["respiratory_rate"]),
        saturation_points(observed["oxygen_saturation"], on_oxygen=observed["on_oxygen"], scale_2=scale_2),
        2 if observed["on_oxygen"] else 0,
        pressure_points(observed["systolic_pressure"]),
        pulse_points(observed["heart_rate"]),
        0 if observed["consciousness"] == "A" else 3,
        temperature_points(observed["body_temperature"]),
    ]
