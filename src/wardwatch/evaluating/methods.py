"""Recordings read for a suite, and all methods that it holds beside each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from wardwatch.core.reading import FloatArray
from wardwatch.evaluating import nulls
from wardwatch.evaluating.comparison import Scores
from wardwatch.evaluating.evaluation import OURS, Advance, SuiteOptions, part_of
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.tapping import Tapped, at_instants
from wardwatch.evaluating.tracks import Track, tracks_of
from wardwatch.evaluating.wardwatch_score import LearnedLimits, wardwatch_score
from wardwatch.wire.recordings.opening import Recording


def named(number: int, patient: str) -> str:
    """A patient of the recording with this number: those of two recordings never become one."""
    return f"{number}/{patient}"


def named_tracks(recordings: Sequence[Recording], advance: Advance) -> list[list[Track]]:
    """The tracks of each recording, with patients' names made different by :func:`named`."""
    tracks: list[list[Track]] = []
    for number, recording in enumerate(recordings):
        read = part_of(advance, number / len(recordings), (number + 1) / len(recordings))
        its = tracks_of(recording.streams(), _tells(recording, read))
        tracks.append([replace(track, patient=named(number, track.patient)) for track in its])
    return tracks


def _tells(recording: Recording, advance: Advance) -> Callable[[], None]:
    """Tells how much of a recording is read."""
    size = max(recording.size_bytes, 1)
    return lambda: advance(min(recording.bytes_read / size, 1.0))


def methods_beside(
    stays: Sequence[Stay], tapped: Mapping[str, Tapped], options: SuiteOptions
) -> dict[str, Scores]:
    """What wardwatch and each null say at the instants of stays; ``tapped`` by the patients of stays."""
    limits = LearnedLimits.of(options.rules)

    def ours(one: Tapped) -> FloatArray:
        return wardwatch_score(one.standing(), limits)

    return {
        OURS: at_instants(stays, tapped, ours),
        "random": nulls.random_alarms(stays, options.seed),
        "clock": nulls.clock(stays),
        "static limits": at_instants(stays, tapped, nulls.static_limits),
        "NEWS2": at_instants(stays, tapped, nulls.news2_charted),
        "NEWS2 (monitor)": at_instants(stays, tapped, nulls.news2_monitored),
    }
