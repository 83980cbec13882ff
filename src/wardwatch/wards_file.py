"""Reads the file in which each ward says what it wants of its alarms; docs/wards.md explains each key.

What a ward does not say is as in ``[default]``, and what that does not say as in `core.alarming.policy`.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from wardwatch.core.alarming.policy import Escalation, Handling, Policies, WardPolicy
from wardwatch.core.roster import Limits, limit_errors

# What a ward is called in the roster, as `wire.decoding.Name` has it: another name would never be found.
_WARD_NAME = re.compile(r"[A-Za-z0-9._:+@/-]{1,64}")

_PRIORITIES = ("low", "medium", "high")

# Habit of bedside systems: an audio pause of at most two minutes.
_LONGEST_AUDIO_PAUSE_S = 120.0
# Wardwatch's own choices: an hour is a long examination, a day longer than any shift; nobody can answer an
# alarm that sounds anew more often than every ten seconds; what waits longer than five minutes to be heard
# should rather be no condition yet.
_LONGEST_ALARM_PAUSE_S = 3600.0
_LONGEST_S = 86_400.0
_SHORTEST_REPEAT_S = 10.0
_LONGEST_SIGNAL_DELAY_S = 300.0
_MOST_ESCALATIONS = 10
_LONGEST_TARGET = 64


class WardsError(ValueError):
    """A file that can't be used: one sentence a fault, which says where it is and what is allowed."""

    def __init__(self, sentences: Sequence[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = list(sentences)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wards:
    """What the file says: ``limits`` are those of the wards it names, ``default_limits`` of all others."""

    policies: Policies = field(default_factory=Policies)
    default_limits: Limits = field(default_factory=dict)
    limits: Mapping[str, Limits] = field(default_factory=dict)


def _seconds(least_s: float, most_s: float, *, otherwise: str | None = None) -> Any:
    """A validator of durations; the word ``otherwise`` says that there is none."""
    allowed = f"Input should be a number of seconds from {least_s:g} to {most_s:g}"
    if otherwise is not None:
        allowed += f', or "{otherwise}"'

    def check(value: object) -> float | None:
        if otherwise is not None and value == otherwise:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not least_s <= value <= most_s:
            raise ValueError(allowed)
        return float(value)

    return PlainValidator(check)


def _printable(text: str) -> str:
    if not text.strip() or not text.isprintable() or len(text) > _LONGEST_TARGET:
        raise ValueError(f"Input should be printable text of 1 to {_LONGEST_TARGET} characters")
    return text


class _Table(BaseModel):
    """What is absent is inherited: that a key has a default here only says that it may be."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def given(self) -> dict[str, Any]:
        """What the file says here."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class _Escalation(_Table):
    after_s: Annotated[float, _seconds(1, _LONGEST_S)]
    target: Annotated[str, AfterValidator(_printable)]


class _Handling(_Table):
    signal_delay_s: Annotated[float, _seconds(0, _LONGEST_SIGNAL_DELAY_S)] = 0
    acknowledged_s: Annotated[float | None, _seconds(1, _LONGEST_S, otherwise="indefinite")] = None
    repeat_s: Annotated[float | None, _seconds(_SHORTEST_REPEAT_S, _LONGEST_S, otherwise="never")] = None
    escalations: Annotated[list[_Escalation], Field(max_length=_MOST_ESCALATIONS)] = []
    latches: bool = False


class _Ward(_Table):
    low: _Handling = _Handling()
    medium: _Handling = _Handling()
    high: _Handling = _Handling()
    longest_audio_pause_s: Annotated[float, _seconds(1, _LONGEST_AUDIO_PAUSE_S)] = 1
    longest_alarm_pause_s: Annotated[float, _seconds(1, _LONGEST_ALARM_PAUSE_S)] = 1
    limits: dict[str, Any] = {}


class _File(_Table):
    default: _Ward = _Ward()
    ward: dict[str, _Ward] = {}


def load_wards(path: Path) -> Wards:
    """What the file says; raises :class:`WardsError`, and ``OSError`` where it can't be read."""
    return read_wards(path.read_bytes())


def read_wards(content: bytes) -> Wards:
    """What a file with this content says; raises :class:`WardsError`."""
    return wards_of(read_toml(content))


def read_toml(content: bytes) -> dict[str, Any]:
    """The tables of a TOML file; raises :class:`WardsError`."""
    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError:
        raise WardsError(["The file is not UTF-8, which TOML is written in."]) from None
    except tomllib.TOMLDecodeError as error:
        raise WardsError([f"The file is not TOML: {error}."]) from None
    except RecursionError:
        raise WardsError(["The file is not one of wards: it is nested too deeply."]) from None


def wards_of(plain: dict[str, Any]) -> Wards:
    """What these tables say; raises :class:`WardsError`. Faults are taken out of ``plain``."""
    sentences: list[str] = []
    try:
        file = _File.model_validate(plain)
    except ValidationError as error:
        for problem in error.errors():
            sentences.append(_sentence(problem))
            _take_out(plain, problem["loc"])
        # What is left may have faults of its own: all are told at once.
        file = _File.model_validate(plain)
    return _Builder(sentences).wards(file)


def _take_out(plain: dict[str, Any], place: Sequence[str | int]) -> None:
    """Remove a fault; of a list, the whole list."""
    names = [str(each) for each in itertools.takewhile(lambda each: isinstance(each, str), place)]
    table = plain
    for name in names[:-1]:
        table = table.get(name, {})
    table.pop(names[-1], None)


class _Builder:
    """Makes policies and limits of what was read, and collects what does not fit together."""

    def __init__(self, faults: list[str]) -> None:
        self._faults = faults

    def wards(self, file: _File) -> Wards:
        default = self._policy("default", file.default, WardPolicy())
        default_limits = self._limits("default", {}, file.default.limits)
        policies, limits = {}, {}
        for name, ward in file.ward.items():
            where = f"ward {on_a_line(name)}"
            if not _WARD_NAME.fullmatch(name):
                allowed = "a ward's name has 1 to 64 letters, digits and . _ : + @ / -"
                self._faults.append(f"{where}: Not a name that the roster can have: {allowed}.")
            policies[name] = self._policy(where, ward, default)
            limits[name] = self._limits(where, default_limits, ward.limits)
        if self._faults:
            raise WardsError(self._faults)
        return Wards(
            policies=Policies(default=default, wards=policies), default_limits=default_limits, limits=limits
        )

    def _policy(self, where: str, wanted: _Ward, otherwise: WardPolicy) -> WardPolicy:
        given = wanted.given()
        given.pop("limits", None)
        for priority in given.keys() & set(_PRIORITIES):
            try:
                given[priority] = _handling(given[priority], getattr(otherwise, priority))
            except ValueError as error:
                self._faults.append(f"{where}, {priority}: {error}")
                del given[priority]
        return replace(otherwise, **given)

    def _limits(self, where: str, otherwise: Limits, wanted: Mapping[str, Any]) -> Limits:
        limits = dict(otherwise)
        for vital, bounds in wanted.items():
            both = {**otherwise.get(vital, {}), **bounds} if isinstance(bounds, dict) and bounds else bounds
            errors = limit_errors({vital: both})
            self._faults += [f"{where}, limits, {on_a_line(vital)}: {error}" for error in errors]
            if not errors:
                limits[vital] = both
        return limits


def _handling(wanted: _Handling, otherwise: Handling) -> Handling:
    given = wanted.given()
    if "escalations" in given:
        given["escalations"] = tuple(Escalation(each.after_s, each.target) for each in wanted.escalations)
    return replace(otherwise, **given)


def _sentence(problem: Mapping[str, Any]) -> str:
    """pydantic's complaint, in the words of whoever wrote the file."""
    place = list(problem["loc"])
    if problem["type"] == "extra_forbidden":
        *place, name = place
        message = f"{on_a_line(name)} is none of {', '.join(_known_in(place))}"
    else:
        message = _MESSAGES.get(problem["type"], str(problem["msg"])).removeprefix("Value error, ")
    return ": ".join([*([", ".join(_spoken(place))] if place else []), f"{message}."])


_MESSAGES = {
    "model_type": "Input should be a table",
    "dict_type": "Input should be a table",
    "list_type": "Input should be a list of tables",
    "bool_type": "Input should be true or false",
    "string_type": "Input should be text",
    "missing": "It is missing",
    "too_long": f"There may be {_MOST_ESCALATIONS} escalations at most",
}


def _known_in(place: Sequence[str | int]) -> Iterator[str]:
    """The keys that a table may have."""
    model: type[BaseModel] = _File
    if place:
        is_ward = place[-1] == "default" or place[-2:-1] == ["ward"]
        model = _Escalation if isinstance(place[-1], int) else _Ward if is_ward else _Handling
    yield from model.model_fields


def _spoken(place: Sequence[str | int]) -> Iterator[str]:
    """The place of a fault: the ward by its name, and in a list people count from 1."""
    rest = list(place)
    if rest[0] == "ward" and len(rest) > 1:
        yield f"ward {on_a_line(rest[1])}"
        rest = rest[2:]
    yield from (f"number {each + 1}" if isinstance(each, int) else on_a_line(each) for each in rest)


def on_a_line(name: str | int) -> str:
    """TOML's keys may hold anything."""
    text = str(name)
    return text if text.isprintable() else repr(text)
