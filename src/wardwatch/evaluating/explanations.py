"""The suite `explanations`: whether what alarms say of themselves is true, of every alarm of a recording.

Each recording is played once. Of every start and every update of an alarm the figures are held against each
other, and the counterfactual is put to the test: the readings are played again from a state before they
began to matter, to the very monitor, with the values that the counterfactual allows. The step must not come
then, and must come, at the same instant, when the readings are played again as they were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import wardwatch
from wardwatch.core.events import AlarmEvent, Phase
from wardwatch.core.local_time import LocalTime
from wardwatch.evaluating.agreement import agrees
from wardwatch.evaluating.counterfactuals import (
    Statement,
    first_row,
    lasted_less_than_ms,
    statements,
    with_values,
)
from wardwatch.evaluating.episodes import is_physiological, is_step_up, rule_of
from wardwatch.evaluating.forking import Future, Monitors, Past, play, play_on, shares
from wardwatch.evaluating.listing import MOST_LISTED, in_utc
from wardwatch.evaluating.tracks import Track

# A patient's state is taken down every so many readings, so that nothing has to be played twice from its
# beginning: more often takes memory, more seldom takes time.
_ROWS_A_STATE = 64
# Playing the recordings once takes most of the time.
_FIRST_SHARE = 0.8

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """That an event of a track would not have been, with ``statement``; without one, had it lasted less."""

    track: int
    event: AlarmEvent
    statement: Statement | None

    def future(self, track: Track, past: Past, local_time: LocalTime) -> Future:
        """The readings with what the claim allows, from a state before it matters."""
        event = self.event
        # One more reading than the step has, which tells of it.
        last = min(track.row_at(event.observed_at_ms + 1) + 1, len(track))
        first = track.row_at(event.onset_ms)
        if self.statement is not None:
            first = first_row(self.statement, track, event, local_time)
        begin = first // _ROWS_A_STATE * _ROWS_A_STATE
        readings = track.piece(begin, last)
        if self.statement is not None:
            concerned = readings.observed_at_ms <= event.observed_at_ms
            concerned[: first - begin] = False
            readings = with_values(self.statement, readings, concerned, local_time)
        return Future(state=past.states[self.track, begin] if begin else None, readings=readings)

    def is_upheld(self, told: Sequence[AlarmEvent]) -> bool:
        """By what the monitor says of the :meth:`future`."""
        event = self.event
        steps_ms = [
            one.observed_at_ms
            for one in told
            if one.condition == event.condition
            and is_step_up(one)
            and one.priority >= event.priority
            and event.onset_ms < one.observed_at_ms <= event.observed_at_ms
        ]
        if self.statement is not None:
            return not steps_ms
        # As it was, the step comes, and not before the time that it says it takes.
        return steps_ms == [event.observed_at_ms] == [event.onset_ms + lasted_less_than_ms(event)]


def evaluate(
    tracks: Sequence[Track], monitors: Monitors, local_time: LocalTime, advance: Progress
) -> dict[str, Any]:
    """All figures of the suite; ``local_time`` is the wall clock that the monitors go by.

    ``advance`` is told the share of the work that is done, 0 to 1.
    """
    kept = [
        (number, row)
        for number, track in enumerate(tracks)
        for row in range(_ROWS_A_STATE, len(track), _ROWS_A_STATE)
    ]
    past = play(monitors, tracks, kept, shares(sum(map(len, tracks)), advance, last=_FIRST_SHARE))
    steps = [
        (number, event) for number, events in enumerate(past.events) for event in _first_steps_up(events)
    ]
    claims = [claim for number, event in steps for claim in _claims(number, event)]
    futures = [claim.future(tracks[claim.track], past, local_time) for claim in claims]
    readings = sum(len(future.readings) for future in futures)
    told = play_on(monitors, futures, shares(readings, advance, first=_FIRST_SHARE))
    upheld = [claim.is_upheld(events) for claim, events in zip(claims, told, strict=True)]
    return {
        "suite": "explanations",
        "patients": len(tracks),
        "patient_days": round(sum(track.watched_days() for track in tracks), 4),
        # Nothing is drawn, and no method is held against another.
        "seed": None,
        "version": wardwatch.__version__,
        "rows": [],
        "rules": _by_rule(steps, claims, upheld),
        "untrue": [*_untrue(tracks, steps, claims, upheld)][:MOST_LISTED],
    }


def _claims(number: int, event: AlarmEvent) -> Iterator[Claim]:
    yield Claim(track=number, event=event, statement=None)
    for statement in statements(event):
        yield Claim(track=number, event=event, statement=statement)


def _first_steps_up(events: Sequence[AlarmEvent]) -> Iterator[AlarmEvent]:
    """The steps of alarms whose reasons are checked; not those that rise again after they had eased."""
    eased: set[str] = set()
    for event in filter(is_physiological, events):
        if is_step_up(event) and event.alarm not in eased:
            yield event
        elif event.phase is Phase.UPDATE:
            eased.add(event.alarm)


def _by_rule(
    steps: Sequence[tuple[int, AlarmEvent]], claims: Sequence[Claim], upheld: Sequence[bool]
) -> dict[str, dict[str, int]]:
    """How many alarms, whose figures agree, and how many claims, which are upheld: by rule and in all."""
    names = ("starts", "updates", "agreeing", "durations", "durations_upheld", "values", "values_upheld")
    counted: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(names, 0))
    every = counted["all"]
    for _, event in steps:
        for of in every, counted[rule_of(event)]:
            of["starts" if event.phase is Phase.START else "updates"] += 1
            of["agreeing"] += agrees(event.why)
    for claim, true in zip(claims, upheld, strict=True):
        kind = "durations" if claim.statement is None else "values"
        for of in every, counted[rule_of(claim.event)]:
            of[kind] += 1
            of[f"{kind}_upheld"] += true
    return {**counted}


def _untrue(
    tracks: Sequence[Track],
    steps: Sequence[tuple[int, AlarmEvent]],
    claims: Sequence[Claim],
    upheld: Sequence[bool],
) -> Iterator[dict[str, Any]]:
    for number, event in steps:
        if not agrees(event.why):
            yield _listed(tracks[number], event, "figures")
    for claim, true in zip(claims, upheld, strict=True):
        if not true:
            told = "duration" if claim.statement is None else str(claim.statement)
            yield _listed(tracks[claim.track], claim.event, told)


def _listed(track: Track, event: AlarmEvent, claim: str) -> dict[str, Any]:
    return {
        "patient": track.patient,
        "at": in_utc(event.observed_at_ms),
        "condition": event.condition,
        "phase": str(event.phase),
        "text": event.text,
        "claim": claim,
    }
