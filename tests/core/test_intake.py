"""Readings of several devices, late ones and those at the ends of time move alarms and baselines rightly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.support.logs import START_MS, run, seconds, unattended
from tests.support.wards import NOW_MS, Sent, told, unattended_ward, usual
from wardwatch.core.conditions import CONDITIONS, UNUSUAL
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.monitor import Monitor
from wardwatch.core.reading import Batch, Reading

# 2 + 2 + 1 points: respiration 22, pulse 115, temperature 38.5.
FIVE_POINTS = {"respiratory_rate": 22.0, "heart_rate": 115.0, "body_temperature": 38.5}
# 9999-12-31, the latest instant that a reading can have.
LATEST_MS = 253_402_300_799_999

# What arrives, (at, reading), in seconds.
Log = Sequence[tuple[float, Reading]]


def reading(at_s: float, **measured: object) -> Reading:
    return Reading(
        patient="p-1",
        device="e4",
        observed_at_ms=START_MS + round(at_s * 1000),
        **measured,  # type: ignore[arg-type]
    )


def received(log: Log, monitor: Monitor | None = None) -> list[AlarmEvent]:
    monitor = monitor or unattended()
    arrived_at_ms = [START_MS + round(at_s * 1000) for at_s, _ in log]
    monitor.receive(Batch.of([reading for _, reading in log], arrived_at_ms=arrived_at_ms))
    return monitor.drain().events


def ticked(monitor: Monitor, at_s: float) -> list[AlarmEvent]:
    monitor.tick(START_MS + round(at_s * 1000))
    return monitor.drain().events


def test_a_late_reading_does_not_make_a_pending_news2_alarm_older() -> None:
    monitor = unattended()
    late_cuff = (0.5, reading(-1800, systolic_pressure=120.0))
    assert (
        received([(0, reading(0, **FIVE_POINTS)), late_cuff, (1, reading(1, heart_rate=115.0))], monitor)
        == []
    )
    assert ticked(monitor, 238.0) == []
    [event] = ticked(monitor, 238.2)
    assert (event.onset_ms, seconds(event)) == (START_MS, 238.111)


@pytest.mark.parametrize("ahead_s", [0, 2, 100])
def test_two_devices_whose_clocks_differ_do_not_shorten_the_wait_for_a_news2_alarm(ahead_s: int) -> None:
    log: list[tuple[float, Reading]] = []
    for second in range(260):
        log.append((second, reading(second + ahead_s, body_temperature=38.5)))
        log.append((second, reading(second, respiratory_rate=22.0, heart_rate=115.0)))
    [event] = received(log)
    assert event.why["lasted_s"] == 238.111
    assert seconds(event) == 238.111 + ahead_s


@pytest.mark.parametrize("ahead_s", [0, 180, -180])
def test_a_device_whose_clock_differs_does_not_move_the_alarms_of_another(ahead_s: int) -> None:
    log: list[tuple[float, Reading]] = []
    for second in range(200):
        # Beyond the limit for 100 s, of which 140 would be needed.
        log.append((second, reading(second, heart_rate=152.0 if second < 100 else 80.0)))
        log.append((second, reading(second + ahead_s, oxygen_saturation=97.0)))
    assert received(log) == []


def test_what_a_device_has_kept_and_sends_at_once_is_watched_by_its_own_clock() -> None:
    """Another vital's reading shows that time has passed, but not beyond its own instant."""
    log = []
    for second in range(100):
        log.append((1000.0, reading(second, heart_rate=152.0 if second < 50 else 80.0)))
        log.append((1000.0, reading(second, oxygen_saturation=97.0)))
    assert received(log) == []


def test_an_alarm_in_what_a_device_has_kept_and_sends_at_once_lives_by_the_devices_clock() -> None:
    log = [
        (1000.0, reading(second, heart_rate=152.0 if second < 150 else 80.0, oxygen_saturation=97.0))
        for second in range(250)
    ]
    events = received(log)
    assert [(event.phase, event.text, seconds(event)) for event in events] == [
        (Phase.START, "HR 152 > 130", 139.955),
        (Phase.END, "HR 80, alarm over", 210.0),
    ]


def test_another_vitals_readings_show_that_time_has_passed() -> None:
    log = [(0.0, reading(0, heart_rate=152.0))]
    log += [(float(second), reading(second, oxygen_saturation=97.0)) for second in range(1, 160)]
    monitor = unattended()
    assert received(log[:140], monitor) == []
    [event] = received(log[140:], monitor)
    assert (event.condition, seconds(event)) == ("heart_rate.high", 139.955)


def test_a_tick_goes_by_when_the_value_itself_arrived() -> None:
    monitor = unattended()
    log = [(30.0, reading(0, heart_rate=152.0)), (31.0, reading(200, oxygen_saturation=97.0))]
    assert received(log, monitor) == []
    assert ticked(monitor, 20.0) == []
    assert ticked(monitor, 169.9) == []
    [event] = ticked(monitor, 170.0)
    assert seconds(event) == 139.955


def test_old_values_keep_a_news2_alarm_open_but_do_not_make_it_more_urgent() -> None:
    monitor = unattended()
    run([reading(second, **FIVE_POINTS) for second in range(300)], monitor)
    # 3 + 2 = 5 known; with the old respiration they would be 7.
    worse = [reading(700 + second, heart_rate=135.0, body_temperature=39.5) for second in range(40)]
    assert [event for event in run(worse, monitor) if event.condition == "news2.high"] == []
    assert "news2.high" in monitor.statuses(["p-1"])[0].open_alarms
    fresh = [reading(800 + second, respiratory_rate=22.0) for second in range(30)]
    [event] = [event for event in run(fresh, monitor) if event.condition == "news2.high"]
    assert (event.phase, event.priority.name, seconds(event)) == (Phase.UPDATE, "HIGH", 819.0)


