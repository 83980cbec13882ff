"""How long patients were watched."""

from __future__ import annotations

from wardwatch.ledger.census import Census, Watched
from wardwatch.ledger.period import DAY_MS, Period

WEEK = Period(since_ms=10 * DAY_MS, until_ms=17 * DAY_MS)


def test_patients_count_from_the_beginning_to_the_last_that_was_seen_of_them() -> None:
    census = Census()
    census.see("gone before", "4B", 9 * DAY_MS)
    census.see("left after a day", "4B", 11 * DAY_MS)
    census.see("there all the time", "4B", 10 * DAY_MS)
    census.see("there all the time", "4B", 18 * DAY_MS)
    assert census.watched(WEEK) == {"4B": Watched(patients=2, days=8.0)}
    assert census.first_ms == 9 * DAY_MS


def test_who_was_moved_counts_for_the_ward_of_the_latest_sight_however_it_is_read() -> None:
    census = Census()
    census.see("p-1", "5A", 12 * DAY_MS)
    census.see("p-1", "4B", 11 * DAY_MS)
    assert census.watched(WEEK) == {"5A": Watched(patients=1, days=2.0)}


def test_where_nobody_was_there_is_nothing() -> None:
    assert Census().watched(WEEK) == {}
    assert Census().first_ms is None
