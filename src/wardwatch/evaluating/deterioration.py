"""The suite `deterioration`: whether patients who get much worse are noticed before.

Of CLIF tables the events that were charted are to be foreseen in the day before them; of the stays of
PhysioNet 2012, whose deaths have no time, those who died are to be told from those who lived. The monitor
reads vitals as the worker would; what became of the patients is only there to judge it by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wardwatch.evaluating.comparison import Comparison, compare
from wardwatch.evaluating.evaluation import Advance, Evaluation, SuiteError, SuiteOptions, part_of
from wardwatch.evaluating.examples import examples
from wardwatch.evaluating.icu_events import (
    WINDOW_MS,
    firsts,
    hours_since_admission,
    stays_with_events,
)
from wardwatch.evaluating.icu_outcomes import (
    LAST_DAY_MS,
    highest,
    of_stays,
    of_whole_stays,
    stays_with_outcomes,
    whole,
)
from wardwatch.evaluating.labelled import Stay
from wardwatch.evaluating.methods import methods_beside, named, named_tracks
from wardwatch.evaluating.tapping import Tapped, tap
from wardwatch.evaluating.tracks import Track
from wardwatch.wire.recordings.clif_events import Course, courses_of
from wardwatch.wire.recordings.opening import Recording
from wardwatch.wire.recordings.physionet2012_outcomes import Outcome, outcomes_of

SUITE = "deterioration"
_HOUR_MS = 3_600_000


@dataclass(slots=True)
class _Labels:
    """What is known of the patients of all recordings, by their names."""

    courses: dict[str, Course] = field(default_factory=dict)
    outcomes: dict[str, Outcome] = field(default_factory=dict)


def evaluate(recordings: Sequence[Recording], options: SuiteOptions, advance: Advance) -> Evaluation:
    """All figures of the suite; raises :class:`SuiteError` where there are no labels.

    With recordings of both kinds the rows are those of the events, and ``outcome`` has those of the deaths.
    """
    labels = _labels(recordings)
    tracks = [track for its in named_tracks(recordings, part_of(advance, 0.0, 0.2)) for track in its]
    with_events = stays_with_events(tracks, labels.courses)
    with_outcomes = stays_with_outcomes(tracks, labels.outcomes)
    if not with_events and not with_outcomes:
        raise SuiteError(
            "deterioration needs CLIF tables with a table of events, or stays of the PhysioNet Challenge "
            "2012 with their outcomes, and there are none in these recordings."
        )
    known = {stay.patient for stay in (*with_events, *with_outcomes)}
    played = [track for track in tracks if track.patient in known]
    tapped = {one.track.patient: one for one in tap(options.rules, played, part_of(advance, 0.2, 0.7))}
    parts = []
    if with_events:
        parts.append(_of_events(with_events, labels, tapped, options, part_of(advance, 0.7, 0.8)))
    if with_outcomes:
        parts.append(_of_outcomes(with_outcomes, played, tapped, options, part_of(advance, 0.8, 1.0)))
    advance(1.0)
    first, *others = parts
    return replace(first, more={**first.more, **{str(one.more["of"]): _plain(one) for one in others}})


def _plain(evaluation: Evaluation) -> dict[str, Any]:
    """A part beside another one, without the examples."""
    return replace(evaluation, examples=()).as_json()


def _labels(recordings: Sequence[Recording]) -> _Labels:
    labels = _Labels()
    for number, recording in enumerate(recordings):
        # Each of them knows its own tables; of other recordings it finds nothing.
        courses = courses_of(recording.source)
        if any(course.events for course in courses.values()):
            labels.courses |= {named(number, patient): course for patient, course in courses.items()}
        outcomes = outcomes_of(recording.source)
        labels.outcomes |= {named(number, patient): outcome for patient, outcome in outcomes.items()}
    return labels


def _of_events(
    stays: Sequence[Stay],
    labels: _Labels,
    tapped: dict[str, Tapped],
    options: SuiteOptions,
    advance: Advance,
) -> Evaluation:
    methods = methods_beside(stays, tapped, options)
    methods["clock"] = [hours_since_admission(stay.at_ms) for stay in stays]
    counted = sum(len(stay.events) for stay in stays)
    charted = sum(len(firsts(course.events)) for course in labels.courses.values())
    evaluation = compare(stays, methods, options, advance).evaluation(
        SUITE,
        options,
        of="events",
        window_h=[-WINDOW_MS // _HOUR_MS, 0],
        events_without_readings=charted - counted,
        kinds=_kinds(stays),
    )
    return replace(evaluation, examples=examples(stays, tapped, options.seed))


def _kinds(stays: Sequence[Stay]) -> dict[str, int]:
    kinds = [event.kind for stay in stays for event in stay.events]
    return {kind: kinds.count(kind) for kind in sorted({*kinds})}


def _of_outcomes(
    stays: Sequence[Stay],
    tracks: Sequence[Track],
    tapped: dict[str, Tapped],
    options: SuiteOptions,
    advance: Advance,
) -> Evaluation:
    methods = methods_beside(stays, tapped, options)
    alarms = compare(stays, methods, options, part_of(advance, 0.0, 0.8))
    once = whole(stays)
    ranked = [
        compare(
            once,
            {name: highest(stays, scores, within_ms) for name, scores in methods.items()},
            options,
            part_of(advance, first, first + 0.1),
        )
        for first, within_ms in ((0.8, None), (0.9, LAST_DAY_MS))
    ]
    evaluation = _joined(alarms, *ranked).evaluation(SUITE, options, of="outcome")
    known = {stay.patient for stay in stays}
    days = sum(track.watched_days() for track in tracks if track.patient in known)
    more = {**evaluation.more, "patient_days_of_survivors": evaluation.patient_days}
    found = examples(stays, tapped, options.seed)
    return replace(evaluation, patient_days=days, examples=found, more=more)


def _joined(alarms: Comparison, whole_stays: Comparison, last_days: Comparison) -> Comparison:
    """Alarms as they come, ranks of whole stays."""
    rows = zip(alarms.rows, whole_stays.rows, last_days.rows, strict=True)
    return replace(
        alarms,
        rows=[of_stays(*of_method) for of_method in rows],
        lead_times_h={},
        subgroups=of_whole_stays(alarms.subgroups, whole_stays.subgroups),
    )
