"""How single cases are listed beside the figures, so that they can be looked up in the recordings."""

from __future__ import annotations

from datetime import UTC, datetime

# Of each kind: enough to look for what they have in common.
MOST_LISTED = 50


def in_utc(at_ms: int) -> str:
    """An instant in UTC, to the second.

    >>> in_utc(1_767_225_600_000)
    '2026-01-01T00:00:00Z'
    """
    return f"{datetime.fromtimestamp(at_ms / 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
