"""What an event says of its alarm, beyond what the desk's tests look at."""

from __future__ import annotations

from tests.support.desks import DeskOfOne
from wardwatch.core.alarming.commands import Verb


def test_nobody_is_called_any_more_once_somebody_has_answered() -> None:
    desk = DeskOfOne()
    desk.starts(0)
    escalated = desk.waits(310)[-1]
    assert (escalated.escalation, escalated.target) == (2, "physician")
    _, [answered] = desk.wants(Verb.ACKNOWLEDGE, 320)
    assert (answered.escalation, answered.target) == (2, "")
    [ended] = desk.ends(400)
    assert (ended.escalation, ended.target) == (2, "")


def test_who_was_called_is_still_called_while_it_is_latched() -> None:
    desk = DeskOfOne()
    desk.starts(0)
    desk.waits(130)
    [latched] = desk.ends(140)
    assert (latched.state, latched.target) == ("latched", "charge nurse")
