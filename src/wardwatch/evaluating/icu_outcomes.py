"""Stays of which is known only who died in hospital, and not when (PhysioNet 2012): each counts as a whole.

Of a stay the highest score counts, and beside it the highest of its last day, for who is worst at first may
have been mended since. Somebody who died later is caught by any alarm in the stay; alarms of survivors are
false, and are held against the days of survivors only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.evaluation import Figures, Row
from wardwatch.evaluating.labelled import Event, Stay
from wardwatch.evaluating.tracks import DAY_MS, Track
from wardwatch.wire.recordings.physionet2012_outcomes import Outcome

LAST_DAY_MS = DAY_MS


def stays_with_outcomes(tracks: Sequence[Track], outcomes: Mapping[str, Outcome]) -> list[Stay]:
    """One a track whose outcome is known; the window of a death is the whole stay."""
    return [_stay(track, outcome) for track in tracks if (outcome := outcomes.get(track.patient)) is not None]


def _stay(track: Track, outcome: Outcome) -> Stay:
    at_ms = np.unique(track.observed_at_ms)
    first_ms, last_ms = int(at_ms[0]), int(at_ms[-1])
    death = Event(onset_ms=last_ms, from_ms=first_ms, until_ms=last_ms, kind="death in hospital")
    return Stay(
        patient=track.patient,
        at_ms=at_ms,
        positive=np.full(len(at_ms), outcome.died),
        events=(death,) if outcome.died else (),
        watched_days=0.0 if outcome.died else track.watched_days(),
        sex=outcome.sex,
        age_years=outcome.age_years,
    )


def whole(stays: Sequence[Stay]) -> list[Stay]:
    """The same stays with one instant each, their last."""
    return [replace(stay, at_ms=stay.at_ms[-1:], positive=stay.positive[-1:]) for stay in stays]


def highest(
    stays: Sequence[Stay], scores: Sequence[FloatArray], within_ms: int | None = None
) -> list[FloatArray]:
    """The highest score of each stay, or of so long before its end; not-a-number where there is none."""
    found = []
    for stay, its in zip(stays, scores, strict=True):
        late = its if within_ms is None else its[stay.at_ms > stay.at_ms[-1] - within_ms]
        told = late[~np.isnan(late)]
        found.append(np.array([told.max() if len(told) else np.nan]))
    return found


def of_stays(row: Row, whole_stay: Row, last_day: Row) -> Row:
    """The row of the alarms, with the ranks of whole stays: nobody knows when who died fell ill."""
    ranks = ("auroc", "auprc")
    own = {name: whole_stay.intervals[name] for name in ranks}
    return replace(
        row,
        auroc=whole_stay.auroc,
        auprc=whole_stay.auprc,
        lead_time_h=None,
        intervals={**row.intervals, **own, "lead_time_h": None},
        more={
            "last_day": {
                "auroc": last_day.auroc,
                "auprc": last_day.auprc,
                "intervals": {name: last_day.intervals[name] for name in ranks},
            }
        },
    )


def of_whole_stays(groups: Sequence[Figures], whole_stays: Sequence[Figures]) -> list[Figures]:
    """Subgroups in the same way."""
    ranks = ("auroc", "auprc")
    return [
        {
            **group,
            **{name: of_whole[name] for name in ranks},
            "intervals": {**group["intervals"], **{name: of_whole["intervals"][name] for name in ranks}},
        }
        for group, of_whole in zip(groups, whole_stays, strict=True)
    ]
