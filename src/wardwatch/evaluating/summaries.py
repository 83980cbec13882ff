"""The figures of the suite `burden`, from the episodes of the clean run and what injections brought about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from wardwatch.core.context import REST_MS
from wardwatch.core.events import AlarmEvent
from wardwatch.core.reading import IntArray
from wardwatch.evaluating.episodes import FIXED_RULES, Episode, is_nightly, rule_of
from wardwatch.evaluating.figures import Bootstrap, Interval, quartiles, wilson
from wardwatch.evaluating.injection import ARTEFACTS, EVENTS, Injection
from wardwatch.evaluating.judging import Catch, catch, false_start
from wardwatch.evaluating.listing import MOST_LISTED, in_utc
from wardwatch.evaluating.tracks import Track


@dataclass(frozen=True, slots=True, kw_only=True)
class Injected:
    """An injection into a patient's recording, what that had alarmed by itself, and what it did then."""

    injection: Injection
    patient: str
    clean: Sequence[Episode]
    events: Sequence[AlarmEvent]


def alarm_burden(tracks: Sequence[Track], clean: Sequence[Sequence[Episode]], seed: int) -> dict[str, Any]:
    """Alarms a patient-day of the clean run: in all, by channel, and by rule, condition and priority."""
    days = [track.watched_days() for track in tracks]
    counted = _Counted(days, Bootstrap(days, seed))
    stepping = [track.stepping() for track in tracks]
    for number, its in enumerate(clean):
        for episode in its:
            moving = _in_motion(stepping[number], episode.start_ms)
            for group in _channels(episode):
                counted.add(group, number, moving=moving)
    channels = {name: counted.rate((name,)) for name in ("outside_nightly", "fixed", "learned", "nightly")}
    rows = sorted((group for group in counted.groups() if len(group) > 1), key=counted.total, reverse=True)
    return channels | {
        "rows": [
            {"rule": rule, "condition": condition, "priority": priority, **counted.rate(group)}
            for group in rows
            for rule, condition, priority in [group]
        ]
    }


def _channels(episode: Episode) -> Iterable[tuple[str, ...]]:
    yield episode.rule, episode.condition, episode.priority.name.lower()
    if is_nightly(episode.condition):
        yield ("nightly",)
    else:
        yield ("outside_nightly",)
        yield ("fixed",) if episode.rule in FIXED_RULES else ("learned",)


def _in_motion(stepping_ms: IntArray, at_ms: int) -> bool:
    """Whether there was a step in the 12 minutes before an instant."""
    place = int(np.searchsorted(stepping_ms, at_ms, side="right"))
    return place > 0 and at_ms - int(stepping_ms[place - 1]) <= REST_MS


class _Counted:
    """Alarms by group and patient."""

    def __init__(self, days: Sequence[float], bootstrap: Bootstrap) -> None:
        self._days, self._bootstrap = days, bootstrap
        self._counts: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * len(days))
        self._moving: Counter[tuple[str, ...]] = Counter()

    def add(self, group: tuple[str, ...], patient: int, *, moving: bool) -> None:
        self._counts[group][patient] += 1
        self._moving[group] += moving

    def groups(self) -> list[tuple[str, ...]]:
        return [*self._counts]

    def total(self, group: tuple[str, ...]) -> int:
        return sum(self._counts[group])

    def rate(self, group: tuple[str, ...]) -> dict[str, Any]:
        counts, days = self._counts[group], sum(self._days)
        alarms = sum(counts)
        return {
            "alarms": alarms,
            "per_patient_day": _rounded(alarms / days if days else None),
            "interval": _ends(self._bootstrap.interval(counts)),
            "began_in_motion": _rounded(self._moving[group] / alarms if alarms else None),
        }


def sensitivity(events: Sequence[Injected], asked: int) -> dict[str, Any]:
    """Which injected acute events were caught, by kind and in all, and how soon."""
    judged = [(event, catch(event.injection, event.clean, event.events)) for event in events]
    missed = [_listed(event) for event, its in judged if its.delay is None]
    return {
        "asked": asked,
        "all": _caught([its for _, its in judged]),
        "kinds": {
            str(kind): _caught([its for event, its in judged if event.injection.kind is kind])
            for kind in EVENTS
        },
        "missed": missed[:MOST_LISTED],
    }


def _caught(catches: Sequence[Catch]) -> dict[str, Any]:
    delays = [its.delay for its in catches if its.delay is not None]
    spread = quartiles(delays)
    first = Counter(its.first_rule for its in catches if its.first_rule is not None)
    return {
        "events": len(catches),
        "caught": len(delays),
        "sensitivity": _share(len(delays), len(catches)),
        "interval": _ends(wilson(len(delays), len(catches))),
        "by_fixed": _share(sum(its.by_fixed is not None for its in catches), len(catches)),
        "by_learned": _share(sum(its.by_learned is not None for its in catches), len(catches)),
        "first_by_rule": dict(first.most_common()),
        "delay_minutes": None
        if spread is None
        else dict(zip(("q1", "median", "q3"), map(_rounded, spread), strict=True)),
    }


def artefacts(bursts: Sequence[Injected], asked: int) -> dict[str, Any]:
    """Which injected artefact bursts alarmed, by kind and in all, and by which rule."""
    judged = [(burst, false_start(burst.injection, burst.clean, burst.events)) for burst in bursts]
    return {
        "asked": asked,
        "all": _alarmed([start for _, start in judged]),
        "kinds": {
            str(kind): _alarmed([start for burst, start in judged if burst.injection.kind is kind])
            for kind in ARTEFACTS
        },
        "alarmed": [
            _listed(burst) | {"rule": rule_of(start), "condition": start.condition, "text": start.text}
            for burst, start in judged
            if start is not None
        ][:MOST_LISTED],
    }


def _alarmed(starts: Sequence[AlarmEvent | None]) -> dict[str, Any]:
    alarms = [start for start in starts if start is not None]
    return {
        "bursts": len(starts),
        "alarmed": len(alarms),
        "share": _share(len(alarms), len(starts)),
        "interval": _ends(wilson(len(alarms), len(starts))),
        "by_rule": dict(Counter(map(rule_of, alarms)).most_common()),
    }


def _listed(injected: Injected) -> dict[str, Any]:
    injection = injected.injection
    return {
        "patient": injected.patient,
        "kind": str(injection.kind),
        "onset": in_utc(injection.onset_ms),
        "minutes": _rounded(injection.minutes),
    }


def _share(hits: int, trials: int) -> float | None:
    return _rounded(hits / trials if trials else None)


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else [round(end, 4) for end in interval]


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)
