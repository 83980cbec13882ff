"""The suite `rhythm`: whether episodes of arrhythmia are noticed, and how often a normal rhythm alarms.

On beats with labelled rhythms (VitalDB). The monitor reads each beat as the worker would; the labels are
only there to judge it by. An episode is noticed when an alarm is up at any instant of it. A false alarm is
one that begins on a normal beat, or on noise, whatever was shortly before it or comes soon after.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.draws import Draws, Estimate, estimated, share
from wardwatch.evaluating.evaluation import (
    OURS,
    Advance,
    Evaluation,
    Row,
    SuiteError,
    SuiteOptions,
    part_of,
)
from wardwatch.evaluating.examples import examples
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.methods import named, named_tracks
from wardwatch.evaluating.rhythm_alarms import STATIC, STATIC_GOOD, Alarms, alarms_by_method
from wardwatch.evaluating.rhythm_labels import ARRHYTHMIA, CLASSES, KINDS, NORMAL, Rhythm
from wardwatch.evaluating.tapping import tap
from wardwatch.wire.recordings.opening import Recording
from wardwatch.wire.recordings.vitaldb_rhythms import beats_of

SUITE = "rhythm"
_DAY_MS = 86_400_000
_FALSE_ON = tuple(name for name in CLASSES if name != ARRHYTHMIA)


def evaluate(recordings: Sequence[Recording], options: SuiteOptions, advance: Advance) -> Evaluation:
    """All figures of the suite; raises :class:`SuiteError` where there are no labels."""
    tracks = [track for its in named_tracks(recordings, part_of(advance, 0.0, 0.4)) for track in its]
    known = _rhythms(recordings)
    tracks = [track for track in tracks if track.patient in known]
    if not tracks:
        raise SuiteError(
            "rhythm needs beats with labelled rhythms in VitalDB's layout, and there are none in these "
            "recordings."
        )
    rhythms = [known[track.patient] for track in tracks]
    tapped = tap(options.rules, tracks, part_of(advance, 0.4, 0.9))
    methods = alarms_by_method(rhythms, tapped, options.seed)
    draws = Draws.of(len(rhythms), options.draws, options.seed)
    judged = {method: _Judged.of(rhythms, alarms) for method, alarms in methods.items()}
    stays = [_stay(rhythm) for rhythm in rhythms]
    advance(1.0)
    return Evaluation(
        suite=SUITE,
        seed=options.seed,
        patients=len(rhythms),
        patient_days=sum(stay.watched_days for stay in stays),
        events=sum(len(rhythm.episodes) for rhythm in rhythms),
        rows=[_row(method, one, draws) for method, one in judged.items()],
        examples=examples(stays, {one.track.patient: one for one in tapped}, options.seed),
        more={
            "episodes": _by_kind(judged[OURS].episodes.sum(axis=0)),
            "hours": dict(zip(CLASSES, judged[OURS].hours.sum(axis=0).tolist(), strict=True)),
            "fewer_false_alarms_on_normal": [
                {"than": method} | _told(_fewer(judged[OURS], judged[method], draws))
                for method in (STATIC, STATIC_GOOD)
            ],
        },
    )


@dataclass(frozen=True, slots=True)
class _Judged:
    """What one method made of the patients: counts (patients, kinds) of episodes and of those caught; alarms
    by the class that they began on, hours, and hours of alarms (patients, classes).
    """

    episodes: FloatArray
    caught: FloatArray
    begun: FloatArray
    hours: FloatArray
    alarming: FloatArray

    @classmethod
    def of(cls, rhythms: Sequence[Rhythm], alarms: Sequence[Alarms]) -> _Judged:
        kinds = [*KINDS.values()]
        shape = len(rhythms), len(kinds)
        episodes, caught = np.zeros(shape), np.zeros(shape)
        begun, alarming = np.zeros((len(rhythms), len(CLASSES))), np.zeros((len(rhythms), len(CLASSES)))
        for number, (rhythm, its) in enumerate(zip(rhythms, alarms, strict=True)):
            for event in rhythm.episodes:
                kind = kinds.index(event.kind)
                episodes[number, kind] += 1
                caught[number, kind] += ((its[:, 0] <= event.until_ms) & (its[:, 1] >= event.from_ms)).any()
            begun[number] = np.bincount(rhythm.class_at(its[:, 0]), minlength=len(CLASSES))
            alarming[number] = _hours_within(rhythm, its)
        hours = np.array([rhythm.hours() for rhythm in rhythms])
        return cls(episodes=episodes, caught=caught, begun=begun, hours=hours, alarming=alarming)

    def false_an_hour(self, name: str, draws: Draws) -> FloatArray:
        """(draws): alarms that begin on a class, an hour of it."""
        which = CLASSES.index(name)
        return share(draws.weights @ self.begun[:, which], draws.weights @ self.hours[:, which])


def _hours_within(rhythm: Rhythm, alarms: Alarms) -> FloatArray:
    """Of each class, the hours during which an alarm is up; a beat counts if one is up when it comes."""
    up = np.zeros(len(rhythm.at_ms), dtype=np.bool_)
    for start_ms, end_ms in alarms.tolist():
        first, last = np.searchsorted(rhythm.at_ms, [start_ms, end_ms], side="left")
        up[first : last + 1] = True
    lasted_ms = np.diff(rhythm.at_ms, append=rhythm.at_ms[-1:]) * up
    hours: FloatArray = np.bincount(rhythm.of_class, lasted_ms, len(CLASSES)) / 3_600_000.0
    return hours


def _rhythms(recordings: Sequence[Recording]) -> dict[str, Rhythm]:
    """By the patients' names."""
    return {
        named(number, patient): Rhythm.of(named(number, patient), beats)
        for number, recording in enumerate(recordings)
        for patient, beats in beats_of(recording.source).items()
    }


