"""Stays with events that somebody charted: first vasopressor, invasive ventilation, death (CLIF tables).

What counts as deterioration is the first of several events, as long as the one before is less than a day ago:
who has just been intubated gets vasopressors, and no alarm is needed for it. An event can be foreseen in the
day before it; the day after it is not asked about, for what is being treated is no news.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from wardwatch.core.monitor import Rules
from wardwatch.core.reading import BoolArray, FloatArray, IntArray
from wardwatch.evaluating.labelled import Event, Stay
from wardwatch.evaluating.tracks import DAY_MS, Track
from wardwatch.replaying import LONGEST_WATCHED_GAP_MS
from wardwatch.wire.recordings.clif_events import Course, Happening

# Wardwatch's own choices.
WINDOW_MS = DAY_MS
TREATED_MS = DAY_MS


# As long as the monitor remembers a patient: whoever comes back later has been admitted anew.
_ADMITTED_ANEW_MS = round(Rules().idle_s * 1000)
_HOUR_MS = 3_600_000


def hours_since_admission(at_ms: IntArray) -> FloatArray:
    """The clock of each instant: patients of CLIF tables may come back after years."""
    begins = np.flatnonzero(np.diff(at_ms, prepend=-(2**60)) > _ADMITTED_ANEW_MS)
    admitted_ms = at_ms[begins][np.searchsorted(begins, np.arange(len(at_ms)), side="right") - 1]
    hours: FloatArray = (at_ms - admitted_ms) / _HOUR_MS
    return hours


def stays_with_events(tracks: Sequence[Track], courses: Mapping[str, Course]) -> list[Stay]:
    """One a track of whom there is a course, with readings to be asked about.

    Events without a reading in their window are left out: nobody could have foreseen them.
    """
    known = [(track, courses[track.patient]) for track in tracks if track.patient in courses]
    return [stay for track, course in known if (stay := _stay(track, course)) is not None]


def firsts(happenings: Sequence[Happening]) -> list[Happening]:
    """Those that none came before within a day, of happenings in order of time."""
    found: list[Happening] = []
    for one in happenings:
        if not found or one.at_ms - found[-1].at_ms >= WINDOW_MS:
            found.append(one)
    return found


def _stay(track: Track, course: Course) -> Stay | None:
    at_ms = np.unique(track.observed_at_ms)
    happenings = firsts(course.events)
    positive = _within(at_ms, happenings, WINDOW_MS, 0)
    # Treated from just after the event on, unless the day before the next one has begun.
    asked = positive | ~_within(at_ms, happenings, -1, TREATED_MS)
    if not asked.any():
        return None
    at_ms, positive = at_ms[asked], positive[asked]
    events = [
        Event(onset_ms=one.at_ms, from_ms=one.at_ms - WINDOW_MS, until_ms=one.at_ms, kind=one.kind)
        for one in happenings
    ]
    return Stay(
        patient=track.patient,
        at_ms=at_ms,
        positive=positive,
        events=tuple(event for event in events if _within_any(at_ms, event)),
        watched_days=_watched_days(at_ms),
        sex=course.sex,
        age_years=course.age_years,
    )


def _within(at_ms: IntArray, happenings: Sequence[Happening], before_ms: int, after_ms: int) -> BoolArray:
    """Which instants lie in such a time around any of them, both ends included."""
    found = np.zeros(len(at_ms), dtype=np.bool_)
    for one in happenings:
        found |= (at_ms >= one.at_ms - before_ms) & (at_ms <= one.at_ms + after_ms)
    return found


def _within_any(at_ms: IntArray, event: Event) -> bool:
    return bool(((at_ms >= event.from_ms) & (at_ms <= event.until_ms)).any())


def _watched_days(at_ms: IntArray) -> float:
    return float(np.minimum(np.diff(at_ms), LONGEST_WATCHED_GAP_MS).sum()) / DAY_MS
