"""The stretch of time that is asked for."""

from __future__ import annotations

from wardwatch.ledger.period import DAY_MS, Period


def test_its_beginning_belongs_to_it_and_its_end_does_not() -> None:
    period = Period(since_ms=10, until_ms=20)
    assert [at_ms for at_ms in (9, 10, 19, 20) if at_ms in period] == [10, 19]
    assert None not in period


def test_it_can_begin_later_but_not_earlier_and_not_after_its_end() -> None:
    period = Period(since_ms=10, until_ms=20)
    assert period.later_than(None) == period.later_than(5) == period
    assert period.later_than(15) == Period(since_ms=15, until_ms=20)
    assert period.later_than(25) == Period(since_ms=20, until_ms=20)


def test_it_has_days_unless_it_ends_before_it_begins() -> None:
    assert Period(since_ms=0, until_ms=3 * DAY_MS).days == 3.0
    assert Period(since_ms=DAY_MS, until_ms=0).days == 0.0
