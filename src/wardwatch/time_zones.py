"""Looks time zones up in the machine's time zone database (IANA), or in the package `tzdata`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from wardwatch.core.local_time import LocalTime

# No zone has changed its offset twice within a day: the shortest time since 1970 was a week, in Boa Vista.
_STEP_S = 86_400


def local_time_of(zone: str, first_year: int = 1970, last_year: int = 2100) -> LocalTime:
    """The wall clock of an IANA zone such as ``Europe/Berlin``, right from one year to the other inclusive.

    Earlier and later instants have the first and the last offset. Raises ValueError for an unknown zone.
    """
    rules = zone_of(zone)
    begin_s = _second_of(first_year)
    end_s = _second_of(last_year + 1)
    changes = [(begin_s, _offset(rules, begin_s))]
    for later_s in range(begin_s + _STEP_S, end_s + _STEP_S, _STEP_S):
        offset = _offset(rules, later_s)
        if offset != changes[-1][1]:
            changes.append((_first_second_of(offset, rules, later_s), offset))
    second = timedelta(seconds=1)
    return LocalTime(
        from_ms=np.array([1000 * at_s for at_s, _ in changes]),
        offset_ms=np.array([1000 * (offset // second) for _, offset in changes]),
    )


def zone_of(zone: str) -> ZoneInfo:
    """The rules of an IANA zone such as ``Europe/Berlin``; raises ValueError for an unknown one."""
    try:
        return ZoneInfo(zone)
    # A missing one, a path that leads out of the database, a folder of it: each has its own.
    except (KeyError, ValueError, OSError):
        raise ValueError(
            f"No time zone {zone!r} is known: name one such as Europe/Berlin or UTC, and on a machine "
            "without a time zone database install the Python package tzdata."
        ) from None


def _second_of(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def _offset(rules: ZoneInfo, at_s: int) -> timedelta:
    return datetime.fromtimestamp(at_s, rules).utcoffset() or timedelta()


def _first_second_of(offset: timedelta, rules: ZoneInfo, at_s: int) -> int:
    """The second in which ``offset`` began, which was within the step that ends at ``at_s``."""
    before_s = at_s - _STEP_S
    while at_s - before_s > 1:
        middle_s = (before_s + at_s) // 2
        if _offset(rules, middle_s) == offset:
            at_s = middle_s
        else:
            before_s = middle_s
    return at_s
