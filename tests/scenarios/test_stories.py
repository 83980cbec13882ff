"""Clinical stories: what devices send and people do, and exactly what must come of it.

docs/stories.md tells how they are written, and how the golden lines are made anew.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

import pytest

from tests.scenarios.claims import Claim
from tests.scenarios.courses import SentReading
from tests.scenarios.golden import path_of, written
from tests.scenarios.running import (
    Arriving,
    Told,
    arrived_at_ms,
    resolved,
    told_after_crash,
    told_by_many_workers,
    told_in_time,
    told_of,
)
from tests.scenarios.story import FOLDER, Story, names, read
from wardwatch.core.alarming.commands import Receipt
from wardwatch.core.events import AlarmEvent, Phase

NAMES = list(names())
EVERY_STORY = pytest.mark.parametrize("name", NAMES)
FEW_CUTS = 3
Numbered = TypeVar("Numbered", AlarmEvent, Receipt)


@cache
def story_of(name: str) -> Story:
    return read(name)


@cache
def log_of(name: str) -> tuple[Arriving, ...]:
    return tuple(resolved(story_of(name)))


@cache
def plainly_told(name: str) -> Told:
    return told_of(story_of(name), log_of(name), size=1)


def test_all_stories_are_here() -> None:
    assert len(NAMES) >= 12
    assert sorted(FOLDER.glob("*.events.txt")) == [path_of(name) for name in NAMES]


@EVERY_STORY
def test_the_golden_lines_come_of_it(name: str) -> None:
    golden = path_of(name).read_text(encoding="utf-8")
    now = written(story_of(name), log_of(name), plainly_told(name))
    difference = "\n".join(
        difflib.unified_diff(golden.splitlines(), now.splitlines(), "golden", "now", "", "", 1, "")
    )
    assert not difference, (
        f"Something else comes of the story; if it is meant, `make stories` writes it down:\n{difference}"
    )


CLAIMS = [
    pytest.param(name, claim, id=f"{name}: {claim.says}") for name in NAMES for claim in read(name).claim
]


@pytest.mark.parametrize(("name", "claim"), CLAIMS)
def test_what_a_clinician_claims_holds(name: str, claim: Claim) -> None:
    assert claim.holds(plainly_told(name).events)


@EVERY_STORY
@pytest.mark.parametrize("size", [7, 100_000])
def test_batches_of_any_size_give_the_same(name: str, size: int) -> None:
    assert told_of(story_of(name), log_of(name), size=size) == plainly_told(name)


@EVERY_STORY
def test_looking_at_the_clock_gives_the_same(name: str) -> None:
    assert told_in_time(story_of(name), log_of(name), every_ms=1000) == plainly_told(name)


@EVERY_STORY
def test_a_worker_may_die_at_any_instant(name: str) -> None:
    """The one that takes over tells the rest, and again what the dead one told but had not written down."""
    log, plain = log_of(name), plainly_told(name)
    for cut in cuts_of(name):
        before, after = told_after_crash(story_of(name), log, cut, lost=min(cut, cut % 7))
        assert once(before.events + after.events) == plain.events, f"killed before input {cut}"
        assert once(before.receipts + after.receipts) == plain.receipts, f"killed before input {cut}"


def test_workers_may_die_between_any_two_readings() -> None:
    name = "worker_killed"
    assert told_by_many_workers(story_of(name), log_of(name)) == plainly_told(name)


def cuts_of(name: str) -> list[int]:
    """Now and then and, above all, where an alarm steps."""
    log = log_of(name)
    steps_ms = sorted({event.at_ms for event in plainly_told(name).events})
    at_steps = [bisect_left(log, step_ms, key=arrived_at_ms) for step_ms in steps_ms]
    return sorted(
        {*at_steps[:: len(at_steps) // FEW_CUTS + 1], *range(0, len(log), len(log) // FEW_CUTS + 1)}
    )


def once(told: Sequence[Numbered]) -> list[Numbered]:
    """What a reader takes who drops what has come before, by its name."""
    found: dict[str, Numbered] = {}
    for each in told:
        name = each.event if isinstance(each, AlarmEvent) else each.command
        assert found.setdefault(name, each) == each, "what is told again is the same"
    return list(found.values())


def test_saturations_are_the_same_on_air_and_on_oxygen() -> None:
    on_air, on_oxygen = (
        [what.reading for what in log_of(name) if isinstance(what, SentReading)]
        for name in ("copd_on_air", "copd_on_oxygen")
    )
    assert on_air == on_oxygen


@EVERY_STORY
def test_every_alarm_is_one_episode(name: str) -> None:
    lives: dict[str, list[AlarmEvent]] = {}
    for event in plainly_told(name).events:
        lives.setdefault(event.alarm, []).append(event)
    for life in lives.values():
        phases = [event.phase for event in life]
        assert phases[0] is Phase.START
        assert phases.count(Phase.START) == 1
        assert Phase.END not in phases[:-1]
        assert len({event.condition for event in life}) == 1
