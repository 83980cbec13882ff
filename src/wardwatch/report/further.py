"""What a suite has measured beside what all suites have: told as it is, without a picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wardwatch.report.by_method import TOLD_OF_ROWS, kinds_of, single_of
from wardwatch.report.parts import Section, Table
from wardwatch.report.words import NONE, Figures, headed

# What other sections tell.
_TOLD = {
    "suite", "version", "seed", "patients", "patient_days", "events", "rows", "curves", "subgroups",
    "calibration", "lead_times_h", "examples", "not_beaten", "subgroup_differences", "alarms", "prevalence",
    "of",
}  # fmt: skip


def further(figures: Figures, name: str) -> Section | None:
    """Tables of everything else, or nothing where there is nothing else."""
    own = {key: told for key, told in figures.items() if key not in _TOLD and not is_evaluation(told)}
    told_of_rows = {*TOLD_OF_ROWS, *kinds_of(figures["rows"]), *single_of(figures["rows"])}
    own |= {
        f"more of {row['method']}": more
        for row in figures["rows"]
        if (more := {key: told for key, told in row.items() if key not in told_of_rows})
    }
    if not own:
        return None
    single = {key: told for key, told in own.items() if not _is_nested(told)}
    parts = [_part(key, told, f"{name}further") for key, told in own.items() if _is_nested(told)]
    return Section(
        name=f"{name}further",
        title="Further figures",
        tables=[_values(single, "What the suite counted")] if single else [],
        parts=parts,
    )


def is_evaluation(told: Any) -> bool:
    """Whether it is a part with methods and their rows, as a whole evaluation has."""
    return isinstance(told, Mapping) and "curves" in told and "rows" in told


def _part(key: str, told: Any, before: str) -> Section:
    title = headed(_words(key))
    tables = [*_tables(told, title)] if isinstance(told, Mapping) else [_table(title, told)]
    return Section(name=f"{before}-{key.replace(' ', '-')}", title=title, tables=tables)


def _tables(told: Figures, title: str) -> Iterator[Table]:
    """What has one value; what has the same figures of several; and so on within what is in it."""
    alike = _alike(told)
    single = {
        key: value
        for key, value in told.items()
        if key not in alike and not _is_nested(value) and value != []
    }
    if single:
        yield _values(single, title)
    if alike:
        yield _table(f"{title}, each", [{"": _words(key), **told[key]} for key in alike])
    for key, value in told.items():
        within = f"{title}: {_words(key)}"
        if _is_rows(value):
            yield _table(within, value)
        elif isinstance(value, Mapping) and key not in alike:
            yield from _tables(value, within)


def _alike(told: Figures) -> list[str]:
    """The keys of which each has the same figures: they are rows of one table."""
    keys = [key for key, value in told.items() if isinstance(value, Mapping) and value]
    same = {frozenset(told[key]) for key in keys}
    return keys if len(keys) > 1 and len(same) == 1 else []


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping) or _is_rows(value)


def _is_rows(value: Any) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _values(told: Figures, caption: str) -> Table:
    rows = [(headed(_words(key)), _cell(value)) for key, value in told.items()]
    return Table(caption=caption, heads=("Figure", "Value"), rows=rows)


def _table(caption: str, rows: Sequence[Figures]) -> Table:
    flat = [dict(_flat(row)) for row in rows]
    heads = [*dict.fromkeys(key for row in flat for key in row)]
    return Table(
        caption=caption,
        heads=[headed(head) or "Of" for head in heads],
        rows=[[row.get(head, NONE) for head in heads] for row in flat],
    )


def _flat(row: Figures, before: str = "") -> Iterator[tuple[str, str]]:
    for key, value in row.items():
        name = f"{before} {_words(key)}".strip()
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        else:
            yield name, _cell(value)


def _cell(value: Any) -> str:
    if value is None:
        return NONE
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if isinstance(value, list | tuple):
        ends = [_cell(each) for each in value]
        return " to ".join(ends) if len(ends) == 2 else ", ".join(ends) or NONE
    return _words(str(value))


def _words(name: str) -> str:
    """Of a key: its unit in brackets.

    >>> _words("window_h"), _words("per_patient_day")
    ('window (h)', 'per patient day')
    """
    words = name.replace("_", " ")
    return f"{words.removesuffix(' h')} (h)" if words.endswith(" h") else words
