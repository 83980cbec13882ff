from dataclasses import replace
from functools import partial

import numpy as np

from tests.support.quiet_wearers import FULL_FROM_MS, quiet_wearer
from wardwatch.core.blocks import Block, encode
from wardwatch.core.events import AlarmEvent
from wardwatch.core.monitor import Monitor, Rules
from wardwatch.core.reading import Batch
from wardwatch.evaluating.forking import Future, Monitors, play, play_on, renamed
from wardwatch.evaluating.injection import Injection, Kind, inject
from wardwatch.evaluating.tracks import HEART_RATE, MINUTE_MS, Track, batch_of, tracks_of
from wardwatch.wire.recordings.recording import Stream

RULES = Rules().unattended()
MONITORS = Monitors(new=partial(Monitor, RULES), restored=partial(Monitor.restore, rules=RULES))


def restless_tracks() -> list[Track]:
    """Two wearers, of unlike length, whose hearts race for a quarter of an hour every other hour."""
    streams = [Stream(quiet_wearer(name, seed=n, hours=10 + 4 * n)) for n, name in enumerate("ab")]
    tracks = tracks_of(streams, lambda: None)
    for track in tracks:
        minutes = (track.observed_at_ms - FULL_FROM_MS) // MINUTE_MS
        track.values[(minutes > 0) & (minutes % 120 >= 105), HEART_RATE] += 80
    return tracks


def nothing(_: int) -> None:
    pass


def told(events: list[AlarmEvent]) -> list[tuple[str, str, int, str, int]]:
    return [(one.condition, one.phase, one.observed_at_ms, one.text, one.priority) for one in events]


def test_playing_tells_what_a_monitor_says_of_each_wearer_alone() -> None:
    tracks = restless_tracks()
    past = play(MONITORS, tracks, [(0, 1100), (1, 1100), (1, 1500)], nothing)
    for number, track in enumerate(tracks):
        alone = Monitor(RULES)
        alone.receive(batch_of([("alone", track)]))
        assert told(alone.drain().events) == told(past.events[number]) != []


def test_a_future_in_which_nothing_is_changed_is_what_came() -> None:
    """Of 40 moments, alarms pending and open among them, side by side and in any order."""
    tracks = restless_tracks()
    wanted = [(number, row) for number in (1, 0) for row in range(1020, 1600, 29)]
    past = play(MONITORS, tracks, wanted, nothing)
    futures = [
        Future(state=past.states[number, row], readings=tracks[number].piece(row, row + 200 - number * 50))
        for number, row in wanted
    ]
    said = 0
    for (number, row), future, events in zip(
        wanted, futures, play_on(MONITORS, futures, nothing), strict=True
    ):
        first_ms, last_ms = tracks[number].observed_at_ms[row - 1], future.readings.observed_at_ms[-1]
        as_came = [one for one in past.events[number] if first_ms < one.observed_at_ms <= last_ms]
        assert told([one for one in events if one.observed_at_ms > first_ms]) == told(as_came)
        said += len(as_came)
    assert said > len(wanted)


def test_futures_of_the_same_moment_do_not_touch_each_other() -> None:
    tracks = restless_tracks()
    row = tracks[0].row_at(FULL_FROM_MS + 30 * MINUTE_MS)
    past = play(MONITORS, tracks, [(0, row)], nothing)
    piece = tracks[0].piece(row, row + 60)
    racing = Injection(
        kind=Kind.TACHYCARDIA,
        track=0,
        onset_ms=int(piece.observed_at_ms[0]),
        end_ms=int(piece.observed_at_ms[-1]),
        seed=1,
    )
    state = past.states[0, row]
    quiet, raced, quiet_too = play_on(
        MONITORS,
        [Future(state=state, readings=one) for one in (piece, inject(piece, racing), piece)],
        nothing,
    )
    assert told(quiet) == told(quiet_too) == []
    assert raced != []


def test_more_futures_than_go_side_by_side_each_get_their_own_events() -> None:
    tracks = restless_tracks()
    row = tracks[0].row_at(FULL_FROM_MS + 100 * MINUTE_MS)
    past = play(MONITORS, tracks, [(0, row)], nothing)
    state = past.states[0, row]
    futures = [Future(state=state, readings=tracks[0].piece(row, row + 1 + n % 60)) for n in range(300)]
    played: list[int] = []
    for future, events in zip(futures, play_on(MONITORS, futures, played.append), strict=True):
        [alone] = play_on(MONITORS, [future], nothing) if len(future.readings) in (1, 10, 30) else [events]
        assert told(events) == told(alone)
    assert sum(played) == sum(len(future.readings) for future in futures)


def test_a_renamed_state_is_that_of_the_patient_under_another_name() -> None:
    [track, _] = restless_tracks()
    one, other = Monitor(RULES), Monitor(RULES)
    one.receive(batch_of([("one", track)]))
    other.receive(batch_of([("a-longer-name", track)]))
    assert renamed(one.state_of("one"), "a-longer-name") == other.state_of("a-longer-name")
    restored = Monitor.restore({0: renamed(one.state_of("one"), "x")})
    restored.receive(Batch.of([]))
    assert [status.patient for status in restored.statuses(["x", "one"])] == ["x"]


def test_what_is_attached_to_a_patient_goes_with_the_new_name() -> None:
    state = Block(
        patients=[["p", "4B", "12"]],
        away=[],
        attached={"river": {"p": b"state"}},
        columns={"rate": np.array([72.0])},
    )
    after = replace(state, patients=[["longer", "4B", "12"]], attached={"river": {"longer": b"state"}})
    assert renamed(encode(state), "longer") == encode(after)
