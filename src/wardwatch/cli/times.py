"""Time spans, instants and speeds as command-line options."""

from __future__ import annotations

import math
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


class SpeedType(click.ParamType):
    """A factor of real time; `max`, which is infinity, for as fast as it goes."""

    name = "speed"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """``value`` as a factor."""
        try:
            speed = math.inf if value == "max" else float(str(value))
        except ValueError:
            speed = math.nan
        if not speed > 0:
            self.fail(f"{value!r} is not a speed; write a factor such as 1 or 60, or max.", param, ctx)
        return speed


DURATION = DurationType()
INSTANT = InstantType()
SPEED = SpeedType()
