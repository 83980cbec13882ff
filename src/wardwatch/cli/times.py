"""Time spans, instants and speeds as command-line options."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import click

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DURATION = re.compile(r"([1-9][0-9]{0,7})([smhd])")
_SECONDS_OF = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class DurationType(click.ParamType):
    """A time span such as 90s, 15m, 2h or 1d, in seconds."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """``value`` in seconds."""
        match = _DURATION.fullmatch(str(value))
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


@dataclass(frozen=True, slots=True)
class Moment:
    """So long before now, or an instant on a wall clock, which may say of which zone."""

    told: timedelta | datetime

    def ms(self, now_ms: int, zone: tzinfo) -> int:
        """In ms since 1970; ``zone`` is the wall clock's where it doesn't say."""
        if isinstance(self.told, timedelta):
            return now_ms - round(self.told.total_seconds() * 1000)
        instant = self.told if self.told.tzinfo else self.told.replace(tzinfo=zone)
        return round((instant - _EPOCH) / timedelta(milliseconds=1))


class MomentType(click.ParamType):
    """A time span before now, such as 24h, or an instant in ISO 8601, in the ward's time zone."""

    name = "moment"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Moment:
        """``value`` as it was told: which instant it is, is known once the zone is."""
        if isinstance(value, Moment):
            return value
        match = _DURATION.fullmatch(str(value))
        if match is not None:
            return Moment(timedelta(seconds=int(match[1]) * _SECONDS_OF[match[2]]))
        try:
            told = datetime.fromisoformat(str(value))
        except ValueError:
            told = None
        # A year on either side: wherever a wall clock is, its instants can be told.
        if told is None or not 1970 <= told.year < 9999:
            self.fail(f"{value!r} is no moment; write it as 24h, 7d or 2026-01-31T14:30.", param, ctx)
        return Moment(told)


DURATION = DurationType()
INSTANT = InstantType()
SPEED = SpeedType()
MOMENT = MomentType()
