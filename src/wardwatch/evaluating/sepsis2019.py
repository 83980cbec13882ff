"""The suite `sepsis2019`: whether sepsis is noticed in time by who has never learned from labels of it.

On intensive-care stays of the PhysioNet/Computing in Cardiology Challenge 2019 (Reyna et al. 2020). The
monitor reads the hourly vitals, just as the worker would; the labels are only there to judge it by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wardwatch.core.bank import Bank
from wardwatch.core.monitor import Rules
from wardwatch.core.reading import FloatArray
from wardwatch.evaluating import nulls
from wardwatch.evaluating.comparison import Scores, compare
from wardwatch.evaluating.evaluation import OURS, Advance, Evaluation, SuiteError, SuiteOptions, part_of
from wardwatch.evaluating.examples import examples
from wardwatch.evaluating.labelled import Event, Stay
from wardwatch.evaluating.tapping import Tapped, at_instants, tap
from wardwatch.evaluating.tracks import Track, tracks_of
from wardwatch.evaluating.utility import OPTIMAL_H
from wardwatch.evaluating.wardwatch_score import wardwatch_score
from wardwatch.wire.recordings.opening import Recording
from wardwatch.wire.recordings.physionet2019_labels import LabelledStay, labelled_stays

SUITE = "sepsis2019"
_HOUR_MS = 3_600_000
_HOURS_A_DAY = 24
# An alarm tells of sepsis from 12 h before its onset to 3 h after it: where the challenge's utility rewards a
# prediction (Reyna et al. 2020).
_BEFORE_MS, _AFTER_MS = 12 * _HOUR_MS, 3 * _HOUR_MS


def evaluate(recordings: Sequence[Recording], options: SuiteOptions, advance: Advance) -> Evaluation:
    """All figures of the suite; raises :class:`SuiteError` where there are no labels."""
    stays, tracks = _read(recordings, part_of(advance, 0.0, 0.3))
    if not stays:
        raise SuiteError(
            "sepsis2019 needs stays of the PhysioNet Challenge 2019 with their column SepsisLabel, and there "
            "are none in these recordings."
        )
    tapped = {one.track.patient: one for one in tap(options.rules, tracks, part_of(advance, 0.3, 0.8))}
    methods = _methods(stays, tapped, options)
    comparison = compare(stays, methods, options, part_of(advance, 0.8, 1.0), utility=True)
    evaluation = comparison.evaluation(
        SUITE,
        options,
        window_h=[-_BEFORE_MS // _HOUR_MS, _AFTER_MS // _HOUR_MS],
        positive_hours=int(sum(stay.positive.sum() for stay in stays)),
        hours=int(sum(len(stay.at_ms) for stay in stays)),
    )
    return replace(evaluation, examples=examples(stays, tapped, options.seed))


def _methods(stays: Sequence[Stay], tapped: dict[str, Tapped], options: SuiteOptions) -> dict[str, Scores]:
    limit_bits = _limit_bits(options.rules)

    def ours(one: Tapped) -> FloatArray:
        return wardwatch_score(one.standing(), limit_bits)

    return {
        OURS: at_instants(stays, tapped, ours),
        "random": nulls.random_alarms(stays, options.seed),
        "clock": nulls.clock(stays),
        "static limits": at_instants(stays, tapped, nulls.static_limits),
        "NEWS2": at_instants(stays, tapped, nulls.news2_charted),
        "NEWS2 (monitor)": at_instants(stays, tapped, nulls.news2_monitored),
    }


def _limit_bits(rules: Rules) -> float:
    return Bank(rules.model, rules.local_time, rules.false_alarms_a_patient_day).limit_bits


def _read(recordings: Sequence[Recording], advance: Advance) -> tuple[list[Stay], list[Track]]:
    """The labelled stays and their tracks."""
    stays: list[Stay] = []
    tracks: list[Track] = []
    for number, recording in enumerate(recordings):
        share = part_of(advance, number / len(recordings), (number + 1) / len(recordings))
        # Stays of the same name in two recordings never become one.
        its = _tracks(recording, share)
        tracks += [replace(track, patient=f"{number}/{track.patient}") for track in its]
        labelled = labelled_stays(recording.source)
        stays += [_stay(one, f"{number}/{one.patient}") for one in labelled if one.at_ms]
    known = {stay.patient for stay in stays}
    return stays, [track for track in tracks if track.patient in known]


def _tracks(recording: Recording, advance: Advance) -> list[Track]:
    size = max(recording.size_bytes, 1)
    return tracks_of(recording.streams(), lambda: advance(min(recording.bytes_read / size, 1.0)))


def _stay(labelled: LabelledStay, patient: str) -> Stay:
    positive = np.array(labelled.septic, dtype=np.bool_)
    events: tuple[Event, ...] = ()
    if positive.any():
        onset_ms = labelled.at_ms[int(positive.argmax())] - OPTIMAL_H * _HOUR_MS
        events = (
            Event(
                onset_ms=onset_ms, from_ms=onset_ms - _BEFORE_MS, until_ms=onset_ms + _AFTER_MS, kind="sepsis"
            ),
        )
    return Stay(
        patient=patient,
        at_ms=np.array(labelled.at_ms, dtype=np.int64),
        positive=positive,
        events=events,
        watched_days=len(labelled.at_ms) / _HOURS_A_DAY,
        sex=labelled.sex,
        age_years=labelled.age_years,
    )
