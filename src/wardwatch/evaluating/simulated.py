"""The suite `simulated`: a simulator's run, held against the truth that was written beside it.

Illnesses are to be noticed from their onset to their end; whoever is well, and whoever's device fails, is to
be left in peace. The methods are compared on what was measured; what the monitor's own alarms make of it is
told beside them, by course of illness and by kind of fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wardwatch.evaluating.arrivals import Watched
from wardwatch.evaluating.comparison import compare
from wardwatch.evaluating.evaluation import Advance, Evaluation, SuiteError, SuiteOptions, part_of
from wardwatch.evaluating.examples import examples
from wardwatch.evaluating.methods import methods_beside
from wardwatch.evaluating.simulated_figures import by_course, by_fault, of_healthy
from wardwatch.evaluating.simulated_labels import illnesses_of, stays_of
from wardwatch.evaluating.tracks import Track, tracks_of
from wardwatch.wire.recordings.opening import Recording
from wardwatch.wire.simulated_truth import Truth, read_truth

SUITE = "simulated"


def evaluate(recordings: Sequence[Recording], options: SuiteOptions, advance: Advance) -> Evaluation:
    """All figures of the suite, of the files of one run; raises :class:`SuiteError` without the truth."""
    truth = Truth()
    for recording in recordings:
        read_truth(recording.source, truth)
    if not truth:
        raise SuiteError(
            "simulated needs the truth beside the readings: name the file that `wardwatch simulate --truth` "
            "wrote as well."
        )
    tracks = _tracks(recordings, part_of(advance, 0.0, 0.2))
    if not {track.patient for track in tracks} & truth.patients:
        raise SuiteError("simulated needs readings and truth of the same run; these tell of other wearers.")
    stays = stays_of(tracks, illnesses_of(truth, tracks))
    watched = _watched(recordings, options, part_of(advance, 0.2, 0.8))
    tapped = watched.tapped(tracks)
    methods = methods_beside(stays, tapped, options)
    evaluation = compare(stays, methods, options, part_of(advance, 0.8, 1.0)).evaluation(
        SUITE,
        options,
        courses=by_course(stays, tapped),
        faults=by_fault(stays, tapped, truth.faults),
        healthy=of_healthy(stays, tapped, options.seed),
    )
    return replace(evaluation, examples=examples(stays, tapped, options.seed))


def _tracks(recordings: Sequence[Recording], advance: Advance) -> list[Track]:
    """Those of all files together, which are of one run."""
    streams = (stream for recording in recordings for stream in recording.streams())
    return tracks_of(streams, lambda: advance(_share_read(recordings)))


def _watched(recordings: Sequence[Recording], options: SuiteOptions, advance: Advance) -> Watched:
    watched = Watched(options.rules)
    streams = (stream for recording in recordings for stream in recording.streams())
    watched.watch(streams, lambda: advance(_share_read(recordings)))
    return watched


def _share_read(recordings: Sequence[Recording]) -> float:
    read = sum(recording.bytes_read for recording in recordings)
    return min(read / max(sum(recording.size_bytes for recording in recordings), 1), 1.0)
