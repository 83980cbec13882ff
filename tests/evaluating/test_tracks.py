import numpy as np
import pytest

from wardwatch.core.reading import Batch, Reading
from wardwatch.evaluating.tracks import DAY_MS, HEART_RATE, MINUTE_MS, Track, batch_of, tracks_of
from wardwatch.wire.errors import Fault
from wardwatch.wire.recordings.recording import Row, Stream, UnreadableRow


def reading(
    patient: str, minute: int, heart_rate: float | None = 70.0, steps: float | None = None
) -> Reading:
    return Reading(
        patient=patient,
        device=f"of-{patient}",
        observed_at_ms=minute * MINUTE_MS,
        heart_rate=heart_rate,
        steps=steps,
    )


def tracks(*rows: Row) -> list[Track]:
    return tracks_of([Stream(iter(rows))], lambda: None)


def test_a_stream_of_mixed_patients_becomes_a_track_each_in_order_of_time() -> None:
    first, second = tracks(
        reading("a", 3), reading("b", 1), reading("a", 2), reading("a", 5, heart_rate=80.0)
    )
    assert (first.patient, second.patient) == ("a", "b")
    assert (first.observed_at_ms // MINUTE_MS).tolist() == [2, 3, 5]
    assert first.values[:, HEART_RATE].tolist() == [70.0, 70.0, 80.0]
    assert [*second.devices] == ["of-b"]


def test_a_long_stream_loses_nothing_where_it_is_cut_into_batches() -> None:
    [track] = tracks(*(reading("a", minute, heart_rate=30.0 + minute % 100) for minute in range(10_000)))
    assert (track.observed_at_ms // MINUTE_MS).tolist() == [*range(10_000)]
    assert track.values[:, HEART_RATE].tolist() == [30.0 + minute % 100 for minute in range(10_000)]


def test_rows_that_cannot_be_read_are_passed_over() -> None:
    [track] = tracks(UnreadableRow(Fault.WRONG_TYPE, "x", 1), reading("a", 1))
    assert len(track) == 1


def test_a_batch_of_tracks_is_the_batch_of_their_readings() -> None:
    rows = [reading("a", 1), reading("a", 2, heart_rate=None, steps=4.0), reading("b", 1, heart_rate=50.0)]
    expected = Batch.of(rows)
    batch = batch_of([(track.patient, track) for track in tracks(*rows)])
    assert batch.patients == expected.patients
    assert [*batch.devices] == expected.devices
    for name in ("observed_at_ms", "arrived_at_ms", "positions", "values", "context", "consciousness"):
        np.testing.assert_array_equal(getattr(batch, name), getattr(expected, name))


def test_a_copy_can_be_changed_and_the_track_stays_as_it_was() -> None:
    [track] = tracks(reading("a", 1), reading("a", 2))
    changed = track.piece(1, 2).copy()
    changed.values[:] = 0.0
    assert track.values[:, HEART_RATE].tolist() == [70.0, 70.0]


def test_what_a_track_tells_of_itself() -> None:
    [track] = tracks(
        reading("a", 0, steps=3.0),
        reading("a", 1, heart_rate=None, steps=0.0),
        reading("a", 2, steps=9.0),
        reading("a", 500),
    )
    assert (track.stepping() // MINUTE_MS).tolist() == [0, 2]
    assert track.minutes_with_heart_rate().tolist() == [0, 2, 500]
    assert track.row_at(2 * MINUTE_MS) == 2
    assert track.row_at(2 * MINUTE_MS + 1) == 3
    # A gap counts up to an hour.
    assert track.watched_days() == pytest.approx((2 + 60) * MINUTE_MS / DAY_MS)
