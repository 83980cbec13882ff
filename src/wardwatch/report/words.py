"""Figures as people read them: a dash where there is none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wardwatch.core.vitals import VITALS, VitalSign

Figures = Mapping[str, Any]

# Rates and shares are read at this operating point, as everywhere in an evaluation.
MAIN_POINT = "0.25"
NONE = "-"
# What is between these words of a figure stays on one line.
_KEPT = "\u00a0"
_BY_NAME = {vital.name: vital for vital in VITALS}
# UCUM's codes, as they are written at the bedside.
_UNITS = {"Cel": "°C", "mm[Hg]": "mmHg"}


def number(figure: float | None, digits: int = 3) -> str:
    """A figure with so many digits.

    >>> number(0.25), number(None), number(1234567.0, 0)
    ('0.250', '-', '1,234,567')
    """
    return NONE if figure is None else f"{figure:,.{digits}f}"


def percent(share: float | None, digits: int = 1) -> str:
    """A share in percent.

    >>> percent(0.256), percent(None)
    ('25.6 %', '-')
    """
    return NONE if share is None else f"{100 * share:.{digits}f} %"


def interval(ends: Sequence[float | None] | None, digits: int = 3) -> str:
    """From where to where.

    >>> interval([0.1, 0.25], 2).split(), interval(None)
    (['0.10', 'to', '0.25'], '-')
    """
    return NONE if ends is None else f"{_KEPT}to{_KEPT}".join(number(end, digits) for end in ends)


def with_interval(figure: float | None, ends: Sequence[float | None] | None, digits: int = 3) -> str:
    """A figure and how sure it is.

    >>> with_interval(0.5, [0.4, 0.6], 1).split(), with_interval(0.5, None, 1)
    (['0.5', '(0.4', 'to', '0.6)'], '0.5')
    """
    return number(figure, digits) if ends is None else f"{number(figure, digits)} ({interval(ends, digits)})"


def interval_of(row: Figures, name: str, point: str | None = None) -> list[float] | None:
    """The 95 % interval of a row's figure, where there is one, and both its ends are known."""
    found = row.get("intervals", {}).get(name)
    if found is not None and point is not None:
        found = found.get(point)
    return None if found is None or None in found else [*found]


def listed(parts: Sequence[str], last: str = "and") -> str:
    """A list in a sentence.

    >>> listed(["a", "b", "c"]), listed(["a"]), listed([])
    ('a, b and c', 'a', '')
    """
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def headed(words: str) -> str:
    """With a capital first; those of abbreviations stay.

    >>> headed("AFIB"), headed("false alarms"), headed("")
    ('AFIB', 'False alarms', '')
    """
    return words[:1].upper() + words[1:]


def vital_of(name: str) -> VitalSign | None:
    """The vital sign of this name, if there is one."""
    return _BY_NAME.get(name)


def label_of(name: str) -> str:
    """A vital as a monitor labels it; anything else in plain words.

    >>> label_of("oxygen_saturation"), label_of("on_oxygen")
    ('SpO2', 'on oxygen')
    """
    vital = vital_of(name)
    return name.replace("_", " ") if vital is None else vital.label


def unit_in_words(unit: str) -> str:
    """A unit as it is written at the bedside.

    >>> unit_in_words("mm[Hg]"), unit_in_words("/min")
    ('mmHg', '/min')
    """
    return _UNITS.get(unit, unit)


def value_of(name: str, value: float) -> str:
    """A vital's value as a chart writes it, with its unit.

    >>> value_of("body_temperature", 38.04), value_of("heart_rate", 134.0)
    ('38.0 °C', '134 /min')
    """
    vital = vital_of(name)
    return f"{value:g}" if vital is None else f"{vital.written(value)} {unit_in_words(vital.unit)}"
