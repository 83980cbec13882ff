"""What the feed has done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class FeedCounters:
    """Since the feed started; ``consoles`` is how many are connected now.

    A delivery is one event of one alarm, given to the connection of one console. Who is cut off did not keep
    up; who is lost did not answer any more. What is resumed has missed nothing.
    """

    consoles: int = 0
    consoles_cut_off: int = 0
    consoles_lost: int = 0
    consoles_refused: int = 0
    consoles_resumed: int = 0
    bad_requests: int = 0
    events_delivered: int = 0
    repeats_dropped: int = 0
    unreadable_records: int = 0
    log_restarts: int = 0
