"""The demo's counts, and how it finds the reading that made an event."""

from __future__ import annotations

import pytest

from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.demo.measuring import Tally


def event(observed_at_ms: int, *, alarm: str = "a", phase: Phase = Phase.START) -> AlarmEvent:
    return AlarmEvent(
        event=f"{alarm}-{phase}", alarm=alarm, sequence=1, patient="p", ward="4A", bed="1",
        condition="heart_rate.high", kind="physiological", priority=Priority.MEDIUM, phase=phase,
        state="active", inactivation="enabled", onset_ms=0, observed_at_ms=observed_at_ms, text="", why={},
    )  # fmt: skip


def tally_of(*observed_at_ms: int) -> Tally:
    """One reading sent at each of these instants, half a second later by our clock."""
    tally = Tally()
    for instant in observed_at_ms:
        tally.sent("p", instant, instant / 1000 + 0.5)
    return tally


def test_an_event_is_traced_to_the_reading_at_its_instant() -> None:
    assert tally_of(1000, 2000, 3000).delivered(event(2000), 4.0) == pytest.approx(1.5)


def test_an_alarm_that_opens_between_two_readings_is_traced_to_the_second() -> None:
    assert tally_of(1000, 2000, 3000).delivered(event(1500), 4.0) == pytest.approx(1.5)


def test_an_event_that_no_reading_caused_counts_and_has_no_latency() -> None:
    tally = tally_of(1000)
    assert tally.delivered(event(1500), 4.0) is None
    assert tally.summary()["alarm_events_delivered"] == 1
    assert tally.summary()["latency_ms"] == {"p50": None, "p99": None}


def test_a_reading_that_is_no_longer_remembered_gives_no_latency() -> None:
    tally = tally_of(*range(0, 2_000_000, 1000))
    assert tally.delivered(event(0), 2000.0) is None
    assert tally.delivered(event(1_999_000), 2000.0) == pytest.approx(0.5)


def test_an_alarm_is_counted_once_however_many_events_it_has() -> None:
    tally = tally_of(1000)
    for alarm in ("a", "b"):
        for phase in (Phase.START, Phase.UPDATE, Phase.END):
            tally.delivered(event(1000, alarm=alarm, phase=phase), 2.0)
    assert tally.summary()["alarms_opened"] == 2
    assert tally.summary()["alarm_events_delivered"] == 6


def test_latencies_are_told_in_milliseconds() -> None:
    tally = Tally()
    for count in range(1, 101):
        tally.sent("p", count, 0.0)
        tally.delivered(event(count, alarm=str(count)), count / 1000)
    assert tally.summary()["latency_ms"] == {"p50": 50.5, "p99": 99.0}
