"""Who has connected and said nothing."""

from __future__ import annotations

from wardwatch.adapters.feed.doorstep import Doorstep


class Caller:
    def __init__(self) -> None:
        self.is_given_up = False

    def give_up(self) -> None:
        self.is_given_up = True


def test_who_has_stood_there_longest_has_to_go() -> None:
    doorstep, callers = Doorstep(2), [Caller() for _ in range(4)]
    for caller in callers:
        doorstep.arrive(caller)
    assert [caller.is_given_up for caller in callers] == [True, True, False, False]
    assert len(doorstep) == 2


def test_who_has_come_in_takes_no_room() -> None:
    doorstep, callers = Doorstep(2), [Caller() for _ in range(4)]
    for caller in callers:
        doorstep.arrive(caller)
        doorstep.leave(caller)
        doorstep.leave(caller)
    assert not any(caller.is_given_up for caller in callers)
    assert len(doorstep) == 0
