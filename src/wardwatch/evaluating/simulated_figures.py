"""What the monitor's own alarms made of simulated illnesses and of failing devices."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.evaluating.episodes import is_physiological, is_step_up
from wardwatch.evaluating.figures import Bootstrap, quartiles, wilson
from wardwatch.evaluating.labelled import Event, Stay
from wardwatch.evaluating.tapping import Tapped
from wardwatch.evaluating.tracks import MINUTE_MS
from wardwatch.wire.simulated_truth import SimulatedFault

# An alarm so soon after a fault is still the fault's. Wardwatch's own choice.
AFTER_FAULT_MS = 15 * MINUTE_MS
# The technical alarm that a fault brings about, if it is bad enough and lasts long enough: as in the table of
# the simulators' faults.
BELONGS = {
    "drift": "device.drift",
    "flat_line": "device.stuck",
    "spikes": "device.spikes",
    "motion_artefact": "device.poor_signal",
    "off_body": "device.off_body",
    "wrong_unit": "device.refused",
    "battery_decay": "device.battery_low",
    "clock_ahead": "device.clock_wrong",
    "clock_behind": "device.clock_wrong",
    "clock_skew": "device.clock_wrong",
    "restart": "device.no_data",
    "broken_payload": "device.no_data",
    "packet_loss": "device.no_data",
    "store_and_forward": "device.no_data",
    "duplicates": "device.duplicates",
    "reordering": "device.refused",
}

Figures = dict[str, Any]


def by_course(stays: Sequence[Stay], tapped: Mapping[str, Tapped]) -> list[Figures]:
    """Of each course of illness how many were noticed, by the alarms as they are set, and how soon."""
    delays: defaultdict[str, list[float | None]] = defaultdict(list)
    for stay in stays:
        for event in stay.events:
            delays[event.kind].append(_delay_min(event, tapped[stay.patient].events))
    courses = {course: delays[course] for course in sorted(delays)}
    return [_noticed(course, its) for course, its in courses.items()]


def _noticed(course: str, delays: Sequence[float | None]) -> Figures:
    known = [delay for delay in delays if delay is not None]
    spread = quartiles(known)
    return {
        "course": course,
        "events": len(delays),
        "caught": len(known),
        "sensitivity": len(known) / len(delays),
        "interval": wilson(len(known), len(delays)),
        "delay_minutes": None if spread is None else dict(zip(("q1", "median", "q3"), spread, strict=True)),
    }


def _delay_min(event: Event, told: Iterable[AlarmEvent]) -> float | None:
    """Minutes from the onset until a physiological alarm starts or rises; ``None`` if none does in time."""
    after = [
        (one.observed_at_ms - event.onset_ms) / MINUTE_MS
        for one in told
        if is_physiological(one) and is_step_up(one) and event.from_ms <= one.observed_at_ms <= event.until_ms
    ]
    return min(after, default=None)


def of_healthy(stays: Sequence[Stay], tapped: Mapping[str, Tapped], seed: int) -> Figures:
    """Physiological alarms that start while their patient is not ill, a patient-day, by condition."""
    counts = [
        [
            one.condition
            for one in tapped[stay.patient].events
            if _starts(one) and is_physiological(one) and not _is_ill(stay.events, one.observed_at_ms)
        ]
        for stay in stays
    ]
    days = [_healthy_days(stay) for stay in stays]
    alarms, watched = sum(map(len, counts)), sum(days)
    return {
        "alarms": alarms,
        "patient_days": watched,
        "per_patient_day": alarms / watched if watched else None,
        "interval": Bootstrap(days, seed).interval([*map(len, counts)]),
        "conditions": dict(Counter(name for its in counts for name in its).most_common()),
    }


def _healthy_days(stay: Stay) -> float:
    """The share of a stay's watched time in which its patient is not ill."""
    return stay.watched_days * float(1.0 - stay.positive.mean()) if len(stay.positive) else 0.0


def by_fault(
    stays: Sequence[Stay], tapped: Mapping[str, Tapped], faults: Sequence[SimulatedFault]
) -> list[Figures]:
    """Of each kind of fault how many alarmed about the patient, and how many about the device, and how soon.

    Alarms about a patient who is ill at that time may be right; faults of such are not asked about those.
    """
    ill = {stay.patient: stay.events for stay in stays}
    seen: defaultdict[str, list[SimulatedFault]] = defaultdict(list)
    for fault in faults:
        if fault.patient in ill:
            seen[fault.fault].append(fault)
    return [_of_kind(kind, seen[kind], ill, tapped) for kind in sorted(seen)]


def _of_kind(
    kind: str,
    faults: Sequence[SimulatedFault],
    ill: Mapping[str, Sequence[Event]],
    tapped: Mapping[str, Tapped],
) -> Figures:
    belongs = BELONGS.get(kind)
    well = [one for one in faults if not _meets(ill[one.patient], one.from_ms, one.until_ms + AFTER_FAULT_MS)]
    alarmed = [one for one in well if any(map(is_physiological, _starts_in(one, tapped)))]
    delays = [
        min(told)
        for one in faults
        if (
            told := [
                (event.observed_at_ms - one.from_ms) / MINUTE_MS
                for event in _starts_in(one, tapped)
                if event.condition == belongs
            ]
        )
    ]
    return {
        "fault": kind,
        "faults": len(faults),
        "of_healthy": len(well),
        "physiological": len(alarmed),
        "physiological_interval": wilson(len(alarmed), len(well)),
        "technical": belongs,
        "told": len(delays) if belongs else None,
        "delay_minutes": quartiles(delays)[1] if delays else None,  # type: ignore[index]
    }


def _starts_in(fault: SimulatedFault, tapped: Mapping[str, Tapped]) -> list[AlarmEvent]:
    until_ms = fault.until_ms + AFTER_FAULT_MS
    return [
        one
        for one in tapped[fault.patient].events
        if _starts(one) and fault.from_ms <= one.observed_at_ms <= until_ms
    ]


def _starts(event: AlarmEvent) -> bool:
    return event.phase is Phase.START


def _is_ill(events: Sequence[Event], at_ms: int) -> bool:
    return any(one.from_ms <= at_ms <= one.until_ms for one in events)


def _meets(events: Sequence[Event], from_ms: int, until_ms: int) -> bool:
    return any(one.from_ms <= until_ms and one.until_ms >= from_ms for one in events)
