"""Stays made by hand or by chance, and what a plain reading of the definitions makes of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from wardwatch.core.reading import FloatArray
from wardwatch.evaluating.labelled import Event, Stay

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


def hourly_stay(
    hours: int, *, patient: str = "p", event: tuple[int, int, int] | None = None, sex: str | None = None
) -> Stay:
    """A stay with an instant an hour; the event as hours (from, onset, until), which label its hours."""
    at_ms = np.arange(hours, dtype=np.int64) * HOUR_MS
    events: tuple[Event, ...] = ()
    positive = np.zeros(hours, dtype=np.bool_)
    if event is not None:
        from_ms, onset_ms, until_ms = (hour * HOUR_MS for hour in event)
        events = (Event(onset_ms=onset_ms, from_ms=from_ms, until_ms=until_ms),)
        positive = (at_ms >= from_ms) & (at_ms <= until_ms)
    return Stay(
        patient=patient, at_ms=at_ms, positive=positive, events=events, watched_days=hours / 24, sex=sex
    )


@st.composite
def stays_with_scores(draw: st.DrawFn) -> tuple[list[Stay], list[FloatArray]]:
    """Stays with irregular instants and no, one or several events; few different scores, some missing."""
    stays, scores = [], []
    for number in range(draw(st.integers(1, 4))):
        gaps = draw(st.lists(st.sampled_from([1, 20, 30, 59, 60, 61, 150]), min_size=0, max_size=12))
        at_ms = np.concatenate([[0], np.cumsum(np.array(gaps, dtype=np.int64))]) * MINUTE_MS
        windows = draw(st.lists(st.tuples(st.integers(0, 600), st.integers(0, 300)), max_size=2))
        events = tuple(
            Event(
                onset_ms=(a + b) * MINUTE_MS,
                from_ms=a * MINUTE_MS,
                until_ms=(a + b) * MINUTE_MS,
            )
            for a, b in windows
        )
        positive = np.array(draw(st.lists(st.booleans(), min_size=len(at_ms), max_size=len(at_ms))))
        stays.append(
            Stay(patient=str(number), at_ms=at_ms, positive=positive, events=events, watched_days=1.0)
        )
        score = st.sampled_from([0.0, 1.0, 2.0, 3.0, np.nan])
        scores.append(np.array(draw(st.lists(score, min_size=len(at_ms), max_size=len(at_ms)))))
    return stays, scores


def plain_incidents(stay: Stay, scores: FloatArray, threshold: float) -> list[list[int]]:
    """The places above the threshold, incident for incident, as the definition reads."""
    incidents: list[list[int]] = []
    below_since_ms: int | None = None
    for place, (at_ms, score) in enumerate(zip(stay.at_ms.tolist(), scores.tolist(), strict=True)):
        if score > threshold:
            if not incidents or (below_since_ms is not None and at_ms - below_since_ms >= HOUR_MS):
                incidents.append([])
            incidents[-1].append(place)
            below_since_ms = None
        elif below_since_ms is None:
            below_since_ms = at_ms
    return incidents


def within(stay: Stay, place: int, events: Sequence[Event] | None = None) -> bool:
    """Whether an instant lies in the window of an event."""
    at_ms = int(stay.at_ms[place])
    return any(
        event.from_ms <= at_ms <= event.until_ms for event in (stay.events if events is None else events)
    )
