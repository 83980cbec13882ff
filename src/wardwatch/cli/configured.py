"""The settings as a command reads them when it starts."""

from __future__ import annotations

import sys

import click

from wardwatch.settings import Settings, SettingsError, load_settings, unknown_variables

EXIT_BAD_SETTINGS = 2


def settings_or_exit() -> Settings:
    """The settings; where they can't be used, says why and ends the process."""
    for name in unknown_variables():
        click.echo(f"wardwatch: {name} is not a setting; see docs/settings.md.", err=True)
    try:
        return load_settings()
    except SettingsError as error:
        for sentence in error.sentences:
            click.echo(f"wardwatch: {sentence}", err=True)
        sys.exit(EXIT_BAD_SETTINGS)
