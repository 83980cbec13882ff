from dataclasses import replace

import numpy as np

from tests.support.hourly_stays import HOUR_MS, hourly_stay
from tests.support.quiet_wearers import alarm_event
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.reading import Reading
from wardwatch.evaluating.examples import examples, series_around
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.tapping import Tapped
from wardwatch.evaluating.tracks import Track, tracks_of
from wardwatch.wire.recordings.recording import Stream


def hourly_track(hours: int, *, every_ms: int = HOUR_MS) -> Track:
    readings = [
        Reading(patient="p", device="d", observed_at_ms=at_ms, heart_rate=60.0 + at_ms // HOUR_MS)
        for at_ms in range(0, hours * HOUR_MS, every_ms)
    ]
    [track] = tracks_of([Stream(iter(readings))], lambda: None)
    return track


def alarming(track: Track, hours: list[int]) -> Tapped:
    events: list[AlarmEvent] = []
    for hour in hours:
        events.append(alarm_event(Phase.START, hour * HOUR_MS))
        events.append(replace(events[-1], phase=Phase.END))
    return Tapped(track=track, signals=np.zeros((len(track), 1)), events=events)


def stay_with(patient: str) -> Stay:
    return hourly_stay(40, patient=patient, event=(20, 30, 33))


def test_half_of_ten_are_within_the_window_of_an_event_and_all_have_their_reasons_and_vitals() -> None:
    tapped = {"secret": alarming(hourly_track(40), [*range(0, 40, 2)])}
    chosen = examples([stay_with("secret")], tapped, seed=1)
    assert [one.caught for one in chosen] == [True] * 5 + [False] * 5
    first = chosen[0]
    assert (first.condition, first.text, first.why) == ("heart_rate.high", "HR 140 > 130", {"rule": "limit"})
    assert first.at.startswith("hour ")
    assert 20 <= int(first.at.removeprefix("hour ")) - 1 <= 33
    now = dict(first.series["heart_rate"])[0.0]
    assert now == 60.0 + int(first.at.removeprefix("hour ")) - 1
    assert "secret" not in str(chosen)
    assert chosen == examples([stay_with("secret")], tapped, seed=1)
    assert chosen != examples([stay_with("secret")], tapped, seed=2)


def test_where_one_kind_is_short_the_other_fills_up() -> None:
    stays = [stay_with("p"), hourly_stay(40, patient="without readings")]
    all_true = {"p": alarming(hourly_track(40), [*range(20, 33)])}
    assert [one.caught for one in examples(stays, all_true, seed=1)] == [True] * 10
    few = {"p": alarming(hourly_track(40), [1, 25])}
    assert [one.caught for one in examples(stays, few, seed=1)] == [True, False]
    assert examples(stays, {"p": alarming(hourly_track(40), [])}, seed=1) == []


def test_technical_alarms_are_no_examples() -> None:
    event = alarm_event(Phase.START, 0, kind="technical")
    tapped = {"p": replace(alarming(hourly_track(2), []), events=[event])}
    assert examples([stay_with("p")], tapped, seed=1) == []


def test_a_series_has_12_hours_before_and_3_after_and_only_what_was_measured() -> None:
    series = series_around(hourly_track(40), 20 * HOUR_MS)
    assert [*series] == ["heart_rate"]
    assert series["heart_rate"][0] == (-12.0, 68.0)
    assert series["heart_rate"][-1] == (3.0, 83.0)
    assert len(series["heart_rate"]) == 16


def test_of_a_dense_series_so_many_points_are_shown_as_a_chart_has_room_for() -> None:
    series = series_around(hourly_track(40, every_ms=10_000), 20 * HOUR_MS)["heart_rate"]
    assert len(series) == 180
    assert (series[0][0], series[-1][0]) == (-12.0, 3.0)
