"""What belongs to a subscription, and what an event is to it."""

from __future__ import annotations

import pytest

from tests.support.hubs import subscription
from wardwatch.adapters.feed.subscription import Said, Standing, Step
from wardwatch.core.events import Phase, Priority


def standing(ward: str = "4B", priority: str = "high", patient: str = "p-1") -> Standing:
    return Standing(patient, ward, Priority[priority.upper()])


def step(now: Standing, before: Standing | None, phase: Phase = Phase.UPDATE) -> Step:
    return Step("a-1", phase, now, before, b"{}")


@pytest.mark.parametrize(
    ("wanted", "covered"),
    [
        (subscription("4B"), True),
        (subscription("4B", "5A"), True),
        (subscription("*"), True),
        (subscription("5A"), False),
        (subscription("4B", minimum_priority="high"), True),
        (subscription("4B", patients=["p-1", "p-2"]), True),
        (subscription("4B", patients=["p-2"]), False),
        (subscription("5A", patients=["p-1"]), False),
    ],
)
def test_what_belongs_to_it(wanted: object, covered: bool) -> None:  # noqa: FBT001
    assert wanted.covers(standing()) is covered  # type: ignore[attr-defined]


@pytest.mark.parametrize(("priority", "covered"), [("low", False), ("medium", True), ("high", True)])
def test_less_urgent_alarms_than_asked_for_do_not_belong_to_it(priority: str, covered: bool) -> None:  # noqa: FBT001
    assert subscription("*", minimum_priority="medium").covers(standing(priority=priority)) is covered


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (standing(), None, Said.EVENT),
        (standing(), standing(), Said.EVENT),
        (standing(), standing(ward="5A"), Said.EVENT),
        (standing(), standing(priority="low"), Said.EVENT),
        (standing(ward="5A"), standing(), Said.GONE),
        (standing(priority="low"), standing(), Said.GONE),
        (standing(ward="5A"), None, Said.NOTHING),
        (standing(ward="5A"), standing(ward="6C"), Said.NOTHING),
        (standing(priority="low"), standing(priority="low"), Said.NOTHING),
    ],
)
def test_what_it_hears_of_an_event(now: Standing, before: Standing | None, said: Said, phase: Phase) -> None:
    assert subscription("4B", minimum_priority="medium").said_of(step(now, before, phase)) is said


def test_its_digest_tells_which_alarms_are_told_and_nothing_else() -> None:
    same = [subscription("4B", "5A"), subscription("5A", "4B"), subscription("4B", "5A", vitals=True)]
    others = [
        subscription("4B"),
        subscription("4B,5A"),
        subscription("*"),
        subscription("4B", "5A", minimum_priority="medium"),
        subscription("4B", "5A", patients=["p-1"]),
        subscription("4B", "5A", patients=["p-1", "p-2"]),
    ]
    assert len({each.digest for each in same}) == 1
    assert len({each.digest for each in [same[0], *others]}) == 1 + len(others)
