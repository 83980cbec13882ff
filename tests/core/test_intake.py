"""Readings of several devices, late ones and those at the ends of time move alarms and baselines rightly."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.support.logs import START_MS, run, seconds
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
    monitor = monitor or Monitor()
    arrived_at_ms = [START_MS + round(at_s * 1000) for at_s, _ in log]
    monitor.receive(Batch.of([reading for _, reading in log], arrived_at_ms=arrived_at_ms))
    return monitor.drain().events


def ticked(monitor: Monitor, at_s: float) -> list[AlarmEvent]:
    monitor.tick(START_MS + round(at_s * 1000))
    return monitor.drain().events


def test_a_late_reading_does_not_make_a_pending_news2_alarm_older() -> None:
    monitor = Monitor()
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
    monitor = Monitor()
    assert received(log[:140], monitor) == []
    [event] = received(log[140:], monitor)
    assert (event.condition, seconds(event)) == ("heart_rate.high", 139.955)


def test_a_tick_goes_by_when_the_value_itself_arrived() -> None:
    monitor = Monitor()
    log = [(30.0, reading(0, heart_rate=152.0)), (31.0, reading(200, oxygen_saturation=97.0))]
    assert received(log, monitor) == []
    assert ticked(monitor, 20.0) == []
    assert ticked(monitor, 169.9) == []
    [event] = ticked(monitor, 170.0)
    assert seconds(event) == 139.955


def test_old_values_keep_a_news2_alarm_open_but_do_not_make_it_more_urgent() -> None:
    monitor = Monitor()
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
    monitor = Monitor()
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
    monitor = Monitor()
    far = Reading(patient="p-1", device="e4", observed_at_ms=LATEST_MS, heart_rate=70.0)
    before = Reading(patient="p-1", device="cuff", observed_at_ms=0, systolic_pressure=120.0)
    assert run([far, before], monitor) == []
    assert monitor.statuses(["p-1"])[0].observed_at_ms == LATEST_MS


def rested_day(monitor: Monitor, heart_rate: float = 70.0, first_minute: int = 0) -> int:
    """Two days of minutes at rest; returns the next minute."""
    log = [
        reading((first_minute + i) * 60, heart_rate=heart_rate + i % 5 - 2, steps=0.0) for i in range(2880)
    ]
    assert run(log, monitor) == []
    return first_minute + 2880


def unusual(monitor: Monitor, first_minute: int, steps_at: dict[int, float]) -> list[int]:
    """At which minute alarms start, if the heart rate is 110 from then on, with these steps by minute."""
    log = [reading((first_minute + i) * 60, heart_rate=110.0, steps=steps_at.get(i, 0.0)) for i in range(60)]
    events = run(log, monitor)
    return [int(seconds(event)) // 60 - first_minute for event in events if event.phase is Phase.START]


def test_a_patient_is_at_rest_after_more_than_12_minutes_without_a_step() -> None:
    monitor = Monitor()
    first = rested_day(monitor)
    [at_once] = unusual(Monitor.restore(dict(monitor.snapshot(only_changed=False))), first, {})
    [after_steps] = unusual(monitor, first, {0: 30.0, 5: 1.0})
    assert after_steps == at_once + 5 + 13


def test_exertion_is_not_learned() -> None:
    resting, moving = Monitor(), Monitor()
    first = rested_day(resting)
    assert rested_day(moving) == first
    run([reading((first + i) * 60, heart_rate=125.0, steps=40.0) for i in range(3)], moving)
    run([reading((first + i) * 60, steps=40.0) for i in range(3)], resting)
    later = first + 20
    [event] = run([reading((later + i) * 60, heart_rate=110.0) for i in range(30)], resting)
    [same] = run([reading((later + i) * 60, heart_rate=110.0) for i in range(30)], moving)
    assert (same.why["usual"], same.why["spread"]) == (event.why["usual"], event.why["spread"])


def test_exertion_is_not_given_as_the_reason_of_an_alarm_that_began_at_rest() -> None:
    monitor = Monitor()
    first_s = rested_day(monitor) * 60
    log = [reading(first_s + i, heart_rate=77.5) for i in range(500)]
    log += [reading(first_s + 500 + i, heart_rate=125.0, steps=2.0) for i in range(200)]
    [event] = run(log, monitor)
    assert event.text == "HR 78, usual 70 ± 6"


def test_many_readings_a_second_weigh_no_more_in_the_baseline_than_one() -> None:
    usual = []
    for every_s in (1.0, 0.1):
        monitor = Monitor()
        first_s = rested_day(monitor) * 60
        learned = [reading(first_s + i * every_s, heart_rate=73.0) for i in range(1, round(60 / every_s) + 1)]
        learned += [reading(first_s + 60 + i * 60, heart_rate=110.0) for i in range(1, 3)]
        [event] = run(learned, monitor)
        usual.append(event.why["usual"])
    assert usual[0] == pytest.approx(usual[1], rel=1e-6)


@pytest.mark.parametrize("gap_s", [301, 10 * 24 * 3600])
def test_a_value_after_a_gap_weighs_no_more_in_the_baseline_than_its_maximum_age(gap_s: int) -> None:
    whys = []
    for silence_s in (300, gap_s):
        monitor = Monitor()
        first_s = rested_day(monitor) * 60 + silence_s
        [event] = run([reading(first_s + i * 60, heart_rate=110.0) for i in range(30)], monitor)
        whys.append((event.why["usual"], event.why["spread"]))
    assert whys[0] == whys[1]
