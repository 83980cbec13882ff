import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.core.monitor import Rules
from wardwatch.core.reading import Reading
from wardwatch.core.vitals import VITAL_INDEX
from wardwatch.evaluating.arrivals import Watched, arrived_ms
from wardwatch.evaluating.tracks import tracks_of
from wardwatch.wire.recordings.recording import Stream

START_MS = 1_767_225_600_000
HEART_RATE = VITAL_INDEX["heart_rate"]


def test_a_device_whose_clock_is_wrong_does_not_move_the_time_of_others() -> None:
    seconds = START_MS + 1000 * np.repeat(np.arange(300), 5)
    shown = seconds.copy()
    shown[::5] += 240_000
    assert np.abs(arrived_ms(shown) - seconds).max() <= 10_000


def test_what_a_device_had_kept_arrives_when_it_came() -> None:
    live = START_MS + 1000 * np.arange(2000)
    kept = START_MS + 1000 * np.arange(400)
    arrived = arrived_ms(np.concatenate([live[:1000], kept, live[1000:]]))
    assert (arrived[1000:1400] >= live[960]).all()
    assert np.abs(arrived[1450:] - live[1050:]).max() <= 30_000


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=200), st.integers(0, 10_000))
def test_time_never_goes_back(observed_ms: list[int], latest_ms: int) -> None:
    arrived = arrived_ms(np.array(observed_ms, dtype=np.int64), latest_ms).tolist()
    assert arrived == sorted(arrived)
    assert arrived[0] >= latest_ms
    assert arrived[-1] <= max(*observed_ms, latest_ms)


def readings(patient: str, late: int) -> list[Reading]:
    """Ten minutes at a reading a second, of which one comes ``late`` seconds after its time."""
    told = [
        Reading(
            patient=patient, device=patient, observed_at_ms=START_MS + 1000 * at, heart_rate=60.0 + at % 7
        )
        for at in range(600)
    ]
    told.insert(300 + late, told.pop(300))
    return told


def test_signals_are_told_in_order_of_time_whatever_came_late() -> None:
    rows = [reading for pair in zip(readings("a", 5), readings("b", 0), strict=True) for reading in pair]
    watched = Watched(Rules().unattended())
    watched.watch([Stream(iter(rows))], lambda: None)
    tapped = watched.tapped(tracks_of([Stream(iter(rows))], lambda: None))
    for one in tapped.values():
        heard = one.signals[:, HEART_RATE]
        told = ~np.isnan(heard)
        assert told.sum() >= 599
        np.testing.assert_array_equal(heard[told], one.track.values[told, HEART_RATE])


def test_a_device_that_falls_silent_is_noticed_by_what_others_send() -> None:
    rows = [one for pair in zip(readings("a", 0), readings("b", 0), strict=True) for one in pair]
    rows += [
        Reading(patient="b", device="b", observed_at_ms=START_MS + 1000 * at, heart_rate=60.0)
        for at in range(600, 1800)
    ]
    watched = Watched(Rules().unattended())
    watched.watch([Stream(iter(rows))], lambda: None)
    assert ("a", "device.no_data") in {(event.patient, event.condition) for event in watched.events}
