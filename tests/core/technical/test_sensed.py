"""Sensors that are stuck, jump, or are not at the skin are told; hearts, hands and calm nights are not."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.devices import Watched, every, merged, sent, told, watched_changes
from tests.support.logs import START_MS
from tests.support.wards import Sent
from wardwatch.core.blocks import decode, encode
from wardwatch.core.leaps import LEAP_OF
from wardwatch.core.technical import sensed

HOUR_S = 3600.0


def rates(step_s: float, values: list[float], **said: Any) -> list[Sent]:
    """Heart rates, one each so many seconds."""
    return [sent(turn * step_s, heart_rate=value, **said) for turn, value in enumerate(values)]


def test_a_heart_rate_that_stays_the_same_to_the_last_digit_is_told_until_it_changes() -> None:
    log = every(1, 100) + every(1, 1000, since_s=100, heart_rate=72.0) + every(1, 1200, since_s=1000)
    changes = watched_changes(log)
    assert told(changes) == [(701, "device.stuck", "start", "low"), (1000, "device.stuck", "end", "low")]
    start, end = changes
    assert start.text == "HR of e4-03 stuck at 72"
    assert end.text == "HR of e4-03 changes again"
    assert start.onset_ms == START_MS + 100_000
    assert start.why == {
        "rule": "device",
        "rule_version": 1,
        "device": "e4-03",
        "heart_rate": 72.0,
        "lasted_s": 601.0,
    }


@pytest.mark.parametrize(("step_s", "at_s"), [(1, 601), (20, 620), (60, 1860), (300, 9300)])
def test_how_long_that_takes_depends_on_how_often_it_comes(step_s: float, at_s: float) -> None:
    [start] = watched_changes(every(step_s, 4 * HOUR_S, heart_rate=72.0))
    assert told([start]) == [(at_s, "device.stuck", "start", "low")]


def test_a_chart_of_every_hour_is_never_stuck() -> None:
    assert [
        change
        for change in watched_changes(every(3600, 100 * HOUR_S, heart_rate=72.0))
        if change.condition == "device.stuck"
    ] == []


@settings(max_examples=20)
@given(st.lists(st.integers(1, 580), min_size=1, max_size=4), st.sampled_from((1, 7, 60)))
def test_what_changes_every_ten_minutes_is_not_stuck(lengths_s: list[int], step_s: int) -> None:
    values = [60.0 + turn for turn, length_s in enumerate(lengths_s) for _ in range(length_s // step_s)]
    assert watched_changes(rates(step_s, values)) == []


@pytest.mark.parametrize("steady", ["oxygen_saturation", "body_temperature", "skin_temperature"])
def test_other_vitals_may_stay_the_same_for_long(steady: str) -> None:
    assert watched_changes(every(1, HOUR_S, **{steady: 36.0 if "temp" in steady else 97.0})) == []


def test_values_of_a_poor_signal_or_of_nobody_are_not_held_against_the_sensor() -> None:
    for said in ({"signal_quality": 0.3}, {"worn": False}):
        spiky = [sent(at, heart_rate=150.0 if at % 20 == 0 else 70.0, **said) for at in range(1500)]
        conditions = {change.condition for change in watched_changes(spiky)}
        assert conditions.isdisjoint({"device.stuck", "device.spikes", "device.drift"}), said


def spiky(vital: str, far: float, *, at_s: set[int], until_s: int = 900) -> list[Sent]:
    usual = {"heart_rate": 70.0, "oxygen_saturation": 97.0, "body_temperature": 36.8}
    log = []
    for at in range(until_s):
        said: dict[str, Any] = {name: value + 0.1 * (at % 2) for name, value in usual.items()}
        said[vital] += far * (at in at_s)
        log.append(sent(at, **said))
    return log


@pytest.mark.parametrize(
    ("vital", "far"), [("heart_rate", 60.0), ("oxygen_saturation", -15.0), ("body_temperature", -3.0)]
)
def test_single_values_far_off_are_told_once_they_are_many(vital: str, far: float) -> None:
    log = spiky(vital, far, at_s={50, 100, 150, 200, 250}, until_s=1400)
    changes = watched_changes(log)
    assert told(changes) == [(251, "device.spikes", "start", "low"), (1251, "device.spikes", "end", "low")]
    start, end = changes
    assert start.text == "5 single values of e4-03 far off"
    assert end.text == "Values of e4-03 no longer jump"
    assert (start.why["spikes"], start.why["came"]) == ({vital: 5}, 201)
    assert watched_changes(spiky(vital, far, at_s={50, 100, 150, 200})) == []


def test_many_at_once_are_one_event_and_no_broken_sensor() -> None:
    assert watched_changes(spiky("heart_rate", 60.0, at_s=set(range(50, 100, 3)))) == []


@settings(max_examples=20)
@given(st.sampled_from((0.3, 1.0, 3.0, 60.0)), st.floats(0.1, 0.99), st.integers(0, 2**32))
def test_whatever_stays_within_a_leap_is_no_spike(step_s: float, share: float, seed: int) -> None:
    rng, reach = random.Random(seed), LEAP_OF["heart_rate"] * share
    values = [80.0 + rng.uniform(-reach, reach) for _ in range(300)]
    assert watched_changes(rates(step_s, values)) == []


def test_a_heart_that_leaps_and_stays_there_is_no_spike() -> None:
    values = [70.0 + 60.0 * (at // 20 % 2) + at % 2 for at in range(2000)]
    assert watched_changes(rates(1, values)) == []


@pytest.mark.parametrize(("other", "expected"), [(70.0, {"device.spikes"}), (130.0, set())])
def test_a_heart_that_is_irregular_has_no_spikes(other: float, expected: set[str]) -> None:
    """Of what does leap and come back, single values are not told from beats."""
    values = [70.0 + at % 2 + (80.0 if at % 50 == 20 else 0.0) for at in range(1000)]
    values[21::100] = [other] * 10
    assert {change.condition for change in watched_changes(rates(1, values))} == expected


def test_what_comes_seldom_may_be_anywhere() -> None:
    values = [70.0 + 60.0 * (turn % 2) for turn in range(60)]
    assert watched_changes(rates(121, values)) == []


def test_two_devices_that_contradict_each_other_do_not_jump() -> None:
    log = merged(every(1, 1500), every(1, 1500, since_s=0.5, device="ring", heart_rate=120.0))
    assert {change.condition for change in watched_changes(log)} == {"device.stuck"}


def cold(until_s: float, since_s: float = 0.0, cel: float = 24.8, **said: Any) -> list[Sent]:
    return every(1, until_s, since_s=since_s, **{"skin_temperature": cel, "worn": True} | said)


def test_skin_that_is_colder_than_worn_skin_is_told_until_it_is_warm() -> None:
    changes = watched_changes(cold(60, cel=33.0) + cold(1000, 60) + cold(1200, 1000, cel=27.0))
    assert told(changes) == [(660, "device.drift", "start", "low"), (1060, "device.drift", "end", "low")]
    start, end = changes
    assert start.text == "Skin sensor of e4-03 loose or drifting: 24.8 Cel"
    assert end.text == "Skin sensor of e4-03 at the skin again"
    assert (start.why["skin_temperature"], start.why["lasted_s"]) == (24.8, 600.0)


@pytest.mark.parametrize(
    "log",
    [
        cold(900, cel=26.0),
        cold(590) + cold(900, 590, cel=27.0),
        cold(3000, worn=False),
        cold(300) + cold(320, 300, worn=False) + cold(800, 320),
        cold(3000, heart_rate=None),
    ],
    ids=["just warm enough", "warms up", "not worn", "put on anew", "without a pulse"],
)
def test_skin_that_may_be_as_cold_is_not_told(log: list[Sent]) -> None:
    assert "device.drift" not in {change.condition for change in watched_changes(log)}


def test_a_device_that_is_taken_off_no_longer_drifts() -> None:
    changes = watched_changes(cold(700) + cold(900, 700, worn=False))
    assert told(changes) == [
        (600, "device.drift", "start", "low"),
        (760, "device.off_body", "start", "medium"),
        (760, "device.drift", "end", "low"),
    ]


def twice(log: list[Sent], device: str = "e4-03") -> list[Sent]:
    return [each for each in log for _ in range(2 if each.reading.device == device else 1)]


def test_readings_that_come_twice_are_told_until_they_no_longer_do() -> None:
    changes = watched_changes(every(1, 60) + twice(every(1, 900, since_s=60)) + every(1, 3000, since_s=900))
    assert told(changes) == [
        (180, "device.duplicates", "start", "low"),
        (1860, "device.duplicates", "end", "low"),
    ]
    start, end = changes
    assert start.text == "Readings of e4-03 come twice: 121 of 121"
    assert end.text == "Readings of e4-03 come once again"
    assert (start.why["came_twice"], start.why["came"]) == (121, 121)


def test_a_log_that_is_delivered_again_all_at_once_is_no_fault_of_the_device() -> None:
    log = every(1, 600)
    again = [sent(600.0, late_s=600.0 - at, heart_rate=70.0 + at % 2) for at in range(600)]
    assert watched_changes(log + again + every(1, 1200, since_s=601)) == []


def test_another_device_with_the_same_instants_has_sent_nothing_twice() -> None:
    log = merged(every(1, 900), every(1, 900, device="ring", heart_rate=80.0))
    assert {change.condition for change in watched_changes(log)} == set()


def test_a_few_copies_are_not_told() -> None:
    log = [each for turn, each in enumerate(every(1, 1200)) for _ in range(1 + (turn % 6 == 0))]
    assert watched_changes(log) == []


def test_who_takes_anothers_slot_begins_anew() -> None:
    watched = Watched()
    watched.receive(cold(700, heart_rate=72.0) + twice(cold(900, 700, heart_rate=72.0)))
    assert watched.watch.release(0, "e4-03", START_MS + 900_000)
    fresh = Watched()
    later = every(1, 2000, since_s=901, device="ring")
    assert watched.receive(later) == fresh.receive(later) == []
    names = [column.name for column in sensed.COLUMNS]
    assert all((watched.table[name][0] == fresh.table[name][0]).all() for name in names)


def test_a_checkpoint_from_before_this_was_kept_begins_with_the_next_values() -> None:
    watched = Watched()
    watched.receive(every(1, 300, heart_rate=72.0))
    [(number, state)] = watched.table.snapshot(only_touched=False)
    block = decode(state)
    names = {column.name for column in sensed.COLUMNS}
    columns = {name: numbers for name, numbers in block.columns.items() if name not in names}
    again = Watched()
    again.table.load({number: encode(type(block)(**{**_fields(block), "columns": columns}))})
    changes = again.receive(every(1, 1500, since_s=300, heart_rate=72.0))
    assert told(changes) == [(901, "device.stuck", "start", "low")]


def _fields(block: Any) -> dict[str, Any]:
    return {name: getattr(block, name) for name in block.__slots__}
