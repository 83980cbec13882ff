"""What a suite is given and what it gives back: one vocabulary for all of them.

A suite is a function ``evaluate(recordings, options, advance) -> Evaluation``; ``advance`` is told the share
of the work that is done, 0 to 1. :meth:`Evaluation.as_json` is what `wardwatch evaluate --json` prints and
what a report is made from.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import wardwatch
from wardwatch.core.monitor import Rules
from wardwatch.evaluating.figures import Interval
from wardwatch.wire.recordings.opening import Recording

# False alarms a watched patient-day at which every suite states a sensitivity; 0.029 is one in 35
# patient-days, as Kaiser's early warning has it.
OPERATING_POINTS: Mapping[str, float] = {
    "0.029": 0.029,
    "0.1": 0.1,
    "0.25": 0.25,
    "0.5": 0.5,
    "1": 1.0,
    "2": 2.0,
}
# The one of them at which there is a positive predictive value, lead times and examples.
MAIN_POINT = "0.25"
# Our own row is called so.
OURS = "wardwatch"

# So many digits are more than any of these figures can tell, and few enough to be read.
_DIGITS = 6

Advance: TypeAlias = Callable[[float], None]
Figures: TypeAlias = Mapping[str, Any]


class SuiteError(ValueError):
    """Recordings that a suite can't judge anything by: one sentence for whoever named them."""


def part_of(advance: Advance, first: float, last: float) -> Advance:
    """For a step of the work: its own share, 0 to 1, becomes one from ``first`` to ``last``."""
    return lambda done: advance(first + (last - first) * done)


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteOptions:
    """``seed`` is that of all chance; ``draws`` how often patients are drawn anew for an interval.

    ``events``, ``artefacts`` and ``bumps`` of nights are how many are injected, where a suite injects any.
    """

    rules: Rules = field(default_factory=lambda: Rules().unattended())
    seed: int = 1
    draws: int = 1000
    events: int = 500
    artefacts: int = 3000
    bumps: int = 200


Suite: TypeAlias = Callable[[Sequence[Recording], SuiteOptions, Advance], "Evaluation"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one method makes of the patients; ``None`` where it is not defined.

    ``ppv`` and ``lead_time_h``, the median, with its quartiles, are at :data:`MAIN_POINT`. The objects have a
    value for each of :data:`OPERATING_POINTS`: the share of events caught, the false alarms a patient-day
    that this made, and the share of the instants at which the method was alarming: one that always is misses
    nothing either. ``intervals`` has the 95 % interval of each figure by its name; ``more`` is the suite's.
    """

    method: str
    auroc: float | None = None
    auprc: float | None = None
    utility: float | None = None
    ppv: float | None = None
    lead_time_h: float | None = None
    lead_time_quartiles_h: Interval | None = None
    sensitivity: Mapping[str, float | None] = field(default_factory=lambda: dict.fromkeys(OPERATING_POINTS))
    false_alarms: Mapping[str, float | None] = field(default_factory=lambda: dict.fromkeys(OPERATING_POINTS))
    alarming: Mapping[str, float | None] = field(default_factory=lambda: dict.fromkeys(OPERATING_POINTS))
    intervals: Mapping[str, Interval | Mapping[str, Interval | None] | None] = field(default_factory=dict)
    more: Figures = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One object, the suite's own keys last."""
        own = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "more"}
        return own | dict(self.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One alarm to look at, with neither name nor date.

    ``at`` says in words when in the recording it came; ``series`` has (hours since the alarm, value) of each
    vital around it.
    """

    at: str
    condition: str
    text: str
    why: Figures
    caught: bool
    series: Mapping[str, Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything that a suite has measured.

    ``curves`` has for each method points (false alarms a patient-day, sensitivity); ``lead_times_h`` those
    of all events that a method catches at :data:`MAIN_POINT`. ``more`` is the suite's own.
    """

    suite: str
    seed: int
    patients: int
    patient_days: float
    events: int
    rows: Sequence[Row]
    curves: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    subgroups: Sequence[Figures] = ()
    calibration: Sequence[Figures] = ()
    lead_times_h: Mapping[str, Sequence[float]] = field(default_factory=dict)
    examples: Sequence[Example] = ()
    more: Figures = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """One object of plain numbers, texts, lists and objects."""
        examples = [
            {"number": number, **{each.name: getattr(one, each.name) for each in fields(one)}}
            for number, one in enumerate(self.examples, 1)
        ]
        figures: dict[str, Any] = {
            "suite": self.suite,
            "version": wardwatch.__version__,
            "seed": self.seed,
            "patients": self.patients,
            "patient_days": self.patient_days,
            "events": self.events,
            "rows": [row.as_json() for row in self.rows],
            "curves": self.curves,
            "subgroups": self.subgroups,
            "calibration": self.calibration,
            "lead_times_h": self.lead_times_h,
            "examples": examples,
        }
        plain: dict[str, Any] = _plain(figures | dict(self.more))
        return plain


def _plain(thing: Any) -> Any:
    """Rounded, and not-a-number, which JSON has no word for, as ``None``."""
    if isinstance(thing, Mapping):
        return {str(name): _plain(of) for name, of in thing.items()}
    if isinstance(thing, list | tuple):
        return [_plain(of) for of in thing]
    if isinstance(thing, float):
        return round(float(thing), _DIGITS) if math.isfinite(thing) else None
    return thing
