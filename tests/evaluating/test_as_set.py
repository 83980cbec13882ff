from functools import partial
from typing import Any

import pytest

from tests.support.quiet_wearers import AlwaysAlarms, NeverAlarms, quiet_wearer
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.evaluating.as_set import Plan, acute, bursts, figures_as_set
from wardwatch.evaluating.forking import Future as Fork
from wardwatch.evaluating.forking import Monitors, play, play_on
from wardwatch.evaluating.injection import Injection, Kind, inject
from wardwatch.evaluating.judging import catch
from wardwatch.evaluating.tracks import MINUTE_MS, Track, tracks_of
from wardwatch.wire.recordings.recording import Stream

RULES = Rules().unattended()
REAL = Monitors(new=partial(Monitor, RULES), restored=partial(Monitor.restore, rules=RULES))
PLAN = Plan(events=9, artefacts=12, seed=1)


def evaluate(tracks: list[Track], monitors: Monitors, plan: Plan) -> dict[str, Any]:
    events, noise = acute(tracks, plan), bursts(tracks, plan)
    past = play(monitors, tracks, events.forks + noise.forks, lambda _: None)
    caught, alarmed = (one.told(tracks, past, monitors, lambda _: None) for one in (events, noise))
    return figures_as_set(tracks, past, caught, alarmed, plan)


@pytest.fixture(scope="module")
def tracks() -> list[Track]:
    streams = [Stream(quiet_wearer(name, seed=seed, hours=24)) for seed, name in enumerate("ab")]
    return tracks_of(streams, lambda: None)


@pytest.fixture(scope="module")
def figures(tracks: list[Track]) -> dict[str, Any]:
    return evaluate(tracks, REAL, PLAN)


def useless(tracks: list[Track], kind: type[NeverAlarms]) -> dict[str, Any]:
    return evaluate(tracks, Monitors(new=kind, restored=kind.restored), PLAN)


def test_thirty_more_for_an_hour_on_a_quiet_wearer_is_caught(tracks: list[Track]) -> None:
    [track, _] = tracks
    onset_ms = int(track.observed_at_ms[-1]) - 80 * MINUTE_MS
    event = Injection(
        kind=Kind.TACHYCARDIA, track=0, onset_ms=onset_ms, end_ms=onset_ms + 60 * MINUTE_MS, seed=1
    )
    row = track.row_at(onset_ms)
    past = play(REAL, tracks, [(0, row)], lambda _: None)
    future = Fork(state=past.states[0, row], readings=inject(track.piece(row, len(track)), event))
    [events] = play_on(REAL, [future], lambda _: None)
    delay = catch(event, [], events).delay
    assert delay is not None
    assert 0 < delay < 30


def test_tachycardia_and_bradycardia_of_quiet_wearers_are_caught(figures: dict[str, Any]) -> None:
    kinds = figures["injected"]["kinds"]
    for kind in ("tachycardia", "bradycardia"):
        assert kinds[kind]["events"] == 3
        assert kinds[kind]["sensitivity"] == 1.0
        assert 0 < kinds[kind]["delay_minutes"]["median"] <= 30


def test_a_quiet_wearer_does_not_alarm_by_itself(tracks: list[Track], figures: dict[str, Any]) -> None:
    assert figures["burden"]["outside_nightly"]["alarms"] == 0
    assert sum(track.watched_days() for track in tracks) == pytest.approx(2 * 8, abs=0.1)


def test_a_missing_heart_rate_is_no_alarm(figures: dict[str, Any]) -> None:
    dropout = figures["artefacts"]["kinds"]["dropout"]
    assert (dropout["bursts"], dropout["alarmed"]) == (4, 0)


def test_who_never_alarms_catches_nothing(tracks: list[Track]) -> None:
    figures = useless(tracks, NeverAlarms)
    assert figures["injected"]["all"] | {"interval": None} == {
        "events": 9,
        "caught": 0,
        "sensitivity": 0.0,
        "interval": None,
        "by_fixed": 0.0,
        "by_learned": 0.0,
        "first_by_rule": {},
        "delay_minutes": None,
    }
    assert len(figures["injected"]["missed"]) == 9
    assert figures["artefacts"]["all"]["alarmed"] == 0
    assert figures["burden"]["outside_nightly"]["alarms"] == 0


def test_who_always_alarms_is_not_rewarded(tracks: list[Track]) -> None:
    figures = useless(tracks, AlwaysAlarms)
    assert figures["injected"]["all"]["caught"] == 0
    assert figures["burden"]["outside_nightly"]["alarms"] == sum(map(len, tracks))


def test_the_same_seed_gives_the_same_figures(tracks: list[Track], figures: dict[str, Any]) -> None:
    assert evaluate(tracks, REAL, PLAN) == figures


def test_without_injections_and_without_room_for_them_the_burden_is_told_all_the_same(
    tracks: list[Track],
) -> None:
    short = [track.piece(0, 50) for track in tracks]
    figures = evaluate(short, REAL, PLAN)
    assert figures["injected"]["all"]["sensitivity"] is None
    assert figures["artefacts"]["all"]["share"] is None
    assert figures["burden"]["outside_nightly"]["per_patient_day"] == 0.0
