"""What annotators have called each beat, as time: episodes of rhythms, and hours of what is none of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wardwatch.core.reading import BoolArray, IntArray
from wardwatch.evaluating.labelled import Event
from wardwatch.wire.recordings.vitaldb import Beat

# The rhythms that are to be noticed, by the label that VitalDB gives them, if they last at least so long.
KINDS = {"AFIB/AFL": "AFIB", "SVTA": "SVTA", "VT": "VT", "SND": "SND", "AVB": "AVB", "MAT": "MAT"}
_SHORTEST_MS = 10_000

# What a beat is one of; noise is what annotators called so, and all that was marked as a bad signal. Extra
# beats in series are no rhythm that is to be noticed, and not a normal one either.
NORMAL, NOISE, ECTOPY, UNLABELLED, ARRHYTHMIA = CLASSES = (
    "normal",
    "noise",
    "ectopy",
    "unlabelled",
    "arrhythmia",
)
_CLASS_OF = {"N": NORMAL, "Noise": NOISE, "SR-mPVC-BT": ECTOPY, "SR-mPAC-BT": ECTOPY} | dict.fromkeys(
    KINDS, ARRHYTHMIA
)
_HOUR_MS = 3_600_000.0
# Between two beats that are further apart nobody knows what was.
_LONGEST_MS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """The beats (n) of one patient in order of time: when each was, and the place of its class in CLASSES."""

    patient: str
    at_ms: IntArray
    of_class: IntArray
    is_poor: BoolArray
    episodes: tuple[Event, ...]

    @classmethod
    def of(cls, patient: str, beats: Sequence[Beat]) -> Rhythm:
        """From what annotators wrote; beats that are out of order are put in order."""
        beats = sorted(beats, key=lambda beat: beat.at_ms)
        poor = [beat.quality == 0.0 for beat in beats]
        classes = [
            NOISE if bad else _CLASS_OF.get(beat.rhythm, UNLABELLED)
            for beat, bad in zip(beats, poor, strict=True)
        ]
        return cls(
            patient=patient,
            at_ms=np.array([beat.at_ms for beat in beats], dtype=np.int64),
            of_class=np.array([CLASSES.index(name) for name in classes], dtype=np.int64),
            is_poor=np.array(poor, dtype=np.bool_),
            episodes=tuple(_episodes(beats)),
        )

    def hours(self) -> list[float]:
        """Of each class; a beat's lasts until the next beat."""
        lasted_ms = np.minimum(np.diff(self.at_ms, append=self.at_ms[-1:]), _LONGEST_MS)
        hours: list[float] = (np.bincount(self.of_class, lasted_ms, len(CLASSES)) / _HOUR_MS).tolist()
        return hours

    def class_at(self, at_ms: IntArray) -> IntArray:
        """The class of the latest beat at each instant."""
        place = np.searchsorted(self.at_ms, at_ms, side="right") - 1
        found: IntArray = self.of_class[np.maximum(place, 0)]
        return found


def _episodes(beats: Sequence[Beat]) -> Iterator[Event]:
    """Beats in a row with the same label, from the first to the last."""
    first = 0
    for place, beat in enumerate(beats):
        if place + 1 < len(beats) and beats[place + 1].rhythm == beat.rhythm:
            continue
        from_ms, kind = beats[first].at_ms, KINDS.get(beat.rhythm)
        if kind is not None and beat.at_ms - from_ms >= _SHORTEST_MS:
            yield Event(onset_ms=from_ms, from_ms=from_ms, until_ms=beat.at_ms, kind=kind)
        first = place + 1
