"""A device that is off the body, has a poor signal, a low battery or a wrong clock is told after a delay."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.devices import every, sent, told, watched_changes
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch

LEVELS: list[tuple[dict[str, Any], dict[str, Any], str, str, int, int, str]] = [
    ({"worn": False}, {"worn": True}, "off_body", "medium", 60, 30, "e4-03 not worn for 60 s"),
    (
        {"signal_quality": 0.31},
        {"signal_quality": 0.7},
        "poor_signal",
        "low",
        120,
        60,
        "Signal of e4-03 poor: 0.31",
    ),
    ({"battery": 12.0}, {"battery": 100.0}, "battery_low", "low", 60, 60, "Battery of e4-03 12 %"),
]


@pytest.mark.parametrize(("bad", "good", "name", "priority", "delay_s", "clear_s", "text"), LEVELS)
def test_a_level_begins_and_ends_after_its_delays(
    bad: dict[str, Any],
    good: dict[str, Any],
    name: str,
    priority: str,
    delay_s: int,
    clear_s: int,
    text: str,
) -> None:
    log = every(1, 100, **good) + every(1, 300, since_s=100, **bad) + every(1, 500, since_s=300, **good)
    changes = watched_changes(log)
    assert told(changes) == [
        (100 + delay_s, f"device.{name}", "start", priority),
        (300 + clear_s, f"device.{name}", "end", priority),
    ]
    assert changes[0].text == text


@pytest.mark.parametrize(("bad", "good", "delay_s"), [(each[0], each[1], each[4]) for each in LEVELS])
def test_what_is_back_before_its_delay_is_over_is_not_told(
    bad: dict[str, Any], good: dict[str, Any], delay_s: int
) -> None:
    log = every(1, 100, **good) + every(1, 99 + delay_s, since_s=100, **bad)
    assert watched_changes([*log, *every(1, 500, since_s=99 + delay_s, **good)]) == []


@pytest.mark.parametrize(
    "said", [{"signal_quality": 0.55}, {"battery": 22.0}, {}], ids=["signal", "battery", "nothing"]
)
def test_between_begin_and_end_nothing_changes(said: dict[str, Any]) -> None:
    bad = {"signal_quality": 0.2, "battery": 18.0}
    log = every(1, 300, **bad) + every(1, 900, since_s=300, **bad | said)
    assert {change.phase.value for change in watched_changes(log)} == {"start"}
    assert watched_changes(every(1, 900, **said)) == []


def test_an_empty_battery_is_more_urgent_and_charging_makes_it_less() -> None:
    levels = [12.0, 5.0, 7.0, 10.0, 24.0, 25.0]
    log = [
        each
        for turn, level in enumerate(levels)
        for each in every(1, 100 * turn + 100, since_s=100 * turn, battery=level)
    ]
    changes = watched_changes(log)
    assert told(changes) == [
        (60, "device.battery_low", "start", "low"),
        (100, "device.battery_low", "update", "medium"),
        (300, "device.battery_low", "update", "low"),
        (560, "device.battery_low", "end", "low"),
    ]
    assert changes[1].text == "Battery of e4-03 5 %"


def test_the_last_word_of_a_device_holds_though_nothing_comes_after_it() -> None:
    changes = watched_changes(
        [*every(1, 10), sent(10, heart_rate=70.0, worn=False, signal_quality=0.1)], 3600
    )
    assert told(changes) == [
        (70, "device.off_body", "start", "medium"),
        (340, "device.no_data", "start", "medium"),
    ]


def test_a_clock_three_minutes_fast_is_told_with_the_skew_and_nothing_of_the_patient() -> None:
    log = every(1, 600, late_s=-180.25)
    [start] = watched_changes(log)
    assert told([start]) == [(10, "device.clock_wrong", "start", "low")]
    assert start.text == "Clock of e4-03 3 min fast"
    assert start.why["skew_s"] == 180.25
    monitor = Monitor()
    arrived_at_ms = [each.arrived_at_ms for each in log]
    monitor.receive(Batch.of([each.reading for each in log], arrived_at_ms=arrived_at_ms))
    assert [event for event in monitor.drain().events if event.kind == "physiological"] == []


def test_a_clock_set_right_ends_it() -> None:
    changes = watched_changes(every(1, 60, late_s=-180) + every(1, 600, since_s=300, late_s=0.2))
    assert told(changes) == [
        (10, "device.clock_wrong", "start", "low"),
        (360, "device.clock_wrong", "end", "low"),
    ]


def test_a_slow_clock_is_told_once_even_the_freshest_readings_have_lagged_for_minutes() -> None:
    [start] = watched_changes(every(1, 900, late_s=600))
    assert told([start]) == [(300, "device.clock_wrong", "start", "low")]
    assert start.text == "Clock of e4-03 10 min slow, or its readings come late"
    assert start.why["skew_s"] == -600.0


def test_readings_that_a_device_has_kept_are_no_slow_clock() -> None:
    kept = [sent(1800 + at_s / 1000, late_s=1800 - at_s, heart_rate=70.0) for at_s in range(60, 1800)]
    changes = watched_changes(every(1, 60) + kept + every(1, 3000, since_s=1802))
    assert {change.condition for change in changes} == {"device.no_data"}


def test_nor_are_they_if_it_takes_minutes_to_deliver_them() -> None:
    """They lag less and less."""
    kept = [
        sent(2700 + at_s / 3, late_s=2700 - at_s * 2 / 3, heart_rate=70.0 + at_s % 2)
        for at_s in range(60, 4050)
    ]
    changes = watched_changes(every(1, 60) + kept + every(1, 6000, since_s=4051))
    assert {change.condition for change in changes} == {"device.no_data"}


@pytest.mark.parametrize(("late_s", "words"), [(7200, "2 h slow"), (-600, "10 min fast")])
def test_readings_that_are_refused_for_their_time_are_evidence_of_the_clock(late_s: int, words: str) -> None:
    changes = watched_changes(every(1, 60) + every(1, 2000, since_s=60, late_s=late_s))
    assert [(change.condition, change.phase.value) for change in changes] in (
        [("device.no_data", "start"), ("device.clock_wrong", "start")],
        [("device.clock_wrong", "start"), ("device.no_data", "start")],
    ), "the clock explains the refusals"
    assert any(f"Clock of e4-03 {words}" in change.text for change in changes)
