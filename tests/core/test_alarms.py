"""Alarms open after a wait that shortens with severity, stay one, and close with hysteresis."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.logs import START_MS, at_1_hz, every, run, seconds, unattended
from tests.support.wards import NOW_MS, Sent, told, unattended_ward, usual
from wardwatch.core import conditions
from wardwatch.core.alarms import UNCONFIRMED_DWELL_MS
from wardwatch.core.conditions import CONDITIONS, SHORTEST_DWELL_S
from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.core.reading import Reading
from wardwatch.core.vitals import VITALS

LIMITS = [condition for condition in CONDITIONS if condition.rule == "limit"]


def summary(events: list[AlarmEvent]) -> list[tuple[str, str, str]]:
    return [(event.phase.value, event.priority.name.lower(), event.text) for event in events]


def unusual(at_s: float) -> Sent:
    """Of the patient of whom only the heart rate is known, 30 /min above the usual."""
    reading = usual("heart", NOW_MS + round(at_s * 1000))
    assert reading.heart_rate is not None
    return Sent(replace(reading, heart_rate=reading.heart_rate + 30), reading.observed_at_ms)


@pytest.mark.parametrize("condition", LIMITS, ids=lambda condition: condition.name)
def test_every_limit_alarms_beyond_it_and_not_at_it(condition: conditions.Condition) -> None:
    vital = VITALS[condition.signal]
    at_limit = every(10, [condition.limit] * 60, vital.name)
    beyond = every(10, [condition.limit + condition.direction * vital.resolution] * 60, vital.name)
    assert run(at_limit) == []
    [event] = run(beyond)
    assert (event.condition, event.phase, event.priority) == (
        condition.name,
        Phase.START,
        condition.priority,
    )


@pytest.mark.parametrize(
    ("value", "wait_s"), [(131, 289.8), (150, 150.0), (170, 75.0), (190, 37.5), (250, 19.0)]
)
def test_the_more_extreme_the_shorter_the_wait(value: float, wait_s: float) -> None:
    [event] = run(at_1_hz([value] * 400))
    assert seconds(event) == pytest.approx(wait_s, abs=0.1)
    assert event.onset_ms == START_MS


@given(st.lists(st.floats(131, 300), min_size=1, max_size=400))
def test_no_alarm_comes_sooner_than_the_shortest_wait_or_later_than_the_longest(values: list[float]) -> None:
    events = run(at_1_hz(values))
    for event in events[:1]:
        assert SHORTEST_DWELL_S <= seconds(event) <= conditions.LIMIT_DWELL_S
    if len(values) > conditions.LIMIT_DWELL_S + 1:
        assert events


def test_a_spike_is_no_alarm() -> None:
    assert run(at_1_hz([80.0] * 60 + [220.0] * 10 + [80.0] * 600)) == []


def test_spikes_that_recover_in_between_never_add_up() -> None:
    assert run(at_1_hz(([220.0] * 10 + [80.0] * 5) * 30)) == []


def test_hovering_just_below_the_limit_neither_resets_the_wait_nor_fills_it() -> None:
    dips = ([140.0] * 50 + [128.0] * 5) * 12
    assert len(run(at_1_hz(dips))) == 1
    assert run(at_1_hz(([140.0] * 5 + [128.0] * 50) * 12)) == []


@pytest.mark.parametrize(("above", "below", "alarms"), [(10, 14, 0), (14, 10, 1)])
def test_near_the_limit_the_wait_goes_back_as_slowly_as_at_the_limit_it_comes(
    above: int, below: int, alarms: int
) -> None:
    events = run(every(5, ([131.0] * above + [130.0] * below) * 20))
    assert len(events) == alarms


def test_a_wait_that_went_back_to_its_beginning_is_forgotten() -> None:
    events = run(every(5, [140.0, 128.0, None, *[140.0] * 60]))
    assert [(event.onset_ms - START_MS, seconds(event)) for event in events] == [(15_000, 227.133)]


@pytest.mark.parametrize(("gap_s", "onset_s"), [(300, 0), (301, 301)])
def test_a_wait_is_forgotten_when_its_value_has_grown_too_old(gap_s: int, onset_s: int) -> None:
    """Of unusual values, whose wait is longer than a value may stand."""
    log = [unusual(at_s) for at_s in [0, *range(gap_s, gap_s + 1500, 60)]]
    [event] = told(unattended_ward(["heart"]), log)
    assert event.onset_ms - NOW_MS == onset_s * 1000


def test_one_condition_is_one_alarm_however_long_it_lasts() -> None:
    events = run(every(30, [140.0] * 500))
    assert summary(events) == [("start", "medium", "HR 140 > 130")]


def test_an_alarm_ends_after_a_minute_well_inside_the_limit() -> None:
    events = run(at_1_hz([140.0] * 300 + [120.0] * 100))
    assert [event.phase for event in events] == [Phase.START, Phase.END]
    assert seconds(events[1]) == 300 + conditions.CLEAR_S
    assert events[1].text == "HR 120, alarm over"
    assert events[1].state == "off"
    assert events[0].alarm == events[1].alarm
    assert events[0].event != events[1].event


def test_an_alarm_does_not_flap_around_its_limit() -> None:
    events = run(every(10, [140.0] * 30 + [129.0, 132.0] * 150))
    assert [event.phase for event in events] == [Phase.START]


def test_a_relapse_within_the_minute_keeps_the_alarm_open() -> None:
    events = run(at_1_hz([140.0] * 300 + ([110.0] * 50 + [135.0] * 5) * 10))
    assert [event.phase for event in events] == [Phase.START]


def test_a_new_episode_is_a_new_alarm() -> None:
    events = run(at_1_hz(([140.0] * 300 + [100.0] * 100) * 2))
    assert [event.phase for event in events] == [Phase.START, Phase.END] * 2
    assert events[0].alarm != events[2].alarm


def test_getting_worse_raises_the_priority_once_after_the_shortest_wait() -> None:
    events = run(at_1_hz([140.0] * 300 + [155.0] * 300))
    assert summary(events) == [("start", "medium", "HR 140 > 130"), ("update", "high", "HR 155 > 130")]
    assert seconds(events[1]) == 300 + SHORTEST_DWELL_S


def test_the_priority_falls_once_the_value_has_been_half_a_band_less_far_out_for_a_minute() -> None:
    events = run(at_1_hz([155.0] * 300 + [141.0] * 300 + [139.0] * 100 + [100.0] * 100))
    assert [(seconds(event), event.phase.value, event.priority) for event in events[1:]] == [
        (660.0, "update", Priority.MEDIUM),
        (760.0, "end", Priority.MEDIUM),
    ]
    assert "counterfactual" not in events[1].why


def test_the_priority_rises_again() -> None:
    events = run(at_1_hz([155.0] * 300 + [135.0] * 100 + [155.0] * 100))
    assert [event.priority for event in events] == [Priority.HIGH, Priority.MEDIUM, Priority.HIGH]


def test_the_priority_of_what_is_over_does_not_fall_before() -> None:
    events = run(at_1_hz([155.0] * 300 + [100.0] * 100))
    assert [event.phase.value for event in events] == ["start", "end"]


def test_a_priority_rises_by_a_tick_too_once_the_shortest_wait_is_over() -> None:
    monitor = unattended()
    run(at_1_hz([140.0] * 300 + [155.0]), monitor)
    monitor.tick(START_MS + 318_999)
    assert monitor.drain().events == []
    monitor.tick(START_MS + 319_000)
    assert summary(monitor.drain().events) == [("update", "high", "HR 155 > 130")]


def test_getting_worse_just_before_the_alarm_opens_raises_the_priority_no_sooner() -> None:
    """Else one artefact at the wrong moment would make an alarm high for as long as it lasts."""
    events = run(at_1_hz([140.0] * 212 + [151.0] + [140.0] * 100))
    assert summary(events) == [("start", "medium", "HR 151 > 130")]
    events = run(at_1_hz([140.0] * 212 + [151.0] * 100))
    assert [(event.priority, seconds(event)) for event in events] == [
        (Priority.MEDIUM, 212.091),
        (Priority.HIGH, 212 + SHORTEST_DWELL_S),
    ]


def test_an_alarm_opens_high_if_the_value_was_severe_for_the_shortest_wait() -> None:
    events = run(at_1_hz([140.0] * 180 + [151.0] * 100))
    assert [event.priority for event in events] == [Priority.HIGH]


def test_a_short_worsening_does_not_raise_the_priority() -> None:
    events = run(at_1_hz([140.0] * 300 + ([155.0] * 10 + [140.0] * 10) * 20))
    assert [event.phase for event in events] == [Phase.START]


def test_a_value_that_nothing_contradicts_stands_and_alarms_by_a_tick() -> None:
    """A device that goes silent after an extreme value does not take the alarm with it."""
    monitor = unattended()
    assert run(every(121, [80.0, 190.0]), monitor) == []
    monitor.tick(START_MS + 158_499)
    assert monitor.drain().events == []
    monitor.tick(START_MS + 158_500)
    [event] = monitor.drain().events
    assert (event.text, seconds(event)) == ("HR 190 > 130", 158.5)


def test_a_value_that_has_leapt_waits_until_the_next_one_could_contradict_it() -> None:
    """How far it is beyond the limit hastens nothing before."""
    monitor = unattended()
    assert run(at_1_hz([80.0, 250.0]), monitor) == []
    monitor.tick(START_MS + 1000 + UNCONFIRMED_DWELL_MS - 1)
    assert monitor.drain().events == []
    monitor.tick(START_MS + 1000 + UNCONFIRMED_DWELL_MS)
    assert [event.text for event in monitor.drain().events] == ["HR 250 > 130"]


def test_a_leap_that_the_next_value_confirms_alarms_as_if_it_were_none() -> None:
    """But for the time that the first value stood alone."""
    steady, leapt = run(at_1_hz([250.0] * 60)), run(at_1_hz([80.0] + [250.0] * 60))
    lost_s = 1 - SHORTEST_DWELL_S / (UNCONFIRMED_DWELL_MS / 1000)
    assert seconds(leapt[0]) == pytest.approx(seconds(steady[0]) + 1 + lost_s, abs=0.002)


def test_a_spike_of_a_minutely_device_is_no_alarm_however_high() -> None:
    assert run(every(60, ([80.0] * 4 + [250.0]) * 20)) == []


def test_a_wait_of_a_value_at_its_limit_is_no_longer_for_having_leapt() -> None:
    [steady], [leapt] = run(at_1_hz([131.0] * 400)), run(at_1_hz([80.0] + [131.0] * 400))
    assert seconds(leapt) == pytest.approx(seconds(steady) + 1, abs=0.1)


def test_a_value_stands_no_longer_than_its_maximum_age() -> None:
    """In hourly values an alarm ends by the value that ends it, not by the silence before."""
    events = run(every(3600, [80.0, 140.0, 135.0, 90.0, 80.0]))
    assert [(event.phase.value, seconds(event)) for event in events] == [
        ("start", 3812.133),
        ("end", 10860.0),
    ]


def test_silence_does_not_end_an_alarm() -> None:
    monitor = unattended()
    run(at_1_hz([140.0] * 300), monitor)
    monitor.tick(START_MS + 24 * 3600 * 1000)
    assert monitor.drain().events == []
    assert monitor.statuses(["p-1"])[0].open_alarms == ("heart_rate.high",)


def news2_readings(seconds_long: int, **measured: object) -> list[Reading]:
    return [
        Reading(patient="p-1", device="e4", observed_at_ms=START_MS + i * 1000, **measured)  # type: ignore[arg-type]
        for i in range(seconds_long)
    ]


def test_news2_alarms_at_the_urgent_threshold_and_is_high_at_the_emergency_one() -> None:
    # 2 + 2 + 1 = 5: respiration 22, pulse 115, temperature 38.5
    urgent = news2_readings(400, respiratory_rate=22.0, heart_rate=115.0, body_temperature=38.5)
    [event] = run(urgent)
    assert summary([event]) == [("start", "medium", "NEWS2 at least 5 (3 of 7 parameters)")]
    assert event.why["points"] == {"respiratory_rate": 2, "heart_rate": 2, "body_temperature": 1}
    # and 2 for SpO2 93
    emergency = news2_readings(
        400, respiratory_rate=22.0, heart_rate=115.0, body_temperature=38.5, oxygen_saturation=93.0
    )
    assert summary(run(emergency)) == [("start", "high", "NEWS2 at least 7 (4 of 7 parameters)")]


def test_a_stale_value_is_no_recovery_from_a_news2_alarm() -> None:
    monitor = unattended()
    scored = {"respiratory_rate": 22.0, "heart_rate": 115.0, "body_temperature": 38.5}
    run(news2_readings(400, **scored), monitor)
    later = [
        Reading(patient="p-1", device="e4", observed_at_ms=START_MS + (2000 + i) * 1000, heart_rate=115.0)
        for i in range(600)
    ]
    assert run(later, monitor) == []
    assert monitor.statuses(["p-1"])[0].news2.lowest == 3  # pulse and temperature: respiration is too old
    recovered = [
        Reading(
            patient="p-1",
            device="e4",
            observed_at_ms=START_MS + (2600 + i) * 1000,
            heart_rate=80.0,
            respiratory_rate=16.0,
        )
        for i in range(100)
    ]
    assert [event.phase for event in run(recovered, monitor)] == [Phase.END]


def test_what_is_unusual_waits_for_its_own_dwell_and_is_over_after_its_own_time() -> None:
    condition = CONDITIONS[conditions.UNUSUAL]
    log = [unusual(minute * 60) for minute in range(30)]
    minutes_after = range(30, 30 + round(condition.clear_s / 60) + 5)
    log += [
        Sent(usual("heart", NOW_MS + minute * 60_000), NOW_MS + minute * 60_000) for minute in minutes_after
    ]
    events = told(unattended_ward(["heart"]), log)
    assert {event.condition for event in events} == {"vitals.unusual"}
    start, *_, end = events
    assert start.onset_ms == NOW_MS
    assert condition.shortest_dwell_s * 1000 <= start.observed_at_ms - NOW_MS <= condition.dwell_s * 1000
    assert end.phase is Phase.END
    assert seconds(end) - seconds(start) == pytest.approx(
        30 * 60 + condition.clear_s - (start.observed_at_ms - NOW_MS) / 1000, abs=0.002
    )


def test_exertion_is_not_unusual_but_the_same_at_rest_is() -> None:
    resting = [unusual(minute * 60) for minute in range(30)]
    moving = [replace(sent, reading=replace(sent.reading, steps=70.0)) for sent in resting]
    assert told(unattended_ward(["heart"]), moving) == []
    assert [event.condition for event in told(unattended_ward(["heart"]), resting)][:1] == ["vitals.unusual"]
