"""Time spans and instants as command-line options."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import click

_SECONDS_OF = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class DurationType(click.ParamType):
    """A time span such as 90s, 15m, 2h or 1d, in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """``value`` in seconds."""
        match = re.fullmatch(r"([1-9][0-9]{0,7})([smhd])", str(value))
        if match is None:
            self.fail(f"{value!r} is not a duration; write it as 90s, 15m, 2h or 1d.", param, ctx)
        return int(match[1]) * _SECONDS_OF[match[2]]


class InstantType(click.ParamType):
    """An instant in ISO 8601, in UTC unless it says otherwise, as ms since 1970."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """``value`` in ms since 1970."""
        try:
            instant = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an instant; write it as 2026-01-01T00:00:00Z.", param, ctx)
        if instant.tzinfo is None:
            instant = instant.replace(tzinfo=UTC)
        milliseconds = int(instant.timestamp() * 1000)
        if milliseconds < 0:
            self.fail("readings before 1970 can't be written.", param, ctx)
        return milliseconds


DURATION = DurationType()
INSTANT = InstantType()
