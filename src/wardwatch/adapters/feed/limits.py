"""How much a console may ask of the feed, and how long it may take to say who it is. All our own choices."""

from __future__ import annotations

import math
from dataclasses import dataclass

# A nurse at a console does not come near this, nor does a console that reports all alarms of a bad minute,
# one by one. It is there for a console that has gone mad, or somebody who would like to stop the feed.
MESSAGES_A_SECOND = 20.0
MESSAGES_AT_ONCE = 200

# A console sends its token as soon as it is connected.
LOGIN_WITHIN_S = 5.0
# The opening handshake, TLS included, and the whole of a page.
REQUEST_WITHIN_S = 10.0
# Expired and revoked sessions end within a second: the look for them and the hanging up both count.
SESSION_CHECK_INTERVAL_S = 0.25
HANG_UP_WITHIN_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one server allows."""

    consoles: int = 2000
    login_within_s: float = LOGIN_WITHIN_S
    messages_a_second: float = MESSAGES_A_SECOND
    messages_at_once: int = MESSAGES_AT_ONCE


class Allowance:
    """So many at once, and in the long run so many a second: a token bucket.

    >>> allowance = Allowance(a_second=1, at_once=2)
    >>> [allowance.spend(now_s) for now_s in (0.0, 0.0, 0.5, 1.0, 1.0)]
    [True, True, False, True, False]
    """

    __slots__ = ("_a_second", "_at_once", "_left", "_reckoned_at_s")

    def __init__(self, *, a_second: float, at_once: float) -> None:
        self._a_second = a_second
        self._at_once = at_once
        self._left = float(at_once)
        self._reckoned_at_s = math.inf

    def spend(self, now_s: float) -> bool:
        """Whether there is one left at ``now_s``, by a clock that does not go back; then it is spent."""
        since_s = max(0.0, now_s - self._reckoned_at_s)
        self._reckoned_at_s = now_s
        self._left = min(self._at_once, self._left + since_s * self._a_second)
        if self._left < 1:
            return False
        self._left -= 1
        return True