@pytest.mark.parametrize("entered", [{"consciousness": "V"}, {"on_oxygen": True}])
def test_what_a_nurse_enters_counts_at_once_in_news2(entered: dict[str, object]) -> None:
    log = [reading(0, heart_rate=135.0, **entered), reading(1, skin_temperature=33.0)]
    monitor = unattended()
    run([*log, reading(400, heart_rate=135.0, skin_temperature=33.0)], monitor)
    points = 3 + (3 if "consciousness" in entered else 2)
    assert monitor.statuses(["p-1"])[0].news2.lowest == points
    assert "news2.high" in monitor.statuses(["p-1"])[0].open_alarms


@pytest.mark.parametrize("first_ms", [0, LATEST_MS - 100_000])
def test_an_alarm_lives_at_either_end_of_time(first_ms: int) -> None:
    log = [
        Reading(
            patient="p-1",
            device="e4",
            observed_at_ms=first_ms + t * 1000,
            heart_rate=250.0 if t < 25 else 80.0,
        )
        for t in range(100)
    ]
    events = run(log)
    assert [(event.phase, event.observed_at_ms - first_ms) for event in events] == [
        (Phase.START, 19_000),
        (Phase.END, 85_000),
    ]
    assert [event.sequence for event in events] == [first_ms + 19_000, first_ms + 85_000]


@pytest.mark.filterwarnings("error")
def test_an_instant_far_before_the_latest_disturbs_no_baseline() -> None:
    monitor = unattended()
    far = Reading(patient="p-1", device="e4", observed_at_ms=LATEST_MS, heart_rate=70.0)
    before = Reading(patient="p-1", device="cuff", observed_at_ms=0, systolic_pressure=120.0)
    assert run([far, before], monitor) == []
    assert monitor.statuses(["p-1"])[0].observed_at_ms == LATEST_MS


def minutes(
    first: int, count: int, *, patient: str = "heart", above: float = 0.0, **changes: object
) -> list[Sent]:
    """Minutes of a known patient, with a heart rate so far above the usual."""
    log = []
    for minute in range(first, first + count):
        found = usual(patient, NOW_MS + minute * 60_000)
        assert found.heart_rate is not None
        changed: dict[str, object] = {"heart_rate": found.heart_rate + above} | changes
        found = replace(found, **changed)  # type: ignore[arg-type]
        log.append(Sent(found, found.observed_at_ms))
    return log


def onsets(log: Sequence[Sent]) -> list[int]:
    """The minutes in which alarms of the known patient began."""
    events = told(unattended_ward(["heart"]), log)
    return [(event.onset_ms - NOW_MS) // 60_000 for event in events if event.phase is Phase.START]


def test_a_patient_is_at_rest_after_more_than_12_minutes_without_a_step() -> None:
    settled = minutes(0, 1, steps=30.0) + minutes(1, 8)
    assert onsets(minutes(0, 9) + minutes(9, 30, above=30.0)) == [9]
    assert onsets(settled + minutes(9, 30, above=30.0)) == [13]


def test_exertion_is_not_learned() -> None:
    resting, moving = unattended_ward(["heart"]), unattended_ward(["heart"])
    assert told(moving, minutes(0, 10, above=50.0, steps=40.0)) == []
    without = [
        replace(sent, reading=replace(sent.reading, heart_rate=None)) for sent in minutes(0, 10, steps=40.0)
    ]
    assert told(resting, without) == []
    later = minutes(10, 20) + minutes(30, 20, above=30.0)
    whys = [told(monitor, later)[0].why["vitals"]["heart_rate"] for monitor in (resting, moving)]
    assert whys[0]["usual"] == pytest.approx(whys[1]["usual"], abs=0.02)
    assert whys[0]["band"] == pytest.approx(whys[1]["band"], abs=0.05)


def test_exertion_is_not_given_as_the_reason_of_an_alarm_that_began_at_rest() -> None:
    """It opens by the value before, which still stands."""
    waits = round(CONDITIONS[UNUSUAL].dwell_s / 60)
    log = minutes(0, waits, above=30.0) + minutes(waits, 2, above=60.0, steps=70.0)
    [event] = told(unattended_ward(["heart"]), log)
    assert (event.onset_ms, event.condition) == (NOW_MS, "vitals.unusual")
    assert event.why["vitals"]["heart_rate"]["now"] == pytest.approx(94.0, abs=3.0)


def test_what_is_measured_off_the_body_no_longer_stands_for_what_was_measured_on_it() -> None:
    """Though another device's values keep coming, by which the patient is judged."""
    log = minutes(0, 2, patient="observed", above=30.0)
    for sent in minutes(2, 30, patient="observed", worn=False):
        at_ms = sent.arrived_at_ms + 1000
        patch = Reading(patient="observed", device="patch", observed_at_ms=at_ms, body_temperature=36.8)
        log += [sent, Sent(patch, at_ms)]
    assert told(unattended_ward(["observed"]), log) == []


def test_a_hard_limit_is_held_back_neither_by_motion_nor_by_a_poor_signal() -> None:
    for changes in {"steps": 70.0}, {"signal_quality": 0.0}, {"worn": False}:
        events = told(unattended_ward(["heart"]), minutes(0, 10, above=90.0, **changes))
        assert [event.condition for event in events] == ["heart_rate.high"]
