"""The suite `sepsis2019`: whether sepsis is noticed in time by who has never learned from labels of it.

On intensive-care stays of the PhysioNet/Computing in Cardiology Challenge 2019 (Reyna et al. 2020). The
monitor reads the hourly vitals, just as the worker would; the labels are only there to judge it by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from wardwatch.evaluating.comparison import compare
from wardwatch.evaluating.draws import Draws
from wardwatch.evaluating.evaluation import Advance, Evaluation, SuiteError, SuiteOptions, part_of
from wardwatch.evaluating.examples import examples
from wardwatch.evaluating.labelled import Event, Stay
from wardwatch.evaluating.methods import methods_beside, named, named_tracks
from wardwatch.evaluating.own_alarms import own_alarms
from wardwatch.evaluating.tapping import tap
from wardwatch.evaluating.utility import OPTIMAL_H
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
    read = named_tracks(recordings, part_of(advance, 0.0, 0.2))
    stays = _stays(recordings)
    if not stays:
        raise SuiteError(
            "sepsis2019 needs stays of the PhysioNet Challenge 2019 with their column SepsisLabel, and there "
            "are none in these recordings."
        )
    known = {stay.patient for stay in stays}
    tracks = [track for its in read for track in its if track.patient in known]
    tapped = {one.track.patient: one for one in tap(options.rules, tracks, part_of(advance, 0.2, 0.7))}
    methods = methods_beside(stays, tapped, options)
    comparison = compare(stays, methods, options, part_of(advance, 0.7, 1.0), utility=True)
    draws = Draws.of(len(stays), options.draws, options.seed)
    evaluation = comparison.evaluation(
        SUITE,
        options,
        window_h=[-_BEFORE_MS // _HOUR_MS, _AFTER_MS // _HOUR_MS],
        positive_hours=int(sum(stay.positive.sum() for stay in stays)),
        alarms=own_alarms(stays, tapped, draws),
        hours=int(sum(len(stay.at_ms) for stay in stays)),
    )
    return replace(evaluation, examples=examples(stays, tapped, options.seed))


def _stays(recordings: Sequence[Recording]) -> list[Stay]:
    return [
        _stay(labelled, named(number, labelled.patient))
        for number, recording in enumerate(recordings)
        for labelled in labelled_stays(recording.source)
        if labelled.at_ms
    ]


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
