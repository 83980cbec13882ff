import numpy as np
import pytest

from tests.support.hourly_stays import hourly_stay
from tests.support.quiet_wearers import START_MS, quiet_wearer
from wardwatch.core.conditions import NEWS2_SIGNAL, UNUSUAL_SIGNAL
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Reading
from wardwatch.evaluating.tapping import Tapped, at_instants, carried_forward, latest_at, tap
from wardwatch.evaluating.tracks import HEART_RATE, Track, batch_of, tracks_of
from wardwatch.wire.recordings.recording import Stream

RULES = Rules().unattended()


def track_of(*readings: Reading) -> Track:
    [track] = tracks_of([Stream(iter(readings))], lambda: None)
    return track


def reading(second: int, **vitals: float) -> Reading:
    at_ms = START_MS + second * 1000
    return Reading(patient="p", device="d", observed_at_ms=at_ms, **vitals)  # type: ignore[arg-type]


def test_signals_are_those_of_each_reading_and_events_those_of_a_monitor() -> None:
    tracks = tracks_of([Stream(quiet_wearer(name, seed=ord(name), hours=3)) for name in "ab"], lambda: None)
    tracks[1].values[-60:, HEART_RATE] = 145.0
    shares: list[float] = []
    quiet, racing = tap(RULES, tracks, shares.append)
    for one, track in (quiet, tracks[0]), (racing, tracks[1]):
        assert one.signals.shape[0] == len(track)
        assert one.signals[:, HEART_RATE] == pytest.approx(track.values[:, HEART_RATE])
    assert np.isfinite(quiet.signals[-60:, UNUSUAL_SIGNAL]).all()
    assert racing.signals[-1, NEWS2_SIGNAL] == 3
    assert racing.signals[-1, UNUSUAL_SIGNAL] > 0 > quiet.signals[-1, UNUSUAL_SIGNAL]
    alone = Monitor(RULES)
    alone.receive(batch_of([("1", tracks[1])]))
    assert racing.events == alone.drain().events != []
    assert shares[-1] == 1.0


def test_what_is_refused_says_nothing_and_the_rest_stays_in_its_place() -> None:
    track = track_of(reading(0, heart_rate=70), reading(60, heart_rate=7000), reading(120, heart_rate=72))
    [one] = tap(RULES, [track], lambda _: None)
    assert one.signals[:, HEART_RATE].tolist() == pytest.approx([70, np.nan, 72], nan_ok=True)
    assert one.standing()[:, HEART_RATE].tolist() == [70, 70, 72]


def test_the_last_reading_stands_at_an_instant_and_nothing_before_the_first() -> None:
    at_ms, figures = np.array([10, 20, 30]), np.array([1.0, 2.0, 3.0])
    found = latest_at(at_ms, figures, np.array([9, 10, 29, 31]))
    assert found.tolist() == pytest.approx([np.nan, 1.0, 2.0, 3.0], nan_ok=True)
    assert latest_at(at_ms[:0], figures[:0], np.array([5])).tolist() == pytest.approx([np.nan], nan_ok=True)


def test_nothing_is_carried_back() -> None:
    figures = np.array([[np.nan], [1.0], [np.nan]])
    assert carried_forward(figures)[:, 0].tolist() == pytest.approx([np.nan, 1, 1], nan_ok=True)
    assert carried_forward(figures[:0]).shape == (0, 1)


def test_of_a_stay_without_readings_nothing_is_said() -> None:
    track = track_of(reading(0, heart_rate=70))
    tapped = {"p": Tapped(track=track, signals=np.ones((1, 1)), events=())}
    stays = [hourly_stay(2, patient="p"), hourly_stay(3, patient="q")]
    _, silent = at_instants(stays, tapped, lambda one: one.signals[:, 0])
    assert silent.tolist() == pytest.approx([np.nan] * 3, nan_ok=True)
