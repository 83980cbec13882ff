"""Reads a scenario: TOML in, a plan out; what can't be meant is told with its line and a way out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from wardwatch_simulators.faults.kinds import FAULT_KINDS
from wardwatch_simulators.faults.schedule import MIXTURES
from wardwatch_simulators.living.courses import COURSES
from wardwatch_simulators.living.devices import DEVICE_KINDS
from wardwatch_simulators.plans import SETTINGS, Failures, Illnesses, Plan, PlanError, Wearers, cast

_Some = TypeVar("_Some")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_SPAN, _CLOCK = re.compile(r"(\d{1,7})([smhd])"), re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
_MOST = 100_000
_SUFFIX = ".toml"

READY: tuple[str, ...] = tuple(
    sorted(
        entry.name.removesuffix(_SUFFIX)
        for entry in resources.files("wardwatch_simulators.scenarios").iterdir()
        if entry.name.endswith(_SUFFIX)
    )
)


class ScenarioError(ValueError):
    """A scenario that can't be used: one sentence that says where, and what could be."""


def load(name_or_path: str | Path) -> Plan:
    """The plan of a ready scenario, by its name, or of a file; raises :class:`ScenarioError`."""
    name = str(name_or_path)
    if name in READY:
        text = (resources.files("wardwatch_simulators.scenarios") / f"{name}{_SUFFIX}").read_text("utf-8")
        return parse(text, name)
    try:
        return parse(Path(name).read_text("utf-8"), name)
    except OSError as error:
        ready = ", ".join(READY)
        raise ScenarioError(
            f"{name} can't be read ({error.strerror}); give a file, or one of the ready ones: {ready}."
        ) from error
    except UnicodeDecodeError as error:
        raise ScenarioError(f"{name} is not UTF-8; save it as that.") from error


def parse(text: str, name: str = "the scenario") -> Plan:
    """The plan that a scenario's ``text`` describes; raises :class:`ScenarioError`."""
    try:
        plan = _plan(_Table(tomllib.loads(text), text))
        cast(plan, seed=0)
    except tomllib.TOMLDecodeError as error:
        raise ScenarioError(f"{name} is not TOML: {error}.") from error
    except PlanError as error:
        raise ScenarioError(f"{name}: {error}") from error
    return plan


class _Table:
    """A table of the file; a value is taken out of it once, and what is left over was misspelt."""

    def __init__(self, values: Mapping[str, Any], text: str, header: str = "", number: int = 0) -> None:
        self._values, self._text, self._header, self._number = dict(values), text, header, number
        self._known: list[str] = []

    def take(self, key: str, read: Callable[[Any], _Some], default: _Some | None = None) -> _Some:
        """What ``read`` makes of the value of ``key``."""
        self._known.append(key)
        if key not in self._values:
            if default is None:
                raise PlanError(f"{self._place()}: {key} is missing.")
            return default
        try:
            return read(self._values.pop(key))
        except (ValueError, TypeError) as error:
            raise PlanError(f"{self._place(key)}: {key}: {error}") from error

    def tables(self, key: str) -> list[_Table]:
        """The tables ``[[key]]``."""
        self._known.append(f"[[{key}]]")
        found = self._values.pop(key, [])
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise PlanError(f"{self._place(key)}: {key}: write it as tables, each below a line [[{key}]].")
        return [_Table(each, self._text, key, number) for number, each in enumerate(found)]

    def done(self) -> None:
        """Raise :class:`PlanError` if something was not taken."""
        for key in self._values:
            known = ", ".join(self._known)
            raise PlanError(f"{self._place(key)}: {key} is not known here; there are {known}.")

    def _place(self, key: str | None = None) -> str:
        """The line of ``key`` in this table, or that of the table."""
        header, number, line_of_table = "", -1, 1
        for line, content in enumerate(self._text.splitlines(), 1):
            if content.strip() == f"[[{self._header}]]":
                header, number, line_of_table = self._header, number + 1, line
            elif content.lstrip().startswith("["):
                header = content.strip("[] ")
            if (header, number) == (self._header, self._number if self._header else -1):
                if key is None and self._header:
                    return f"line {line_of_table}"
                if key is not None and re.match(rf"\s*\[*{re.escape(key)}\b", content):
                    return f"line {line}"
        return "line 1"


