"""Reads a file of rules to be tried out; docs/whatif.md explains it.

It is a wards file (`wards_file`) with one more table, ``[settings]``, whose keys are settings by their names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wardwatch.settings import PREFIX, Settings, SettingsError, load_settings
from wardwatch.wards_file import Wards, WardsError, on_a_line, read_toml, wards_of

# The settings that decide which alarms there are, but for the wards, which have their own tables.
RULE_SETTINGS = ("false_alarms_a_patient_day", "time_zone", "model", "idle_days", "river_detectors")

_SETTINGS = "settings"
_OF_WARDS = ("default", "ward")


class RulesError(ValueError):
    """A file that can't be used: one sentence a fault, which says where it is and what is allowed."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesFile:
    """What the file says: settings by name, and ``wards`` where it has any table of them."""

    settings: Mapping[str, Any] = field(default_factory=dict)
    wards: Wards | None = None

    def settings_with(self) -> Settings:
        """The settings from the environment, but for those of the file; raises :class:`RulesError`."""
        # This one is JSON in the environment, and tables in a file.
        tables = {"river_detectors": json.dumps(self.settings.get("river_detectors"), default=str)}
        try:
            return load_settings(**{name: tables.get(name, told) for name, told in self.settings.items()})
        except SettingsError as error:
            raise RulesError([in_words_of_the_file(sentence) for sentence in error.sentences]) from None


def load_rules(path: Path) -> RulesFile:
    """What the file says; raises :class:`RulesError`, and ``OSError`` where it can't be read."""
    return read_rules(path.read_bytes())


def read_rules(content: bytes) -> RulesFile:
    """What a file with this content says; raises :class:`RulesError`."""
    try:
        plain = read_toml(content)
    except WardsError as error:
        raise RulesError(error.sentences) from None
    settings = plain.pop(_SETTINGS, {})
    tables = {name: plain.pop(name) for name in _OF_WARDS if name in plain}
    faults = [*_strange(plain), *_strange_settings(settings)]
    wards: Wards | None = None
    if tables:
        try:
            wards = wards_of(tables)
        except WardsError as error:
            faults += error.sentences
    if faults:
        raise RulesError(faults)
    return RulesFile(settings=settings, wards=wards)


def in_words_of_the_file(sentence: str) -> str:
    """A sentence about a variable as one about a key of the file.

    >>> in_words_of_the_file("WARDWATCH_TIME_ZONE: There is no such zone.")
    'settings, time_zone: There is no such zone.'
    """
    return re.sub(rf"\b{PREFIX}([A-Z_]+)", lambda found: f"{_SETTINGS}, {found[1].lower()}", sentence)


def _strange(plain: Mapping[str, Any]) -> Iterator[str]:
    for name in plain:
        if name in RULE_SETTINGS:
            yield f"{name}: It belongs into the table [{_SETTINGS}]."
        else:
            yield f"{on_a_line(name)} is none of {', '.join((*_OF_WARDS, _SETTINGS))}."


def _strange_settings(settings: object) -> Iterator[str]:
    if not isinstance(settings, Mapping):
        yield f"{_SETTINGS}: Input should be a table."
        return
    for name in settings:
        if name not in RULE_SETTINGS:
            yield f"{_SETTINGS}: {on_a_line(name)} is none of {', '.join(RULE_SETTINGS)}."
