"""What `wardwatch evaluate` writes for people of what some suites have beside the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wardwatch.cli.evaluate_table import burden_tables
from wardwatch.cli.evaluation_table import evaluation_tables
from wardwatch.cli.written import columns, percent

Figures = Mapping[str, Any]


def worn_tables(figures: Figures) -> Iterator[str]:
    """The lines of the suite `burden`."""
    yield from burden_tables(figures)
    yield ""
    yield from columns(_at_rates(figures["rows"]))
    yield ""
    yield from columns(_obtained(figures["calibration"]))
    if figures["nightly"]["bumps"]:
        yield ""
        yield from columns(_nightly(figures["nightly"]))
    if "stress" in figures:
        yield ""
        yield from columns(_stress(figures["stress"]))


def deterioration_tables(figures: Figures) -> Iterator[str]:
    """The lines of the suite `deterioration`: events, deaths, or one after the other."""
    yield f"{_OF[figures['of']]}:"
    yield from evaluation_tables(figures)
    if "outcome" in figures:
        yield ""
        yield from deterioration_tables(figures["outcome"])


_OF = {"events": "events that were charted, in the day before them", "outcome": "deaths in hospital, by stay"}


def simulated_tables(figures: Figures) -> Iterator[str]:
    """The lines of the suite `simulated`."""
    yield from evaluation_tables(figures)
    healthy = figures["healthy"]
    yield ""
    yield (
        f"as the alarms are set: {_number(healthy['per_patient_day'], 2)} physiological alarms a patient-day "
        f"of those who are well ({_interval(healthy['interval'], 2)})"
    )
    for table in (_courses(figures["courses"]), _faults(figures["faults"])):
        yield ""
        yield from columns(table)


def _at_rates(rows: Sequence[Figures]) -> Iterator[Sequence[str]]:
    points = [*rows[0]["sensitivity"]]
    yield "acute events caught at false alarms a patient-day", *points
    for row in rows:
        name = f"{row['method']} ({row['counts']})" if "counts" in row else row["method"]
        yield f"  {name}", *_percents(row["sensitivity"], points)
        if "with_fixed" in row:
            yield "  with the hard limits", *_percents(row["with_fixed"]["sensitivity"], points)


def _percents(shares: Mapping[str, float | None], points: Sequence[str]) -> Iterator[str]:
    return (percent(shares[point], 1) for point in points)


def _obtained(calibration: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "learned alarms a patient-day set", "obtained here", "95 %"
    for one in calibration:
        yield f"  {one['set']:g}", _number(one["obtained"], 4), _interval(one["interval"], 4)


def _nightly(nightly: Figures) -> Iterator[Sequence[str]]:
    yield (
        f"{nightly['bumps']:,} bumps of nights",
        "caught",
        "95 %",
        "anew",
        "95 %",
        "episodes in 100 nights",
        "95 %",
    )
    for row in nightly["rows"]:
        intervals = row["intervals"]
        yield (
            f"  {row['method']}",
            percent(row["sensitivity"], 1),
            _interval(intervals["sensitivity"], 2),
            percent(row["sensitivity_anew"], 1),
            _interval(intervals["sensitivity_anew"], 2),
            _number(row["episodes_in_100_nights"], 2),
            _interval(intervals["episodes_in_100_nights"], 2),
        )


def _stress(stress: Figures) -> Iterator[Sequence[str]]:
    hours = stress["hours"]
    yield (
        f"alarms of {stress['wearers']} wearers",
        f"in {hours['stress']:.1f} h of stress",
        f"in {hours['other']:.1f} h else",
    )
    for row in stress["rows"]:
        yield f"  {row['method']}", f"{row['in_stress']:,}", f"{row['else']:,}"


def _courses(courses: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "illness", "number", "caught", "95 %", "minutes (quartiles)"
    for one in courses:
        delay = one["delay_minutes"]
        yield (
            f"  {one['course']}",
            f"{one['events']:,}",
            percent(one["sensitivity"]),
            _interval(one["interval"], 2),
            "-" if delay is None else f"{delay['median']:.1f} ({delay['q1']:.1f} to {delay['q3']:.1f})",
        )


def _faults(faults: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield (
        "fault",
        "number",
        "of the healthy",
        "of these alarmed",
        "technical alarm",
        "told",
        "minutes (median)",
    )
    for one in faults:
        told = None if one["told"] is None else one["told"] / one["faults"]
        yield (
            f"  {one['fault']}",
            f"{one['faults']:,}",
            f"{one['of_healthy']:,}",
            f"{one['physiological']:,}",
            one["technical"] or "-",
            percent(told),
            _number(one["delay_minutes"], 1),
        )


def _number(figure: float | None, digits: int) -> str:
    return "-" if figure is None else f"{figure:.{digits}f}"


def _interval(interval: Sequence[float] | None, digits: int) -> str:
    return "-" if interval is None else " to ".join(_number(end, digits) for end in interval)
