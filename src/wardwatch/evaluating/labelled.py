"""What a suite holds methods against: stays of patients, with what should be noticed in them and when."""

from __future__ import annotations

from dataclasses import dataclass

from wardwatch.core.reading import BoolArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What should be noticed, by an alarm that is up at any instant from ``from_ms`` to ``until_ms``.

    Lead times count to ``onset_ms``, which may lie anywhere in the window.
    """

    onset_ms: int
    from_ms: int
    until_ms: int
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """One patient's recording with its labels.

    ``at_ms`` (n) are the rising instants at which every method is asked, ``positive`` (n) the label of each;
    ``sex`` is "female", "male" or ``None`` where it is not known, as is ``age_years``.
    """

    patient: str
    at_ms: IntArray
    positive: BoolArray
    events: tuple[Event, ...]
    watched_days: float
    sex: str | None = None
    age_years: float | None = None
