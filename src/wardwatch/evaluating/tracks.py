"""Whole recordings as arrays: one track a patient, to be cut and changed at will."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wardwatch.core.events import Placement
from wardwatch.core.reading import STEPS, Batch, BoolArray, FloatArray, IntArray, Reading, SmallIntArray
from wardwatch.core.vitals import VITAL_INDEX
from wardwatch.replaying import LONGEST_WATCHED_GAP_MS
from wardwatch.wire.recordings.recording import Stream, UnreadableRow

HEART_RATE = VITAL_INDEX["heart_rate"]
MINUTE_MS = 60_000
DAY_MS = 86_400_000

# Readings that are turned into arrays at once: few enough to be held as objects.
_PIECE_READINGS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """``n`` readings of one patient in order of time; the columns are those of a :class:`Batch`."""

    patient: str
    devices: Sequence[str]
    observed_at_ms: IntArray
    values: FloatArray
    context: FloatArray
    consciousness: SmallIntArray

    def __len__(self) -> int:
        return len(self.observed_at_ms)

    def piece(self, first: int, last: int) -> Track:
        """The readings from ``first`` up to, but without, ``last``; shares memory with the whole."""
        return Track(
            patient=self.patient,
            devices=self.devices[first:last],
            observed_at_ms=self.observed_at_ms[first:last],
            values=self.values[first:last],
            context=self.context[first:last],
            consciousness=self.consciousness[first:last],
        )

    def copy(self) -> Track:
        """The same readings, whose values and context can be changed without changing these."""
        return replace(self, values=self.values.copy(), context=self.context.copy())

    def row_at(self, at_ms: int) -> int:
        """The place of the first reading at or after an instant."""
        return int(np.searchsorted(self.observed_at_ms, at_ms, side="left"))

    def stepping(self) -> IntArray:
        """The instants of the readings with steps."""
        with np.errstate(invalid="ignore"):
            moving: BoolArray = self.context[:, STEPS] > 0
        return self.observed_at_ms[moving]

    def minutes_with_heart_rate(self) -> IntArray:
        """The minutes since 1970 of which a heart rate was recorded, rising."""
        present = self.values[:, HEART_RATE] > 0
        return np.unique(self.observed_at_ms[present] // MINUTE_MS)

    def watched_days(self) -> float:
        """Time between two readings counts up to an hour, as in replay."""
        gaps_ms = np.minimum(np.diff(self.observed_at_ms), LONGEST_WATCHED_GAP_MS)
        return float(gaps_ms.sum()) / DAY_MS


def tracks_of(streams: Iterable[Stream], advance: Callable[[], None]) -> list[Track]:
    """The tracks of one recording; ``advance`` is called from time to time.

    Only readings count: rows that cannot be read are passed over. What came late is put in its place: this
    is about judging what was measured, not about delivery.
    """
    pieces: defaultdict[str, list[Track]] = defaultdict(list)
    for batch in _batches(streams):
        for piece in _by_patient(batch):
            pieces[piece.patient].append(piece)
        advance()
    return [_in_time(_joined(parts)) for parts in pieces.values()]


def batch_of(pieces: Sequence[tuple[str, Track]]) -> Batch:
    """The readings of (name, track) pairs in one batch; each arrives when it is observed."""
    at_ms = np.concatenate([track.observed_at_ms for _, track in pieces])
    return Batch(
        patients=[name for name, track in pieces for _ in range(len(track))],
        devices=[device for _, track in pieces for device in track.devices],
        observed_at_ms=at_ms,
        arrived_at_ms=at_ms,
        positions=np.arange(len(at_ms)),
        values=np.concatenate([track.values for _, track in pieces]),
        context=np.concatenate([track.context for _, track in pieces]),
        consciousness=np.concatenate([track.consciousness for _, track in pieces]),
    )


def _batches(streams: Iterable[Stream]) -> Iterator[Batch]:
    held: list[Reading] = []
    for stream in streams:
        for row in stream.rows:
            if not isinstance(row, Placement | UnreadableRow):
                held.append(row)
            if len(held) == _PIECE_READINGS:
                yield Batch.of(held)
                held = []
    if held:
        yield Batch.of(held)


def _by_patient(batch: Batch) -> Iterator[Track]:
    rows: defaultdict[str, list[int]] = defaultdict(list)
    for row, patient in enumerate(batch.patients):
        rows[patient].append(row)
    for patient, its in rows.items():
        yield Track(
            patient=patient,
            devices=[batch.devices[row] for row in its],
            observed_at_ms=batch.observed_at_ms[its],
            values=batch.values[its],
            context=batch.context[its],
            consciousness=batch.consciousness[its],
        )


def _joined(parts: Sequence[Track]) -> Track:
    return Track(
        patient=parts[0].patient,
        devices=[device for part in parts for device in part.devices],
        observed_at_ms=np.concatenate([part.observed_at_ms for part in parts]),
        values=np.concatenate([part.values for part in parts]),
        context=np.concatenate([part.context for part in parts]),
        consciousness=np.concatenate([part.consciousness for part in parts]),
    )


def _in_time(track: Track) -> Track:
    order = np.argsort(track.observed_at_ms, kind="stable")
    return Track(
        patient=track.patient,
        devices=[track.devices[row] for row in order.tolist()],
        observed_at_ms=track.observed_at_ms[order],
        values=track.values[order],
        context=track.context[order],
        consciousness=track.consciousness[order],
    )
