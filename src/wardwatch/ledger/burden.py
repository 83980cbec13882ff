"""The alarm burden of a period, in figures. What each means is in ``docs/ledger.md``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median
from typing import Any

from wardwatch.core.alarming.commands import Label
from wardwatch.core.events import Priority
from wardwatch.ledger.census import Watched
from wardwatch.ledger.episode import Episode
from wardwatch.ledger.period import Period

KINDS = ("physiological", "technical")

# Over before anybody could have come: wardwatch's own choice.
BRIEF_MS = 60_000


def burden(
    episodes: Iterable[Episode],
    period: Period,
    watched: Mapping[str, Watched],
    *,
    altogether: Watched | None = None,
    worst: int = 10,
) -> dict[str, Any]:
    """All figures of the alarms that were first signalled in ``period``.

    ``watched`` says by ward for how long patients were watched; a ward that is not in it has no rate.
    ``altogether`` takes the place of their sum, where only that is known.
    """
    if altogether is None:
        altogether = Watched(
            patients=sum(each.patients for each in watched.values()),
            days=sum(each.days for each in watched.values()),
        )
    begun = [episode for episode in episodes if episode.is_whole]
    alarms = [episode for episode in begun if episode.signalled_ms in period]
    days = altogether.days
    kinds = [*KINDS, *sorted({alarm.kind for alarm in alarms} - {*KINDS})]
    wards = sorted({alarm.ward for alarm in alarms} | {*watched})
    return {
        "since_ms": period.since_ms,
        "until_ms": period.until_ms,
        "patients": altogether.patients,
        "patient_days": round(days, 4),
        "all": _load(alarms, days),
        "kinds": {kind: _load(_those(alarms, _kind, kind), days) for kind in kinds},
        "priorities": {
            priority.name.lower(): _load(_those(alarms, _priority, priority), days)
            for priority in sorted(Priority, reverse=True)
        },
        "wards": {
            ward: _load(_those(alarms, _ward, ward), watched[ward].days if ward in watched else None)
            for ward in wards
        },
        "open": sum(alarm.is_open for alarm in alarms),
        "never_signalled": sum(each.signalled_ms is None and each.start_ms in period for each in begun),
        "worst": _worst(alarms, worst),
    }


def _load(alarms: Sequence[Episode], days: float | None) -> dict[str, Any]:
    waits_ms = [wait_ms for alarm in alarms if (wait_ms := alarm.acknowledged_after_ms) is not None]
    labels = Counter(label for alarm in alarms if (label := alarm.label) is not None)
    escalated = sum(alarm.escalations > 0 for alarm in alarms)
    return {
        "alarms": len(alarms),
        "per_patient_day": round(len(alarms) / days, 4) if days else None,
        "acknowledged": len(waits_ms),
        "acknowledged_share": _share(len(waits_ms), len(alarms)),
        "median_to_acknowledge_s": round(median(waits_ms) / 1000, 3) if waits_ms else None,
        "escalated": escalated,
        "escalated_share": _share(escalated, len(alarms)),
        "labelled": labels.total(),
        "labelled_share": _share(labels.total(), len(alarms)),
        "labels": {label.value: labels[label] for label in Label},
        "actionable_share": _share(labels[Label.ACTIONABLE], labels.total()),
        "brief_unacknowledged": sum(map(_is_brief, alarms)),
    }


def _is_brief(alarm: Episode) -> bool:
    if alarm.end_ms is None or alarm.signalled_ms is None or alarm.acknowledged is not None:
        return False
    return alarm.end_ms - alarm.signalled_ms <= BRIEF_MS


def _worst(alarms: Sequence[Episode], most: int) -> list[dict[str, Any]]:
    """The conditions of patients with the most alarms; among equals by name, so that all runs agree."""
    counts = Counter((alarm.condition, alarm.patient) for alarm in alarms)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        {
            "condition": condition,
            "patient": patient,
            "alarms": number,
            "share": _share(number, len(alarms)),
        }
        for (condition, patient), number in ranked[:most]
    ]


def _share(some: int, all_of_them: int) -> float | None:
    return round(some / all_of_them, 4) if all_of_them else None


def _those(alarms: Sequence[Episode], of: Callable[[Episode], object], wanted: object) -> list[Episode]:
    return [alarm for alarm in alarms if of(alarm) == wanted]


def _kind(alarm: Episode) -> str:
    return alarm.kind


def _priority(alarm: Episode) -> Priority:
    return alarm.priority


def _ward(alarm: Episode) -> str:
    return alarm.ward
