"""What is told of a patient: events in sequence, and the latest status."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

from hypothesis import given, settings

from tests.support.logs import START_MS, at_1_hz, run
from tests.support.wards import NOW_MS, PATIENTS, Sent, known_ward, states, told, usual, ward_logs
from wardwatch.core.events import DeviceStatus, Phase, Placement, alarm_identity
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Reading
from wardwatch.core.roster import RosterEntry
from wardwatch.wire.status import decode_status, encode_status


def reading(at_s: float, **measured: object) -> Reading:
    fields: dict[str, object] = {
        "patient": "p-1",
        "device": "e4",
        "observed_at_ms": START_MS + round(at_s * 1000),
    }
    return Reading(**(fields | measured))  # type: ignore[arg-type]


def test_a_patient_who_is_only_on_the_roster_has_a_status_that_knows_nothing() -> None:
    monitor = Monitor()
    monitor.admit([Placement(patient="p-1", ward="4B", bed="12")])
    monitor.tick(START_MS)
    [status] = monitor.statuses(["p-1"])
    assert (status.ward, status.bed, status.observed_at_ms) == ("4B", "12", 0)
    assert (status.vitals, status.open_alarms) == ({}, ())
    assert (status.news2.lowest, status.news2.highest, len(status.news2.missing)) == (0, 20, 7)


def test_two_events_of_the_same_instant_follow_each_other() -> None:
    log = [reading(second, heart_rate=250.0, oxygen_saturation=70.0) for second in range(30)]
    events = run(log)
    assert [event.condition for event in events] == ["heart_rate.high", "oxygen_saturation.low"]
    assert [event.observed_at_ms for event in events] == [START_MS + 19_000] * 2
    assert [event.sequence for event in events] == [START_MS + 19_000, START_MS + 19_001]


def test_the_events_of_an_alarm_are_numbered_and_named_after_its_cause() -> None:
    events = run(at_1_hz([140.0] * 300 + [155.0] * 30 + [100.0] * 70))
    alarm = alarm_identity("p-1", "heart_rate.high", START_MS)
    assert [event.phase for event in events] == [Phase.START, Phase.UPDATE, Phase.END]
    assert {event.alarm for event in events} == {alarm}
    assert [event.event for event in events] == [f"{alarm}-{number}" for number in range(3)]
    assert [event.onset_ms for event in events] == [START_MS] * 3
    assert [event.state for event in events] == ["active", "active", "off"]


def test_news2_of_the_status_leaves_out_what_is_older_than_its_maximum_age() -> None:
    monitor = Monitor()
    measured = {"heart_rate": 135.0, "systolic_pressure": 85.0, "consciousness": "V", "on_oxygen": True}
    run([reading(0, **measured)], monitor)
    lowest = []
    for at_s in (300, 301, 3600, 3601, 12 * 3600, 12 * 3600 + 1):
        run([reading(at_s, skin_temperature=33.0)], monitor)
        lowest.append(monitor.statuses(["p-1"])[0].news2.lowest)
    # pulse 3, systolic 3, consciousness 3, oxygen 2
    assert lowest == [11, 8, 8, 5, 5, 0]


def test_the_status_is_of_the_latest_instant_even_if_a_late_reading_came_after_it() -> None:
    monitor = Monitor()
    run([reading(10, heart_rate=70.0), reading(5, systolic_pressure=120.0)], monitor)
    [status] = monitor.statuses(["p-1"])
    assert status.observed_at_ms == START_MS + 10_000
    assert status.vitals["systolic_pressure"] == (120.0, START_MS + 5_000)


def test_the_status_says_how_much_of_each_vital_has_been_learned_until_it_is_known() -> None:
    monitor = Monitor()
    run([reading(60 * minute, heart_rate=70.0 + minute % 3) for minute in range(120)], monitor)
    run([reading(7200, oxygen_saturation=97.0)], monitor)
    [status] = monitor.statuses(["p-1"])
    assert set(status.learning) == {"heart_rate", "oxygen_saturation"}
    # Two hours of 24, less those in which it was not yet known that the values come regularly.
    assert 0.05 < status.learning["heart_rate"] < 2 / 24
    assert known_ward(["heart"]).statuses(["heart"])[0].learning == {}


def test_the_status_says_what_is_usual_once_that_is_known() -> None:
    monitor = known_ward(["wearable"])
    run([reading(0, patient="new", heart_rate=70.0)], monitor)
    new, wearable = monitor.statuses(["new", "wearable"])
    assert new.usual == {}
    assert set(wearable.usual) == {"heart_rate", "oxygen_saturation", "respiratory_rate"}
    # The ward's wearers are made with 64, and at most two around it; the population's spread counts, too.
    centre, spread = wearable.usual["heart_rate"]
    assert 63 < centre < 65
    assert 1.5 <= spread < 6.0


def test_what_is_usual_is_what_the_reasons_of_an_alarm_say() -> None:
    monitor = known_ward(["heart"])
    strange = [
        replace(usual("heart", at_ms), heart_rate=110.0)
        for at_ms in range(NOW_MS, NOW_MS + 3_600_000, 60_000)
    ]
    events = run(strange, monitor)
    [start] = [each for each in events if each.phase is Phase.START and each.kind == "physiological"]
    [status] = monitor.statuses(["heart"])
    said = start.why["vitals"]["heart_rate"]
    centre, spread = status.usual["heart_rate"]
    # What is usual goes on with the time of day.
    assert abs(said["usual"] - centre) < 1.0
    assert abs(said["band"][1] - (centre + 2 * spread)) < 1.0


def test_the_status_has_the_limits_in_effect_of_every_vital_that_has_any() -> None:
    wards = {"ICU": {"heart_rate": {"high": 120.0}}}
    monitor = Monitor(Rules(ward_limits=wards))
    own = {"heart_rate": {"low": 45.0}, "body_temperature": {"high": 38.5}}
    monitor.admit([RosterEntry(patient="p-1", ward="ICU", bed="1", limits=own)])
    monitor.admit([RosterEntry(patient="p-2", ward="4B", bed="1")])
    own_limits, standard = (status.limits for status in monitor.statuses(["p-1", "p-2"]))
    assert own_limits == {
        "heart_rate": (45.0, 120.0),
        "oxygen_saturation": (92.0, None),
        "respiratory_rate": (9.0, 24.0),
        "body_temperature": (35.1, 38.5),
        "systolic_pressure": (91.0, 219.0),
    }
    assert standard == dict(own_limits) | {"heart_rate": (41.0, 130.0), "body_temperature": (35.1, 39.0)}
    # Other wards' limits hold from the start, not from the next reading on.
    saved = dict(monitor.snapshot(only_changed=False))
    changed = Monitor.restore(saved, Rules(ward_limits={"ICU": {"heart_rate": {"high": 110.0}}}))
    assert changed.statuses(["p-1"])[0].limits["heart_rate"] == (45.0, 110.0)


def test_the_status_tells_of_the_devices_that_are_watched() -> None:
    monitor = Monitor()
    run([reading(0, heart_rate=70.0, battery=81.0, worn=True)], monitor)
    [status] = monitor.statuses(["p-1"])
    assert status.devices == (DeviceStatus(device="e4", seen_ms=START_MS, battery=81, worn=True),)


@settings(max_examples=25)
@given(ward_logs())
def test_a_status_tells_the_same_alone_and_with_others_and_changes_nothing(log: list[Sent]) -> None:
    monitor = known_ward()
    told(monitor, log)
    before = states(monitor, PATIENTS)
    together = monitor.statuses(PATIENTS)
    assert together == [status for name in PATIENTS for status in monitor.statuses([name])]
    assert states(monitor, PATIENTS) == before
    for status in together:
        assert set(status.usual).isdisjoint(status.learning)
        assert all(isfinite(number) for pair in status.usual.values() for number in pair)
        assert decode_status(encode_status(status)) == status