def _stay(rhythm: Rhythm) -> Stay:
    return Stay(
        patient=rhythm.patient,
        at_ms=rhythm.at_ms,
        positive=rhythm.of_class == CLASSES.index(ARRHYTHMIA),
        events=rhythm.episodes,
        watched_days=float(rhythm.at_ms[-1] - rhythm.at_ms[0]) / _DAY_MS,
    )


def _row(method: str, judged: _Judged, draws: Draws) -> Row:
    """Its PPV is the share of alarms that begin on an arrhythmia."""
    begun = draws.weights @ judged.begun
    ppv = _estimated(share(begun[:, CLASSES.index(ARRHYTHMIA)], begun.sum(axis=1)), draws)
    caught = share(draws.weights @ judged.caught, draws.weights @ judged.episodes)
    recall = dict(zip(KINDS.values(), [_estimated(of_kind, draws) for of_kind in caught.T], strict=True))
    false = {name: _estimated(judged.false_an_hour(name, draws), draws) for name in _FALSE_ON}
    normal = CLASSES.index(NORMAL)
    alarming = share(draws.weights @ judged.alarming[:, normal], draws.weights @ judged.hours[:, normal])
    return Row(
        method=method,
        ppv=ppv.value,
        intervals={
            "ppv": ppv.interval,
            "recall": {kind: of.interval for kind, of in recall.items()},
            "false_alarms_an_hour": {name: of.interval for name, of in false.items()},
        },
        more={
            "recall": {kind: of.value for kind, of in recall.items()},
            "caught": _by_kind(judged.caught.sum(axis=0)),
            "false_alarms_an_hour": {name: of.value for name, of in false.items()},
            "alarms": int(judged.begun.sum()),
            "alarming_on_normal": _estimated(alarming, draws).value,
        },
    )


def _fewer(ours: _Judged, theirs: _Judged, draws: Draws) -> Estimate:
    """By which share our false alarms on a normal rhythm are fewer."""
    made = share(ours.false_an_hour(NORMAL, draws), theirs.false_an_hour(NORMAL, draws))
    return _estimated(1.0 - made, draws)


def _estimated(figures: FloatArray, draws: Draws) -> Estimate:
    """One patient alone has no interval: what differs between patients is what makes it."""
    told = estimated(figures)
    return told if draws.weights.shape[1] > 1 else Estimate(told.value, None)


def _told(estimate: Estimate) -> dict[str, Any]:
    return {"by": estimate.value, "interval": estimate.interval}


def _by_kind(counts: FloatArray) -> dict[str, int]:
    return dict(zip(KINDS.values(), counts.astype(int).tolist(), strict=True))
