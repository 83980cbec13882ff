"""What a device used to send and no longer sends is told: stories, one alarm a device."""

from __future__ import annotations

from tests.support.devices import every, merged, sent, told, watched_changes

HOUR_S = 3600.0


def test_a_device_that_stops_is_one_alarm_that_names_its_vitals() -> None:
    log = every(1, 60, oxygen_saturation=97.0, skin_temperature=33.0)
    [start] = watched_changes(log, until_s=600)
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
    changes = watched_changes(
        [*log, *every(1, 90, since_s=60, heart_rate=None, skin_temperature=33.0)], 2 * HOUR_S
    )
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
    changes = watched_changes(log)
    assert told(changes) == [
        (90 + 330, "device.no_data", "start", "low"),
        (900, "device.no_data", "end", "low"),
    ]
    assert changes[1].text == "Data from e4-03 again: HR"


def test_a_cuff_is_judged_by_the_age_of_its_own_vitals() -> None:
    cuff = sent(5, device="cuff", systolic_pressure=120.0, diastolic_pressure=80.0)
    changes = watched_changes(merged([cuff], every(60, 2 * HOUR_S)))
    assert told(changes) == [(5 + 3630, "device.no_data", "start", "low")]
    assert changes[0].source == "cuff"


def test_what_is_measured_by_hand_is_expected_in_its_own_time() -> None:
    """Every four hours: after the second long interval nobody calls that a silence any more."""
    rounds_s = [4 * HOUR_S * turn for turn in range(5)]
    log = [
        sent(at_s, device="obs", heart_rate=70.0, body_temperature=36.8, systolic_pressure=120.0)
        for at_s in rounds_s
    ]
    changes = watched_changes(log, until_s=rounds_s[-1] + 12 * HOUR_S)
    assert [(at_s, phase) for at_s, _, phase, _ in told(changes) if at_s > rounds_s[2]] == [
        (rounds_s[-1] + 8 * HOUR_S + 30, "start")
    ]


def test_what_comes_by_itself_again_is_expected_soon_again() -> None:
    log = every(4 * HOUR_S, 12 * HOUR_S) + every(1, 12 * HOUR_S + 10, since_s=12 * HOUR_S)
    [*_, last] = watched_changes(log, until_s=13 * HOUR_S)
    assert told([last]) == [(12 * HOUR_S + 9 + 330, "device.no_data", "start", "medium")]
