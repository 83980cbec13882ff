"""Instants, durations, shares and tables as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo


def wall_time(at_ms: int, zone: tzinfo) -> str:
    """Date and time on a wall clock.

    >>> from datetime import UTC
    >>> wall_time(1795288033250, UTC)
    '2026-11-21 19:07:13 UTC'
    """
    try:
        return f"{datetime.fromtimestamp(at_ms // 1000, zone):%Y-%m-%d %H:%M:%S %Z}"
    except (OverflowError, ValueError, OSError):  # an instant from a record may lie beyond any calendar
        return f"{at_ms} ms"


def span(duration_s: float) -> str:
    """How long, in its two largest units; in whole minutes from ten minutes on.

    >>> [span(duration_s) for duration_s in (0.4, 45, 80, 599.6, 7_500, 180_000)]
    ['0 s', '45 s', '1 min 20 s', '10 min', '2 h 5 min', '2 d 2 h']
    """
    seconds = round(max(0.0, duration_s))
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if days:
        parts = (days, "d"), (hours % 24, "h")
    elif hours:
        parts = (hours, "h"), (minutes % 60, "min")
    elif minutes >= 10:
        parts = (minutes, "min"), (0, "s")
    else:
        parts = (minutes, "min"), (seconds % 60, "s")
    shown = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(shown) or "0 s"


def percent(share: float | None, digits: int = 0) -> str:
    """A share in percent, or a dash where there is none.

    >>> percent(0.256), percent(None)
    ('26 %', '-')
    """
    return "-" if share is None else f"{100 * share:.{digits}f} %"


def columns(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Rows with their cells below each other.

    >>> [*columns([("a", "b"), ("long", "c")])]
    ['a     b', 'long  c']
    """
    cells = [*rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
