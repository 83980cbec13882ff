"""What `wardwatch evaluate` writes for people of what all suites have: methods, subgroups, calibration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wardwatch.cli.written import columns, percent

Figures = Mapping[str, Any]

_MAIN_POINT = "0.25"
_FIGURE_NAMES = {"auroc": "AUROC", "auprc": "AUPRC", "utility": "utility"}


def evaluation_tables(figures: Figures) -> Iterator[str]:
    """The lines of a suite that holds methods against labels."""
    days = f"{figures['patient_days']:,.1f} patient-days"
    yield (
        f"{figures['patients']:,} patients, {days}, {figures['events']:,} events, seed {figures['seed']}, "
        f"wardwatch {figures['version']}"
    )
    for table in (_ranks, _sensitivities, _main_points):
        yield ""
        yield from columns(table(figures["rows"]))
    if figures.get("alarms"):
        yield ""
        yield from columns(_alarms(figures["alarms"]))
    if figures.get("not_beaten"):
        yield ""
        yield from columns(_not_beaten(figures["not_beaten"]))
    if figures["subgroups"]:
        yield ""
        yield from columns(_subgroups(figures["subgroups"]))
    if figures.get("subgroup_differences"):
        yield ""
        yield from columns(_differences(figures["subgroup_differences"]))
    if figures["calibration"]:
        yield ""
        yield from columns(_calibration(figures["calibration"]))


def _ranks(rows: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "method", "AUROC", "95 %", "AUPRC", "95 %", "utility", "95 %"
    for row in rows:
        cells = [(_number(row[name]), _interval(row["intervals"].get(name))) for name in _FIGURE_NAMES]
        yield row["method"], *(cell for pair in cells for cell in pair)


def _sensitivities(rows: Sequence[Figures]) -> Iterator[Sequence[str]]:
    points = [*rows[0]["sensitivity"]]
    yield "events caught at false alarms a patient-day", *points
    for row in rows:
        yield f"  {row['method']}", *(_number(row["sensitivity"][point], 2) for point in points)


def _main_points(rows: Sequence[Figures]) -> Iterator[Sequence[str]]:
    at = f"at {_MAIN_POINT} a patient-day"
    yield at, "obtained", "caught", "95 %", "PPV", "alarms a true one", "hours before (quartiles)", "alarming"
    for row in rows:
        ppv = row["ppv"]
        yield (
            f"  {row['method']}",
            _number(row["false_alarms"][_MAIN_POINT]),
            percent(row["sensitivity"][_MAIN_POINT], 1),
            _interval(row["intervals"].get("sensitivity", {}).get(_MAIN_POINT), 2),
            percent(ppv, 1),
            f"{1 / ppv:.1f}" if ppv else "-",
            _hours(row["lead_time_h"], row.get("lead_time_quartiles_h")),
            percent(row["alarming"][_MAIN_POINT], 1),
        )


def _alarms(alarms: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "alarms as they are", "number", "a patient-day", "95 %", "false", "caught", "95 %", "PPV"
    for one in alarms:
        yield (
            f"  {one['condition']}",
            f"{one['alarms']:,}",
            _number(one["per_patient_day"]),
            _interval(one["intervals"]["per_patient_day"]),
            _number(one["false_per_patient_day"]),
            percent(one["sensitivity"], 1),
            _interval(one["intervals"]["sensitivity"], 2),
            percent(one["ppv"], 1),
        )


def _not_beaten(not_beaten: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "wardwatch does not beat", "in", "its own", "theirs"
    for one in not_beaten:
        name = _FIGURE_NAMES.get(one["figure"], f"events caught at {_MAIN_POINT}")
        yield f"  {one['method']}", name, _number(one["ours"]), _number(one["theirs"])


def _subgroups(groups: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "patients", "number", "events", "AUROC", "95 %", f"caught at {_MAIN_POINT}", "95 %", "false alarms"
    for group in groups:
        yield (
            f"  {group['value']}",
            f"{group['patients']:,}",
            f"{group['events']:,}",
            _number(group["auroc"]),
            _interval(group["intervals"]["auroc"]),
            percent(group["sensitivity"][_MAIN_POINT], 1),
            _interval(group["intervals"]["sensitivity"][_MAIN_POINT], 2),
            _number(group["false_alarms"]),
        )


def _differences(differences: Sequence[Figures]) -> Iterator[Sequence[str]]:
    points = [*differences[0]["sensitivity"]]
    yield "differences of events caught", *points, f"95 % at {_MAIN_POINT}"
    for of in differences:
        first, second = of["of"]
        cells = [_number(of["sensitivity"][point], 2) for point in points]
        yield f"  {first} less {second}", *cells, _interval(of["intervals"][_MAIN_POINT], 2)


def _calibration(calibration: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "false alarms a patient-day set", "obtained by other patients", "95 % of halvings", "off by"
    for one in calibration:
        obtained = one["obtained"]
        off = None if obtained is None else obtained / one["set"] - 1
        yield f"  {one['set']:g}", _number(obtained), _interval(one["interval"]), percent(off)


def _hours(median: float | None, quartiles: Sequence[float] | None) -> str:
    return _number(median, 1) + (f" ({_interval(quartiles, 1)})" if quartiles else "")


def _number(figure: float | None, digits: int = 3) -> str:
    return "-" if figure is None else f"{figure:.{digits}f}"


def _interval(interval: Sequence[float] | None, digits: int = 3) -> str:
    return "-" if interval is None else " to ".join(_number(end, digits) for end in interval)
