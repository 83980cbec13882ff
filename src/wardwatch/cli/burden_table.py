"""What `wardwatch burden` writes for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import tzinfo
from typing import Any

from wardwatch.adapters.terminal import printable
from wardwatch.cli.written import columns, percent, span, wall_time

Figures = Mapping[str, Any]


def table(figures: Figures, zone: tzinfo) -> Iterator[str]:
    """The lines of a ledger."""
    yield (
        f"{wall_time(figures['since_ms'], zone)} to {wall_time(figures['until_ms'], zone)}: "
        f"{figures['patients']:,g} patients, {figures['patient_days']:,.2f} patient-days"
    )
    yield ""
    yield from columns(_loads(figures))
    if figures["worst"]:
        yield ""
        yield from columns(_worst(figures["worst"]))
    yield ""
    yield f"open now: {figures['open']:,}; not counted, for they were paused or off all the time: " + (
        f"{figures['never_signalled']:,}"
    )


def _loads(figures: Figures) -> Iterator[Sequence[str]]:
    yield (
        "alarms",
        "number",
        "a patient-day",
        "acknowledged",
        "median time (n)",
        "escalated",
        "labelled",
        "actionable",
        "brief",
    )
    yield "all", *_load(figures["all"])
    for group in ("kinds", "priorities"):
        for name, load in figures[group].items():
            yield f"  {name}", *_load(load)
    for ward, load in figures["wards"].items():
        yield f"  ward {printable(ward)}", *_load(load)


def _load(load: Figures) -> Sequence[str]:
    rate, median_s = load["per_patient_day"], load["median_to_acknowledge_s"]
    return (
        f"{load['alarms']:,}",
        "-" if rate is None else f"{rate:.2f}",
        percent(load["acknowledged_share"]),
        "-" if median_s is None else f"{span(median_s)} ({load['acknowledged']:,})",
        percent(load["escalated_share"]),
        percent(load["labelled_share"]),
        percent(load["actionable_share"]),
        f"{load['brief_unacknowledged']:,}",
    )


def _worst(worst: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "worst", "patient", "alarms", "of all"
    for pair in worst:
        yield printable(pair["condition"]), pair["patient"], f"{pair['alarms']:,}", percent(pair["share"])
