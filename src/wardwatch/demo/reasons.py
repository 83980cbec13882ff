"""Why an alarm has begun, on one line: enough for whoever watches the demo; consoles tell all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from wardwatch.core.vitals import VITALS

_LABELS = {vital.name: vital.label for vital in VITALS}


def reasons_of(why: Mapping[str, Any]) -> str:
    """The reasons in ``why``, or nothing where there are none for a line.

    >>> reasons_of({"points": {"respiratory_rate": 3, "heart_rate": 2}, "lasted_s": 300.0})
    'RR gives 3 points, HR gives 2 points, it has lasted 300 s'
    >>> reasons_of({"value": 152.0, "usual_band": [58.2, 83.8], "lasted_s": 19.2})
    'usual for this patient are 58 to 84, it has lasted 19 s'
    """
    return ", ".join(_parts(why))


def _parts(why: Mapping[str, Any]) -> Iterator[str]:
    for name, points in why.get("points", {}).items():
        if points:
            yield f"{_LABELS.get(name, name)} gives {points} point{'s' if points > 1 else ''}"
    for name, vital in why.get("vitals", {}).items():
        yield f"{_LABELS.get(name, name)} {vital['now']:g}{_usual(vital.get('band'))}"
    if "usual_band" in why:
        yield _usual(why["usual_band"]).removeprefix(", ")
    if "lasted_s" in why:
        yield f"it has lasted {why['lasted_s']:.0f} s"


def _usual(band: Any) -> str:
    return "" if band is None else f", usual for this patient are {band[0]:.0f} to {band[1]:.0f}"