def _plan(top: _Table) -> Plan:
    mixture = MIXTURES[top.take("faults", _one_of(MIXTURES), "none")]
    times = top.take("faults_times", _number(0.0, 100.0), 1.0)
    lasts_s = top.take("lasts", _span, _SECONDS["d"])
    plan = Plan(
        description=top.take("description", _text, "own scenario"),
        starts_s=top.take("starts", _clock, 0),
        lasts_s=lasts_s,
        mixture={kind: a_day * times for kind, a_day in mixture.items()},
        wearers=[_wearers(table) for table in top.tables("wearers")],
        illnesses=[_illnesses(table) for table in top.tables("illness")],
        failures=[_failures(table) for table in top.tables("fault")],
    )
    top.done()
    if not plan.wearers:
        raise PlanError("there are no wearers; write [[wearers]] and, below it, count = 20.")
    if plan.count > _MOST:
        raise PlanError(f"{plan.count:,} wearers are too many; {_MOST:,} is the most.")
    return plan


def _wearers(table: _Table) -> Wearers:
    wearers = Wearers(
        count=table.take("count", _count),
        devices=table.take("devices", _some_of(DEVICE_KINDS), ("ward_set",)),
        setting=table.take("setting", _one_of(SETTINGS), "on_the_ward"),
    )
    table.done()
    return wearers


def _illnesses(table: _Table) -> Illnesses:
    illnesses = Illnesses(
        course=table.take("course", _one_of(COURSES)),
        count=table.take("count", _count, 1),
        at_s=table.take("at", _range_of(_span)),
        severity=table.take("severity", _range_of(_number(0.01, 2.0)), (1.0, 1.0)),
        over_s=table.take("over", _span, 0) or None,
    )
    table.done()
    return illnesses


def _failures(table: _Table) -> Failures:
    failures = Failures(
        kind=table.take("kind", _one_of(FAULT_KINDS)),
        count=table.take("count", _count, 1),
        at_s=table.take("at", _range_of(_span)),
        lasts_s=table.take("lasts", _range_of(_span)),
        severity=table.take("severity", _range_of(_number(0.01, 1.0)), (1.0, 1.0)),
    )
    table.done()
    return failures


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("write it in quotes.")
    return value


def _one_of(known: Mapping[str, Any]) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if value not in known:
            raise ValueError(f"there is no {value!r}; there are {', '.join(known)}.")
        return str(value)

    return read


def _some_of(known: Mapping[str, Any]) -> Callable[[Any], tuple[str, ...]]:
    one = _one_of(known)

    def read(value: Any) -> tuple[str, ...]:
        return tuple(map(one, value)) if isinstance(value, list) else (one(value),)

    return read


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= _MOST:
        raise ValueError(f"write a whole number from 1 to {_MOST:,}.")
    return value


def _number(least: float, most: float) -> Callable[[Any], float]:
    def read(value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError(f"write a number from {least:g} to {most:g}.")
        return float(value)

    return read


def _span(value: Any) -> int:
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('write a time span such as "90s", "15m", "2h" or "1d".')
    return int(match[1]) * _SECONDS[match[2]]


def _clock(value: Any) -> int:
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError('write a time of day such as "07:00".')
    return 3600 * int(match[1]) + 60 * int(match[2])


def _range_of(read: Callable[[Any], _Some]) -> Callable[[Any], tuple[_Some, _Some]]:
    def both(value: Any) -> tuple[_Some, _Some]:
        if not isinstance(value, list):
            one = read(value)
            return one, one
        if len(value) != 2:
            raise ValueError("write one value, or the least and the most in brackets.")
        least, most = read(value[0]), read(value[1])
        if least > most:  # type: ignore[operator]
            raise ValueError("the first value must not be above the second.")
        return least, most

    return both
