"""The figures of a comparison: how many alarms of each ward and condition, and what has become of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from wardwatch.whatif.alarms import Alarm
from wardwatch.whatif.comparison import Watched
from wardwatch.whatif.matching import KINDS, Kind, Pair

_DAY_MS = 86_400_000
_MINUTE_MS = 60_000

# Today's alarms are of these kinds, but for the split; the new rules', but for the joined.
_OF_BOTH = (Kind.SAME, Kind.PRIORITY, Kind.EARLIER, Kind.LATER)
_OF_TODAY = frozenset((*_OF_BOTH, Kind.JOINED, Kind.MISSED))
_OF_NEW = frozenset((*_OF_BOTH, Kind.SPLIT, Kind.EXTRA))


def rows(pairs: Sequence[Pair], watched: Watched) -> list[dict[str, Any]]:
    """A row for all, one a condition, one a ward, and one a ward and condition, of those with alarms.

    A ward or condition that is ``None`` stands for all of them. Alarms count in the ward in which today's
    began, or the new rules' where there is none of today's.
    """
    days = {ward: ms / _DAY_MS for ward, ms in watched.ms_in_ward.items()}
    wards = sorted({*days, *(pair.subject.ward for pair in pairs)})
    found = [_row(None, None, pairs, sum(days.values()))]
    found += _by_condition(None, pairs, sum(days.values()))
    for ward in wards:
        its = [pair for pair in pairs if pair.subject.ward == ward]
        found.append(_row(ward, None, its, days.get(ward, 0.0)))
        found += _by_condition(ward, its, days.get(ward, 0.0))
    return found


def differences(pairs: Iterable[Pair]) -> list[Pair]:
    """Those that are not the same, in their order: the first is number 1."""
    return [pair for pair in pairs if pair.kind is not Kind.SAME]


def difference_fields(number: int, pair: Pair) -> dict[str, Any]:
    """A difference, for JSON output."""
    subject, delay_ms = pair.subject, pair.delay_ms
    return {
        "number": number,
        "kind": pair.kind.value,
        "patient": subject.patient,
        "ward": subject.ward,
        "bed": subject.bed,
        "condition": subject.condition,
        "later_by_min": None if delay_ms is None else round(delay_ms / _MINUTE_MS, 3),
        "other_priority": pair.has_other_priority,
        "today": _alarm_fields(pair.today),
        "new": _alarm_fields(pair.new),
    }


def _alarm_fields(alarm: Alarm | None) -> dict[str, Any] | None:
    if alarm is None:
        return None
    return {
        "alarm": alarm.alarm,
        "start_ms": alarm.start_ms,
        "end_ms": alarm.end_ms,
        "priority": alarm.priority.name.lower(),
        "text": alarm.text,
    }


def _by_condition(ward: str | None, pairs: Sequence[Pair], days: float) -> list[dict[str, Any]]:
    conditions = sorted({pair.subject.condition for pair in pairs})
    return [
        _row(ward, condition, [pair for pair in pairs if pair.subject.condition == condition], days)
        for condition in conditions
    ]


def _row(ward: str | None, condition: str | None, pairs: Sequence[Pair], days: float) -> dict[str, Any]:
    kinds = {kind.value: sum(pair.kind is kind for pair in pairs) for kind in KINDS}
    # What only rises otherwise begins at the same instant.
    kinds["same"] += kinds.pop("priority")
    return {
        "ward": ward,
        "condition": condition,
        "patient_days": round(days, 4),
        "today": _load(sum(pair.kind in _OF_TODAY for pair in pairs), days),
        "new": _load(sum(pair.kind in _OF_NEW for pair in pairs), days),
        **kinds,
        "other_priority": sum(pair.has_other_priority for pair in pairs),
        "earlier_by_min": _median_min(pair for pair in pairs if pair.kind is Kind.EARLIER),
        "later_by_min": _median_min(pair for pair in pairs if pair.kind is Kind.LATER),
    }


def _load(alarms: int, days: float) -> dict[str, Any]:
    return {"alarms": alarms, "per_patient_day": round(alarms / days, 4) if days else None}


def _median_min(pairs: Iterable[Pair]) -> float | None:
    delays_ms = [abs(delay_ms) for pair in pairs if (delay_ms := pair.delay_ms) is not None]
    return round(median(delays_ms) / _MINUTE_MS, 3) if delays_ms else None
