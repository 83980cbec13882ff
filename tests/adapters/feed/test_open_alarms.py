"""What a console shows: which alarms are open after the messages that it got."""

from __future__ import annotations

from dataclasses import replace

from tests.support.alerts import alarm_event
from wardwatch.adapters.feed.open_alarms import OpenAlarms
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.wire.alarms import encode_alarm
from wardwatch.wire.feed.told import Event, Gone, Snapshot, Subscribed, raw

LOW, HIGH = alarm_event(patient="p-1", priority="low"), alarm_event(patient="p-2", priority="high")
OWN = replace(alarm_event(patient="-", ward="-", condition="monitoring.stalled"), kind="technical")


def event(of: AlarmEvent) -> Event:
    return Event(position="", alarm=raw([encode_alarm(of)])[0])


def snapshot(*alarms: AlarmEvent) -> Snapshot:
    return Snapshot(wards=["*"], position="", alarms=raw(map(encode_alarm, alarms)))


def test_technical_alarms_are_shown_apart_and_the_most_urgent_first() -> None:
    shown = OpenAlarms()
    shown.take(snapshot(LOW))
    shown.take(event(HIGH))
    shown.take(event(OWN))
    assert shown.of_patients() == [HIGH, LOW]
    assert shown.technical() == [OWN]
    shown.take(Gone(position="", alarm=LOW.alarm))
    shown.take(event(replace(OWN, phase=Phase.END, sequence=2)))
    assert shown.of_patients() == [HIGH]
    assert shown.technical() == []


def test_a_snapshot_replaces_all() -> None:
    shown = OpenAlarms()
    shown.take(snapshot(LOW, OWN))
    shown.take(snapshot(HIGH))
    assert (shown.of_patients(), shown.technical()) == ([HIGH], [])


def test_where_the_feed_goes_on_only_alarms_about_the_monitoring_are_told_anew() -> None:
    shown = OpenAlarms()
    shown.take(snapshot(LOW, OWN))
    late = replace(alarm_event(patient="-", ward="-", condition="monitoring.late"), kind="technical")
    shown.take(Subscribed(wards=["*"], recovered=True, monitoring=raw([encode_alarm(late)])))
    assert (shown.of_patients(), shown.technical()) == ([LOW], [late])
    shown.take(Subscribed(wards=["*"], recovered=False))
    assert shown.of_patients() == [LOW]
