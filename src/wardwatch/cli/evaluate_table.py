"""What `wardwatch evaluate` writes for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wardwatch.cli.written import columns

Figures = Mapping[str, Any]


def burden_tables(figures: Figures) -> Iterator[str]:
    """The lines of the suite `burden`."""
    yield _heading(figures, f"seed {figures['seed']}")
    yield ""
    yield from columns(_burden(figures["burden"]))
    yield ""
    yield from columns(_injected(figures["injected"]))
    yield ""
    yield from columns(_artefacts(figures["artefacts"]))


def explanations_tables(figures: Figures) -> Iterator[str]:
    """The lines of the suite `explanations`."""
    yield _heading(figures)
    yield ""
    yield from columns(_rules(figures["rules"]))
    if figures["untrue"]:
        yield ""
        yield from columns(_untrue(figures["untrue"]))


def _heading(figures: Figures, *more: str) -> str:
    days = f"{figures['patient_days']:,.1f} patient-days"
    return ", ".join((f"{figures['patients']} patients", days, *more, f"wardwatch {figures['version']}"))


def _rules(rules: Figures) -> Iterator[Sequence[str]]:
    yield "rule", "starts", "updates", "figures agree", "durations upheld", "values upheld"
    for name, of in rules.items():
        yield (
            name,
            f"{of['starts']:,}",
            f"{of['updates']:,}",
            _of(of["agreeing"], of["starts"] + of["updates"]),
            _of(of["durations_upheld"], of["durations"]),
            _of(of["values_upheld"], of["values"]),
        )


def _untrue(untrue: Sequence[Figures]) -> Iterator[Sequence[str]]:
    yield "untrue", "condition", "at", "claim"
    for of in untrue:
        yield of["patient"], f"{of['condition']} {of['phase']}", of["at"], of["claim"]


def _burden(burden: Figures) -> Iterator[Sequence[str]]:
    yield "alarms", "", "", "number", "a patient-day", "95 %", "in motion"
    for name in ("outside_nightly", "fixed", "learned", "nightly"):
        yield name.replace("_", " "), "", "", *_rate(burden[name])
    for row in burden["rows"]:
        yield f"  {row['rule']}", row["condition"], row["priority"], *_rate(row)


def _rate(rate: Figures) -> Sequence[str]:
    return (
        f"{rate['alarms']:,}",
        _number(rate["per_patient_day"], 4),
        _interval(rate["interval"], 4),
        _percent(rate["began_in_motion"]),
    )


def _injected(injected: Figures) -> Iterator[Sequence[str]]:
    yield (
        "acute events",
        "number",
        "caught",
        "95 %",
        "by fixed",
        "by learned",
        "minutes (quartiles)",
        "first rule",
    )
    for name, of in ({"all": injected["all"]} | injected["kinds"]).items():
        yield (
            name,
            f"{of['events']:,}",
            _percent(of["sensitivity"], 1),
            _interval_percent(of["interval"]),
            _percent(of["by_fixed"]),
            _percent(of["by_learned"]),
            _delay(of["delay_minutes"]),
            _counts(of["first_by_rule"]),
        )


def _artefacts(artefacts: Figures) -> Iterator[Sequence[str]]:
    yield "artefact bursts", "number", "alarmed", "95 %", "rule"
    for name, of in ({"all": artefacts["all"]} | artefacts["kinds"]).items():
        share, interval = _percent(of["share"], 2), _interval_percent(of["interval"], 2)
        yield name, f"{of['bursts']:,}", share, interval, _counts(of["by_rule"])


def _of(some: int, all_of_them: int) -> str:
    return f"{some:,} of {all_of_them:,}"


def _number(figure: float | None, digits: int) -> str:
    return "-" if figure is None else f"{figure:.{digits}f}"


def _percent(share: float | None, digits: int = 0) -> str:
    return "-" if share is None else f"{100 * share:.{digits}f} %"


def _interval(interval: Sequence[float] | None, digits: int) -> str:
    return "-" if interval is None else " to ".join(_number(end, digits) for end in interval)


def _interval_percent(interval: Sequence[float] | None, digits: int = 1) -> str:
    return "-" if interval is None else _interval([100 * end for end in interval], digits)


def _delay(delay: Mapping[str, float] | None) -> str:
    return "-" if delay is None else f"{delay['median']:.1f} ({delay['q1']:.1f} to {delay['q3']:.1f})"


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{rule} {number}" for rule, number in counts.items())
