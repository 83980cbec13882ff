"""Alarms open after a wait that shortens with severity, stay one, and close with hysteresis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.logs import START_MS, at_1_hz, every, run, seconds
from wardwatch.core import conditions
from wardwatch.core.conditions import CONDITIONS, SHORTEST_DWELL_S
from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Reading
from wardwatch.core.vitals import VITALS

LIMITS = [condition for condition in CONDITIONS if condition.rule == "limit"]


def told(events: list[AlarmEvent]) -> list[tuple[str, str, str]]:
    return [(event.phase.value, event.priority.name.lower(), event.text) for event in events]


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
    assert run(at_1_hz(([220.0] * 10 + [80.0] * 5) * 60)) == []


def test_hovering_just_below_the_limit_neither_resets_the_wait_nor_fills_it() -> None:
    dips = ([140.0] * 50 + [128.0] * 5) * 12
    assert len(run(at_1_hz(dips))) == 1
    assert run(at_1_hz(([140.0] * 5 + [128.0] * 50) * 12)) == []


@pytest.mark.parametrize(("above", "below", "alarms"), [(10, 14, 0), (14, 10, 1)])
def test_near_the_limit_the_wait_goes_back_as_slowly_as_at_the_limit_it_comes(
    above: int, below: int, alarms: int
) -> None:
    events = run(at_1_hz(([131.0] * above + [130.0] * below) * 100))
    assert len(events) == alarms


def test_a_wait_that_went_back_to_its_beginning_is_forgotten() -> None:
    events = run(every(5, [140.0, 128.0, None, *[140.0] * 60]))
    assert [(event.onset_ms - START_MS, seconds(event)) for event in events] == [(15_000, 227.133)]


@pytest.mark.parametrize(("gap_s", "onset_s"), [(300, 0), (301, 301)])
def test_a_wait_is_forgotten_when_its_value_has_grown_too_old(gap_s: int, onset_s: int) -> None:
    """Of an unusual value, whose wait is longer than the value may stand."""
    monitor = Monitor()
    rested = [70.0 + i % 5 - 2 for i in range(2000)]
    assert run(every(60, rested), monitor) == []
    first_ms = START_MS + 2000 * 60_000
    log = [
        Reading(patient="p-1", device="e4", observed_at_ms=first_ms + at_s * 1000, heart_rate=77.5)
        for at_s in [0, *range(gap_s, gap_s + 1200, 60)]
    ]
    [event] = run(log, monitor)
    assert event.onset_ms - first_ms == onset_s * 1000


def test_one_condition_is_one_alarm_however_long_it_lasts() -> None:
    events = run(at_1_hz([140.0] * 4000))
    assert told(events) == [("start", "medium", "HR 140 > 130")]


def test_an_alarm_ends_after_a_minute_well_inside_the_limit() -> None:
    events = run(at_1_hz([140.0] * 300 + [120.0] * 100))
    assert [event.phase for event in events] == [Phase.START, Phase.END]
    assert seconds(events[1]) == 300 + conditions.CLEAR_S
    assert events[1].text == "HR 120, alarm over"
    assert events[1].state == "off"
    assert events[0].alarm == events[1].alarm
    assert events[0].event != events[1].event


def test_an_alarm_does_not_flap_around_its_limit() -> None:
    events = run(at_1_hz([140.0] * 300 + [129.0, 132.0] * 600))
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
    assert told(events) == [("start", "medium", "HR 140 > 130"), ("update", "high", "HR 155 > 130")]
    assert seconds(events[1]) == 300 + SHORTEST_DWELL_S


def test_the_priority_does_not_fall_before_the_alarm_is_over() -> None:
    events = run(at_1_hz([155.0] * 300 + [135.0] * 300 + [100.0] * 100))
    assert [event.priority for event in events] == [Priority.HIGH, Priority.HIGH]


def test_a_priority_rises_by_a_tick_too_once_the_shortest_wait_is_over() -> None:
    monitor = Monitor()
    run(at_1_hz([140.0] * 300 + [155.0]), monitor)
    monitor.tick(START_MS + 318_999)
    assert monitor.drain().events == []
    monitor.tick(START_MS + 319_000)
    assert told(monitor.drain().events) == [("update", "high", "HR 155 > 130")]


def test_getting_worse_just_before_the_alarm_opens_raises_the_priority_no_sooner() -> None:
    """Else one artefact at the wrong moment would make an alarm high for as long as it lasts."""
    events = run(at_1_hz([140.0] * 212 + [151.0] + [140.0] * 100))
    assert told(events) == [("start", "medium", "HR 151 > 130")]
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
    monitor = Monitor()
    assert run(at_1_hz([80.0, 190.0]), monitor) == []
    monitor.tick(START_MS + 38_499)
    assert monitor.drain().events == []
    monitor.tick(START_MS + 38_500)
    [event] = monitor.drain().events
    assert (event.text, seconds(event)) == ("HR 190 > 130", 38.5)


def test_a_value_stands_no_longer_than_its_maximum_age() -> None:
    """In hourly values an alarm ends by the value that ends it, not by the silence before."""
    events = run(every(3600, [80.0, 140.0, 135.0, 90.0, 80.0]))
    assert [(event.phase.value, seconds(event)) for event in events] == [
        ("start", 3812.133),
        ("end", 10860.0),
    ]


def test_silence_does_not_end_an_alarm() -> None:
    monitor = Monitor()
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
    assert told([event]) == [("start", "medium", "NEWS2 at least 5 (3 of 7 parameters)")]
    assert event.why["points"] == {"respiratory_rate": 2, "heart_rate": 2, "body_temperature": 1}
    # and 2 for SpO2 93
    emergency = news2_readings(
        400, respiratory_rate=22.0, heart_rate=115.0, body_temperature=38.5, oxygen_saturation=93.0
    )
    assert told(run(emergency)) == [("start", "high", "NEWS2 at least 7 (4 of 7 parameters)")]


def test_a_stale_value_is_no_recovery_from_a_news2_alarm() -> None:
    monitor = Monitor()
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


def test_exertion_after_a_learned_day_is_not_unusual_but_the_same_at_rest_is() -> None:
    def minutes(first: int, count: int, heart_rate: float, steps: float) -> list[Reading]:
        return [
            Reading(
                patient="p-1",
                device="e4",
                observed_at_ms=START_MS + (first + i) * 60_000,
                heart_rate=heart_rate + (i % 5) - 2,
                steps=steps,
            )
            for i in range(count)
        ]

    moving, resting = Monitor(), Monitor()
    for monitor in (moving, resting):
        assert run(minutes(0, 2000, 70.0, 0.0), monitor) == []
    assert run(minutes(2000, 40, 110.0, 80.0), moving) == []
    events = run(minutes(2000, 40, 110.0, 0.0), resting)
    assert [(event.condition, event.priority) for event in events] == [("heart_rate.unusual", Priority.LOW)]
    assert "usual 70" in events[0].text
    assert events[0].why["z"] > 4
