import pytest

from tests.support.quiet_wearers import START_MS, alarm_event, quiet_wearer
from wardwatch.core.events import AlarmEvent, Phase, Priority
from wardwatch.evaluating.episodes import episodes
from wardwatch.evaluating.injection import Injection, Kind
from wardwatch.evaluating.summaries import Injected, alarm_burden, artefacts, sensitivity
from wardwatch.evaluating.tracks import MINUTE_MS, tracks_of
from wardwatch.wire.recordings.recording import Stream

# The wearers of the tests walk for the first ten minutes of every three hours.
AT_REST_MS, MOVING_MS = START_MS + 120 * MINUTE_MS, START_MS + 187 * MINUTE_MS


def test_the_burden_counts_by_channel_and_by_rule_condition_and_priority() -> None:
    streams = [Stream(quiet_wearer(name, seed=1, hours=3 * 24)) for name in "ab"]
    tracks = tracks_of(streams, lambda: None)
    clean = [
        episodes(
            [
                alarm_event(Phase.START, MOVING_MS, alarm="x"),
                alarm_event(Phase.UPDATE, MOVING_MS + 1, alarm="x", priority=Priority.HIGH),
                alarm_event(Phase.START, AT_REST_MS, rule="cusum", condition="heart_rate.drift"),
                alarm_event(Phase.START, AT_REST_MS, rule="nightsignal", condition="heart_rate.nightly"),
            ]
        ),
        episodes([alarm_event(Phase.START, AT_REST_MS, priority=Priority.HIGH)]),
    ]
    burden = alarm_burden(tracks, clean, seed=1)
    days = sum(track.watched_days() for track in tracks)
    assert {name: burden[name]["alarms"] for name in burden if name != "rows"} == {
        "outside_nightly": 3,
        "fixed": 2,
        "learned": 1,
        "nightly": 1,
    }
    assert burden["outside_nightly"]["per_patient_day"] == pytest.approx(3 / days, abs=1e-4)
    low, high = burden["outside_nightly"]["interval"]
    assert low < burden["outside_nightly"]["per_patient_day"] < high
    rows = {(row["rule"], row["condition"], row["priority"]): row for row in burden["rows"]}
    assert {group: row["alarms"] for group, row in rows.items()} == {
        ("limit", "heart_rate.high", "high"): 2,
        ("cusum", "heart_rate.drift", "medium"): 1,
        ("nightsignal", "heart_rate.nightly", "medium"): 1,
    }
    assert rows["limit", "heart_rate.high", "high"]["began_in_motion"] == 0.5
    assert rows["cusum", "heart_rate.drift", "medium"]["began_in_motion"] == 0.0


def injected(kind: Kind, *events: AlarmEvent) -> Injected:
    injection = Injection(kind=kind, track=0, onset_ms=START_MS, end_ms=START_MS + 20 * MINUTE_MS, seed=1)
    return Injected(injection=injection, patient="p-17", clean=[], events=events)


def test_sensitivity_is_told_by_kind_and_in_all_with_delays_and_what_was_missed() -> None:
    soon, late = (alarm_event(Phase.START, START_MS + minutes * MINUTE_MS) for minutes in (2, 6))
    figures = sensitivity(
        [injected(Kind.TACHYCARDIA, soon), injected(Kind.TACHYCARDIA, late), injected(Kind.RAMP)], asked=5
    )
    assert figures["asked"] == 5
    assert figures["kinds"]["tachycardia"]["sensitivity"] == 1.0
    assert figures["kinds"]["tachycardia"]["delay_minutes"] == {"q1": 3.0, "median": 4.0, "q3": 5.0}
    assert figures["kinds"]["bradycardia"]["sensitivity"] is None
    assert figures["all"]["caught"] == 2
    assert figures["all"]["first_by_rule"] == {"limit": 2}
    assert figures["missed"] == [
        {"patient": "p-17", "kind": "ramp", "onset": "2026-01-01T00:00:00Z", "minutes": 20.0}
    ]


def test_artefacts_are_told_by_kind_with_what_alarmed() -> None:
    figures = artefacts(
        [injected(Kind.SPIKES, alarm_event(Phase.START, START_MS)), injected(Kind.MOTION)], asked=2
    )
    assert figures["all"]["share"] == 0.5
    assert figures["kinds"]["spikes"]["by_rule"] == {"limit": 1}
    assert figures["kinds"]["dropout"]["share"] is None
    [alarmed] = figures["alarmed"]
    assert (alarmed["kind"], alarmed["condition"], alarmed["text"]) == (
        "spikes",
        "heart_rate.high",
        "HR 140 > 130",
    )
