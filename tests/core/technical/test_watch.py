"""What is told of a device: stories, one condition each."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.support.devices import Watched, every, merged, sent, told
from tests.support.logs import START_MS
from tests.support.wards import Sent
from wardwatch.core.alarming.changes import Change
from wardwatch.core.events import Priority
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch

HOUR_S = 3600.0


def watch(log: list[Sent], until_s: float | None = None) -> list[Change]:
    watched = Watched()
    changes = watched.receive(log)
    return changes if until_s is None else changes + watched.tick(START_MS + round(until_s * 1000))


def test_a_device_that_stops_is_one_alarm_that_names_its_vitals() -> None:
    log = every(1, 60, oxygen_saturation=97.0, skin_temperature=33.0)
    [start] = watch(log, until_s=600)
    assert told([start]) == [(59 + 330, "device.no_data", "start", "low")]
    assert start.text == "No data from e4-03 for 5 min: HR, SpO2"
    assert start.source == "e4-03"
    assert start.why == {
        "rule": "device",
        "rule_version": 1,
        "device": "e4-03",
        "silent": {
            "heart_rate": {"age_s": 330.0, "limit_s": 300.0},
            "oxygen_saturation": {"age_s": 330.0, "limit_s": 300.0},
        },
    }


def test_it_is_more_urgent_once_nothing_comes_any_more() -> None:
    log = every(1, 60, skin_temperature=33.0)
    changes = watch([*log, *every(1, 90, since_s=60, heart_rate=None, skin_temperature=33.0)], 2 * HOUR_S)
    assert told(changes) == [
        (59 + 330, "device.no_data", "start", "low"),
        (89 + 3630, "device.no_data", "update", "medium"),
    ]
    assert changes[1].text == "No data from e4-03 for 60 min: HR, Skin"


def test_it_lasts_until_all_vitals_come_again() -> None:
    log = merged(
        every(10, 1200, heart_rate=None, oxygen_saturation=97.0),
        every(10, 100),
        every(10, 1200, since_s=900),
    )
    changes = watch(log)
    assert told(changes) == [
        (90 + 330, "device.no_data", "start", "low"),
        (900, "device.no_data", "end", "low"),
    ]
    assert changes[1].text == "Data from e4-03 again: HR"


def test_a_cuff_is_judged_by_the_age_of_its_own_vitals() -> None:
    cuff = sent(5, device="cuff", systolic_pressure=120.0, diastolic_pressure=80.0)
    changes = watch(merged([cuff], every(60, 2 * HOUR_S)))
    assert told(changes) == [(5 + 3630, "device.no_data", "start", "low")]
    assert changes[0].source == "cuff"


def test_what_is_measured_by_hand_is_expected_in_its_own_time() -> None:
    """Every four hours: after the second long interval nobody calls that a silence any more."""
    rounds_s = [4 * HOUR_S * turn for turn in range(5)]
    log = [
        sent(at_s, device="obs", heart_rate=70.0, body_temperature=36.8, systolic_pressure=120.0)
        for at_s in rounds_s
    ]
    changes = watch(log, until_s=rounds_s[-1] + 12 * HOUR_S)
    assert [(at_s, phase) for at_s, _, phase, _ in told(changes) if at_s > rounds_s[2]] == [
        (rounds_s[-1] + 8 * HOUR_S + 30, "start")
    ]


def test_what_comes_by_itself_again_is_expected_soon_again() -> None:
    log = every(4 * HOUR_S, 12 * HOUR_S) + every(1, 12 * HOUR_S + 10, since_s=12 * HOUR_S)
    [*_, last] = watch(log, until_s=13 * HOUR_S)
    assert told([last]) == [(12 * HOUR_S + 9 + 330, "device.no_data", "start", "medium")]


def test_each_device_of_a_patient_is_watched_for_itself() -> None:
    log = merged(every(1, 2000), every(1, 60, since_s=0.5, device="patch"))
    assert [(change.source, change.patient) for change in watch(log)] == [("patch", "p-1")]


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
    changes = watch(log)
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
    assert watch([*log, *every(1, 500, since_s=99 + delay_s, **good)]) == []


@pytest.mark.parametrize(
    "said", [{"signal_quality": 0.55}, {"battery": 22.0}, {}], ids=["signal", "battery", "nothing"]
)
def test_between_begin_and_end_nothing_changes(said: dict[str, Any]) -> None:
    bad = {"signal_quality": 0.2, "battery": 18.0}
    log = every(1, 300, **bad) + every(1, 900, since_s=300, **bad | said)
    assert {change.phase.value for change in watch(log)} == {"start"}
    assert watch(every(1, 900, **said)) == []


def test_an_empty_battery_is_more_urgent_and_charging_makes_it_less() -> None:
    levels = [12.0, 5.0, 7.0, 10.0, 24.0, 25.0]
    log = [
        each
        for turn, level in enumerate(levels)
        for each in every(1, 100 * turn + 100, since_s=100 * turn, battery=level)
    ]
    changes = watch(log)
    assert told(changes) == [
        (60, "device.battery_low", "start", "low"),
        (100, "device.battery_low", "update", "medium"),
        (300, "device.battery_low", "update", "low"),
        (560, "device.battery_low", "end", "low"),
    ]
    assert changes[1].text == "Battery of e4-03 5 %"


def test_the_last_word_of_a_device_holds_though_nothing_comes_after_it() -> None:
    changes = watch([*every(1, 10), sent(10, heart_rate=70.0, worn=False, signal_quality=0.1)], 3600)
    assert told(changes) == [
        (70, "device.off_body", "start", "medium"),
        (340, "device.no_data", "start", "medium"),
    ]


def test_a_clock_three_minutes_fast_is_told_with_the_skew_and_nothing_of_the_patient() -> None:
    log = every(1, 600, late_s=-180.25)
    [start] = watch(log)
    assert told([start]) == [(10, "device.clock_wrong", "start", "low")]
    assert start.text == "Clock of e4-03 3 min fast"
    assert start.why["skew_s"] == 180.25
    monitor = Monitor()
    arrived_at_ms = [each.arrived_at_ms for each in log]
    monitor.receive(Batch.of([each.reading for each in log], arrived_at_ms=arrived_at_ms))
    assert [event for event in monitor.drain().events if event.kind == "physiological"] == []


def test_a_clock_set_right_ends_it() -> None:
    changes = watch(every(1, 60, late_s=-180) + every(1, 600, since_s=300, late_s=0.2))
    assert told(changes) == [
        (10, "device.clock_wrong", "start", "low"),
        (360, "device.clock_wrong", "end", "low"),
    ]


def test_a_slow_clock_is_told_once_even_the_freshest_readings_have_lagged_for_minutes() -> None:
    [start] = watch(every(1, 900, late_s=600))
    assert told([start]) == [(300, "device.clock_wrong", "start", "low")]
    assert start.text == "Clock of e4-03 10 min slow, or its readings come late"
    assert start.why["skew_s"] == -600.0


def test_readings_that_a_device_has_kept_are_no_slow_clock() -> None:
    kept = [sent(1800 + at_s / 1000, late_s=1800 - at_s, heart_rate=70.0) for at_s in range(60, 1800)]
    changes = watch(every(1, 60) + kept + every(1, 3000, since_s=1802))
    assert {change.condition for change in changes} == {"device.no_data"}


def test_nor_are_they_if_it_takes_minutes_to_deliver_them() -> None:
    """They lag less and less."""
    kept = [sent(2700 + at_s / 3, late_s=2700 - at_s * 2 / 3, heart_rate=70.0) for at_s in range(60, 4050)]
    changes = watch(every(1, 60) + kept + every(1, 6000, since_s=4051))
    assert {change.condition for change in changes} == {"device.no_data"}


@pytest.mark.parametrize(("late_s", "words"), [(7200, "2 h slow"), (-600, "10 min fast")])
def test_readings_that_are_refused_for_their_time_are_evidence_of_the_clock(late_s: int, words: str) -> None:
    changes = watch(every(1, 60) + every(1, 2000, since_s=60, late_s=late_s))
    assert [(change.condition, change.phase.value) for change in changes] in (
        [("device.no_data", "start"), ("device.clock_wrong", "start")],
        [("device.clock_wrong", "start"), ("device.no_data", "start")],
    ), "the clock explains the refusals"
    assert any(f"Clock of e4-03 {words}" in change.text for change in changes)


def test_many_refusals_are_told_and_end_when_they_have_become_few() -> None:
    bad = every(10, 600, heart_rate=0.0, oxygen_saturation=97.0)
    good = every(10, 3600, since_s=600, oxygen_saturation=97.0)
    changes = watch(bad + good)
    assert told(changes) == [
        (120, "device.refused", "start", "low"),
        (1200, "device.refused", "end", "low"),
    ]
    assert changes[0].text == "Readings of e4-03 refused: 13 of 13"
    assert changes[0].why["reasons"] == {"out_of_range": 13}


@pytest.mark.parametrize(
    "log",
    [
        every(10, 90, heart_rate=0.0),
        [
            each
            for turn in range(300)
            for each in every(1, turn + 1, since_s=turn, heart_rate=70.0 * (turn % 3 > 0))
        ],
        [sent(100 + at_s / 100, late_s=4000, heart_rate=70.0) for at_s in range(1000)],
        [each for each in every(1, 600) for _ in range(3)],
    ],
    ids=["few", "less than half", "all at once", "repeats"],
)
def test_what_is_refused_now_and_then_is_not_told(log: list[Sent]) -> None:
    assert [change for change in watch(log) if change.condition == "device.refused"] == []


def test_a_fifth_device_takes_the_slot_of_the_one_that_is_silent_for_longest() -> None:
    log = merged(
        every(1, 30, device="first"),
        *(
            every(1, 1000, since_s=0.1 * (turn + 1), device=name)
            for turn, name in enumerate(("second", "third", "fourth"))
        ),
        every(1, 1000, since_s=900.4, device="fifth"),
    )
    changes = watch(log, until_s=1400)
    assert [(change.source, change.phase.value) for change in changes if change.at_ms < START_MS + 10**6] == [
        ("first", "start"),
        ("first", "end"),
    ]
    assert changes[1].text == "first is no longer watched"
    ended = {change.source for change in changes if change.at_ms > START_MS + 10**6}
    assert ended == {"second", "third", "fourth", "fifth"}


def test_a_fifth_device_among_four_that_send_is_not_watched() -> None:
    log = [
        each
        for turn, name in enumerate("abcde")
        for each in every(1, 100 if name == "e" else 1000, since_s=turn / 10, device=name)
    ]
    assert watch(merged(log)) == []


def test_a_device_that_is_taken_away_ends_its_alarms() -> None:
    watched = Watched()
    watched.receive(every(1, 60, worn=False, battery=3.0))
    watched.tick(START_MS + 1_000_000)
    ended = watched.watch.release(0, "e4-03", START_MS + 2_000_000)
    assert told(ended) == [
        (2000, "device.no_data", "end", "medium"),
        (2000, "device.off_body", "end", "medium"),
        (2000, "device.battery_low", "end", "medium"),
    ]
    assert watched.tick(START_MS + 10**9) == []
    assert watched.watch.release(0, "e4-03", START_MS) == []


def test_whoever_is_forgotten_begins_anew() -> None:
    watched, fresh = Watched(), Watched()
    watched.receive(every(1, 60, worn=False))
    watched.table.forget(np.array([0]))
    assert watched.tick(START_MS + 10**9) == []
    later = every(1, 900, since_s=700, battery=3.0)
    assert watched.receive(later) == fresh.receive(later)
    assert watched.state_of("p-1") == fresh.state_of("p-1")


def test_who_takes_the_row_of_a_dropped_patient_has_none_of_its_devices() -> None:
    watched = Watched()
    watched.receive(every(1, 60, worn=False))
    watched.table.drop(np.array([0]))
    changes = watched.receive(every(1, 100, since_s=70, patient="p-2"))
    assert (changes, watched.table.row("p-2")) == ([], 0)
    [change] = watched.tick(START_MS + 10**9)
    assert (change.patient, change.condition) == ("p-2", "device.no_data")


def test_a_table_that_grows_keeps_everybody_watched() -> None:
    log = merged(*(every(10, 50, patient=f"p-{number}") for number in range(300)))
    watched = Watched()
    assert watched.receive(log, size=700) == []
    silent = watched.tick(START_MS + 1_000_000)
    assert len(silent) == 300
    assert {change.priority for change in silent} == {Priority.MEDIUM}


def test_arrivals_that_go_back_in_time_do_not_bring_changes_before_those_that_were_told() -> None:
    log = [*every(1, 300, worn=False), *every(1, 100, since_s=10, late_s=-300, worn=True)]
    start, end = (change for change in watch(log, until_s=400) if change.condition == "device.off_body")
    assert end.at_ms >= start.at_ms


def test_nothing_is_due_where_nobody_is_watched() -> None:
    watched = Watched()
    assert watched.watch.next_due_ms() is None
    watched.receive([sent(0, battery=80.0)])
    assert watched.watch.next_due_ms() is None
    watched.receive([sent(1, heart_rate=70.0)])
    assert watched.watch.next_due_ms() == START_MS + 331_000
