"""The settings as a command reads them when it starts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn
from zoneinfo import ZoneInfo

import click

from wardwatch.composition import build_feed, build_rules, kafka_client_options
from wardwatch.core.monitor import Rules
from wardwatch.settings import PREFIX, Settings, SettingsError, load_settings, unknown_variables
from wardwatch.time_zones import zone_of

if TYPE_CHECKING:
    from wardwatch.adapters.feed.service import Feed

EXIT_BAD_SETTINGS = 2


def settings_or_exit() -> Settings:
    """The settings; where they can't be used, says why and ends the process."""
    for name in unknown_variables():
        click.echo(f"wardwatch: {name} is not a setting; see docs/settings.md.", err=True)
    try:
        settings = load_settings()
        kafka_client_options(settings)  # now, and not in the middle of the work
    except SettingsError as error:
        _exit(error.sentences)
    except OSError as error:
        _exit([f"The files of WARDWATCH_KAFKA_SSL_... can't be used: {error.strerror or error}."])
    return settings


def rules_or_exit(settings: Settings) -> Rules:
    """What monitors go by; where the settings don't allow that, says why and ends the process."""
    try:
        return build_rules(settings)
    except SettingsError as error:
        _exit(error.sentences)


def feed_or_exit(settings: Settings) -> Feed:
    """A feed; where the settings don't allow one, says why and ends the process."""
    try:
        return build_feed(settings)
    except SettingsError as error:
        _exit(error.sentences)


def zone_or_exit(settings: Settings) -> ZoneInfo:
    """The ward's time zone; where there is no such zone, says so and ends the process."""
    try:
        return zone_of(settings.time_zone)
    except ValueError as error:
        _exit([f"{PREFIX}TIME_ZONE: {error}"])


def _exit(sentences: list[str]) -> NoReturn:
    for sentence in sentences:
        click.echo(f"wardwatch: {sentence}", err=True)
    sys.exit(EXIT_BAD_SETTINGS)
