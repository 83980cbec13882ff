"""Times and durations as stories write them: by the ward's clock, in hours from the story's first midnight.

>>> at_ms("04:10") - at_ms("00:00"), clock(at_ms("-24:00")), clock(at_ms("25:00:30"))
(15000000, '-24:00:00', '25:00:30')
>>> duration_ms("90 s"), duration_ms("-3 min"), duration_ms("2 h")
(90000, -180000, 7200000)
"""

from __future__ import annotations

import re

# 2026-11-22, a midnight in UTC, which is the ward's time.
MIDNIGHT_MS = 1_795_305_600_000
_UNITS_MS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


def at_ms(written: str) -> int:
    """The instant of "04:10" or "04:10:30"; before midnight it is "-00:30"."""
    found = re.fullmatch(r"(-?)(\d+):(\d\d)(?::(\d\d))?", written)
    if found is None:
        raise ValueError(f"{written!r} is no time such as 04:10 or 04:10:30.")
    sign, hours, minutes, seconds = found.groups(default="0")
    since_ms = (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * 1000
    return MIDNIGHT_MS + (-since_ms if sign == "-" else since_ms)


def clock(instant_ms: int) -> str:
    """The other way round, to the second below."""
    since_s = (instant_ms - MIDNIGHT_MS) // 1000
    sign, since_s = ("-", -since_s) if since_s < 0 else ("", since_s)
    return f"{sign}{since_s // 3600:02}:{since_s // 60 % 60:02}:{since_s % 60:02}"


def duration_ms(written: str) -> int:
    """How long "10 s", "3 min" or "-2 h" is."""
    found = re.fullmatch(r"([+-]?\d+(?:\.\d+)?) (ms|s|min|h)", written)
    if found is None:
        raise ValueError(f"{written!r} is no duration such as 10 s, 3 min or 2 h.")
    return round(float(found[1]) * _UNITS_MS[found[2]])
